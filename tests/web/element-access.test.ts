/** `<uxn-player>` for everybody: axe-core finds nothing, names say what things are, and nobody is made dizzy. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Page, SerializedAXNode } from "puppeteer-core";
import { Articles, hears } from "./support/article.js";
import { violations } from "./support/axe.js";
import { appears, describeSite, frames, hasState, type Site } from "./support/site.js";

describeSite("access", (site: Site) => {
  const articles = new Articles(site);
  /** Its automation tells what others do not. */
  const isChromium = site.browserName === "chromium";
  before(async () => {
    for (const name of ["events", "echo", "hostile", "frames", "picture"]) await articles.offer(name);
    articles.server.answer("/slow.rom", () => {});
  });

  /** Programs in every state, each named by what it is. */
  const STATES: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
    "not started": async () => {},
    "on its way": async (page) => {
      await page.evaluate(() => {
        player.src = "slow.rom";
      });
      await page.locator("uxn-player >>> #cover").click();
      await appears(page, "[data-loading]");
    },
    playing: async (page) => {
      await page.locator("uxn-player >>> #cover").click();
      await page.waitForFunction(() => player.uses.controller);
      await page.keyboard.press("a");
      await appears(page, "#console-toggle[data-new]");
      await page.keyboard.press("Tab");
    },
    "with the console": async (page) => {
      await page.locator("uxn-player >>> #cover").click();
      await page.waitForFunction(() => player.uses.controller);
      await page.keyboard.press("a");
      await appears(page, "#console-toggle:not([hidden])");
      await page.locator("uxn-player >>> #console-toggle").click();
      await page.locator("uxn-player >>> #mute").click();
    },
    paused: async (page) => {
      await page.evaluate(() => player.play());
      await page.evaluate(() => player.pause());
    },
    "a console program": async (page) => {
      await page.evaluate(() => {
        player.src = "echo.rom";
        player.args = "some words";
        return player.play();
      });
      await appears(page, "[data-text-only]");
      await page.evaluate(() => player.sendInput("typed"));
      await appears(page, "#log span");
    },
    "a console program that has ended": async (page) => {
      await page.evaluate(() => {
        player.src = "echo.rom";
        return player.play();
      });
      await appears(page, "[data-text-only]");
      await page.evaluate(() => player.endInput());
      await page.waitForFunction(() => player.exitCode === 3);
      await appears(page, "#log .error");
    },
    "an error": async (page) => {
      await page.evaluate(() => {
        player.src = "missing.rom";
      });
      await page.locator("uxn-player >>> #cover").click();
      await appears(page, "#problem:not([hidden])");
    },
  };

  for (const [name, style, width] of [
    ["light", "", 640],
    ["dark", ":root { color-scheme: dark; background: #111; color: #eee } a { color: #9cf }", 640],
    ["narrow, dark", ":root { color-scheme: dark; background: #111; color: #eee } a { color: #9cf }", 240],
  ] as const) {
    test(`axe-core has no complaint: ${name}`, async () => {
      const page = await articles.open(`<h1>An article</h1><section></section>`, {
        style: `${style} main { width: ${width}px }`,
      });
      for (const [state, reach] of Object.entries(STATES)) {
        await page.evaluate(() => {
          globalThis.player = document.createElement("uxn-player");
          player.src = "events.rom";
          player.label = "Events";
          player.controls = true;
          document.querySelector("section")?.replaceChildren(player);
        });
        await reach(page);
        assert.deepEqual(await violations(page), [], state);
      }
      await page.evaluate(() => {
        for (const name of ["aria-label", "title"]) inPlayer("#fullscreen")?.removeAttribute(name);
      });
      assert.match(String(await violations(page)), /^button-name.*#fullscreen/, "it does look");
      await page.close();
    });
  }

  test("axe-core has no complaint: the page, and the page for frames", async () => {
    const page = await site.open("rom=roms/hello.rom");
    await hasState(page, "running");
    assert.deepEqual(await violations(page), []);
    await page.goto(`${site.server.url}embed.html?rom=roms/hello.rom`);
    await appears(page, "#cover:not([hidden])");
    assert.deepEqual(await violations(page), []);
    await page.locator(">>> #cover").click();
    await hasState(page, "running");
    assert.deepEqual(await violations(page), []);
    await page.close();
  });

  test("what assistive technology is told: the name of the program, and of every control", {
    skip: !isChromium,
  }, async () => {
    const page = await articles.open(`<uxn-player src="hostile.rom" controls></uxn-player>`);
    const names = async () => {
      const seen: string[] = [];
      const walk = ({ role, name, children = [] }: SerializedAXNode) => {
        if (name && !["RootWebArea", "StaticText"].includes(role)) seen.push(`${role}: ${name}`);
        for (const child of children) walk(child);
      };
      const tree = await page.accessibility.snapshot({ includeIframes: false });
      assert.ok(tree);
      walk(tree);
      return seen;
    };
    assert.deepEqual(await names(), [
      ...["button: Play", "button: Play", "button: Reset", "button: Mute", "slider: Volume"],
      ...["button: Save a picture", "button: Share", "button: Fullscreen"],
    ]);
    await page.evaluate(async () => {
      player.src = "frames.rom";
      await player.play();
      player.label = "Clock";
    });
    await hears(page, "console");
    await appears(page, "[data-text-only]");
    await page.evaluate(async () => {
      player.src = "picture.rom";
      player.label = "";
      await player.play();
    });
    assert.deepEqual(await names(), [
      ...["application: Screen of picture", "button: Pause", "button: Reset", "button: Mute"],
      ...["slider: Volume", "button: Save a picture", "button: Share", "button: Fullscreen"],
    ]);
    // By its metadata, once it has said something.
    await page.evaluate(async () => {
      player.src = "hostile.rom";
      await player.play();
    });
    await hears(page, "loadedmetadata");
    const name = "<img src=x onerror=document.title='owned'>";
    const group = await page.$eval("uxn-player >>> #bar", (bar) => bar.ariaLabel);
    assert.equal(group, `Controls of ${name}`);
    await page.close();
  });

  test("who prefers less motion sees none", { skip: !isChromium }, async () => {
    const page = await articles.open(`<uxn-player src="slow.rom" controls></uxn-player>`);
    const moving = () =>
      page.evaluate(async () => {
        inPlayer("#cover")?.focus();
        await new Promise((resolve) => setTimeout(resolve, 50));
        const all = player.shadowRoot?.getAnimations().length ?? 0;
        inPlayer("#cover")?.blur();
        return all;
      });
    await page.locator("uxn-player >>> #cover").click();
    await appears(page, "[data-loading]");
    assert.ok((await moving()) > 0);
    await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
    await frames(page, 2);
    assert.equal(await moving(), 0);
    await page.close();
  });
});
