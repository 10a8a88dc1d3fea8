/** What the visitor plays with: the keys, the buttons on a touch screen, and the gamepads. */

import { KEYMAPS, type KeymapName } from "../player/keyboard.js";
import type { Player, Uses } from "../player/player.js";
import { byId } from "./dom.js";
import { recall, remember } from "./settings.js";

/** The names of the keys of each map, in the order A, B, Select, Start. */
const KEYS: Readonly<Record<KeymapName, readonly [string, string, string, string]>> = {
  standard: ["Ctrl", "Left Alt", "Shift", "Home"],
  letters: ["Z", "X", "C", "V"],
};

/** The controls' part of the page. */
export class Controls {
  readonly #player: Player;
  readonly #keymap = byId("keymap", HTMLSelectElement);
  readonly #toggle = byId("pad-toggle", HTMLButtonElement);
  readonly #typing: TypingToggle;
  /** Whether a finger is what one has here, or something one has as well. */
  readonly #coarse = matchMedia("(pointer: coarse)");
  readonly #touch = matchMedia("(any-pointer: coarse)");
  #wanted = recall("pad");
  #isUsed = false;

  constructor(player: Player) {
    this.#player = player;
    this.#typing = new TypingToggle(player);
    byId("play", HTMLElement).append(player.pad.element);
    const chosen = recall("keymap");
    if (chosen && chosen in KEYMAPS) this.#keymap.value = chosen;
    this.#keymap.addEventListener("change", () => {
      remember("keymap", this.#keymap.value);
      this.#showKeys();
    });
    this.#showKeys();
    this.#toggle.addEventListener("click", () => {
      this.#wanted = player.pad.element.hidden ? "shown" : "hidden";
      remember("pad", this.#wanted);
      this.#showPad();
    });
    for (const query of [this.#coarse, this.#touch]) query.addEventListener("change", () => this.#showPad());
    this.gamepads = [];
    this.#showPad();
  }

  /** What the program listens to now. */
  set uses(uses: Uses) {
    this.#isUsed = uses.controller;
    this.#showPad();
  }

  /** Whether the on-screen keyboard is wanted. */
  set isTyping(isTyping: boolean) {
    this.#typing.isOn = isTyping;
  }

  /** What each connected gamepad calls itself, by the player who has it. */
  set gamepads(names: readonly (string | undefined)[]) {
    const players = names.flatMap((name, player) => (name === undefined ? [] : `${player + 1}: ${name}`));
    byId("gamepads", HTMLElement).textContent =
      players.length > 0 ? players.join("\n") : "None yet. Press a button on one.";
  }

  #showKeys(): void {
    const name: KeymapName = this.#keymap.value === "letters" ? "letters" : "standard";
    this.#player.keymap = name;
    for (const [index, button] of ["a", "b", "select", "start"].entries()) {
      byId(`key-${button}`, HTMLElement).textContent = KEYS[name][index] ?? "";
    }
  }

  #showPad(): void {
    const isWanted = this.#wanted === undefined ? this.#coarse.matches : this.#wanted === "shown";
    const isShown = this.#isUsed && this.#touch.matches && isWanted;
    if (!isShown) this.#player.pad.release();
    this.#player.pad.element.hidden = !isShown;
    this.#toggle.hidden = !(this.#isUsed && this.#touch.matches);
    this.#typing.isHidden = this.#toggle.hidden;
    this.#toggle.ariaPressed = String(isShown);
    document.body.toggleAttribute("data-pad", isShown);
  }
}

/** By how many CSS pixels the visible part of the page shrinks at least when a keyboard covers the rest. */
const KEYBOARD_HEIGHT = 100;

/** The button for the on-screen keyboard, and room for the screen above that. */
class TypingToggle {
  readonly #button = byId("keyboard-toggle", HTMLButtonElement);
  readonly #room = byId("room", HTMLElement);
  #isOn = false;
  /** Of the page, since the keyboard was asked for: its width, and the lowest and highest visible part. */
  #width = 0;
  #low = 0;
  #high = 0;

  constructor(player: Player) {
    this.#button.addEventListener("click", () => {
      if (this.#button.ariaPressed === "true") player.hideKeyboard();
      else player.showKeyboard();
    });
    // The focus, and with it the keyboard, stays where it is.
    this.#button.addEventListener("mousedown", (event) => event.preventDefault());
    visualViewport?.addEventListener("resize", () => this.#fit());
  }

  set isHidden(isHidden: boolean) {
    this.#button.hidden = isHidden;
  }

  /** Whether the keyboard is wanted. */
  set isOn(isOn: boolean) {
    this.#isOn = isOn;
    this.#button.ariaPressed = String(isOn);
    document.body.toggleAttribute("data-typing", isOn);
    this.#width = 0;
    this.#fit();
  }

  #fit(): void {
    if (!this.#isOn || !visualViewport) return;
    const { width, height, scale } = visualViewport;
    // Not every browser makes the page smaller by what the keyboard covers.
    document.body.style.setProperty("--visible-height", `${height}px`);
    this.#room.scrollIntoView({ block: "nearest" });
    // Android has a button that puts the keyboard away, and nothing but its height tells.
    const visible = height * scale;
    const isTurned = Math.abs(width * scale - this.#width) > 1;
    this.#low = isTurned ? visible : Math.min(this.#low, visible);
    this.#high = isTurned ? visible : Math.max(this.#high, visible);
    this.#width = width * scale;
    const wasThere = this.#high - this.#low > KEYBOARD_HEIGHT;
    this.#button.ariaPressed = String(!wasThere || visible - this.#low < KEYBOARD_HEIGHT);
  }
}
