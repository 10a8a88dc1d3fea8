/** The fuzzer itself: makes cases, runs them, and makes small what fails. In node and in browsers. */

import { Bench, type EngineName, type Failure, type Source } from "./bench.js";
import type { Case } from "./case.js";
import { generate, type Rom } from "./programs.js";
import { Random } from "./random.js";
import { report } from "./report.js";
import { shrink } from "./shrink.js";

/** How long a failing case is made smaller. */
const SHRINKING = 20_000;

/** What to run. */
export interface Plan {
  readonly seed: number;
  readonly engines: readonly EngineName[];
  readonly roms: readonly Rom[];
  /** The first case, and how far it is to the next: several fuzzers may share the work. */
  readonly first: number;
  readonly step: number;
  /** Milliseconds for making a failing case small. */
  readonly shrinking?: number;
}

/** A case that failed. */
export interface Finding {
  readonly index: number;
  readonly failure: Failure;
  /** The smaller case as a file, and why it fails. */
  readonly report: string;
}

export class Fuzzer {
  readonly #source: Source;
  readonly #plan: Plan;
  #bench: Bench;
  #index: number;

  private constructor(source: Source, plan: Plan, bench: Bench) {
    this.#source = source;
    this.#plan = plan;
    this.#bench = bench;
    this.#index = plan.first;
  }

  static async create(source: Source, plan: Plan): Promise<Fuzzer> {
    return new Fuzzer(source, plan, await Bench.load(source, plan.engines));
  }

  /** The case that comes next. */
  get index(): number {
    return this.#index;
  }

  get counts() {
    return this.#bench.counts;
  }

  /** The case of an index. */
  case(index: number): Case {
    const { seed, roms } = this.#plan;
    const made = generate(new Random(seed, index), this.#bench.opcodes, roms);
    return { ...made, title: `Case ${index} of seed ${seed}: ${made.title}.` };
  }

  /** Runs the next case. */
  async next(): Promise<Finding | undefined> {
    const index = this.#index;
    const failing = this.case(index);
    this.#index += this.#plan.step;
    const failure = this.#bench.run(failing);
    if (!failure) return undefined;
    return { index, failure, report: await this.#reduced(failing, failure) };
  }

  /** Runs one case, as a file of the corpus. */
  async replay(given: Case): Promise<Failure | undefined> {
    const failure = this.#bench.run(given);
    if (failure?.trapped) await this.#reload();
    return failure;
  }

  async #reload(): Promise<void> {
    const { counts } = this.#bench;
    this.#bench = await Bench.load(this.#source, this.#plan.engines);
    Object.assign(this.#bench.counts, counts);
  }

  async #reduced(failing: Case, first: Failure): Promise<string> {
    if (first.trapped) await this.#reload();
    // What fails otherwise is something else, or at least not what was found.
    const kind = ({ what, trapped }: Failure) =>
      trapped ? what : what.replace(/[0-9a-f]*\d[0-9a-f]*/g, "").slice(0, 30);
    const before = { ...this.#bench.counts };
    let why = first;
    const small = await shrink(
      failing,
      async (candidate) => {
        const failure = await this.replay(candidate);
        const same = failure !== undefined && kind(failure) === kind(first);
        if (same) why = failure;
        return same;
      },
      this.#plan.shrinking ?? SHRINKING,
    );
    Object.assign(this.#bench.counts, before);
    return report(this.#bench.opcodes, small, why);
  }
}
