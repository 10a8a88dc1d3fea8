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
  /** Programs of which compiled code has run. */
  compiled: number;
}

/** Machines whose code can be compiled. */
type Machine = Pick<Bindings.Trial, "compile" | "link" | "takeRetired" | "compiledFuel">;

/** Where a case is. */
interface At {
  round: number;
  run: number;
  slice: number;
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
  /** A module that is compiled and waits to be linked. */
  readonly #waiting: { slices: number; module: WebAssembly.Module; translation: Bindings.TrialModule }[] = [];
  /** Units linked since the program began. */
  #units = 0;
  /** Whether compiled code of the program has run. */
  #compiled = false;

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
  run(given: Case): Failure | undefined {
    const at = { round: 0, run: 0, slice: 0 };
    this.#units = 0;
    this.#compiled = false;
    // What still waits to be linked is of no use to this program.
    for (const { translation } of this.#waiting.splice(0)) translation.free();
    try {
      const what = given.computer ? this.#runComputers(given, at) : this.#runTrial(given, at);
      if (what !== undefined) return { ...at, what, trapped: false };
    } catch (error) {
      return { ...at, what: `threw ${error}`, trapped: true };
    }
    this.counts.programs += 1;
    this.counts.rounds += given.rounds.length;
    if (this.#compiled) this.counts.compiled += 1;
    return undefined;
  }

  /** The first difference on CPUs. */
  #runTrial({ segments, compiling, rounds }: Case, at: At): string | undefined {
    const trial = this.#trial;
    trial.clear(compiling.hot);
    for (const { address, bytes } of segments) trial.poke(address, bytes);
    for (const [index, { seed, wst, rst, runs }] of rounds.entries()) {
      at.round = index;
      trial.start(seed, wst, rst);
      for (const [index, { place, slices }] of runs.entries()) {
        at.run = index;
        if (place !== "on" && !("event" in place)) {
          const address = "port" in place ? trial.vector(place.port) : place.address;
          // A device without a vector.
          if (address === 0 && "port" in place) continue;
          trial.setPc(address);
        } else if (index === 0) {
          trial.setPc(0x0100);
        }
        const last = slices.length - 1;
        if (this.#runSlices(trial, slices, compiling, at, (fuel, i) => trial.run(fuel, i === last)))
          return trial.difference;
      }
    }
    return undefined;
  }

  /** The first difference in computers. */
  #runComputers({ segments, compiling, rounds }: Case, at: At): string | undefined {
    const rom = Uint8Array.from(segments.flatMap(({ bytes }) => Array.from(bytes)));
    const computers = new this.#bindings.Computers([...this.engines], rom, compiling.hot);
    try {
      for (const [index, { runs }] of rounds.entries()) {
        at.round = index;
        if (index > 0) computers.reset();
        for (const [index, { place, slices }] of runs.entries()) {
          at.run = index;
          if (place !== "on" && "event" in place) computers.send(place.event);
          if (this.#runSlices(computers, slices, compiling, at, (fuel) => computers.run(fuel)))
            return computers.difference;
        }
      }
      computers.close();
      this.#release(computers);
      return undefined;
    } finally {
      computers.free();
    }
  }

  /** Whether there is a difference. */
  #runSlices(
    machine: Machine,
    slices: readonly number[],
    compiling: Compiling,
    at: At,
    run: (fuel: number, index: number) => Bindings.Outcome,
  ): boolean {
    for (const [index, fuel] of slices.entries()) {
      at.slice = index;
      const before = machine.compiledFuel;
      const outcome = run(fuel, index);
      this.#compiled ||= machine.compiledFuel !== before;
      if (outcome === this.#bindings.Outcome.Differs) return true;
      this.#compileHot(machine, compiling);
      if (outcome === this.#bindings.Outcome.Brk) break;
    }
    return false;
  }

  /** Takes back the slots that a machine does not need any more. */
  #release(machine: Machine) {
    for (const slot of machine.takeRetired()) {
      this.#table.set(slot, null);
      this.#free.push(slot);
    }
  }

  /**
   * Has compiled what is hot, and links what is due. In a page the next slices run while that is done, and one module is
   * compiled after the other; so it is with a lag.
   */
  #compileHot(machine: Machine, { lag, units, brief }: Compiling) {
    for (const waiting of this.#waiting) waiting.slices -= 1;
    while (this.#waiting.length === 0 && this.#units < units) {
      const translation = machine.compile(brief);
      if (!translation) break;
      const module = new WebAssembly.Module(translation.module as Uint8Array<ArrayBuffer>);
      this.#waiting.push({ slices: lag, module, translation });
      if (lag === 0) this.#linkDue(machine);
    }
    this.#linkDue(machine);
  }

  #linkDue(machine: Machine) {
    const due = this.#waiting.findIndex(({ slices }) => slices <= 0);
    const [waiting] = due < 0 ? [] : this.#waiting.splice(due, 1);
    if (!waiting) return;
    const { module, translation } = waiting;
    const { exports } = new WebAssembly.Instance(module, this.#imports);
    this.#release(machine);
    const slots = Uint16Array.from({ length: translation.functions }, (_, i) => {
      const slot = this.#free.pop() ?? this.#table.grow(1);
      this.#table.set(slot, exports[i]);
      return slot;
    });
    this.#units += machine.link(translation, slots);
  }
}
