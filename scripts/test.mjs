// npm test: every check and every test, Rust and browsers, and one total. A failed step stops the steps
// that build on it; the others run all the same. Two run at a time, but for those that measure. With arguments
// it runs the steps that have one of them in their name: npm test -- rustfmt clippy

import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { installBrowsers } from "./browsers.mjs";
import { buildFuzz, buildSite, buildTests, buildWasm } from "./build.mjs";
import { checks, typeChecks } from "./checks.mjs";
import { buildPackage } from "./package.mjs";
import { Failure, main, root, run, runAside, say, write } from "./run.mjs";
import { setUp } from "./setup.mjs";

/**
 * @typedef {{ passed: number, failed: number }} Count
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {string[]} [needs] Names of steps that it builds on.
 * @property {() => Promise<Count>} action
 */

/** @param {import("./checks.mjs").Check} check */
function checkStep({ name, command, env = {} }, needs = /** @type {string[]} */ ([])) {
  return { name, needs, action: async () => one((await run(command, { env })).code === 0) };
}

/**
 * A step that counts as one test, failed if it throws.
 * @param {string} name
 * @param {() => Promise<unknown>} body
 * @param {string[]} needs
 */
function buildStep(name, body, ...needs) {
  return {
    name,
    needs,
    action: async () => {
      await body();
      return one(true);
    },
  };
}

/** @param {boolean} passed */
function one(passed) {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1 };
}

/** @returns {Promise<Count>} */
async function rustTests() {
  // Not the workspace: xtask has no tests, and what it depends on takes a minute to compile once more.
  const command = ["cargo", "test", "--quiet", "--locked", "--package", "fantail", "--no-fail-fast"];
  const { code, output } = await run(command, { output: "both" });
  const lines = Array.from(output.matchAll(/(\d+) passed; (\d+) failed;/g));
  return total(
    code,
    lines.map((line) => ({ passed: Number(line[1]), failed: Number(line[2]) })),
  );
}

/**
 * How many files of browser tests run at the same time. They wait more than they work, but each has a
 * browser of its own.
 */
const BROWSER_FILES = Math.min(4, availableParallelism() + 1);

/** Files of tests that measure time, or take all of it. They run one by one, when everything else is done. */
const MEASURING = ["audio", "pace", "robust", "two", "leak"];

/** Files that take longest, which begin first. */
const LONG = ["share", "files", "docs", "input", "embed"];

const browserNeeds = [
  "fuzzer's wasm build",
  "wasm build of the tests",
  "site build",
  "package build",
  "browsers",
];

/** @returns {Promise<Count>} */
function browserTests() {
  const found = readdirSync(join(root, "tests/web")).filter((file) => file.endsWith(".test.ts"));
  const names = found.map((file) => file.replace(".test.ts", "")).sort();
  const missing = [...MEASURING, ...LONG].filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Failure(`missing in tests/web: ${missing}`);
  const others = names.filter((name) => !MEASURING.includes(name) && !LONG.includes(name));
  return webTests([...LONG, ...others], BROWSER_FILES);
}

/** @returns {Promise<Count>} */
function measuringTests() {
  return webTests(MEASURING, 1);
}

/**
 * Runs files of browser tests in this order.
 * @param {string[]} names
 * @param {number} concurrency How many of them run at the same time.
 */
async function webTests(names, concurrency) {
  /** @type {Count[]} */
  const counts = [];
  const waiting = names.values();
  const lane = async () => {
    for (const name of waiting) {
      /** @type {string[]} */
      const kept = [];
      counts.push(await runAside(kept, () => nodeTests(`tests/web/${name}.test.ts`)));
      write(kept.join(""));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return sum(counts);
}

/** @returns {Promise<Count>} */
function fuzzerTests() {
  return nodeTests("tests/fuzz/corpus.test.ts", "tests/fuzz/fuzz.test.ts");
}

/** @returns {Promise<Count>} */
function compiledTests() {
  return nodeTests("tests/eager/eager.test.ts");
}

/**
 * Runs files of tests, one after the other.
 * @param {string[]} tests
 * @returns {Promise<Count>}
 */
async function nodeTests(...tests) {
  const options = ["--import", "tsx", "--test", "--test-timeout=300000", "--test-reporter=spec"];
  options.push("--test-concurrency=1");
  const { code, output } = await run([process.execPath, ...options, ...tests], { output: "both" });
  const count = (/** @type {string} */ what) => {
    // Colour codes may surround the line.
    const last = Array.from(output.matchAll(new RegExp(`\\u2139 ${what} (\\d+)`, "g"))).at(-1);
    return Number(last?.[1] ?? 0);
  };
  return total(code, [{ passed: count("pass"), failed: count("fail") + count("cancelled") }]);
}

/**
 * Adds up what a test runner said; an exit code that contradicts it counts as a failure.
 * @param {number} code
 * @param {Count[]} counts
 */
function total(code, counts) {
  const { passed, failed } = sum(counts);
  return { passed, failed: Math.max(failed, code !== 0 || passed + failed === 0 ? 1 : 0) };
}

/**
 * @param {Count[]} counts
 * @returns {Count}
 */
function sum(counts) {
  return {
    passed: counts.reduce((all, count) => all + count.passed, 0),
    failed: counts.reduce((all, count) => all + count.failed, 0),
  };
}

/** What is built for the browsers, and their tests. @type {Step[]} */
const steps = [
  buildStep("wasm build", buildWasm),
  buildStep("fuzzer's wasm build", buildFuzz),
  buildStep("wasm build of the tests", buildTests),
  buildStep("site build", buildSite, "wasm build"),
  buildStep("package build", buildPackage, "wasm build"),
  buildStep("browsers", () => installBrowsers()),
  { name: "browser tests", needs: browserNeeds, action: browserTests },
];

/** What runs beside that. @type {Step[]} */
const stepsAside = [
  ...checks.map((check) => checkStep(check)),
  { name: "Rust tests", action: rustTests },
  ...typeChecks.map((check) => checkStep(check, ["wasm build", "fuzzer's wasm build"])),
  { name: "fuzzer", needs: ["fuzzer's wasm build"], action: fuzzerTests },
  { name: "Rust tests, compiled", needs: ["wasm build of the tests"], action: compiledTests },
];

/** What runs when everything else is done. @type {Step[]} */
const stepsAlone = [{ name: "browser tests that measure", needs: browserNeeds, action: measuringTests }];

/**
 * What a step came to; nothing if what it needs has failed.
 * @typedef {Count & { seconds: number } | undefined} Outcome
 *
 * @typedef {{ outcome: Promise<Outcome>, resolve: (outcome: Outcome) => void }} Pending
 */

/** What is to be done of these. @param {Step[]} steps */
function chosen(steps) {
  const words = process.argv.slice(2);
  return steps.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
}

/** What has been done or will be, by name. @type {Map<string, Pending>} */
const done = new Map();
for (const { name } of chosen([...stepsAside, ...steps, ...stepsAlone])) {
  /** @type {(outcome: Outcome) => void} */
  let resolve = () => {};
  const outcome = new Promise((/** @type {(outcome: Outcome) => void} */ set) => {
    resolve = set;
  });
  done.set(name, { outcome, resolve });
}

/**
 * Does a step when what it needs is done.
 * @param {Step} step
 * @returns {Promise<Outcome>}
 */
async function take({ name, needs = [], action }) {
  for (const need of needs) {
    const before = done.get(need);
    if (!before || (await before.outcome)?.failed === 0) continue;
    say(`${name}: skipped, as ${need} failed`);
    return undefined;
  }
  say(name);
  const start = performance.now();
  /** @type {Count} */
  let count;
  try {
    count = await action();
  } catch (error) {
    write(`${error instanceof Failure ? `error: ${error.message}` : inspect(error)}\n`);
    count = one(false);
  }
  return { ...count, seconds: (performance.now() - start) / 1000 };
}

/**
 * Does steps one after the other.
 * @param {Step[]} steps
 * @param {() => void} afterEach
 */
async function takeAll(steps, afterEach) {
  for (const step of chosen(steps)) {
    const result = await take(step);
    done.get(step.name)?.resolve(result);
    afterEach();
  }
}

await main(async () => {
  await setUp();
  /** @type {string[]} */
  const kept = [];
  const show = () => process.stderr.write(kept.splice(0).join(""));
  let beside = true;
  // One of two processors is idle much of the time else: builds end with one thread, and browsers wait.
  await Promise.all([
    runAside(kept, () => takeAll(stepsAside, () => beside || show())),
    takeAll(steps, show).then(() => {
      beside = false;
    }),
  ]);
  show();
  await takeAll(stepsAlone, show);

  say("Summary");
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const [name, { outcome: pending }] of done) {
    const count = await pending;
    if (!count) {
      skipped += 1;
      continue;
    }
    passed += count.passed;
    failed += count.failed;
    const outcome = count.failed ? `${count.failed} FAILED` : "ok";
    console.log(
      `  ${name.padEnd(34)} ${String(count.passed).padStart(5)} ${outcome.padEnd(12)} ${count.seconds.toFixed(1)} s`,
    );
  }
  console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
  if (failed > 0) process.exitCode = 1;
});
