/** What the visitor plays with: which keys are the buttons, and the gamepads. */

import type { UxnPlayer } from "../player/index.js";
import { recall, remember } from "../player/page/settings.js";
import { byId } from "./dom.js";

/** The names of the keys of each map, in the order A, B, Select, Start. */
const KEYS: Readonly<Record<UxnPlayer["keymap"], readonly [string, string, string, string]>> = {
  standard: ["Ctrl", "Left Alt", "Shift", "Home"],
  letters: ["Z", "X", "C", "V"],
};

/** The controls' part of the page. */
export class Controls {
  readonly #player: UxnPlayer;
  readonly #keymap = byId("keymap", HTMLSelectElement);

  constructor(player: UxnPlayer) {
    this.#player = player;
    const chosen = recall("keymap");
    if (chosen && Object.hasOwn(KEYS, chosen)) this.#keymap.value = chosen;
    this.#keymap.addEventListener("change", () => {
      remember("keymap", this.#keymap.value);
      this.#showKeys();
    });
    player.addEventListener("gamepadchange", () => this.#showGamepads());
    this.#showKeys();
    this.#showGamepads();
  }

  #showKeys(): void {
    const name = this.#keymap.value === "letters" ? "letters" : "standard";
    this.#player.keymap = name;
    for (const [index, button] of ["a", "b", "select", "start"].entries()) {
      byId(`key-${button}`, HTMLElement).textContent = KEYS[name][index] ?? "";
    }
  }

  #showGamepads(): void {
    const players = this.#player.gamepads.flatMap((name, player) =>
      name === undefined ? [] : `${player + 1}: ${name}`,
    );
    byId("gamepads", HTMLElement).textContent =
      players.length > 0 ? players.join("\n") : "None yet. Press a button on one.";
  }
}
