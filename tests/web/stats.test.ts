/** The overlay of numbers: that they are there when they are wanted, and say what is the case. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "puppeteer-core";
import { root } from "../../scripts/run.mjs";
import { Articles } from "./support/article.js";
import { violations } from "./support/axe.js";
import { appears, describeSite, hasState, type Site } from "./support/site.js";

declare global {
  /** In an article: milliseconds that its pictures have taken so far. */
  var busy: number;
}

const PREPARE = `
  globalThis.busy = 0;
  const request = requestAnimationFrame;
  globalThis.requestAnimationFrame = (callback) => request((now) => {
    const start = performance.now();
    callback(now);
    busy += performance.now() - start;
  });
`;

describeSite("statistics", (site: Site) => {
  const near = new Articles(site, false);
  const foreign = new Articles(site);

  async function play(name: string, attributes: string, articles = near): Promise<Page> {
    const src = await articles.offer(name, readFileSync(join(root, `dist/roms/${name}.rom`)));
    return articles.open(`<uxn-player src="${src}" autoplay muted background ${attributes}></uxn-player>`);
  }

  /** Waits for lines that fit; all of them. */
  async function lines(page: Page, wanted: RegExp): Promise<string[]> {
    const text = await page.waitForFunction(
      (pattern) => {
        const text = inPlayer("#stats")?.textContent ?? "";
        return new RegExp(pattern).test(text) && text;
      },
      { timeout: 20_000 },
      wanted.source,
    );
    return String(await text.jsonValue()).split("\n");
  }

  /** The first number in a line. */
  function number(line = ""): number {
    return Number(/\d[\d.,]*/.exec(line)?.[0].replaceAll(",", ""));
  }

  const fetched = () => site.server.requests.filter((path) => /stats-.*\.js$/.test(path)).length;

  test("say how much is compiled, and what that has cost", async () => {
    const page = await play("life", 'engine="blocks" stats');
    const seen = await lines(page, /([6-9]\d|100) % compiled/);
    assert.equal(seen.length, 4, seen.join("; "));
    const [work, instructions, compiled, compiling] = seen;
    assert.match(work ?? "", /^blocks, \d+\.\d ms\/frame$/);
    assert.match(instructions ?? "", /^≈ [\d,]+ instructions\/frame$/);
    // Some generations a second, of ten thousand cells each.
    assert.ok(number(instructions) > 10_000 && number(instructions) < 1e7, instructions);
    assert.match(compiled ?? "", /^\d+ % compiled, [1-9]\d* units?$/);
    assert.match(compiling ?? "", /^\d+ ms compiling \(worker\)$/);
    assert.ok(number(compiling) > 0 && number(compiling) < 5000, compiling);
    assert.deepEqual(await violations(page), []);
    await page.close();
  });

  test("count as work what the page's thread is busy with", async () => {
    const src = await near.offer("loop");
    const markup = `<uxn-player src="${src}" autoplay muted background engine="switch" stats></uxn-player>`;
    const page = await near.open(markup, { prepare: PREPARE });
    await lines(page, /ms\/frame/);
    // Between two looks of the statistics, as they do.
    const spans = await page.evaluate(async () => {
      const stats = inPlayer("#stats");
      const spans: { said: number; busy: number }[] = [];
      let before: { time: number; busy: number } | undefined;
      while (stats && spans.length < 3) {
        await new Promise((resolve) => new MutationObserver(resolve).observe(stats, { childList: true }));
        const now = { time: performance.now(), busy };
        const frames = before && ((now.time - before.time) / 1000) * 60;
        const said = Number(/([\d.]+) ms\/frame/.exec(stats.textContent ?? "")?.[1]);
        if (before && frames) spans.push({ said, busy: (now.busy - before.busy) / frames });
        before = now;
      }
      return spans;
    });
    // The rest is drawing, and what the clock does not tell.
    for (const { said, busy } of spans)
      assert.ok(said > 0.7 * busy && said < busy + 0.5, `${said} of ${busy} ms`);
    await page.close();
  });

  test("say that the page's thread compiles where it does", async () => {
    const page = await play("life", 'engine="blocks" stats', foreign);
    await lines(page, /([6-9]\d|100) % compiled, \d+ units?\n\d+ ms compiling \(page\)$/);
    await page.close();
  });

  test("are those of the engine, and come and go", async () => {
    for (const engine of ["tailcall", "switch"]) {
      const before = fetched();
      const page = await play("life", `engine="${engine}"`);
      await hasState(page, "running");
      assert.equal(await page.evaluate(() => inPlayer("#stats")), null);
      assert.equal(fetched(), before, "nobody has asked for it");
      await page.evaluate(() => {
        player.stats = true;
      });
      const [work, instructions, ...others] = await lines(page, /ms\/frame/);
      assert.ok(work?.startsWith(`${engine}, `), work);
      assert.ok(number(work) > 0, work);
      assert.ok(number(instructions) > 10_000, instructions);
      assert.deepEqual(others, [], "nothing is compiled");
      assert.equal(fetched(), before + 1);
      await page.evaluate(() => player.pause());
      assert.deepEqual(await lines(page, /^not running$/), ["not running"]);
      await page.evaluate(() => void player.play());
      await lines(page, /ms\/frame/);
      await page.evaluate(() => player.removeAttribute("stats"));
      assert.equal(await page.evaluate(() => inPlayer("#stats")), null);
      await page.close();
    }
  });

  test("begin anew with another program", async () => {
    const page = await play("life", 'engine="blocks" stats');
    await lines(page, /, [1-9]\d* units?\n/);
    // It has nothing to do but to draw once.
    const src = await near.offer("picture");
    await page.evaluate((src) => player.load(src), src);
    await page.evaluate(() => void player.play());
    await lines(page, /^blocks, 0.0 ms\/frame\n≈ 0 instructions\/frame\n– % compiled, 0 units$/);
    await page.close();
  });

  test("are on the console where a program has no screen, and take neither room nor clicks", async () => {
    for (const name of ["life", "calc"]) {
      const page = await play(name, "controls");
      await appears(page, name === "calc" ? "#console" : "canvas");
      const measure = () =>
        page.evaluate(() => {
          const place = ({ x, y, width, height }: DOMRect) => [x, y, width, height];
          const parts = ["#root", "#stage", "canvas", "#bar", "#console", "#log"].map((part) =>
            inPlayer(part),
          );
          return parts.map((part) => part && place(part.getBoundingClientRect()));
        });
      // Until it has settled.
      await page.waitForFunction(
        (isText) =>
          inPlayer("#root")?.hasAttribute("data-text-only") === isText &&
          (isText || (inPlayer("canvas")?.clientWidth ?? 0) > 0),
        {},
        name === "calc",
      );
      const before = await measure();
      await page.evaluate(() => player.toggleAttribute("stats"));
      await lines(page, /frame/);
      assert.deepEqual(await measure(), before);
      const seen = await page.evaluate(() => {
        const stats = inPlayer("#stats");
        const area = stats?.getBoundingClientRect() ?? new DOMRect();
        const hit = player.shadowRoot?.elementFromPoint(area.x + area.width / 2, area.y + area.height / 2);
        const whole = player.getBoundingClientRect();
        return {
          hits: hit === stats,
          isInside: area.top >= whole.top && area.right <= whole.right && area.width > 50,
          isLive: stats?.matches("[role], [aria-live]"),
          place: stats?.parentElement?.id,
        };
      });
      const place = name === "calc" ? "console" : "stage";
      assert.deepEqual(seen, { hits: false, isInside: true, isLive: false, place });
      await page.close();
    }
  });

  test("that cannot be fetched are said to be missing", async (t) => {
    const page = await play("life", "");
    await hasState(page, "running");
    await page.setOfflineMode(true);
    t.after(() => site.errors.splice(0));
    await page.evaluate(() => player.toggleAttribute("stats"));
    await page.waitForFunction(() =>
      /statistics could not be loaded/.test(inPlayer("#problem")?.textContent ?? ""),
    );
    await page.close();
  });

  test("of the page: its address, and a box to tick that is remembered", async () => {
    const page = await site.open("rom=roms/life.rom&stats");
    await lines(page, /ms\/frame/);
    const isTicked = () => page.$eval("#stats", (box) => (box as HTMLInputElement).checked);
    assert.equal(await isTicked(), true);
    await page.locator("#emulator summary").click();
    await page.locator("#stats").click();
    assert.equal(await page.evaluate(() => inPlayer("#stats")), null);
    assert.deepEqual(await violations(page), []);
    await page.locator("#stats").click();
    await lines(page, /ms\/frame/);
    await page.goto(`${site.server.url}?rom=roms/hello.rom`);
    await lines(page, /ms\/frame/);
    assert.equal(await isTicked(), true);
    await page.goto(`${site.server.url}?rom=roms/hello.rom&stats=0`);
    await hasState(page, "running");
    assert.equal(await isTicked(), false);
    assert.equal(await page.evaluate(() => inPlayer("#stats")), null);
    await page.evaluate(() => localStorage.clear());
    await page.close();
  });

  test("of a frame: its address", async () => {
    const page = await site.tab();
    await page.goto(`${site.server.url}embed.html?rom=roms/life.rom&autoplay&stats&engine=tailcall`);
    await lines(page, /^tailcall, /);
    await page.close();
  });
});
