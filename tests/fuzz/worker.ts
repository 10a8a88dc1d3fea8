/** One thread of `npm run fuzz`. */

import { parentPort, workerData } from "node:worker_threads";
import { type Finding, Fuzzer, type Plan } from "./fuzzer.js";
import { readRoms, source } from "./node.js";

/** What a thread is told. */
export interface Task extends Omit<Plan, "roms"> {
  /** Where the fuzzer's build is, if it is another one. */
  readonly folder?: string;
  /** The index of the case in work, for whoever waits for it. */
  readonly progress: Float64Array;
}

/** What it says. */
export type Message =
  | { readonly kind: "counts"; readonly programs: number; readonly rounds: number; readonly compiled: number }
  | { readonly kind: "finding"; readonly finding: Finding };

/** Time between two messages about counts. */
const PERIOD = 500;

const { progress, folder, ...plan } = workerData as Task;
const fuzzer = await Fuzzer.create(source(folder), { ...plan, roms: readRoms() });
const say = (message: Message) => parentPort?.postMessage(message);

for (;;) {
  const end = performance.now() + PERIOD;
  const before = { ...fuzzer.counts };
  while (performance.now() < end) {
    progress[0] = fuzzer.index;
    const finding = await fuzzer.next();
    if (finding) say({ kind: "finding", finding });
  }
  const { programs, rounds, compiled } = fuzzer.counts;
  say({
    kind: "counts",
    programs: programs - before.programs,
    rounds: rounds - before.rounds,
    compiled: compiled - before.compiled,
  });
}
