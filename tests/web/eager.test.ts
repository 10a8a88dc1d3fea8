/** The CPU's conformance cases, the devices and the pictures in browsers, whose compilers are others than node's. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { build } from "vite";
import { root } from "../../scripts/run.mjs";
import { folder } from "../eager/node.js";
// For `runTests`.
import type {} from "../eager/page/page.js";
import { describeSite } from "./support/site.js";

const pageFolder = join(root, "target/tests/eager");

before(() =>
  build({
    root: join(root, "tests/eager/page"),
    configFile: false,
    base: "./",
    logLevel: "warn",
    publicDir: folder,
    build: { outDir: pageFolder, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 },
  }),
);

/** The files in a folder of the repository. */
function files(folder: string): Record<string, string> {
  const names = readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map(({ name }) => `${folder}/${name}`);
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), "base64")]));
}

describeSite(
  "compiled",
  (site) => {
    for (const [name, prefix, needed, least] of [
      ["cpu", "conformance::", {}, 161],
      ["devices", "", {}, 250],
      ["pictures", "", files("tests/pictures"), 10],
    ] as const) {
      test(`${name} ${prefix}`.trim(), async () => {
        const page = await site.open("");
        await page.waitForFunction(() => "runTests" in globalThis);
        const run = (name: string, prefix: string, files: Record<string, string>) =>
          runTests(name, prefix, files);
        const { passed, units, failures } = await page.evaluate(run, name, prefix, needed);
        assert.deepEqual(failures, []);
        assert.ok(passed >= least && units >= least, `${passed} tests, ${units} units`);
        await page.close();
      });
    }
  },
  pageFolder,
);
