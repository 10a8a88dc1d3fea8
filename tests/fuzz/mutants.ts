/**
 * `npm run fuzz:mutants`: plants mistakes in the compiler, one at a time, and asks whether the fuzzer finds them.
 *
 * Each is built in a copy of the sources, in `target/mutants`. A text that is to be replaced and is not there, or twice, is
 * an error: the list has to follow the sources.
 */

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { Failure, main, must, root } from "../../scripts/run.mjs";
import { ENGINES } from "./bench.js";
import { MUTANTS, type Mutant } from "./mutants-list.js";
import { assembleRoms, readRoms } from "./node.js";
import type { Message, Task } from "./worker.js";

const USAGE = `\
Usage: npm run fuzz:mutants -- [options] [names]

Plants mistakes in a copy of the compiler, one at a time, and fuzzes each until it is found.
Parts of names choose those that have them, in that order.

  --minutes N    how long each is fuzzed at most (10)
  --seed N       which programs (1)`;

const copy = join(root, "target/mutants");
/** What the fuzzer's build is made of. */
const SOURCES = [
  "Cargo.toml",
  "Cargo.lock",
  "rust-toolchain.toml",
  "src",
  "xtask",
  "benches",
  "tests",
  ".cargo",
];
/** A case that takes so long does not end. */
const HANGS = 60_000;

/** As in `main.ts`. */
const BOOT = `
  import("tsx/esm/api").then(({ register }) => {
    register();
    return import(${JSON.stringify(new URL("./worker.ts", import.meta.url).href)});
  });
`;

/** How a mutant was found, or nothing. */
interface Outcome {
  readonly seconds: number;
  readonly cases: number;
  readonly what: string | undefined;
}

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: "string", default: "10" },
      seed: { type: "string", default: "1" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const named = positionals.map((part) => MUTANTS.filter(({ name }) => name.includes(part)));
  const chosen = positionals.length > 0 ? new Set(named.flat()) : new Set(MUTANTS);
  // A list that does not fit the sources fails before anything is built.
  for (const mutant of chosen) planted(mutant);
  if (readRoms().length === 0) await assembleRoms();
  copySources();
  const missed: string[] = [];
  for (const mutant of chosen) {
    const original = readFileSync(join(root, mutant.file), "utf8");
    writeFileSync(join(copy, mutant.file), planted(mutant));
    await must(["cargo", "xtask", "wasm", "--fuzz"], { cwd: copy, output: "keep" });
    const { seconds, cases, what } = await fuzz(Number(values.seed), Number(values.minutes) * 60_000);
    writeFileSync(join(copy, mutant.file), original);
    console.log(
      what === undefined
        ? `${mutant.name}: not found in ${seconds.toFixed(0)} s and ${cases} cases`
        : `${mutant.name}: found after ${seconds.toFixed(0)} s in case ${cases}: ${what}`,
    );
    if (what === undefined && !mutant.unobservable) missed.push(mutant.name);
    if (what !== undefined && mutant.unobservable) console.log(`  though ${mutant.unobservable}`);
  }
  if (missed.length > 0)
    throw new Failure(`${missed.length} of ${chosen.size} were not found: ${missed.join("; ")}`);
});

/** The file of a mutant with the mistake in it. */
function planted({ name, file, before, after }: Mutant): string {
  const text = readFileSync(join(root, file), "utf8");
  const count = text.split(before).length - 1;
  if (count !== 1) throw new Failure(`${name}: ${file} has the text to be replaced ${count} times`);
  return text.replace(before, () => after);
}

/** The sources anew. What cargo has built stays, so that only the changed file is built again. */
function copySources(): void {
  mkdirSync(copy, { recursive: true });
  for (const source of SOURCES) {
    rmSync(join(copy, source), { recursive: true, force: true });
    cpSync(join(root, source), join(copy, source), {
      recursive: true,
      preserveTimestamps: true,
      force: true,
    });
  }
}

/** Runs cases until one fails. */
function fuzz(seed: number, milliseconds: number): Promise<Outcome> {
  const begin = performance.now();
  const progress = new Float64Array(new SharedArrayBuffer(8));
  const folder = join(copy, "target/web/fuzz");
  const task: Task = { seed, first: 0, step: 1, engines: ENGINES, shrinking: 0, folder, progress };
  const worker = new Worker(BOOT, { eval: true, workerData: task, stderr: true });
  return new Promise((resolve) => {
    let [index, since] = [-1, begin];
    const end = (what: string | undefined) => {
      clearInterval(watch);
      void worker.terminate();
      resolve({ seconds: (performance.now() - begin) / 1000, cases: progress[0] ?? 0, what });
    };
    const watch = setInterval(() => {
      const [now, at] = [performance.now(), progress[0] ?? 0];
      if (at !== index) [index, since] = [at, now];
      if (now - since > HANGS) end("it does not end");
      else if (now - begin > milliseconds) end(undefined);
    }, 250);
    worker.on("error", (error) => end(`threw ${error}`));
    worker.on("message", (message: Message) => {
      if (message.kind === "finding") end(message.finding.failure.what);
    });
  });
}
