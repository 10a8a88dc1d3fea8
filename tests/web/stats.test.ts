/** The overlay of numbers: that they are there when they are wanted, and say what is the case. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "puppeteer-core";
import { root } from "../../scripts/run.mjs";
import { Articles } from "./support/article.js";
import { violations } from "./support/axe.js";
import { describeSite, type Site } from "./support/site.js";

describeSite("statistics", (site: Site) => {
  const articles = new Articles(site, false);

  async function play(attributes: string): Promise<Page> {
    const rom = readFileSync(join(root, "dist/roms/life.rom"));
    const src = await articles.offer("life", rom);
    return articles.open(`<uxn-player src="${src}" autoplay muted background ${attributes}></uxn-player>`);
  }

  /** Waits for lines that fit; all of them. */
  async function lines(page: Page, wanted: RegExp): Promise<string[]> {
    const text = await page.waitForFunction(
      (pattern) => {
        const text = player.shadowRoot?.querySelector("#stats")?.textContent ?? "";
        return new RegExp(pattern).test(text) && text;
      },
      { timeout: 20_000 },
      wanted.source,
    );
    return String(await text.jsonValue()).split("\n");
  }

  test("say how much is compiled", async () => {
    const page = await play('engine="blocks" stats');
    const [engine, instructions, work, share, units, compiling] = await lines(
      page,
      /([5-9]\d|100) % compiled/,
    );
    assert.equal(engine, "blocks");
    assert.match(instructions ?? "", /^≈ [\d,]+ instructions\/frame$/);
    assert.ok(Number(instructions?.split(" ")[1]?.replaceAll(",", "")) > 1000, instructions);
    assert.match(work ?? "", /^\d+\.\d ms\/frame$/);
    assert.match(share ?? "", /^\d+ % compiled$/);
    assert.match(units ?? "", /^[1-9]\d* units?$/);
    assert.match(compiling ?? "", /^\d+ ms compiling \(worker\)$/);
    assert.deepEqual(await violations(page), []);
    await page.close();
  });

  test("are those of the engine, and come and go", async () => {
    for (const engine of ["tailcall", "switch"]) {
      const page = await play(`engine="${engine}"`);
      assert.equal(await page.evaluate(() => player.shadowRoot?.querySelector("#stats")), null);
      await page.evaluate(() => {
        player.stats = true;
      });
      const shown = await lines(page, /ms\/frame/);
      assert.equal(shown[0], engine);
      assert.equal(shown.length, 3);
      await page.evaluate(() => player.pause());
      await lines(page, /^not running$/);
      await page.evaluate(() => player.removeAttribute("stats"));
      assert.equal(await page.evaluate(() => player.shadowRoot?.querySelector("#stats")), null);
      await page.close();
    }
  });
});
