/** `<uxn-player>` in another document than that of its script: a frame, a window of its own, picture-in-picture. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Page } from "puppeteer-core";
import { Articles } from "./support/article.js";
import { describeSite, type Site } from "./support/site.js";

declare global {
  /** In an article: makes a player. */
  function create(): void;
  /** In an article: the window that players are moved to. */
  var other: Window & typeof globalThis;
  /** In an article: all that its program has printed. */
  var typed: string;
  var documentPictureInPicture: { requestWindow(): Promise<Window & typeof globalThis> } | undefined;
}

/** Where a player can be. */
interface Place {
  /** The tab, or the window, whose mouse and keyboard reach it. */
  readonly page: Page;
  /** Ends the document. */
  close(): Promise<void>;
}

const PREPARE = `
  globalThis.typed = "";
  globalThis.create = () => {
    globalThis.player = document.createElement("uxn-player");
    player.controls = true;
    player.src = "events.rom";
    player.addEventListener("console", ({ detail }) => { typed += detail.text; });
    player.addEventListener("emptied", () => { typed += "emptied"; });
  };
`;

/** The documents, by name. Those that a browser does not have give nothing. */
const PLACES: Readonly<Record<string, (page: Page) => Promise<Place | undefined>>> = {
  "a frame": async (page) => {
    await page.evaluate(async () => {
      const frame = document.createElement("iframe");
      frame.width = "600";
      frame.height = "500";
      frame.src = "/blank.html";
      document.body.append(frame);
      await new Promise((resolve) => frame.addEventListener("load", resolve));
      globalThis.other = frame.contentWindow as typeof other;
    });
    return { page, close: () => page.evaluate(() => other.frameElement?.remove()) };
  },
  "a window": async (page) => {
    const [popup] = await Promise.all([
      new Promise<Page | null>((resolve) => page.once("popup", resolve)),
      page.evaluate(async () => {
        globalThis.other = window.open("/blank.html", "", "popup,width=600,height=500") as typeof other;
        await new Promise((resolve) => other.addEventListener("load", resolve));
      }),
    ]);
    assert.ok(popup);
    return { page: popup, close: () => popup.close() };
  },
  "picture-in-picture": async (page) => {
    // Firefox's automation does not reach into its window.
    if (page.browser().process()?.spawnfile.includes("firefox")) return undefined;
    if (!(await page.evaluate(() => "documentPictureInPicture" in globalThis))) return undefined;
    const [popup] = await Promise.all([
      new Promise<Page | null>((resolve) => page.once("popup", resolve)),
      page.evaluate(async () => {
        const opened = await documentPictureInPicture?.requestWindow();
        if (opened) globalThis.other = opened;
      }),
    ]);
    assert.ok(popup);
    return { page: popup, close: () => page.evaluate(() => other.close()) };
  },
};

describeSite("documents", (site: Site) => {
  const articles = new Articles(site);
  before(async () => {
    await articles.offer("events");
    articles.server.answer("/blank.html", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Another</title>");
    });
  });

  /** Where the article itself is. */
  const here = (page: Page): Place => ({ page, close: async () => {} });

  /** Waits until the program prints a line. */
  async function prints(page: Page, line: RegExp): Promise<void> {
    await page.waitForFunction((source) => new RegExp(source).test(typed), { timeout: 10_000 }, line.source);
  }

  /** Where a part of the player is in the tab or window around. */
  async function box(page: Page, selector: string) {
    return page.evaluate((selector) => {
      const part = player.shadowRoot?.querySelector(selector);
      if (!part) throw new Error(`there is no ${selector}`);
      part.scrollIntoView({ block: "nearest" });
      const frame = player.ownerDocument.defaultView?.frameElement;
      frame?.scrollIntoView({ block: "nearest" });
      const { x, y, width, height } = part.getBoundingClientRect();
      const outer = frame?.getBoundingClientRect() ?? { x: 0, y: 0 };
      const border = frame?.clientLeft ?? 0;
      return { x: x + outer.x + border, y: y + outer.y + border, width, height };
    }, selector);
  }

  async function click(page: Page, around: Page, selector: string): Promise<void> {
    const { x, y, width, height } = await box(page, selector);
    await around.mouse.click(x + width / 2, y + height / 2);
  }

  /** The player in a place looks and plays as anywhere. */
  async function works(page: Page, { page: around }: Place): Promise<void> {
    await page.waitForFunction(() => player.screenWidth > 0 && !player.suspended, { timeout: 10_000 });
    // The style sheet is there.
    const style = await page.evaluate(() => {
      const bar = player.shadowRoot?.querySelector("#bar");
      const root = player.shadowRoot?.querySelector("#root");
      const view = player.ownerDocument.defaultView;
      if (!bar || !root || !view) throw new Error("there is no player");
      return [view.getComputedStyle(bar).display, view.getComputedStyle(root).display];
    });
    assert.deepEqual(style, ["flex", "flex"]);
    // The picture is there: the program's is white.
    await around.bringToFront();
    const shot = await around.screenshot({ encoding: "base64", clip: await box(page, "canvas") });
    const white = await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes]));
      const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
      context?.drawImage(picture, 0, 0);
      const { data } = context?.getImageData(0, 0, picture.width, picture.height) ?? { data: [] };
      let count = 0;
      for (const channel of data) count += channel === 255 ? 1 : 0;
      return count / data.length;
    }, shot);
    // The hint lies over it.
    assert.ok(white > 0.8, `${white} of the picture`);
    // The mouse, and keys.
    await page.evaluate(() => {
      globalThis.typed = "";
    });
    await click(page, around, "canvas");
    await prints(page, /m\w+,\w+:01\n(.*\n)*m\w+,\w+:00/);
    await around.keyboard.press("q");
    await prints(page, /k71/);
    await around.keyboard.down("ArrowUp");
    await prints(page, /b10/);
    // What is held is released when the window is left.
    await page.evaluate(() => {
      const view = player.ownerDocument.defaultView;
      view?.dispatchEvent(new view.Event("blur"));
    });
    await prints(page, /b10\n(.*\n)*b00/);
    await around.keyboard.up("ArrowUp");
    // Fullscreen, by the bar, and back.
    await click(page, around, "#fullscreen");
    const isFull = (wanted: boolean) =>
      page.waitForFunction(
        (wanted) => player.shadowRoot?.querySelector("#root")?.hasAttribute("data-fullscreen") === wanted,
        {},
        wanted,
      );
    await isFull(true);
    await click(page, around, "#fullscreen");
    await isFull(false);
    // Sharing, whose dialog has a style of its own.
    await page.evaluate(() => player.shadowRoot?.querySelector<HTMLElement>("#share")?.click());
    await page.waitForFunction(() => player.shadowRoot?.querySelector("dialog[open]"), { timeout: 10_000 });
    const size = await page.evaluate(() => {
      const dialog = player.shadowRoot?.querySelector("dialog");
      return dialog && player.ownerDocument.defaultView?.getComputedStyle(dialog).padding;
    });
    assert.equal(size, "0px");
    await page.evaluate(() => player.shadowRoot?.querySelector("dialog")?.close());
    assert.equal(await page.evaluate(() => typed.includes("emptied")), false);
  }

  for (const [name, open] of Object.entries(PLACES)) {
    test(`first in ${name}`, async (t) => {
      const page = await articles.open("", { prepare: PREPARE });
      const place = await open(page);
      if (!place) return t.skip("not in this browser");
      await page.evaluate(async () => {
        create();
        other.document.body.append(player);
        await player.play();
      });
      await works(page, place);
      await page.close();
    });

    test(`moved to ${name} and back while it plays`, async (t) => {
      const page = await articles.open("", { prepare: PREPARE });
      await page.evaluate(async () => {
        create();
        document.body.append(player);
        await player.play();
      });
      await works(page, here(page));
      const place = await open(page);
      if (!place) return t.skip("not in this browser");
      await page.evaluate(() => other.document.body.append(player));
      await works(page, place);
      await page.evaluate(() => document.body.append(player));
      await page.bringToFront();
      await works(page, here(page));
      // From full screen, with the dialog open, and with a key held.
      await page.evaluate(async () => {
        await player.requestFullscreen();
        player.shadowRoot?.querySelector<HTMLElement>("#share")?.click();
        while (!player.shadowRoot?.querySelector("dialog")) await new Promise((go) => setTimeout(go, 10));
        other.document.body.append(player);
      });
      await works(page, place);
      await page.close();
    });

    test(`${name} goes while the player is in it`, async (t) => {
      const page = await articles.open("", { prepare: PREPARE });
      const place = await open(page);
      if (!place) return t.skip("not in this browser");
      await page.evaluate(async () => {
        create();
        other.document.body.append(player);
        await player.play();
      });
      await place.close();
      // As if it had been removed.
      await page.waitForFunction(() => player.paused && player.readyState === 0, { timeout: 10_000 });
      // Whatever is done now, nothing throws, and nothing is for ever.
      await page.evaluate(async () => {
        player.pause();
        player.reset();
        player.scale = 2;
        player.theme = "#000 #a5c #6ca #fff";
        player.stats = true;
        player.volume = 0.3;
        player.focus();
        player.background = true;
        player.background = player.stats = false;
        player.scale = "auto";
        player.sendInput("x");
        document.body.append(player);
        // Chromium removes all listeners in what is closed, the page's as well.
        player.addEventListener("console", ({ detail }) => {
          typed += detail.text;
        });
        await player.play();
      });
      await page.bringToFront();
      await works(page, here(page));
      await page.close();
    });
  }

  test("in a document that has no window nothing throws", async () => {
    const page = await articles.open("", { prepare: PREPARE });
    await page.evaluate(async () => {
      create();
      const nowhere = document.implementation.createHTMLDocument();
      nowhere.body.append(player);
      await player.play();
      document.body.append(player);
    });
    await works(page, here(page));
    await page.close();
  });

  test("bytes of another window are a program as well", async () => {
    const page = await articles.open("", { prepare: PREPARE });
    await PLACES["a frame"]?.(page);
    const widths = await page.evaluate(async () => {
      create();
      document.body.append(player);
      const bytes = new Uint8Array(await (await fetch("events.rom")).arrayBuffer());
      const theirs = new other.Uint8Array(bytes);
      const sources = [
        theirs,
        theirs.buffer,
        new other.Blob([theirs]),
        new other.File([theirs], "of-theirs.rom"),
      ];
      const widths = [];
      for (const source of sources) {
        await player.load(source);
        await player.play();
        widths.push(player.screenWidth);
      }
      return [...widths, player.programName];
    });
    assert.deepEqual(widths, [512, 512, 512, 512, "of-theirs"]);
    await page.close();
  });
});
