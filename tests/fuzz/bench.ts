/** The machines that a case is run on: the fuzzer's build of the library. */

import type * as Bindings from "#wasm/fuzz";
import type { Case, Compiling } from "./case.js";
import type { Opcodes } from "./writer.js";

/** The engines that are compared with the reference, which is `switch`. */
export const ENGINES = ["tailcall", "blocks"] as const;
export type EngineName = (typeof ENGINES)[number];

/** How the bindings and the module are had: from files or from a server. */
export interface Source {
  /** A new copy of the bindings each time: after a trap the old one's memory is not to be trusted. */
  bindings(): Promise<typeof Bindings>;
  readonly module: WebAssembly.Module;
}

/** Why a case failed. */
export interface Failure {
  /** Which round, which run of it, which slice of that. */
  readonly round: number;
  readonly run: number;
  readonly slice: number;
  /** The engine and the first difference, or what it threw. */
  readonly what: string;
  /** It threw: everything is to be loaded anew. */
  readonly trapped: boolean;
}

/** Counts what has been run. */
export interface Counts {
  /** Programs. */
  programs: number;
  /** Runs of whole programs, from their start, on all engines. */
  rounds: number;
  /** Programs of which something was compiled. */
  compiled: number;
}

export class Bench {
  readonly opcodes: Opcodes;
  readonly engines: readonly EngineName[];
  readonly counts: Counts = { programs: 0, rounds: 0, compiled: 0 };
  readonly #bindings: typeof Bindings;
  readonly #trial: Bindings.Trial;
  readonly #table: WebAssembly.Table;
  readonly #imports: WebAssembly.Imports;
  /** Slots of the table that are free. */
  readonly #free: number[] = [];
  /** A unit that is compiled and waits to be linked. */
  readonly #waiting: { slices: number; module: WebAssembly.Module; unit: Bindings.TrialUnit }[] = [];
  /** Units linked since the program began. */
  #units = 0;

  private constructor(bindings: typeof Bindings, engines: readonly EngineName[]) {
    this.#bindings = bindings;
    this.engines = engines;
    this.opcodes = { names: bindings.opcodeNames(), effects: bindings.opcodeEffects() };
    this.#trial = new bindings.Trial([...engines]);
    this.#table = bindings.functionTable();
    this.#imports = bindings.unitImports();
  }

  static async load(source: Source, engines: readonly EngineName[]): Promise<Bench> {
    const bindings = await source.bindings();
    bindings.initSync({ module: source.module });
    return new Bench(bindings, engines);
  }

  /** Runs a case on all engines. */
  run({ segments, compiling, rounds }: Case): Failure | undefined {
    let [roundIndex, runIndex, sliceIndex] = [0, 0, 0];
    const failure = (what: string, trapped: boolean) => ({
      round: roundIndex,
      run: runIndex,
      slice: sliceIndex,
      what,
      trapped,
    });
    const trial = this.#trial;
    try {
      trial.clear(compiling.hot);
      this.#units = 0;
      // Those that an earlier program left waiting are of no use to this one.
      for (const { unit } of this.#waiting.splice(0)) unit.free();
      for (const { address, bytes } of segments) trial.poke(address, bytes);
      for (const [index, { seed, wst, rst, runs }] of rounds.entries()) {
        roundIndex = index;
        trial.start(seed, wst, rst);
        for (const [index, { place, slices }] of runs.entries()) {
          runIndex = index;
          if (place !== "on") {
            const address = "port" in place ? trial.vector(place.port) : place.address;
            // A device without a vector.
            if (address === 0 && "port" in place) continue;
            trial.setPc(address);
          } else if (index === 0) {
            trial.setPc(0x0100);
          }
          for (const [index, fuel] of slices.entries()) {
            sliceIndex = index;
            const outcome = trial.run(fuel, index === slices.length - 1);
            if (outcome === this.#bindings.Outcome.Differs) return failure(trial.difference, false);
            this.#compileHot(compiling);
            if (outcome === this.#bindings.Outcome.Brk) break;
          }
        }
        this.counts.rounds += 1;
      }
      this.counts.programs += 1;
      if (this.#units > 0) this.counts.compiled += 1;
      return undefined;
    } catch (error) {
      return failure(`threw ${error}`, true);
    }
  }

  /**
   * Has compiled what is hot, and links what is due. In a page the next slices run while that is done, and one address is
   * compiled after the other; so it is with a lag.
   */
  #compileHot({ lag }: Compiling) {
    const trial = this.#trial;
    for (const waiting of this.#waiting) waiting.slices -= 1;
    while (this.#waiting.length === 0) {
      const unit = trial.compile();
      if (!unit) break;
      const module = new WebAssembly.Module(unit.module as Uint8Array<ArrayBuffer>);
      this.#waiting.push({ slices: lag, module, unit });
      if (lag === 0) this.#linkDue();
    }
    this.#linkDue();
  }

  #linkDue() {
    const due = this.#waiting.findIndex(({ slices }) => slices <= 0);
    const [waiting] = due < 0 ? [] : this.#waiting.splice(due, 1);
    if (!waiting) return;
    const { module, unit } = waiting;
    const { exports } = new WebAssembly.Instance(module, this.#imports);
    for (const slot of this.#trial.takeRetired()) {
      this.#table.set(slot, null);
      this.#free.push(slot);
    }
    const slots = Uint16Array.from({ length: unit.functions }, (_, i) => {
      const slot = this.#free.pop() ?? this.#table.grow(1);
      this.#table.set(slot, exports[i]);
      return slot;
    });
    if (this.#trial.link(unit, slots)) this.#units += 1;
  }
}
