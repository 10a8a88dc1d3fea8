// npm test: every check and every test, Rust and browsers, and one total. A failed step stops the steps
// that build on it; the others run all the same.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { installBrowsers } from "./browsers.mjs";
import { buildSite, buildWasm } from "./build.mjs";
import { checks, typeChecks } from "./checks.mjs";
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
 * @param {() => Promise<void>} body
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

/** @returns {Promise<Count>} */
async function browserTests() {
  const folder = "tests/web";
  const files = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
  const tests = files.filter((file) => file.endsWith(".test.ts")).map((file) => `${folder}/${file}`);
  if (tests.length === 0) throw new Failure(`no tests in ${folder}`);
  const options = ["--import", "tsx", "--test", "--test-timeout=300000", "--test-reporter=spec"];
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
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  return { passed, failed: Math.max(failed, code !== 0 || passed + failed === 0 ? 1 : 0) };
}

/** @type {Step[]} */
const steps = [
  ...checks.map((check) => checkStep(check)),
  { name: "Rust tests", action: rustTests },
  buildStep("wasm build", buildWasm),
  ...typeChecks.map((check) => checkStep(check, ["wasm build"])),
  buildStep("site build", buildSite, "wasm build"),
  buildStep("browsers", () => installBrowsers()),
  { name: "browser tests", needs: ["site build", "browsers"], action: browserTests },
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
