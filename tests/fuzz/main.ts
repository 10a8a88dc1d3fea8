/** `npm run fuzz`: for hours, on all cores. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { browserNames } from "../../scripts/browsers.mjs";
import { buildFuzz } from "../../scripts/build.mjs";
import { Failure, main, root } from "../../scripts/run.mjs";
import { setUp } from "../../scripts/setup.mjs";
import { Bench, ENGINES, type EngineName } from "./bench.js";
import { fuzzInBrowser } from "./browser.js";
import { format, parse } from "./case.js";
import { Fuzzer } from "./fuzzer.js";
import { assembleRoms, readRoms, source } from "./node.js";
import type { Message, Task } from "./worker.js";

const USAGE = `\
Usage: npm run fuzz -- [options] [files]

Runs random programs, and ours with changes, on all engines, and compares what they do.
What fails is made small and written to target/fuzz/. Files are run instead, once.

  --minutes N    how long (1)
  --seed N       which programs (1)
  --first N      the number of the first (0)
  --engine LIST  engines to compare with switch (${ENGINES.join(",")})
  --threads N    how many at the same time (as many as there are cores)
  --browser NAME in ${browserNames.join(" or ")}, on one thread, up to the first failure
  --findings N   ends after so many (10)`;

/** A case that takes so long never ends. It includes the time in which a failing one is made smaller. */
const HANGS = 90_000;
/** Time between two lines about how far it is. */
const LINE = 10_000;

const out = join(root, "target/fuzz");

/** Threads do not inherit tsx. */
const BOOT = `
  import("tsx/esm/api").then(({ register }) => {
    register();
    return import(${JSON.stringify(new URL("./worker.ts", import.meta.url).href)});
  });
`;

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: "string", default: "1" },
      seed: { type: "string", default: "1" },
      first: { type: "string", default: "0" },
      engine: { type: "string", default: ENGINES.join(",") },
      browser: { type: "string" },
      threads: { type: "string", default: `${availableParallelism()}` },
      findings: { type: "string", default: "10" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const number = (name: "minutes" | "seed" | "first" | "threads" | "findings") => {
    const value = Number(values[name]);
    if (!(value >= 0)) throw new Failure(`--${name} is not a number: ${values[name]}`);
    return value;
  };
  const engines = values.engine.split(",").map((name): EngineName => {
    const engine = ENGINES.find((known) => known === name);
    if (!engine) throw new Failure(`there is no engine ${name} to compare; there is ${ENGINES.join(", ")}`);
    return engine;
  });
  await setUp();
  await buildFuzz();
  await assembleRoms();
  mkdirSync(out, { recursive: true });
  if (positionals.length > 0) return replay(positionals, engines);
  const plan = { seed: number("seed"), first: number("first"), engines };
  if (values.browser !== undefined) {
    const name = browserNames.find((known) => known === values.browser);
    if (!name)
      throw new Failure(`there is no browser ${values.browser}; there is ${browserNames.join(", ")}`);
    const { programs, rounds, report } = await fuzzInBrowser(name, {
      ...plan,
      milliseconds: number("minutes") * 60_000,
    });
    console.log(`${name}: ${programs} programs, ${rounds} runs`);
    if (report === undefined) return;
    console.log(report);
    throw new Failure("a program does not do the same on all engines");
  }
  const findings = await fuzz(plan, number("minutes") * 60_000, number("threads"), number("findings"));
  if (findings > 0) throw new Failure(`${findings} programs do not do the same on all engines`);
});

async function replay(files: readonly string[], engines: readonly EngineName[]): Promise<void> {
  let failed = 0;
  for (const file of files) {
    const bench = await Bench.load(source(), engines);
    const failure = bench.run(parse(readFileSync(file, "utf8")));
    console.log(
      failure
        ? `${file}: round ${failure.round}, run ${failure.run}, slice ${failure.slice}: ${failure.what}`
        : `${file}: ok`,
    );
    failed += failure ? 1 : 0;
  }
  if (failed > 0) throw new Failure(`${failed} of ${files.length} fail`);
}

/** Lets threads run for so many milliseconds. The number of cases that failed. */
async function fuzz(
  plan: { seed: number; first: number; engines: readonly EngineName[] },
  milliseconds: number,
  threads: number,
  most: number,
): Promise<number> {
  const cases = await Fuzzer.create(source(), { ...plan, step: 1, roms: readRoms() });
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const total = { programs: 0, rounds: 0, compiled: 0 };
    let findings = 0;
    let isOver = false;
    const running = new Set<Worker>();
    const stops: (() => void)[] = [];

    const found = (index: number, text: string) => {
      const file = join(out, `${plan.seed}-${index}.txt`);
      writeFileSync(file, text);
      console.log(`\n${text}\nIn ${file}.\n`);
      findings += 1;
      if (findings >= most) finish();
    };
    const finish = () => {
      isOver = true;
      for (const stop of stops) stop();
      line();
      resolve(findings);
    };
    const line = () => {
      const seconds = (performance.now() - begin) / 1000;
      const share = total.programs === 0 ? 0 : total.compiled / total.programs;
      console.log(
        `${seconds.toFixed(0)} s: ${total.programs} programs, ${total.rounds} runs, ` +
          `${(total.rounds / seconds).toFixed(0)} runs/s, ${(share * 100).toFixed(0)} % of the programs compiled, ${findings} findings`,
      );
    };
    const start = (first: number) => {
      if (isOver) return;
      const progress = new Float64Array(new SharedArrayBuffer(8));
      const task: Task = { ...plan, first, step: threads, progress };
      const worker = new Worker(BOOT, { eval: true, workerData: task });
      running.add(worker);
      worker.on("error", (error) => {
        reject(error);
        finish();
      });
      worker.on("message", (message: Message) => {
        if (message.kind === "finding") found(message.finding.index, message.finding.report);
        else {
          total.programs += message.programs;
          total.rounds += message.rounds;
          total.compiled += message.compiled;
        }
      });
      let [index, since] = [-1, performance.now()];
      const watch = setInterval(() => {
        const now = progress[0] ?? 0;
        if (now !== index) {
          index = now;
          since = performance.now();
        } else if (performance.now() - since > HANGS) {
          stop();
          const endless = cases.case(index);
          found(index, format({ ...endless, title: `${endless.title} It does not end.` }));
          start(index + threads);
        }
      }, 1000);
      const stop = () => {
        clearInterval(watch);
        running.delete(worker);
        void worker.terminate();
      };
      stops.push(stop);
    };
    for (let thread = 0; thread < threads; thread++) start(plan.first + thread);
    const lines = setInterval(line, LINE);
    stops.push(() => clearInterval(lines));
    const timer = setTimeout(finish, milliseconds);
    stops.push(() => clearTimeout(timer));
  });
}
