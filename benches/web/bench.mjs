// npm run bench: our engines and uxn.wasm, in one page, on the same ROMs. README.md says under which conditions.

import { join } from "node:path";
import { parseArgs } from "node:util";
import { browserNames, installBrowsers, launch } from "../../scripts/browsers.mjs";
import { buildWasm } from "../../scripts/build.mjs";
import { assembleRoms } from "../../scripts/roms.mjs";
import { Failure, main, root, say } from "../../scripts/run.mjs";
import { setUp } from "../../scripts/setup.mjs";

const engines = /** @type {const} */ (["uxn.wasm", "tailcall", "switch"]);
const programs = ["fib", "mandelbrot", "primes32"];
/** Enough for the browsers' optimising compilers to have had their turn. */
const warmUps = 3;

/**
 * @typedef {Record<(typeof engines)[number], number>} Times Medians in milliseconds.
 * @typedef {{ name: string, version: string, programs: { name: string, ms: Times }[] }} Report
 */

const usage = `\
Usage: npm run bench -- [--browser NAME] [--program NAME] [--rounds N] [--json]

  --browser   ${browserNames.join(" or ")}; may be repeated; default: both
  --program   one of ${programs.join(", ")}; may be repeated; default: all
  --rounds    timed runs of each engine and program; default: 7
  --json      prints the medians as JSON instead of a table (npm run --silent bench -- --json)`;

await main(async () => {
  const options = readOptions();
  if (!options) return;
  await setUp();
  await installBrowsers(options.browsers);
  await buildWasm();
  await assembleRoms();
  const page = await servePage();
  try {
    /** @type {Report[]} */
    const reports = [];
    for (const name of options.browsers) {
      const report = await measure(name, page.url, options);
      if (!options.json) console.log(table(report));
      reports.push(report);
    }
    if (options.json) console.log(JSON.stringify({ browsers: reports }));
  } finally {
    await page.close();
  }
});

function readOptions() {
  /** @type {{ browser: string[], program: string[], rounds: string, json: boolean, help: boolean }} */
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        browser: { type: "string", multiple: true, default: browserNames },
        program: { type: "string", multiple: true, default: programs },
        rounds: { type: "string", default: "7" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    throw new Failure(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
  if (values.help) {
    console.log(usage);
    return undefined;
  }
  const browsers = browserNames.filter((name) => values.browser.includes(name));
  const chosen = programs.filter((name) => values.program.includes(name));
  const rounds = Number(values.rounds);
  const known =
    values.browser.every((name) => browserNames.some((browser) => browser === name)) &&
    values.program.every((name) => programs.includes(name));
  if (!known || !Number.isInteger(rounds) || rounds < 1) throw new Failure(usage);
  return { browsers, programs: chosen, rounds, json: values.json };
}

/** Builds the page as the site is built, and serves it. */
async function servePage() {
  const { build } = await import("vite");
  const { serve } = await import("../../scripts/serve.mjs");
  const page = join(root, "benches/web");
  const outDir = join(root, "target/bench");
  await build({
    root: page,
    configFile: false,
    base: "./",
    publicDir: join(root, "target/public"),
    logLevel: "warn",
    build: { outDir, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 },
  });
  // A page that is isolated from others gets a clock of 5 to 20 microseconds; else it is a millisecond in Firefox.
  const headers = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  };
  return serve({ root: page, outDir, headers });
}

/**
 * Measures in one page of one browser. The engines take turns, so that a change of the machine's mood meets all.
 * @param {import("../../scripts/browsers.mjs").BrowserName} name
 * @param {string} url
 * @param {{ programs: string[], rounds: number }} options
 * @returns {Promise<Report>}
 */
async function measure(name, url, options) {
  const browser = await launch(name);
  try {
    const version = (await browser.version()).replace(/^.*\//, "");
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction(() => "runProgram" in globalThis);
    /** @type {Report["programs"]} */
    const measured = [];
    for (const program of options.programs) {
      say(`${name} ${version}: ${program}`);
      /** @type {Record<string, number[]>} */
      const times = Object.fromEntries(engines.map((engine) => [engine, []]));
      /** @type {string | undefined} */
      let expected;
      for (let round = -warmUps; round < options.rounds; round++) {
        for (const engine of engines) {
          const run = await page.evaluate((engine, program) => runProgram(engine, program), engine, program);
          expected ??= run.digest;
          if (!run.printed) throw new Failure(`${program}: ${engine} printed nothing`);
          if (run.digest !== expected) {
            throw new Failure(`${program}: ${engine} computed something else than ${engines[0]}`);
          }
          if (round >= 0) times[engine]?.push(run.ms);
        }
      }
      const ms = /** @type {Times} */ (
        Object.fromEntries(engines.map((engine) => [engine, median(times[engine] ?? [])]))
      );
      measured.push({ name: program, ms });
    }
    return { name, version, programs: measured };
  } finally {
    await browser.close();
  }
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  const value = sorted.length % 2 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
  return Math.round(value * 1000) / 1000;
}

/**
 * Milliseconds, and the ratio to uxn.wasm: below 1 is faster.
 * @param {Report} report
 */
function table({ name, version, programs }) {
  const columns = engines.map((engine) => engine.padStart(20)).join("");
  const rows = programs.map(({ name, ms }) => {
    const cells = engines.map((engine) => {
      const ratio = engine === "uxn.wasm" ? "" : ` (${(ms[engine] / ms["uxn.wasm"]).toFixed(2)})`;
      return `${ms[engine].toFixed(1)} ms${ratio}`.padStart(20);
    });
    return name.padEnd(12) + cells.join("");
  });
  return [``, `${name} ${version}`, `${"".padEnd(12)}${columns}`, ...rows].join("\n");
}
