/**
 * The benchmark: it runs, and `uxn.wasm`, a core and devices that have nothing in common with ours, prints and draws the
 * same. Times are not looked at.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { root } from "../../scripts/run.mjs";

/** With arguments, with input, with frames and sprites. */
const programs = ["fib", "sort", "life", "bounce", "asm"];

test("the benchmark: all engines agree", async () => {
  const args = ["--json", "--built", "--browser", "chromium", "--rounds", "0", "--cold", "1"];
  for (const program of programs) args.push("--program", program);
  const { stdout } = await promisify(execFile)(process.execPath, ["benches/web/bench.mjs", ...args], {
    cwd: root,
  });
  const [report] = JSON.parse(stdout).browsers;
  assert.deepEqual(report.engines, ["uxn.wasm", "blocks", "auto", "tailcall", "switch"]);
  type Result = { ms: number; pause: number; compiling?: { longest: number } };
  const measured: { name: string; cold: Record<string, Result> }[] = report.programs;
  assert.deepEqual(measured.map(({ name }) => name).sort(), programs.toSorted());
  for (const { name, cold } of measured) {
    assert.deepEqual(Object.keys(cold), report.engines, name);
    for (const { ms, pause } of Object.values(cold)) assert.ok(ms > 0 && pause > 0 && pause <= ms, name);
    const times = report.engines.map((engine: string) => cold[engine]?.compiling?.longest);
    assert.deepEqual(
      times.map((ms: number | undefined) => ms !== undefined),
      [false, true, true, false, false],
      "which engines compile",
    );
    // The others may be over before.
    if (name === "life") assert.ok(times[1] > 0 && times[2] > 0, `${times}`);
  }
});
