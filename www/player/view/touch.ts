/** What touch screens have instead of keys: the pad, and the browser's own keyboard, each with a button in the bar. */

import type { OwnerDocument } from "../page/owner.js";
import { recall, remember } from "../page/settings.js";
import type { Player } from "../session/player.js";
import type { Bar } from "./bar.js";

/** By how many CSS pixels the visible part of the page shrinks at least when a keyboard covers the rest. */
const KEYBOARD_HEIGHT = 100;

/** Whether the page has room for the pad below the screen, or beside it: small frames have none. */
const ROOM = "(min-height: 27rem), (orientation: landscape) and (min-width: 34rem)";

/** Whether a finger is what one has here, or something one has as well. */
const COARSE = "(pointer: coarse)";
const ANY_COARSE = "(any-pointer: coarse)";

/** The pad and the keyboard of one player. */
export class Touch {
  readonly #player: Player;
  readonly #bar: Bar;
  readonly #root: HTMLElement;
  readonly #owner: OwnerDocument;
  #wanted = recall("pad");
  #isUsed = false;
  #isTyping = false;
  /** Of the page, since the keyboard was asked for: its width, and the lowest and highest visible part. */
  #width = 0;
  #low = 0;
  #high = 0;

  /**
   * @param root All of the player, for style sheets to know how it stands.
   * @param body Its parts. The pad becomes the last of them.
   */
  constructor(player: Player, bar: Bar, root: HTMLElement, body: HTMLElement, owner: OwnerDocument) {
    this.#player = player;
    this.#bar = bar;
    this.#root = root;
    this.#owner = owner;
    body.append(player.pad.element);
    owner.follow((window, signal) => {
      for (const query of [COARSE, ANY_COARSE, ROOM]) {
        window.matchMedia(query).addEventListener("change", () => this.#show(), { signal });
      }
      window.visualViewport?.addEventListener("resize", () => this.#fit(), { signal });
      this.#show();
    });
  }

  /** Whether the program listens to buttons and keys. */
  set isUsed(isUsed: boolean) {
    this.#isUsed = isUsed;
    this.#show();
  }

  /** Shows the pad or hides it, as the visitor wishes; also the next time. */
  togglePad(): void {
    this.#wanted = this.#player.pad.element.hidden ? "shown" : "hidden";
    remember("pad", this.#wanted);
    this.#show();
  }

  /** Shows the browser's keyboard or hides it. */
  toggleKeyboard(): void {
    if (this.#bar.keyboard.ariaPressed === "true") this.#player.hideKeyboard();
    else this.#player.showKeyboard();
  }

  /** Whether the browser's keyboard is wanted. */
  set isTyping(isTyping: boolean) {
    this.#isTyping = isTyping;
    this.#bar.keyboard.ariaPressed = String(isTyping);
    this.#root.toggleAttribute("data-typing", isTyping);
    this.#width = 0;
    this.#fit();
  }

  #show(): void {
    const { element } = this.#player.pad;
    const { window } = this.#owner;
    const isUsual = window.matchMedia(COARSE).matches && window.matchMedia(ROOM).matches;
    const isWanted = this.#wanted === undefined ? isUsual : this.#wanted === "shown";
    const isOffered = this.#isUsed && window.matchMedia(ANY_COARSE).matches;
    const isShown = isOffered && isWanted;
    if (!isShown) this.#player.pad.release();
    element.hidden = !isShown;
    this.#bar.pad.hidden = !isOffered;
    this.#bar.keyboard.hidden = !isOffered;
    this.#bar.pad.ariaPressed = String(isShown);
    this.#root.toggleAttribute("data-pad", isShown);
  }

  #fit(): void {
    const { visualViewport } = this.#owner.window;
    if (!this.#isTyping || !visualViewport) return;
    const { width, height, scale } = visualViewport;
    // Not every browser makes the page smaller by what the keyboard covers.
    this.#root.style.setProperty("--visible-height", `${height}px`);
    this.#player.canvas.scrollIntoView({ block: "nearest" });
    // Android has a button that puts the keyboard away, and nothing but its height tells.
    const visible = height * scale;
    const isTurned = Math.abs(width * scale - this.#width) > 1;
    this.#low = isTurned ? visible : Math.min(this.#low, visible);
    this.#high = isTurned ? visible : Math.max(this.#high, visible);
    this.#width = width * scale;
    const wasThere = this.#high - this.#low > KEYBOARD_HEIGHT;
    this.#bar.keyboard.ariaPressed = String(!wasThere || visible - this.#low < KEYBOARD_HEIGHT);
  }
}
