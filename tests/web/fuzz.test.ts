/** The fuzzer's programs in browsers, whose compilers are others. `npm run fuzz` is for longer runs. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { build } from "vite";
import { root } from "../../scripts/run.mjs";
import { ENGINES } from "../fuzz/bench.js";
import { assembleRoms, readRoms } from "../fuzz/node.js";
import type { Order } from "../fuzz/page/page.js";
import { describeSite } from "./support/site.js";

const folder = join(root, "target/tests/fuzz");
const MILLISECONDS = 10_000;
/** So many programs take a fraction of that time. */
const LEAST = 50;

before(async () => {
  await assembleRoms();
  await build({
    root: join(root, "tests/fuzz/page"),
    configFile: false,
    base: "./",
    logLevel: "warn",
    publicDir: join(root, "target/web/fuzz"),
    build: { outDir: folder, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 },
  });
});

describeSite(
  "fuzzer",
  (site) => {
    test("random programs do the same on all engines", async (context) => {
      const page = await site.open("");
      await page.waitForFunction(() => "fuzz" in globalThis);
      const order: Order = {
        // Not those of other browsers.
        seed: site.browserName === "firefox" ? 1053 : 1056,
        engines: ENGINES,
        milliseconds: MILLISECONDS,
        roms: readRoms().map(({ name, bytes }) => ({ name, bytes: Array.from(bytes) })),
      };
      const { report, programs, rounds } = await page.evaluate((order) => fuzz(order), order);
      assert.equal(report, undefined);
      context.diagnostic(`${programs} programs, ${rounds} runs`);
      assert.ok(programs > LEAST, `only ${programs} programs`);
      await page.close();
    });
  },
  folder,
);
