/**
 * A computer that never keeps the page waiting.
 *
 * The emulator runs for an amount of fuel. A unit is a byte of code, a jump, or a share of a device's work; it
 * takes from a fraction of a nanosecond to ten of them. So a run is cut into slices, the clock is read after each,
 * and the size of the next follows from how long the last one took. What a device takes beyond a slice comes off the
 * next ones.
 */

import type { Edition, Engine } from "../types.js";
import { Blocks, type BlocksStatistics } from "./compile/blocks.js";
import { type BlocksVarvara, type Fantail, type Files, takesBlocks, type Varvara } from "./wasm.js";

/** What the machine has to do. */
export type Work = "idle" | "busy" | "exited";

/** A piece of what the program has written. */
export interface Output {
  readonly isError: boolean;
  readonly bytes: Uint8Array;
}

/** Pieces of output after which it is handed out: listeners and the console take their time for each. */
const MOST_PIECES = 500;
/** Milliseconds that a slice should take. */
const SLICE_MS = 2;
/**
 * The largest slice in units of fuel. A program can run cheap code until its slices are large, and dear code
 * from then on; the limit keeps the first dear slice to some 5 ms. Cheap code takes a tenth of a millisecond for
 * it, of which the call and the look at the clock are a hundredth.
 */
const MAX_SLICE = 1 << 19;
const FIRST_SLICE = 1 << 14;

/** Bytes of standard input sent at once. More wait here, so that keys and frames do not wait behind all of it. */
const INPUT_CHUNK = 256;

/** What a machine has done since it was made. */
export interface Tally {
  /** What runs the program. */
  readonly engine: Engine;
  /** Units of fuel: about 1.7 for each instruction. */
  readonly fuel: number;
  /** Milliseconds of work. */
  readonly milliseconds: number;
  /** What has been compiled, if anything may be. */
  readonly blocks: BlocksStatistics | undefined;
}

/** One computer with its program, its share of time, and its standard input. */
export class Machine {
  /** The computer. To make it work use {@link run}. */
  readonly varvara: Varvara;
  readonly #fantail: Fantail;
  readonly #now: () => number;
  readonly #blocks: Blocks | undefined;
  #slice = FIRST_SLICE;
  /** Standard input that waits: bytes, and its end. */
  readonly #input: (Uint8Array | "end")[] = [];
  #output: Output[] = [];
  #fuel = 0;
  #milliseconds = 0;

  /**
   * @param rom The program.
   * @param args Its arguments.
   * @param edition Which behaviour it expects.
   * @param files What it finds and leaves; none, if they are nobody else's.
   * @param compiles Whether hot code is compiled, if the emulator can take it.
   * @param now A clock in milliseconds.
   */
  constructor(
    fantail: Fantail,
    rom: Uint8Array,
    args: readonly string[],
    edition: Edition,
    files: Files | undefined,
    compiles = true,
    now: () => number = () => performance.now(),
  ) {
    const encoder = new TextEncoder();
    this.#fantail = fantail;
    const shared = files ?? new fantail.Files();
    this.varvara = new fantail.Varvara(
      rom,
      args.map((arg) => encoder.encode(arg)),
      edition,
      shared,
    );
    if (!files) shared.free();
    if (compiles && takesBlocks(fantail)) this.#blocks = new Blocks(fantail, this.varvara as BlocksVarvara);
    this.#now = now;
  }

  get tally(): Tally {
    const blocks = this.#blocks?.statistics;
    const engine = blocks ? "blocks" : (this.#fantail.engine() as Engine);
    return { engine, fuel: this.#fuel, milliseconds: this.#milliseconds, blocks };
  }

  /** Adds to the program's standard input. */
  type(text: string): void {
    this.#input.push(new TextEncoder().encode(text));
  }

  /** Ends the program's standard input. */
  endInput(): void {
    this.#input.push("end");
  }

  /** Returns what the program has written since the last call, in order. */
  takeOutput(): readonly Output[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  /** Works until nothing is left to do, the program has ended, or the clock has reached `deadline`. */
  run(deadline: number): Work {
    const { Status } = this.#fantail;
    const { varvara } = this;
    let status: number;
    let before = this.#now();
    do {
      const fuel = this.#slice;
      status = varvara.run(fuel);
      // Output is taken at the end, and when it is what the machine waits for.
      if (status === Status.Busy && varvara.fuel > 0) varvara.takeOutput(this.#keep);
      if (status === Status.Idle && this.#sendInput()) status = Status.Busy;
      const after = this.#now();
      this.#fuel += fuel - varvara.fuel;
      this.#milliseconds += after - before;
      this.#blocks?.step(after - before);
      this.#slice = nextSlice(fuel, after - before);
      before = after;
    } while (status === Status.Busy && before < deadline && this.#output.length < MOST_PIECES);
    varvara.takeOutput(this.#keep);
    if (status === Status.Exited) return "exited";
    return status === Status.Busy ? "busy" : "idle";
  }

  /**
   * Keeps a piece of output. It is called while the emulator is at work, which must not be called back: whoever wants
   * the output takes it afterwards.
   */
  readonly #keep = (isError: boolean, bytes: Uint8Array): void => {
    this.#output.push({ isError, bytes });
  };

  /** Frees the computer's memory. */
  free(): void {
    this.#blocks?.close();
    this.varvara.free();
  }

  #sendInput(): boolean {
    const next = this.#input.shift();
    if (next === undefined) return false;
    if (next === "end") {
      this.varvara.sendInputEnd();
    } else {
      this.varvara.sendInput(next.subarray(0, INPUT_CHUNK));
      if (next.length > INPUT_CHUNK) this.#input.unshift(next.subarray(INPUT_CHUNK));
    }
    return true;
  }
}

/** The size of a slice after one of `fuel` units that took `elapsed` milliseconds. */
function nextSlice(fuel: number, elapsed: number): number {
  if (elapsed > SLICE_MS) return Math.max(1, Math.floor((fuel * SLICE_MS) / elapsed));
  return Math.min(MAX_SLICE, elapsed < SLICE_MS / 2 ? fuel * 2 : fuel);
}
