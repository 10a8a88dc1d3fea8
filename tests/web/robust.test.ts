/** Programs that are a nuisance: they neither stop the page nor get into it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "puppeteer-core";
import { describeSite, hasState, prints, type Site, text } from "./support/site.js";

/** The longest time in milliseconds for which the page's timers were kept waiting, over a second or so. */
function longestWait(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let longest = 0;
    const end = performance.now() + 1200;
    while (performance.now() < end) {
      const before = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 0));
      longest = Math.max(longest, performance.now() - before);
    }
    return longest;
  });
}

describeSite("nuisances", (site: Site) => {
  for (const engine of ["blocks", "tailcall", "switch"]) {
    for (const name of ["loop", "straight", "changing"]) {
      test(`${name}: the page stays alive and says so, engine: ${engine}`, async () => {
        const page = await site.play(name, `engine=${engine}&stats`);
        const wait = await longestWait(page);
        assert.ok(wait < 300, `a timer waited for ${wait.toFixed()} ms`);
        await hasState(page, "working");
        assert.equal(await text(page, ">>> #status"), "Still working on one frame");
        if (engine === "blocks") {
          const isCompiled = () => /[1-9]\d* unit/.test(inPlayer("#stats")?.textContent ?? "");
          await page.waitForFunction(isCompiled, { timeout: 10_000 });
        }

        const took = await page.evaluate(async () => {
          const start = performance.now();
          inPlayer("#play")?.click();
          await new Promise((resolve) => setTimeout(resolve, 0));
          return performance.now() - start;
        });
        assert.ok(took < 300, `stopping took ${took.toFixed()} ms`);
        assert.equal(await text(page, ">>> #status"), "Paused");
        await page.locator(">>> #play").click();
        await hasState(page, "working");
        await page.locator(">>> #reset").click();
        await hasState(page, "working");
        await page.close();
      });
    }
  }

  test("the largest screen, drawn anew in each frame: the page stays alive", async () => {
    const page = await site.play("huge");
    await page.waitForFunction(() => inPlayer("canvas")?.width === 4095, { timeout: 10_000 });
    const wait = await longestWait(page);
    assert.ok(wait < 300, `a timer waited for ${wait.toFixed()} ms`);
    await page.evaluate(() => inPlayer("#play")?.click());
    assert.equal(await text(page, ">>> #status"), "Paused");
    await page.close();
  });

  test("a program that prints for ever: the page stays alive, old text goes", async () => {
    const page = await site.play("flood");
    await prints(page, "x\nx\n");
    const wait = await longestWait(page);
    assert.ok(wait < 300, `a timer waited for ${wait.toFixed()} ms`);
    const length = (await text(page, ">>> #log")).length;
    assert.ok(length > 1_000 && length <= 100_000, `${length} characters are kept`);
    await page.locator(">>> #play").click();
    assert.equal(await text(page, ">>> #status"), "Paused");
    await page.close();
  });

  test("two outputs in turns, a byte each: the page stays alive", async () => {
    const page = await site.play("turns");
    await prints(page, "xyxy");
    const wait = await longestWait(page);
    assert.ok(wait < 300, `a timer waited for ${wait.toFixed()} ms`);
    const pieces = await page.$eval(">>> #log", (log) => log.childElementCount);
    assert.ok(pieces > 100 && pieces < 5_000, `${pieces} pieces are kept`);
    await page.locator(">>> #play").click();
    await page.close();
  });

  test("what a program prints and calls itself is text", async () => {
    const page = await site.play("hostile");
    const markup = "<img src=x onerror=document.title='owned'>";
    await prints(page, `${markup}<script>document.title='owned'</script>`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(await text(page, "#title"), markup);
    assert.equal(await text(page, "#credits"), "<b>bold</b>");
    assert.equal(await page.title(), `${markup} – fantail`);
    assert.equal((await page.$$(">>> #log img, #log script, .bar img, .bar b")).length, 0);
    assert.equal(await text(page, ">>> #log .error"), await text(page, ">>> #log .output"));
    await page.close();
  });

  test("a program's file name is text", async () => {
    const rom = await site.offer("frames");
    site.server.answer("/%3Cimg%20src=x%3E.rom", (_, response) => {
      response.writeHead(302, { location: `/${rom}` }).end();
    });
    const page = await site.open(`rom=${encodeURIComponent("<img src=x>.rom")}`);
    await hasState(page, "running");
    assert.equal(await text(page, "#title"), "<img src=x>");
    assert.equal((await page.$$(".bar img")).length, 0);
    await page.close();
  });
});
