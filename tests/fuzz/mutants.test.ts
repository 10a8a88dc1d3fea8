/** The planted mistakes still have a place: `npm run fuzz:mutants` is long, and run seldom. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/run.mjs";
import { MUTANTS } from "./mutants-list.js";

test("each text that a planted mistake takes the place of is in its file, once", () => {
  for (const { name, file, before, after } of MUTANTS) {
    const count = readFileSync(join(root, file), "utf8").split(before).length - 1;
    assert.equal(count, 1, `${name}: ${file} has ${JSON.stringify(before)} ${count} times`);
    assert.notEqual(before, after, name);
  }
});
