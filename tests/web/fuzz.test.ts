/** The fuzzer's programs in browsers, whose compilers are others. `npm run fuzz -- --browser` is for longer runs. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ENGINES } from "../fuzz/bench.js";
import { buildPage, order, pageFolder } from "../fuzz/browser.js";
import { assembleRoms } from "../fuzz/node.js";
import { describeSite } from "./support/site.js";

const MILLISECONDS = 15_000;
/** Compiled code runs in nine of ten programs. */
const SHARE = 0.75;
/** So many programs take a fraction of that time. */
const LEAST = 20;

before(async () => {
  await assembleRoms();
  await buildPage();
});

describeSite(
  "fuzzer",
  (site) => {
    test("random programs do the same on all engines", async (context) => {
      const page = await site.open("");
      await page.waitForFunction(() => "fuzz" in globalThis);
      // Not the same programs in all browsers.
      const plan = { seed: site.browserName === "firefox" ? 153 : 156, first: 0 };
      const wanted = order({ ...plan, engines: ENGINES, milliseconds: MILLISECONDS });
      const { report, programs, rounds, compiled } = await page.evaluate((wanted) => fuzz(wanted), wanted);
      assert.equal(report, undefined);
      context.diagnostic(`${programs} programs, ${rounds} runs, compiled code in ${compiled} programs`);
      assert.ok(programs > LEAST, `only ${programs} programs`);
      assert.ok(compiled > programs * SHARE, `compiled code in only ${compiled} of ${programs} programs`);
      await page.close();
    });
  },
  pageFolder,
);
