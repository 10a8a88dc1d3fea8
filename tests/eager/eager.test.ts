/** Rust tests once more, in WebAssembly, where their programs are compiled. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { run, tests } from "./host.js";
import { builds, load, read } from "./node.js";

assert.deepEqual(builds(), ["cpu", "devices", "pictures", "roms"]);
for (const name of builds()) {
  describe(`${name}, compiled`, () => {
    const module = load(name);
    for (const [index, each] of tests(module).entries()) {
      test(each.name, { skip: each.ignored }, () => {
        const { failure } = run(module, index, each, read);
        assert.equal(failure, undefined, failure);
      });
    }
  });
}
