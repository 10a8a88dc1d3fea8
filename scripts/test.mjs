// npm test: every check and every test, Rust and browsers, and one total. A failed step stops the steps
// that build on it; the others run all the same.

import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { installBrowsers } from "./browsers.mjs";
import { buildFuzz, buildSite, buildTests, buildWasm } from "./build.mjs";
import { checks, typeChecks } from "./checks.mjs";
import { buildPackage } from "./package.mjs";
import { Failure, main, root, run, say } from "./run.mjs";
import { setUp } from "./setup.mjs";

/**
 * @typedef {{ passed: number, failed: number }} Count
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {string[]} [needs] Names of steps before it.
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
 * How many files of browser tests run at the same time. Each has a browser of its own, whose processes keep two
 * processors busy; what waits for one too long fails.
 */
const BROWSER_FILES = Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)));

/** Files of tests that measure time, or take all of it. They run one by one, when the others are done. */
const MEASURING = ["audio", "pace", "robust", "two", "leak", "fuzz"];

/** @returns {Promise<Count>} */
async function browserTests() {
  const folder = "tests/web";
  const files = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
  const tests = files.filter((file) => file.endsWith(".test.ts"));
  const measuring = MEASURING.map((name) => `${name}.test.ts`);
  const missing = measuring.filter((file) => !tests.includes(file));
  if (tests.length === 0 || missing.length > 0) throw new Failure(`missing in ${folder}: ${missing}`);
  const others = tests.filter((file) => !measuring.includes(file));
  const counts = [];
  for (const [group, concurrency] of /** @type {const} */ ([
    [others, BROWSER_FILES],
    [measuring, 1],
  ])) {
    counts.push(
      await nodeTests(
        group.map((file) => `${folder}/${file}`),
        concurrency,
      ),
    );
  }
  return sum(counts);
}

/** @returns {Promise<Count>} */
function fuzzerTests() {
  return nodeTests(
    ["mutants", "corpus", "changing", "fuzz"].map((name) => `tests/fuzz/${name}.test.ts`),
    1,
  );
}

/** @returns {Promise<Count>} */
function compiledTests() {
  return nodeTests(["tests/eager/eager.test.ts"], 1);
}

/**
 * @param {string[]} tests
 * @param {number} concurrency How many files run at the same time.
 * @returns {Promise<Count>}
 */
async function nodeTests(tests, concurrency) {
  const options = ["--import", "tsx", "--test", "--test-timeout=300000", "--test-reporter=spec"];
  options.push(`--test-concurrency=${concurrency}`);
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

/** @type {Step[]} */
const steps = [
  ...checks.map((check) => checkStep(check)),
  { name: "Rust tests", action: rustTests },
  buildStep("wasm build", buildWasm),
  buildStep("fuzzer's wasm build", buildFuzz),
  buildStep("wasm build of the tests", buildTests),
  ...typeChecks.map((check) => checkStep(check, ["wasm build", "fuzzer's wasm build"])),
  buildStep("site build", buildSite, "wasm build"),
  buildStep("package build", buildPackage, "wasm build"),
  buildStep("browsers", () => installBrowsers()),
  { name: "fuzzer", needs: ["fuzzer's wasm build"], action: fuzzerTests },
  { name: "Rust tests, compiled", needs: ["wasm build of the tests"], action: compiledTests },
  {
    name: "browser tests",
    needs: ["fuzzer's wasm build", "wasm build of the tests", "site build", "package build", "browsers"],
    action: browserTests,
  },
];

await main(async () => {
  await setUp();
  /** @type {Map<string, Count & { seconds: number }>} */
  const done = new Map();
  let skipped = 0;
  for (const { name, needs = [], action } of steps) {
    const missing = needs.find((need) => done.get(need)?.failed !== 0);
    if (missing) {
      say(`${name}: skipped, as ${missing} failed`);
      skipped += 1;
      continue;
    }
    say(name);
    const start = performance.now();
    /** @type {Count} */
    let count;
    try {
      count = await action();
    } catch (error) {
      console.error(error instanceof Failure ? `error: ${error.message}` : error);
      count = one(false);
    }
    done.set(name, { ...count, seconds: (performance.now() - start) / 1000 });
  }

  say("Summary");
  let passed = 0;
  let failed = 0;
  for (const [name, count] of done) {
    passed += count.passed;
    failed += count.failed;
    const result = count.failed ? `${count.failed} FAILED` : "ok";
    console.log(
      `  ${name.padEnd(34)} ${String(count.passed).padStart(5)} ${result.padEnd(12)} ${count.seconds.toFixed(1)} s`,
    );
  }
  console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
  if (failed > 0) process.exitCode = 1;
});
