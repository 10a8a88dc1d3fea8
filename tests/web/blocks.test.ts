/** Compiled code in the page: that hot code is compiled, wherever the compiler may run, and does the same. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "puppeteer-core";
import { root } from "../../scripts/run.mjs";
import { Articles } from "./support/article.js";
import { describeSite, type Site } from "./support/site.js";

declare global {
  /** In an article: how many modules have been linked that were compiled here. */
  var linked: number;
  /** In an article: how many workers have been started, and how many could not be. */
  var workers: { started: number; refused: number };
}

const PREPARE = `
  globalThis.linked = 0;
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class extends Instance {
    constructor(...args) {
      super(...args);
      linked += 1;
    }
  };
  globalThis.workers = { started: 0, refused: 0 };
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      try { super(...args); } catch (error) { workers.refused += 1; throw error; }
      workers.started += 1;
    }
  };
`;

/** What the program prints, on every engine. */
const SUM = "3d2c\n";

/** Waits for the end of the program; what it has printed. */
async function printed(page: Page): Promise<string> {
  await page.waitForFunction(() => heard.some(({ type }) => type === "exit"), { timeout: 20_000 });
  return page.evaluate(() => {
    const own = heard.filter(({ type, bubbles }) => type === "console" && !bubbles);
    return own.map(({ detail }) => (detail as { text: string }).text).join("");
  });
}

describeSite("compiled code", (site: Site) => {
  const near = new Articles(site, false);
  const foreign = new Articles(site);

  async function play(articles: Articles, engine: string, policy?: string): Promise<Page> {
    const src = await articles.offer("patches");
    const markup = `<uxn-player src="${src}" engine="${engine}" autoplay muted background></uxn-player>`;
    return articles.open(markup, { prepare: PREPARE, ...(policy ? { policy } : {}) });
  }

  const fetched = () => site.server.requests.filter((path) => /compiler-.*\.wasm$/.test(path)).length;

  test("is made on a thread of its own", async () => {
    const page = await play(near, "blocks");
    assert.equal(await printed(page), SUM);
    assert.ok(await page.evaluate(() => linked > 0));
    assert.deepEqual(await page.evaluate(() => workers), { started: 1, refused: 0 });
    await page.close();
  });

  test("by default when a program works for a while", async () => {
    const before = fetched();
    const src = await near.offer("mandelbrot", readFileSync(join(root, "dist/roms/mandelbrot.rom")));
    const page = await near.open(`<uxn-player src="${src}" autoplay muted background></uxn-player>`, {
      prepare: PREPARE,
    });
    await page.waitForFunction(() => linked > 0, { timeout: 20_000 });
    assert.equal(fetched(), before + 1);
    await page.close();
  });

  test("or on the page's, where a page may not have one", async () => {
    // Browsers start workers from the page's own origin only.
    const page = await play(foreign, "blocks");
    assert.equal(await printed(page), SUM);
    assert.ok(await page.evaluate(() => linked > 0));
    assert.deepEqual(await page.evaluate(() => workers), { started: 0, refused: 0 });
    await page.close();
  });

  test("or where the policy forbids it", async () => {
    const policy =
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'none'";
    const page = await play(near, "blocks", policy);
    assert.equal(await printed(page), SUM);
    assert.ok(await page.evaluate(() => linked > 0));
    // The browser has told.
    assert.match(site.errors.splice(0).join(), /worker-src/);
    await page.close();
  });

  test("is not made with another engine, nor its compiler fetched", async () => {
    for (const engine of ["tailcall", "switch"]) {
      const before = fetched();
      const page = await play(near, engine);
      assert.equal(await printed(page), SUM);
      assert.equal(await page.evaluate(() => linked), 0);
      assert.equal(fetched(), before);
      await page.close();
    }
  });

  test("goes on when the program is started again", async () => {
    const page = await play(near, "blocks");
    assert.equal(await printed(page), SUM);
    await page.evaluate(() => {
      heard.length = 0;
      player.reset();
    });
    assert.equal(await printed(page), SUM);
    await page.close();
  });
});
