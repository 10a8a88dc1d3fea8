/** The overlay that says what the emulator does: `<uxn-player stats>`. Loaded when it is asked for. */

import type { Machine, Tally } from "../emulator/machine.js";
import { make } from "../page/dom.js";

/** Milliseconds between two looks. */
const INTERVAL = 500;
/** Units of fuel for an instruction, on average: see "Statistics" in `docs/attributes-and-events.md`. */
const FUEL_PER_INSTRUCTION = 1.7;
const FRAMES_PER_SECOND = 60;

/** What one machine has done since a while ago, as text. */
export class Stats {
  /** Empty as long as there is nothing to say. It is no live region: nobody wants to have it read out all the time. */
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
    const before = this.#before;
    const now = machine && { machine, tally: machine.tally, time: performance.now() };
    this.#before = now;
    if (!now) this.element.textContent = "not running";
    else if (before?.machine === machine)
      this.element.textContent = describe(before.tally, now.tally, now.time - before.time);
  }
}

/** What there was to do between two looks, of which the second came so many milliseconds later. */
function describe(before: Tally, after: Tally, elapsed: number): string {
  const frames = (elapsed / 1000) * FRAMES_PER_SECOND;
  const fuel = after.fuel - before.fuel;
  const work = (after.milliseconds - before.milliseconds) / frames;
  const lines = [
    `${after.engine}, ${work.toFixed(1)} ms/frame`,
    `≈ ${rounded(fuel / FUEL_PER_INSTRUCTION / frames)} instructions/frame`,
  ];
  if (after.blocks && before.blocks) {
    const { units, milliseconds, thread } = after.blocks;
    // A counter of 32 bits. It cannot pass itself: there is no time for so much between two looks.
    const compiled = (after.blocks.fuel - before.blocks.fuel) >>> 0;
    const share = fuel > 0 ? Math.round(Math.min(1, compiled / fuel) * 100) : "–";
    lines.push(`${share} % compiled, ${units} ${units === 1 ? "unit" : "units"}`);
    if (thread) lines.push(`${Math.round(milliseconds)} ms compiling (${thread})`);
  }
  return lines.join("\n");
}

/** Two digits are all that is known of it. */
function rounded(count: number): string {
  return Number(count.toPrecision(2)).toLocaleString("en", { maximumFractionDigits: 0 });
}
