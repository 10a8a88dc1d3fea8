/** The player in the controls of somebody else: those of Media Chrome, which are made for media elements. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import type { Page } from "puppeteer-core";
import { root } from "../../scripts/run.mjs";
import { Articles, hears } from "./support/article.js";
import { describeSite, type Site } from "./support/site.js";

const MEDIA_CHROME = readFileSync(join(root, "node_modules/media-chrome/dist/iife/index.js"), "utf8");

const MARKUP = `
  <media-controller>
    <uxn-player slot="media" src="teller.rom" style="width: 20rem"></uxn-player>
    <media-loading-indicator slot="centered-chrome"></media-loading-indicator>
    <media-control-bar>
      <media-play-button></media-play-button>
      <media-mute-button></media-mute-button>
      <media-volume-range></media-volume-range>
    </media-control-bar>
  </media-controller>`;

describeSite("the player in a media-controller", (site: Site) => {
  const articles = new Articles(site);
  before(async () => {
    for (const name of ["teller", "frames"]) await articles.offer(name);
  });

  /** The attributes of the controller that say how it stands, once they are these. */
  const becomes = async (page: Page, expected: readonly string[]) => {
    const names = ["mediapaused", "medialoading", "mediahasplayed", "mediamuted"];
    const look = () =>
      page.evaluate(
        (names) => names.filter((name) => document.querySelector("media-controller")?.hasAttribute(name)),
        names,
      );
    try {
      await page.waitForFunction(
        (names, expected) =>
          names.filter((name) => document.querySelector("media-controller")?.hasAttribute(name)).join() ===
          expected.join(),
        { timeout: 10_000 },
        names,
        expected as string[],
      );
    } catch {
      assert.deepEqual(await look(), expected);
    }
  };

  test("loading, playing, pausing, another program, and one that is missing", async () => {
    const page = await articles.open(MARKUP, { script: MEDIA_CHROME });
    await becomes(page, ["mediapaused", "medialoading"]);
    await page.locator("media-play-button").click();
    await hears(page, "playing");
    await becomes(page, ["mediahasplayed"]);
    // Its spinner is gone.
    await page.waitForFunction(
      () => {
        const slot = document.querySelector("media-loading-indicator")?.shadowRoot?.querySelector("slot > *");
        return slot && getComputedStyle(slot).opacity === "0";
      },
      { timeout: 10_000 },
    );
    await page.locator("media-play-button").click();
    await becomes(page, ["mediapaused", "mediahasplayed"]);
    await page.locator("media-play-button").click();
    await becomes(page, ["mediahasplayed"]);
    await page.locator("media-mute-button").click();
    await becomes(page, ["mediahasplayed", "mediamuted"]);
    assert.equal(await page.evaluate(() => player.muted), true);
    await page.evaluate(() => {
      player.src = "frames.rom";
    });
    await becomes(page, ["mediapaused", "medialoading", "mediamuted"]);
    await page.evaluate(() => player.play());
    await becomes(page, ["mediahasplayed", "mediamuted"]);
    // Its words for an error go when the program plays after all.
    const code = () =>
      page.evaluate(() => document.querySelector("media-controller")?.getAttribute("mediaerrorcode"));
    await page.evaluate(() => player.load("missing.rom").catch(() => {}));
    assert.equal(await code(), "2");
    await page.evaluate(() => player.reset());
    assert.equal(await code(), null);
    await page.close();
  });
});
