/** The overlay that says what the emulator does: `<uxn-player stats>`. */

import { make } from "./dom.js";
import type { Machine, Tally } from "./machine.js";

/** Milliseconds between two looks. */
const INTERVAL = 500;
/** Units of fuel that an instruction takes: 1.5 to 2 in all of our programs. See `docs/interpreter.md`. */
const FUEL_OF_INSTRUCTION = 1.7;
const FRAMES_PER_SECOND = 60;

/** What one machine has done, as text on its screen. */
export class Stats {
  readonly element = make("p", { id: "stats", part: "stats" });
  readonly #machine: () => Machine | undefined;
  readonly #timer: number;
  #before: { readonly machine: Machine; readonly tally: Tally; readonly time: number } | undefined;

  /** @param machine The machine that runs now, if there is one. */
  constructor(machine: () => Machine | undefined) {
    this.#machine = machine;
    this.#timer = window.setInterval(() => this.#look(), INTERVAL);
    this.#look();
  }

  /** Ends it. */
  close(): void {
    clearInterval(this.#timer);
    this.element.remove();
  }

  #look(): void {
    const machine = this.#machine();
    const time = performance.now();
    const before = this.#before;
    this.#before = machine && { machine, tally: machine.tally, time };
    if (!this.#before) this.element.textContent = "not running";
    else if (before && before.machine === machine)
      this.#show(before.tally, this.#before.tally, time - before.time);
  }

  #show(before: Tally, after: Tally, elapsed: number): void {
    const frames = (elapsed / 1000) * FRAMES_PER_SECOND;
    const fuel = after.fuel - before.fuel;
    const instructions = fuel / FUEL_OF_INSTRUCTION / frames;
    const work = (after.milliseconds - before.milliseconds) / frames;
    const lines = [
      after.engine,
      `${rounded(instructions)} instructions/frame`,
      `${work.toFixed(1)} ms/frame`,
    ];
    if (after.blocks) {
      // A counter of 32 bits.
      const compiled = (after.blocks.fuel - (before.blocks?.fuel ?? 0)) >>> 0;
      const share = fuel > 0 ? Math.min(1, compiled / fuel) : 0;
      lines.push(`${Math.round(share * 100)} % compiled`);
      lines.push(`${after.blocks.units} units in ${Math.round(after.blocks.milliseconds)} ms`);
    }
    this.element.textContent = lines.join("\n");
  }
}

/** Two digits are all that is known of it. */
function rounded(count: number): string {
  return Number(count.toPrecision(2)).toLocaleString("en", { maximumFractionDigits: 0 });
}
