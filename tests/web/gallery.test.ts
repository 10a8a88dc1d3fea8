/** The gallery: posters, and one program at a time. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { describeSite, type Site } from "./support/site.js";

describeSite("gallery", (site: Site) => {
  test("posters of every program, and nothing else is fetched", async () => {
    const page = await site.tab();
    await page.goto(`${site.server.url}gallery.html`);
    await page.waitForSelector(".card:nth-child(11)");
    await page.waitForFunction(() =>
      Array.from(document.querySelectorAll("uxn-player")).every((player) => {
        const poster = player.shadowRoot?.querySelector<HTMLImageElement>("#poster");
        return poster?.complete && poster.naturalWidth > 0;
      }),
    );
    // Pictures that show something: of more than one colour.
    const colours = await page.evaluate(() =>
      Array.from(document.querySelectorAll("uxn-player"), (player) => {
        const poster = player.shadowRoot?.querySelector<HTMLImageElement>("#poster");
        const canvas = new OffscreenCanvas(poster?.naturalWidth ?? 1, poster?.naturalHeight ?? 1);
        const context = canvas.getContext("2d");
        if (!poster || !context) return 0;
        context.drawImage(poster, 0, 0);
        return new Set(new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer))
          .size;
      }),
    );
    assert.ok(
      colours.every((count) => count > 2),
      `${colours}`,
    );
    assert.deepEqual(
      site.server.requests.filter((path) => /\.(rom|wasm)$/.test(path)),
      [],
    );
    await page.close();
  });

  test("a click plays that one, and pauses the one before", async () => {
    const page = await site.tab();
    await page.goto(`${site.server.url}gallery.html`);
    await page.waitForSelector(".card:nth-child(3)");
    const playing = () =>
      page.evaluate(() =>
        Array.from(document.querySelectorAll("uxn-player"))
          .filter(({ paused }) => !paused)
          .map(({ label }) => label)
          .join(),
      );
    for (const [number, name] of [
      [1, "Hello"],
      [2, "Bounce"],
      [1, "Hello"],
    ] as const) {
      const seen = await page.$(`.card:nth-child(${number}) >>> #play`);
      await seen?.click();
      await page.waitForFunction(
        (wanted) => {
          const all = Array.from(document.querySelectorAll("uxn-player"));
          return all.find(({ label }) => label === wanted)?.paused === false;
        },
        { timeout: 10_000 },
        name,
      );
      assert.equal(await playing(), name);
    }
    const links = await page.$$eval(".card a", (all) => all.map((link) => link.getAttribute("href")));
    assert.ok(links.includes("./?rom=roms/fledglings.rom"));
    await page.close();
  });
});
