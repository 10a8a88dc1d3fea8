/** How `<uxn-player>` behaves in somebody's article: what it takes and when, and that it gives everything back. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Page } from "puppeteer-core";
import { Articles, hears, types } from "./support/article.js";
import { appears, describeSite, frames, type Site } from "./support/site.js";

declare global {
  /** In an article: what the first program has printed. */
  function printed(): string;
  /** In an article: the keys that have reached the page, and whether their meaning was taken from the browser. */
  var keys: string[];
  var contexts: AudioContext[];
}

const PREPARE = `
  globalThis.printed = () => heard.flatMap(({ detail }) => detail?.text ?? []).join("");
  globalThis.keys = [];
  addEventListener("keydown", ({ key, defaultPrevented }) => keys.push(key + (defaultPrevented ? " taken" : "")));
  globalThis.contexts = [];
  globalThis.AudioContext = class extends AudioContext {
    constructor(...args) { super(...args); contexts.push(this); }
  };
  // Tests ask their questions as if the visitor had acted.
  let hasBeenActive = false;
  Object.defineProperty(navigator, "userActivation", { get: () => ({ hasBeenActive }) });
  for (const act of ["pointerdown", "keydown"]) {
    addEventListener(act, () => { hasBeenActive = true; }, { capture: true });
  }
`;

/** What has the focus, by its id; of a program the room that it is in. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => focusedElement()?.closest("#room, [id]")?.id ?? "");
}

/** Presses a key until the focus is on an element; where it was on the way, and at last. */
async function walk(page: Page, key: "Tab" | "Shift+Tab", end: string): Promise<string[]> {
  const way: string[] = [];
  while (way.at(-1) !== end && way.length < 20) {
    if (key === "Tab") await page.keyboard.press("Tab");
    else {
      await page.keyboard.down("Shift");
      await page.keyboard.press("Tab");
      await page.keyboard.up("Shift");
    }
    way.push((await focused(page)) || "?");
  }
  return way;
}

async function prints(page: Page, expected: string): Promise<void> {
  await page
    .waitForFunction((wanted) => printed() === wanted, { timeout: 20_000 }, expected)
    .catch(async () => assert.equal(await page.evaluate(() => printed()), expected));
}

describeSite("manners", (site: Site) => {
  const articles = new Articles(site);
  before(async () => {
    for (const name of ["frames", "events", "tone"]) await articles.offer(name);
    articles.server.answer("/poster.svg", (_, response) => {
      const picture =
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 10"><circle r="9" fill="teal"/></svg>';
      response.writeHead(200, { "content-type": "image/svg+xml" }).end(picture);
    });
  });

  /** An article with links before and after what is in it. */
  const open = (markup: string) =>
    articles.open(
      `<p><a id="before" href="#">before</a></p>${markup}<p><a id="after" href="#">after</a> <input id="field"></p>`,
      { prepare: PREPARE },
    );

  /** One whose program plays, and has the focus. */
  async function play(attributes: string): Promise<Page> {
    const page = await open(`<uxn-player ${attributes}></uxn-player>`);
    await page.locator("uxn-player").click();
    await page.waitForFunction(() => player.uses.controller);
    await page.evaluate(() => {
      keys.length = 0;
    });
    return page;
  }

  test("before the click only the poster is fetched, and nothing runs, sounds or takes keys", async () => {
    const [scripts, files] = [site.server.requests.length, articles.server.requests.length];
    const page = await open(
      `<uxn-player src="tone.rom" poster="poster.svg" files="frames.rom" controls></uxn-player>`,
    );
    await page.mouse.click(5, 5);
    await page.keyboard.press("a");
    await page.keyboard.press("ArrowDown");
    await page.focus("uxn-player >>> #cover");
    await page.keyboard.press("a");
    await page.keyboard.press("ArrowDown");
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(site.server.requests.slice(scripts), ["/fantail.js"]);
    const fetched = articles.server.requests.slice(files).map((path) => path.replace(/.*\./, ""));
    assert.deepEqual(fetched.filter((ending) => ending !== "ico").sort(), ["css", "html", "js", "svg"]);
    assert.deepEqual(await types(page), []);
    assert.deepEqual(await page.evaluate(() => keys), ["a", "ArrowDown", "a", "ArrowDown"]);
    assert.equal(await page.evaluate(() => contexts.length), 0);

    // The click fetches the program, starts it, gives it the keys, and is the act that allows sound.
    await page.locator("uxn-player").click();
    await page.waitForFunction(() => !player.paused && contexts.some(({ state }) => state === "running"));
    assert.equal(await focused(page), "room");
    await page.waitForFunction(() => player.uses.controller);
    await page.keyboard.press("a");
    assert.equal(await page.evaluate(() => keys.at(-1)), "a taken");
    assert.ok(articles.server.requests.slice(files).includes("/tone.rom"));
    await page.close();
  });

  test("a poster that is missing leaves the button alone", async () => {
    const page = await open(`<uxn-player src="frames.rom" poster="missing.png"></uxn-player>`);
    await appears(page, "#poster[hidden]");
    assert.equal(await page.evaluate(() => inPlayer("#cover")?.checkVisibility()), true);
    await page.close();
  });

  test("keys are taken with the focus only, and only those that the program can use", async () => {
    const page = await play(`src="events.rom"`);
    for (const key of ["a", " ", "ArrowDown", "F2", "PageDown"] as const) await page.keyboard.press(key);
    // Chords are the browser's: given to the page as events that nobody has answered.
    await page.evaluate(() => {
      for (const key of ["t", "l", "r", "+"]) {
        const chord = { key, ctrlKey: true, bubbles: true, composed: true, cancelable: true };
        focusedElement()?.dispatchEvent(new KeyboardEvent("keydown", chord));
        focusedElement()?.dispatchEvent(
          new KeyboardEvent("keydown", { ...chord, ctrlKey: false, metaKey: true }),
        );
      }
    });
    assert.deepEqual(await page.evaluate(() => keys.splice(0)), [
      ...["a taken", "  taken", "ArrowDown taken", "F2", "PageDown"],
      ..."ttllrr++",
    ]);
    assert.equal(await page.evaluate(() => scrollY), 0);
    // Elsewhere they are the page's.
    await page.focus("#field");
    await frames(page, 3);
    const before = await page.evaluate(() => printed());
    await page.keyboard.type("abc ");
    await page.keyboard.press("ArrowLeft");
    assert.equal(await page.$eval("#field", (field) => (field as HTMLInputElement).value), "abc ");
    assert.deepEqual(await page.evaluate(() => keys), ["a", "b", "c", " ", "ArrowLeft"]);
    await frames(page, 3);
    assert.equal(await page.evaluate(() => printed()), before);
    await page.close();
  });

  test("a program that does not listen to keys leaves them to the page", async () => {
    const page = await open(`<uxn-player src="frames.rom"></uxn-player>`);
    await page.locator("uxn-player").click();
    await hears(page, "console");
    for (const key of ["a", " ", "ArrowDown"] as const) await page.keyboard.press(key);
    assert.deepEqual(await page.evaluate(() => keys), ["a", " ", "ArrowDown"]);
    await page.close();
  });

  test("Tab goes through the player and leaves it, forward and back: before, while it plays, and after", async () => {
    const page = await open(`<uxn-player src="events.rom" controls></uxn-player>`);
    await page.focus("#before");
    const rest = ["cover", "play", "mute", "volume", "fullscreen"];
    assert.deepEqual(await walk(page, "Tab", "after"), [...rest, "after"]);
    assert.deepEqual(await walk(page, "Shift+Tab", "before"), [...rest.toReversed(), "before"]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => player.uses.controller);
    assert.equal(await focused(page), "room");
    await page.keyboard.press("a");
    await appears(page, "#console-toggle:not([hidden])");
    const bar = ["play", "reset", "mute", "volume", "console-toggle", "screenshot", "share", "fullscreen"];
    assert.deepEqual(await walk(page, "Tab", "after"), [...bar, "after"]);
    assert.deepEqual(await walk(page, "Shift+Tab", "before"), [...bar.toReversed(), "room", "before"]);
    await page.evaluate(() => player.pause());
    assert.deepEqual(await walk(page, "Tab", "after"), ["room", ...bar, "after"]);
    await page.close();
  });

  test("without controls Tab leaves as well, and the cover of a program that rests can be pressed", async () => {
    const page = await play(`src="events.rom"`);
    assert.deepEqual(await walk(page, "Tab", "after"), ["after"]);
    assert.deepEqual(await walk(page, "Shift+Tab", "before"), ["room", "before"]);
    await page.keyboard.press("Tab");
    // The focus stays with the player when the screen is covered, and with the program when it goes on.
    await page.evaluate(() => player.pause());
    assert.equal(await focused(page), "cover");
    await page.keyboard.press(" ");
    await page.waitForFunction(() => !player.paused);
    assert.equal(await focused(page), "room");
    await page.close();
  });

  test("a visitor without a mouse starts, pauses, mutes, goes on, and leaves", async () => {
    const page = await open(`<uxn-player src="tone.rom" controls></uxn-player>`);
    await page.focus("#before");
    const go = async (id: string) => {
      while ((await focused(page)) !== id) await page.keyboard.press("Tab");
    };
    await go("cover");
    await page.keyboard.press(" ");
    await page.waitForFunction(() => !player.paused && contexts.some(({ state }) => state === "running"));
    await go("play");
    await page.keyboard.press(" ");
    assert.equal(await page.evaluate(() => player.paused), true);
    await go("mute");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => player.muted), true);
    await go("volume");
    await page.keyboard.press("ArrowRight");
    assert.deepEqual(await page.evaluate(() => [player.volume, player.muted]), [0.75, false]);
    await page.evaluate(() => player.focus());
    await go("play");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => player.paused), false);
    await go("after");
    await page.close();
  });

  test("the program has Escape, but where it leads back from the filled page", async () => {
    const page = await play(`src="events.rom" controls scale="1"`);
    await page.keyboard.press("Escape");
    await prints(page, "k1b\n");
    assert.deepEqual(await page.evaluate(() => keys.splice(0)), ["Escape taken"]);

    const box = () =>
      page.evaluate(() => {
        const { x, y, width, height } = inPlayer("#root")?.getBoundingClientRect() ?? {};
        return [x, y, width, height].join();
      });
    const [place, after] = [
      await box(),
      await page.$eval("#after", (link) => link.getBoundingClientRect().y),
    ];
    await page.evaluate(() => {
      Object.defineProperty(document, "fullscreenEnabled", { configurable: true, value: false });
      return player.requestFullscreen();
    });
    assert.equal(
      await box(),
      await page.evaluate(() => `0,0,${document.documentElement.clientWidth},${innerHeight}`),
    );
    // What is under it has not moved, and the program still has the keys.
    assert.equal(await page.$eval("#after", (link) => link.getBoundingClientRect().y), after);
    assert.equal(await focused(page), "room");
    assert.equal(await page.$eval(">>> #fullscreen", (button) => button.ariaLabel), "Leave fullscreen");
    await page.keyboard.press("a");
    await prints(page, "k1b\nk61\n");
    await page.keyboard.press("Escape");
    assert.equal(await box(), place);
    assert.equal(await page.$eval(">>> #fullscreen", (button) => button.ariaLabel), "Fullscreen");
    // From wherever the focus is; by the button; by removing it.
    await page.evaluate(() => {
      (focusedElement() as HTMLElement).blur();
      return player.requestFullscreen();
    });
    await page.keyboard.press("Escape");
    assert.equal(await box(), place);
    await page.locator(">>> #fullscreen").click();
    assert.notEqual(await box(), place);
    await page.locator(">>> #fullscreen").click();
    assert.equal(await box(), place);
    await prints(page, "k1b\nk61\n");
    await page.keyboard.press("Escape");
    await page.close();
  });

  test("a dialog in the filled page has Escape first", async () => {
    const page = await play(`src="events.rom" controls`);
    await page.evaluate(() => {
      Object.defineProperty(document, "fullscreenEnabled", { configurable: true, value: false });
      return player.requestFullscreen();
    });
    await page.locator(">>> #share").click();
    await appears(page, "dialog[open]");
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !inPlayer("dialog"));
    assert.equal(await page.evaluate(() => inPlayer("#root")?.hasAttribute("data-filling")), true);
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => inPlayer("#root")?.hasAttribute("data-filling")), false);
    await page.close();
  });

  test("requestFullscreen takes the display, and gives it back", async () => {
    const page = await play(`src="events.rom" controls scale="1"`);
    await page.locator(">>> #fullscreen").click();
    await page.waitForFunction(() => document.fullscreenElement === player);
    const canvas = await page.evaluate(() => inPlayer("canvas")?.getBoundingClientRect().width ?? 0);
    assert.ok(
      canvas >= 1024 || canvas >= 512 * Math.floor((await page.evaluate(() => innerWidth)) / 512),
      `${canvas}`,
    );
    await page.locator(">>> #fullscreen").click();
    await page.waitForFunction(() => !document.fullscreenElement);
    await page.waitForFunction(() => inPlayer("canvas")?.getBoundingClientRect().width === 512);
    await page.close();
  });

  test("autoplay starts in silence, and the first act of the visitor brings the sound", async () => {
    const page = await open(`<uxn-player src="tone.rom" autoplay></uxn-player>`);
    await hears(page, "play");
    await frames(page, 10);
    assert.equal(await page.evaluate(() => contexts.length), 0);
    assert.equal(
      await page.evaluate(() => document.activeElement === document.body),
      true,
      "it takes no focus",
    );
    await page.keyboard.press("a");
    await page.mouse.click(5, 5);
    await page.waitForFunction(() => contexts.some(({ state }) => state === "running"));
    assert.deepEqual(await page.evaluate(() => keys), ["a"]);
    await page.close();
  });

  test("the bar goes out of the way while the program plays, whatever its keys; a pointer or the focus brings it", async () => {
    const page = await play(`src="events.rom" controls`);
    const isIdle = () => page.$eval(">>> #root", (root) => root.hasAttribute("data-idle"));
    const opacity = () => page.$eval(">>> #bar", (bar) => Number(getComputedStyle(bar).opacity));
    assert.equal(await isIdle(), false);
    const start = Date.now();
    while (!(await isIdle())) {
      assert.ok(Date.now() - start < 10_000, "the bar stays");
      await page.keyboard.press("a");
      await frames(page, 5);
    }
    await page.waitForFunction(() => getComputedStyle(inPlayer("#bar") as Element).opacity === "0");
    const { x, y } = await page.$eval(">>> #stage", (stage) => {
      const box = stage.getBoundingClientRect();
      return { x: box.left + 20, y: box.top + 20 };
    });
    await page.mouse.move(x, y);
    await page.waitForFunction(() => getComputedStyle(inPlayer("#bar") as Element).opacity === "1");
    await appears(page, "#root[data-idle]");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "play");
    await page.waitForFunction(() => getComputedStyle(inPlayer("#bar") as Element).opacity === "1");
    // As long as the focus is there.
    await new Promise((resolve) => setTimeout(resolve, 3500));
    assert.equal(await opacity(), 1);
    await page.close();
  });
});
