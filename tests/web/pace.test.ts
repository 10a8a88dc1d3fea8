/** Programs in the page: how fast they run. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { appears, describeSite, prints, type Site, text } from "./support/site.js";

describeSite("pace", (site: Site) => {
  test("frames that take longer than a picture of the display are shown all the same", async () => {
    const page = await site.play("slow");
    const seen = await page.$eval(">>> canvas", async (canvas) => {
      const context = canvas.getContext("2d");
      let changes = 0;
      let last = "";
      for (const end = performance.now() + 3000; performance.now() < end; ) {
        await new Promise(requestAnimationFrame);
        const pixel = String(context?.getImageData(0, 0, 1, 1).data);
        if (pixel !== last) changes += 1;
        last = pixel;
      }
      return changes;
    });
    assert.ok(seen >= 10, `${seen} pictures in three seconds`);
    await page.close();
  });

  test("sixty frames a second", async () => {
    const page = await site.play("frames");
    await prints(page, "...");
    const rate = await page.evaluate(async () => {
      const count = () => inPlayer("#log")?.textContent?.length ?? 0;
      // The console is updated now and then: measured from one update to a later one.
      const update = async () => {
        const before = count();
        while (count() === before) await new Promise(requestAnimationFrame);
        return { time: performance.now(), dots: count() };
      };
      const start = await update();
      await new Promise((resolve) => setTimeout(resolve, 2000));
      const end = await update();
      return ((end.dots - start.dots) * 1000) / (end.time - start.time);
    });
    assert.ok(rate > 50 && rate < 66, `${rate.toFixed(1)} frames a second`);
    await page.close();
  });

  test("stop stops time, continue lets it go on, reset starts anew", async () => {
    const page = await site.play("frames");
    await prints(page, "...");
    await appears(page, "[data-text-only]");
    await page.locator(">>> #play").click();
    assert.equal(await text(page, ">>> #status"), "Paused");
    await new Promise((resolve) => setTimeout(resolve, 150));
    const before = (await text(page, ">>> #log")).length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal((await text(page, ">>> #log")).length, before);
    await page.locator(">>> #play").click();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const after = (await text(page, ">>> #log")).length;
    assert.ok(after > before && after < before + 40, `${after - before} frames after the pause`);
    await page.locator(">>> #reset").click();
    await prints(page, ".");
    assert.ok((await text(page, ">>> #log")).length < before + 20);
    await page.close();
  });
});
