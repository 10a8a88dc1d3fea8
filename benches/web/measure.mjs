// The measurements in one browser.

import { launch } from "../../scripts/browsers.mjs";
import { Failure, say } from "../../scripts/run.mjs";

/** Untimed runs at least, and their milliseconds: enough for everything to be compiled that will be, also in short programs. */
const WARM_UPS = 3;
const WARM_UP_MS = 500;
/** Milliseconds for a new process to come to rest. */
const SETTLING = 200;

/**
 * @typedef {import("./page.mjs").Program} Program
 *
 * @typedef {object} Plan
 * @property {Program[]} programs
 * @property {string[]} engines The first is what the others are compared with.
 * @property {number} rounds Timed runs when warm; without any there are no warm results.
 * @property {number} coldRounds Runs in fresh pages; the same.
 *
 * @typedef {{ longest: number, median: number }} Compiling The longest pause for it: of all runs, and of the median run.
 *
 * @typedef {{ ms: number, pause?: number, compiling?: Compiling }} Result Milliseconds: the median run, and the longest
 *   pauses.
 * @typedef {Record<string, Result>} Results By engine.
 * @typedef {{ name: string, warm: Results, cold: Results }} Measured
 * @typedef {Omit<Plan, "programs"> & { browser: string, version: string, programs: Measured[] }} Report
 */

/**
 * Measures in one browser.
 * @param {import("../../scripts/browsers.mjs").BrowserName} name
 * @param {string} url
 * @param {Plan} plan
 * @returns {Promise<Report>}
 */
export async function measure(name, url, { programs, engines, rounds, coldRounds }) {
  const browser = await launch(name);
  try {
    const version = (await browser.version()).replace(/^.*\//, "");
    const page = await open(browser, url);
    /** @type {Measured[]} */
    const measured = [];
    for (const program of programs) {
      say(`${name} ${version}: ${program.name}`);
      const check = outcomes(program.name);
      const warm = new Samples();
      const runWarm = async (/** @type {string} */ engine) => {
        const run = await page.evaluate((engine, program) => runProgram(engine, program), engine, program);
        check(engine, run);
        return run;
      };
      for (const engine of rounds > 0 ? engines : []) {
        for (let runs = 0, ms = 0; runs < WARM_UPS || ms < WARM_UP_MS; runs++)
          ms += (await runWarm(engine)).ms;
      }
      // The engines take turns, so that a change of the machine's mood meets all.
      for (let round = 0; round < rounds; round++) {
        for (const engine of engines) warm.add(engine, await runWarm(engine));
      }
      const cold = new Samples();
      for (let round = 0; round < coldRounds; round++) {
        for (const engine of engines) {
          const run = await runCold(browser, url, engine, program);
          check(engine, run);
          cold.add(engine, run);
        }
      }
      measured.push({ name: program.name, warm: warm.results(), cold: cold.results() });
    }
    return { browser: name, version, engines, rounds, coldRounds, programs: measured };
  } finally {
    await browser.close();
  }
}

/**
 * The first run in a page of a profile of its own: the browser has another process for it and has kept nothing, neither
 * files nor compiled code. The engine is loaded, and nothing has run on it.
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} url
 * @param {string} engine
 * @param {Program} program
 */
async function runCold(browser, url, engine, program) {
  const context = await browser.createBrowserContext();
  try {
    const page = await open(context, url);
    await page.evaluate((engine) => loadEngine(engine), engine);
    await new Promise((resolve) => setTimeout(resolve, SETTLING));
    return await page.evaluate((engine, program) => runProgram(engine, program), engine, program);
  } finally {
    await context.close();
  }
}

/**
 * @param {Pick<import("puppeteer-core").Browser, "newPage">} browser
 * @param {string} url
 */
async function open(browser, url) {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForFunction(() => "runProgram" in globalThis);
  return page;
}

/**
 * What looks at each run of a program: it has to succeed, and to do what all others did.
 * @param {string} program
 */
function outcomes(program) {
  /** @type {string | undefined} */
  let expected;
  return (/** @type {string} */ engine, /** @type {import("./main.js").Run} */ { exitCode, digest }) => {
    if (exitCode) throw new Failure(`${program}: on ${engine} it ended with exit code ${exitCode}`);
    expected ??= digest;
    if (digest !== expected) {
      throw new Failure(`${program}: ${engine} computed something else than the engine before`);
    }
  };
}

/** The runs of each engine. */
class Samples {
  /** @type {Map<string, import("./main.js").Run[]>} */
  #runs = new Map();

  /**
   * @param {string} engine
   * @param {import("./main.js").Run} run
   */
  add(engine, run) {
    const runs = this.#runs.get(engine) ?? [];
    runs.push(run);
    this.#runs.set(engine, runs);
  }

  /** @returns {Results} */
  results() {
    const entries = Array.from(this.#runs, ([engine, runs]) => {
      const ms = median(runs.map((run) => run.ms));
      const pause = Math.max(...runs.map((run) => run.pause));
      // Either all runs of an engine have it or none.
      const each = runs.flatMap(({ compiling }) => compiling ?? []);
      if (each.length === 0) return [engine, { ms, pause }];
      return [engine, { ms, pause, compiling: { longest: Math.max(...each), median: median(each) } }];
    });
    return Object.fromEntries(entries);
  }
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}
