/** What the fuzzer has found, and the fuzzer's own parts. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { root } from "../../scripts/run.mjs";
import { Bench, ENGINES } from "./bench.js";
import { type Case, format, parse } from "./case.js";
import { source } from "./node.js";
import { generate } from "./programs.js";
import { Random } from "./random.js";
import { shrink } from "./shrink.js";

const folder = join(root, "tests/fuzz/corpus");
const bench = await Bench.load(source(), ENGINES);

describe("corpus", () => {
  const files = readdirSync(folder);
  assert.ok(files.length > 0);
  for (const file of files) {
    test(file, async () => {
      const text = readFileSync(join(folder, file), "utf8");
      const failure = (await Bench.load(source(), ENGINES)).run(parse(text));
      assert.equal(failure, undefined);
    });
  }
});

const cases = (count: number) =>
  Array.from({ length: count }, (_, index) => generate(new Random(7, index), bench.opcodes, []));

test("a seed fixes the cases", () => {
  assert.deepEqual(cases(50), cases(50));
});

/** What a case is when it is run. */
function essence({ segments, compiling, rounds }: Case) {
  const ram = new Uint8Array(0x10000);
  for (const { address, bytes } of segments) {
    for (const [i, byte] of bytes.entries()) ram[(address + i) & 0xffff] = byte;
  }
  return { ram, compiling, rounds };
}

test("files read back", () => {
  for (const made of cases(50)) assert.deepEqual(essence(parse(format(made))), essence(made));
});

test("files that are none are refused", () => {
  for (const text of ["ram", "ram 0100: 1", "run at 0100: 5", "start seed x, wst 00, rst 00", "something"]) {
    assert.throws(() => parse(text), /line 1/);
  }
});

test("what a failure does without is left out", async () => {
  const wanted = [0x80, 0x2a, 0x17];
  /** Fails where these three bytes are in a row, and with at least two slices. */
  const fails = async ({ segments, rounds }: Case) =>
    segments.some(({ bytes }) => Buffer.from(bytes).includes(Buffer.from(wanted))) &&
    rounds.flatMap(({ runs }) => runs.flatMap(({ slices }) => slices)).length >= 2;
  const failing = cases(500).filter(({ rounds }) => rounds.length > 2);
  for (const [i, original] of failing.slice(0, 20).entries()) {
    const { segments, rounds } = original;
    const first = segments[0];
    assert.ok(first);
    const bytes = Uint8Array.from([...first.bytes, ...wanted, ...first.bytes]);
    const { sections: _, ...rest } = original;
    const small = await shrink({ ...rest, segments: [{ ...first, bytes }], rounds }, fails, 10_000);
    const left = small.segments.flatMap((segment) => [...segment.bytes]).filter((byte) => byte !== 0);
    assert.deepEqual(left, wanted, `case ${i}`);
    assert.equal(small.rounds.flatMap(({ runs }) => runs.flatMap(({ slices }) => slices)).length, 2);
  }
});
