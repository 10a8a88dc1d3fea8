/** `<uxn-player>` where it is in the page: several of them, moved, taken out, out of sight. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Page } from "puppeteer-core";
import type { UxnPlayer } from "../../www/player/index.js";
import { Articles, hears, types } from "./support/article.js";
import { describeSite, frames, type Site } from "./support/site.js";

declare global {
  /** In an article: by player, the frames that its program has counted. */
  var dots: Map<UxnPlayer, number>;
}

/** Every program here prints a dot in each frame. */
const PREPARE = `
  globalThis.dots = new Map();
  globalThis.count = (player) => player.addEventListener("console", ({ detail }) => {
    dots.set(player, (dots.get(player) ?? 0) + detail.text.length);
  });
  document.addEventListener("readystatechange", () => {
    if (document.readyState === "interactive") document.querySelectorAll("uxn-player").forEach(count);
  });
`;

/** How many frames the first player's program counts in some time, and how many it can at most. */
function counted(page: Page, milliseconds: number): Promise<{ count: number; most: number }> {
  return page.evaluate(async (milliseconds) => {
    const start = performance.now();
    const first = dots.get(player) ?? 0;
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    const elapsed = performance.now() - start;
    return { count: (dots.get(player) ?? 0) - first, most: elapsed * 0.06 + 10 };
  }, milliseconds);
}

const isSuspended = (page: Page, suspended: boolean) =>
  page.waitForFunction((wanted) => player.suspended === wanted, { timeout: 20_000 }, suspended);

async function goesOn(page: Page): Promise<void> {
  await page.waitForFunction(
    (before) => (dots.get(player) ?? 0) > before + 3,
    { timeout: 20_000 },
    await page.evaluate(() => dots.get(player) ?? 0),
  );
}

/** It stood still, and goes on as if it had not: nothing is made up for. */
async function returns(page: Page, back: () => void): Promise<void> {
  const { first, count, most } = await page.evaluate(async (source) => {
    const first = dots.get(player) ?? 0;
    const start = performance.now();
    new Function(`(${source})()`)();
    while ((dots.get(player) ?? 0) < first + 5) await new Promise(requestAnimationFrame);
    const elapsed = performance.now() - start;
    return { first, count: (dots.get(player) ?? 0) - first, most: elapsed * 0.06 + 10 };
  }, back.toString());
  assert.ok(first > 0 && count <= most, `${count} frames, and ${most} at most`);
}

function hide(page: Page, hidden: boolean): Promise<void> {
  return page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

describeSite("the element in its place", (site: Site) => {
  const articles = new Articles(site);
  before(async () => {
    await articles.offer("frames");
    await articles.offer("events");
  });

  const open = (markup: string) =>
    articles.open(markup, { prepare: PREPARE, style: ".tall { height: 300vh }" });

  async function play(attributes = ""): Promise<Page> {
    const page = await open(
      `<uxn-player src="frames.rom" ${attributes}></uxn-player><div class="tall"></div><p id="end">End</p>`,
    );
    await page.evaluate(() => player.play());
    await goesOn(page);
    await types(page);
    return page;
  }

  test("off screen no time passes, and back there is no burst", async () => {
    const page = await play();
    await page.$eval("#end", (end) => end.scrollIntoView());
    await isSuspended(page, true);
    assert.equal(await page.evaluate(() => player.paused), false, "nobody has paused it");
    assert.equal((await counted(page, 1000)).count, 0);
    await returns(page, () => scrollTo(0, 0));
    await isSuspended(page, false);
    const { count, most } = await counted(page, 300);
    assert.ok(count > 0 && count <= most, `${count} frames, and ${most} at most`);
    assert.deepEqual(await types(page), []);
    // One that is started there waits.
    await page.evaluate(() => player.pause());
    await page.$eval("#end", (end) => end.scrollIntoView());
    await page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await player.play();
    });
    await isSuspended(page, true);
    assert.equal((await counted(page, 200)).count, 0);
    await page.evaluate(() => scrollTo(0, 0));
    await goesOn(page);
    await page.close();
  });

  test("in a hidden tab no time passes, and back there is no burst", async () => {
    const page = await play();
    await hide(page, true);
    assert.equal(await page.evaluate(() => player.suspended), true);
    assert.equal((await counted(page, 1000)).count, 0);
    await returns(page, () => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => false });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    assert.equal(await page.evaluate(() => player.suspended), false);
    // Both reasons: either is enough.
    await hide(page, true);
    await page.$eval("#end", (end) => end.scrollIntoView());
    await frames(page, 10);
    await hide(page, false);
    await isSuspended(page, true);
    assert.deepEqual(await types(page), []);
    await page.close();
  });

  test("a tab behind another one stands still", async () => {
    const page = await play();
    const other = await site.tab();
    await other.goto("about:blank");
    await other.bringToFront();
    // Browsers without a window may show both.
    const isHidden = await page.evaluate(() => document.hidden);
    if (isHidden) {
      assert.equal(await page.evaluate(() => player.suspended), true);
      assert.equal((await counted(page, 500)).count, 0);
    }
    await page.bringToFront();
    await goesOn(page);
    await other.close();
    await page.close();
  });

  test("with `background` it goes on off screen and hidden, from when it is set", async () => {
    const page = await play("background");
    await page.$eval("#end", (end) => end.scrollIntoView());
    await frames(page, 10);
    await goesOn(page);
    await hide(page, true);
    await goesOn(page);
    assert.equal(await page.evaluate(() => player.suspended), false);
    await page.evaluate(() => {
      player.background = false;
    });
    assert.equal(await page.evaluate(() => player.suspended), true);
    assert.equal((await counted(page, 200)).count, 0);
    await page.evaluate(() => {
      player.background = true;
    });
    await goesOn(page);
    await page.close();
  });

  test("what is not displayed stands still", async () => {
    const page = await play();
    await page.evaluate(() => {
      player.hidden = true;
    });
    await isSuspended(page, true);
    await page.evaluate(() => {
      player.hidden = false;
    });
    await goesOn(page);
    await page.close();
  });

  test("with a poster of its screen's size nothing moves when a program begins; and all of it is in sight", async () => {
    await articles.offer("picture");
    articles.server.answer("/poster.svg", (_, response) => {
      const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="298" height="201"/>';
      response.writeHead(200, { "content-type": "image/svg+xml" }).end(picture);
    });
    const page = await open(`<uxn-player src="picture.rom" poster="poster.svg"></uxn-player>`);
    await page.evaluate(() => {
      document.body.style.maxWidth = "600px";
    });
    const height = () => page.evaluate(() => player.offsetHeight);
    await page.waitForFunction(
      () => player.offsetHeight / player.offsetWidth < 0.7 && player.offsetHeight > 0,
    );
    const before = await height();
    assert.ok(Math.abs(before - (600 * 201) / 298) < 20, `${before} pixels`);
    await page.evaluate(() => player.play());
    await page.waitForFunction(() => player.screenWidth === 298);
    await frames(page, 2);
    assert.equal(await height(), before);
    await page.evaluate(() => {
      document.body.style.maxWidth = "";
      document.body.style.width = "3000px";
    });
    assert.equal(await height(), await page.evaluate(() => innerHeight));
    await page.close();
  });

  test("two in one article: each its own program, state, sound, arguments and keys", async () => {
    const page = await open(
      `<uxn-player id="one" src="frames.rom" background></uxn-player><p>…</p>
       <uxn-player id="two" src="frames.rom" background muted label="Two"></uxn-player>`,
    );
    const states = await page.evaluate(async () => {
      const [one, two] = [...document.querySelectorAll("uxn-player")];
      if (!one || !two) throw new Error("players are missing");
      await Promise.all([one.play(), two.play()]);
      one.pause();
      two.volume = 0.2;
      await new Promise((resolve) => setTimeout(resolve, 50));
      const before = [dots.get(one), dots.get(two)];
      while ((dots.get(two) ?? 0) < (before[1] ?? 0) + 5) await new Promise(requestAnimationFrame);
      const stood = dots.get(one) === before[0];
      await one.load("events.rom");
      return [
        stood,
        [one, two].map(({ paused, muted, volume, programName }) => [paused, muted, volume, programName]),
      ];
    });
    assert.deepEqual(states, [
      true,
      [
        [true, false, 0.7, "events"],
        [false, true, 0.2, "Two"],
      ],
    ]);
    await page.close();
  });

  for (const way of ["appendChild", "moveBefore"] as const) {
    test(`moved by ${way} it plays on`, async (context) => {
      const page = await play(`controls`);
      if (!(await page.evaluate((way) => way in Element.prototype, way))) {
        context.skip("this browser does not have it");
        await page.close();
        return;
      }
      const before = await page.evaluate((way) => {
        player.focus();
        const box = document.createElement("section");
        document.body.prepend(box);
        const before = dots.get(player) ?? 0;
        if (way === "appendChild") box.appendChild(player);
        else (box as never as { moveBefore(node: Node, child: null): void }).moveBefore(player, null);
        return before;
      }, way);
      await goesOn(page);
      assert.deepEqual(await types(page), []);
      assert.ok((await page.evaluate(() => dots.get(player) ?? 0)) > before);
      assert.equal(await page.evaluate(() => player.suspended), false);
      // It still notices where it is.
      await page.$eval("#end", (end) => end.scrollIntoView());
      await isSuspended(page, true);
      await page.close();
    });
  }

  test("taken out it ends, and put back it starts anew", async () => {
    const page = await play();
    await page.evaluate(async () => {
      player.muted = true;
      player.remove();
      await new Promise((resolve) => setTimeout(resolve, 50));
    });
    assert.deepEqual(await types(page), ["volumechange", "emptied"]);
    assert.deepEqual(
      await page.evaluate(() => [player.paused, player.readyState, player.shadowRoot?.childNodes.length]),
      [true, 0, 0],
    );
    assert.equal((await counted(page, 100)).count, 0);
    await page.evaluate(() => document.body.prepend(player));
    assert.equal(await page.evaluate(() => inPlayer("#cover")?.checkVisibility()), true);
    assert.deepEqual(await types(page), [], "nothing by itself");
    await page.locator("uxn-player").click();
    await hears(page, "console");
    assert.deepEqual(await types(page), ["loadstart", "loadeddata", "resize", "play", "playing"]);
    assert.equal(await page.evaluate(() => player.muted), true);
    // With autoplay by itself, each time.
    await page.evaluate(async () => {
      player.autoplay = true;
      for (let time = 0; time < 2; time++) {
        player.remove();
        await new Promise((resolve) => setTimeout(resolve, 20));
        const plays = new Promise((resolve) => player.addEventListener("play", resolve, { once: true }));
        document.body.prepend(player);
        await plays;
      }
    });
    await page.close();
  });

  test("taken out in the middle of everything it is quiet", async () => {
    const page = await play("controls");
    const left = await page.evaluate(async () => {
      const rejections: unknown[] = [];
      addEventListener("unhandledrejection", ({ reason }) => rejections.push(String(reason)));
      for (const delay of [0, 1, 5, 20, 40]) {
        const other = document.createElement("uxn-player");
        other.src = `frames.rom?${delay}`;
        other.autoplay = true;
        document.body.append(other);
        await new Promise((resolve) => setTimeout(resolve, delay));
        other.remove();
      }
      // While it fills the page.
      Object.defineProperty(document, "fullscreenEnabled", { value: false });
      await player.requestFullscreen();
      player.remove();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return [...rejections, player.style.minHeight, document.querySelectorAll(":popover-open").length];
    });
    assert.deepEqual(left, ["", 0]);
    await page.close();
  });
});
