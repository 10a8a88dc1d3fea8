/** What an engine is to the benchmark. */

/** A program and all that it is given, the same for every engine. */
export interface Work {
  readonly rom: Uint8Array;
  readonly args: readonly string[];
  /** Standard input, which ends then; without it nothing comes in. */
  readonly input: Uint8Array | undefined;
  /** How many times the screen vector is called after that. */
  readonly frames: number;
}

/** Something that runs programs. */
export interface Engine {
  /** A machine with a program in memory and its work to do. An engine may have one at a time. */
  load(work: Work): Machine;
}

/** One machine. */
export interface Machine {
  /** Everything as after loading. Code that has been compiled may stay compiled. */
  reset(): void;
  /**
   * Goes on with the work. True while there is more: the event loop has a turn before the next step. What an engine
   * does in the background goes on in those turns, and they are part of the time.
   */
  step(): boolean;
  /**
   * Of an engine that has code compiled on another thread: how many milliseconds it took at most, since `reset`, to take
   * what is to be compiled and to copy memory. What its workers answer is timed by the page.
   */
  readonly handingOver?: number | undefined;
  /** What the work came to, once it is done. */
  outcome(): Outcome;
  /** No other method is called any more. */
  free(): void;
}

/** What has to be equal on all engines. */
export interface Outcome {
  /** What was written to the console. */
  readonly output: Uint8Array<ArrayBuffer>;
  /** 0 to 127, or `undefined` if the program has not ended itself. */
  readonly exitCode: number | undefined;
  /** The picture: width, height, and four bytes a pixel. */
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}
