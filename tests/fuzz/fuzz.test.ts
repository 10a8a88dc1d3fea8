/** A while of `npm run fuzz`, with a seed that is always the same. Browsers make it a minute: `tests/web/fuzz.test.ts`. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ENGINES } from "./bench.js";
import { Fuzzer } from "./fuzzer.js";
import { assembleRoms, readRoms, source } from "./node.js";

const SEED = 5;
const MILLISECONDS = 40_000;
/** Compiled code runs in nine of ten programs. */
const SHARE = 0.75;
/** So many programs take a fraction of that time. */
const LEAST = 200;

test("random programs do the same on all engines", { timeout: 240_000 }, async (context) => {
  await assembleRoms();
  const plan = { seed: SEED, engines: ENGINES, roms: readRoms(), first: 0, step: 1 };
  const fuzzer = await Fuzzer.create(source(), plan);
  const end = performance.now() + MILLISECONDS;
  while (performance.now() < end) {
    const finding = await fuzzer.next();
    if (finding) assert.fail(finding.report);
  }
  const { programs, rounds, compiled } = fuzzer.counts;
  context.diagnostic(`${programs} programs, ${rounds} runs, compiled code in ${compiled} programs`);
  assert.ok(programs > LEAST, `only ${programs} programs`);
  assert.ok(compiled > programs * SHARE, `compiled code in only ${compiled} of ${programs} programs`);
});
