/**
 * The engines of fantail, as the page has them: the whole computer is in the wasm module. When there is another checkout
 * to compare with, its own copy of this file is in the page as well.
 */

import { Blocks, openTranslator } from "../../www/player/emulator/compile/blocks.js";
import {
  type BlocksVarvara,
  buildOf,
  type Fantail,
  loadFantail,
  takesBlocks,
  type Varvara,
} from "../../www/player/emulator/wasm.js";
import type { Engine as EngineName } from "../../www/player/types.js";
import type { Engine, Machine, Outcome, Work } from "./engine.js";

/** More than any run needs: slices are for pages that others use. */
const FUEL = 0xffff_ffff;
/** A slice, between two of which hot code is taken to the compiler: a millisecond of the interpreter at most. */
const SLICE = 1 << 18;
/** Milliseconds after which the event loop has its turn, so that compiled code can be linked. */
const STEP_MS = 4;

/** Bytes of input that are sent at once, as the player does. */
const INPUT_CHUNK = 256;

/** Loads an engine of ours. */
export async function fantail(name: EngineName | "auto"): Promise<Engine> {
  if (name === "blocks") void openTranslator();
  const module = await loadFantail(buildOf(name));
  return { load: (work) => new FantailMachine(module, work, name === "blocks" || name === "auto") };
}

/** Fuel for a look at the clock: more than any single operation of a device takes. */
const BATCH = 1 << 21;
/** How many milliseconds a program of {@link costOf} runs before it counts, and then. */
const COST_WARM_UP_MS = 60;
const COST_MS = 120;

/**
 * Nanoseconds for a unit of fuel, at best, in a program that sets things up in its reset vector and does one thing again
 * and again in its screen vector.
 */
export async function costOf(
  name: EngineName,
  rom: Uint8Array,
  edition: "2026" | "2023",
  turn: () => Promise<void>,
): Promise<number> {
  if (name === "blocks") void openTranslator();
  const module = await loadFantail(buildOf(name));
  const { Varvara, Files, Status } = module;
  const varvara = new Varvara(rom, [], edition, new Files());
  const blocks =
    name === "blocks" && takesBlocks(module) ? new Blocks(module, varvara as BlocksVarvara) : undefined;
  const drop = () => {};
  const run = (fuel: number): number => {
    const status = varvara.run(fuel);
    const used = fuel - varvara.fuel;
    varvara.takeOutput(drop);
    return status === Status.Busy ? used : 0;
  };
  while (run(BATCH) > 0);
  varvara.sendFrame();
  let least = Number.POSITIVE_INFINITY;
  const start = performance.now();
  for (let now = start; now < start + COST_WARM_UP_MS + COST_MS; ) {
    let used = 0;
    for (let before = now; used < BATCH; ) {
      const more = run(Math.min(SLICE, BATCH - used));
      if (more === 0) throw new Error("a program that is to run for ever has ended");
      used += more;
      const after = performance.now();
      blocks?.step(after - before);
      before = after;
    }
    const elapsed = performance.now() - now;
    if (now > start + COST_WARM_UP_MS || elapsed > COST_MS) least = Math.min(least, (elapsed * 1e6) / used);
    await turn();
    now = performance.now();
  }
  blocks?.close();
  varvara.free();
  return least;
}

class FantailMachine implements Machine {
  readonly #work: Work;
  readonly #varvara: Varvara;
  readonly #status: Fantail["Status"];
  readonly #blocks: Blocks | undefined;
  #chunks: Uint8Array[] = [];
  #sent = 0;
  #inputEnded = false;
  #frames = 0;
  /** Whether there was something to hand over. */
  #handsOver = false;
  #handingOver = 0;

  constructor(fantail: Fantail, work: Work, compiles: boolean) {
    const { Varvara, Files, Status } = fantail;
    this.#work = work;
    const encoder = new TextEncoder();
    const args = work.args.map((arg) => encoder.encode(arg));
    this.#varvara = new Varvara(work.rom, args, "2026", new Files());
    this.#status = Status;
    if (!compiles || !takesBlocks(fantail)) return;
    const varvara = this.#varvara as BlocksVarvara;
    const snapshot = varvara.snapshot.bind(varvara);
    varvara.snapshot = () => {
      this.#handsOver = true;
      return snapshot();
    };
    this.#blocks = new Blocks(fantail, varvara);
  }

  reset(): void {
    this.#varvara.reset();
    this.#chunks = [];
    this.#sent = 0;
    this.#inputEnded = false;
    this.#frames = 0;
    this.#handingOver = 0;
  }

  get handingOver(): number | undefined {
    return this.#blocks && this.#handingOver;
  }

  step(): boolean {
    const varvara = this.#varvara;
    const { Busy, Exited } = this.#status;
    const write = (_isError: boolean, bytes: Uint8Array) => this.#chunks.push(bytes);
    const start = performance.now();
    let before = start;
    let status: number;
    do {
      if (this.#blocks) {
        const now = performance.now();
        this.#blocks.step(now - before);
        if (this.#handsOver) this.#handingOver = Math.max(this.#handingOver, performance.now() - now);
        this.#handsOver = false;
        if (now - start > STEP_MS) return true;
        before = now;
      }
      status = varvara.run(this.#blocks ? SLICE : FUEL);
      // Output is taken at the end, and when it is what the machine waits for.
      if (status === Busy) varvara.takeOutput(write);
    } while (status !== Exited && (status === Busy || this.#send()));
    varvara.takeOutput(write);
    return false;
  }

  outcome(): Outcome {
    const varvara = this.#varvara;
    const output = new Uint8Array(this.#chunks.reduce((length, chunk) => length + chunk.length, 0));
    let at = 0;
    for (const chunk of this.#chunks) {
      output.set(chunk, at);
      at += chunk.length;
    }
    const { width, height, exitCode } = varvara;
    const rgba = new Uint8ClampedArray(width * height * 4);
    varvara.drawInto(rgba);
    return { output, exitCode, width, height, rgba };
  }

  free(): void {
    this.#blocks?.close();
    this.#varvara.free();
  }

  /** Sends what comes next: input, its end, a frame. False when everything has been sent. */
  #send(): boolean {
    const { input, frames } = this.#work;
    if (input && this.#sent < input.length) {
      this.#varvara.sendInput(input.subarray(this.#sent, this.#sent + INPUT_CHUNK));
      this.#sent += INPUT_CHUNK;
      return true;
    }
    if (input && !this.#inputEnded) {
      this.#inputEnded = true;
      this.#varvara.sendInputEnd();
      return true;
    }
    if (this.#frames === frames) return false;
    this.#frames += 1;
    this.#varvara.sendFrame();
    return true;
  }
}
