/** What is fetched when, and how much: what the build says, against what a server of the player is asked for. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { root } from "../../scripts/run.mjs";
import type { Sizes } from "../../scripts/sizes.mjs";
import { startServer } from "./support/server.js";
import { appears, describeSite, hasState, type Site } from "./support/site.js";

const dist = join(root, "dist");

describeSite("sizes", (site: Site) => {
  /**
   * Opens an article with a player, which is on a server of its own, and nothing else is. `POSTER` in the attributes
   * is a picture there.
   */
  async function open(t: TestContext, attributes: string) {
    const cdn = await startServer(dist);
    t.after(() => cdn.close());
    cdn.answer("/poster.svg", (_, response) => {
      const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="40"></svg>';
      response.writeHead(200, { "content-type": "image/svg+xml" }).end(picture);
    });
    const article = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>An article</title>
    <link rel="icon" href="data:,">
    <script type="module" src="${cdn.url}fantail.js"></script>
  </head>
  <body><uxn-player ${attributes.replace("POSTER", `${cdn.url}poster.svg`)}></uxn-player></body>
</html>`;
    const path = `test/${new URL(cdn.url).port}.html`;
    site.server.answer(`/${path}`, (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end(article);
    });
    const page = await site.tab();
    await page.goto(site.server.url + path);
    await appears(page, "#cover");
    return { page, cdn };
  }

  for (const engine of ["auto", "tailcall", "switch"]) {
    test(`first play fetches what sizes.json says, engine: ${engine}`, async (t) => {
      const { page, cdn } = await open(t, `src="/${await site.offer("tone")}" autoplay engine="${engine}"`);
      await hasState(page, "running");
      await page.locator(">>> canvas").click();
      // The audio thread's module comes last; whatever else would have come by then, too.
      const isLast = () => cdn.requests.some((path) => path.includes("worklet"));
      for (let wait = 0; wait < 100 && !isLast(); wait++) await sleep(50);
      await sleep(500);
      const fetched = cdn.requests.map((path) => path.slice(1)).sort();
      const bodies = fetched.map(async (path) => {
        const response = await fetch(cdn.url + path);
        assert.ok(response.ok, path);
        return gzipSync(await response.arrayBuffer(), { level: 9 }).length;
      });
      const sum = (await Promise.all(bodies)).reduce((total, bytes) => total + bytes, 0);

      const sizes: Sizes = JSON.parse(readFileSync(join(dist, "sizes.json"), "utf8"));
      const name = fetched.find((path) => path.endsWith(".wasm"))?.split("-")[0] ?? "";
      if (engine !== "auto") assert.equal(name, engine);
      const expected = sizes.engines[name];
      assert.ok(expected, `sizes.json says nothing of ${name}`);
      assert.deepEqual(fetched, expected.files.toSorted());
      assert.equal(sum, expected.first_play_gzip);
      assert.ok(sum <= sizes.first_play_gzip && sizes.first_play_gzip <= 90_000, `${sum} bytes`);
      await page.close();
    });
  }

  test("before a click there is the script, and the poster", async (t) => {
    const rom = await site.offer("tone");
    const before = site.server.requests.length;
    const { page, cdn } = await open(t, `src="/${rom}" poster="POSTER" controls`);
    await sleep(1000);
    assert.deepEqual(cdn.requests.toSorted(), ["/fantail.js", "/poster.svg"]);
    assert.deepEqual(site.server.requests.slice(before), [new URL(page.url()).pathname]);
    await page.close();
  });
});
