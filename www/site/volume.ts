/** How loud the program is. */

import type { Player } from "../player/player.js";
import { byId } from "./dom.js";
import { recall, remember } from "./settings.js";

/** Square waves are loud, and headphones close: in percent, at the first visit. */
const FIRST = 70;

/** The part of the page for the volume. */
export class Volume {
  readonly #player: Player;
  readonly #mute = byId("mute", HTMLButtonElement);
  readonly #slider = byId("volume", HTMLInputElement);
  readonly #problem = byId("sound-problem", HTMLElement);

  constructor(player: Player) {
    this.#player = player;
    // Not a number, or nothing: the slider then chooses the nearest that it has.
    this.#slider.value = recall("volume") ?? String(FIRST);
    player.muted = recall("muted") === "yes";
    this.#slider.addEventListener("input", () => {
      remember("volume", this.#slider.value);
      // Whoever turns it up wants to hear something.
      if (this.#slider.valueAsNumber > 0) this.#setMuted(false);
      this.#show();
    });
    this.#mute.addEventListener("click", () => {
      const wasSilent = this.#isSilent;
      if (wasSilent && this.#slider.valueAsNumber === 0) this.#slider.value = String(FIRST);
      this.#setMuted(!wasSilent);
    });
    this.#show();
  }

  /** Why there is no sound, if so. */
  set problem(problem: string | undefined) {
    this.#problem.textContent = problem ? `No sound: ${problem}` : "";
    this.#problem.hidden = !problem;
  }

  #setMuted(muted: boolean): void {
    this.#player.muted = muted;
    remember("muted", muted ? "yes" : "no");
    this.#show();
  }

  #show(): void {
    // What is heard as half as loud is much less than half.
    this.#player.volume = (this.#slider.valueAsNumber / 100) ** 2;
    this.#mute.ariaPressed = String(this.#isSilent);
    this.#mute.title = this.#isSilent ? "Unmute" : "Mute";
  }

  get #isSilent(): boolean {
    return this.#player.muted || this.#slider.valueAsNumber === 0;
  }
}
