/** The built site in a browser, as a visitor sees it. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import type { Browser, Frame, LaunchOptions, Page } from "puppeteer-core";
import { type BrowserName, browserNames, launch } from "../../../scripts/browsers.mjs";
import { root } from "../../../scripts/run.mjs";
import { assembled } from "./command.js";
import { startServer, type TestServer } from "./server.js";

declare global {
  /** In a page: what is inside its first player. Selectors of puppeteer's begin with `>>>` for that. */
  function inPlayer<Selector extends keyof HTMLElementTagNameMap>(
    selector: Selector,
  ): HTMLElementTagNameMap[Selector] | null | undefined;
  function inPlayer(selector: string): HTMLElement | null | undefined;
  /** In a page: what has the focus, inside of whatever. */
  function focusedElement(): Element | null;
}

const IN_PAGE = `
  globalThis.inPlayer = (selector) => document.querySelector("uxn-player")?.shadowRoot?.querySelector(selector);
  globalThis.focusedElement = () => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element;
  };
`;

/** How a browser is launched where nothing else is said. */
const USUAL: LaunchOptions = {};

/** Browsers that the suites of one file share; each suite has an origin of its own. */
const shared = new Map<BrowserName, Promise<Browser>>();
after(async () => {
  for (const browser of shared.values()) await (await browser).close();
});

/** What a test of the site works with. */
export class Site {
  readonly browserName: BrowserName;
  readonly #folder: string;
  readonly #options: LaunchOptions;
  /** Errors in the page's scripts and refusals by its security policy. There should be none. */
  readonly errors: string[] = [];
  readonly #tabs: Page[] = [];
  #browser: Browser | undefined;
  #server: TestServer | undefined;

  /**
   * @param folder The built site, or another page that is served instead.
   * @param options How the browser is launched.
   */
  constructor(browserName: BrowserName, folder: string, options: LaunchOptions) {
    this.browserName = browserName;
    this.#folder = folder;
    this.#options = options;
  }

  /** @param port Where to serve the site; else any. */
  async start(port?: number): Promise<void> {
    assert.ok(existsSync(join(this.#folder, "index.html")), "the site is not built: npm run build");
    this.#server = await startServer(this.#folder, port);
    // A question that a page does not answer fails its test, not the suite.
    const browser = () => launch(this.browserName, { protocolTimeout: 30_000, ...this.#options });
    if (this.#options === USUAL) {
      if (!shared.has(this.browserName)) shared.set(this.browserName, browser());
      this.#browser = await shared.get(this.browserName);
    } else {
      this.#browser = await browser();
    }
  }

  async stop(): Promise<void> {
    if (this.#options === USUAL) await Promise.all(this.#tabs.map((tab) => tab.isClosed() || tab.close()));
    else await this.#browser?.close();
    await this.#server?.close();
  }

  get server(): TestServer {
    assert.ok(this.#server);
    return this.#server;
  }

  /** An empty tab. */
  async tab(): Promise<Page> {
    assert.ok(this.#browser);
    const page = await this.#browser.newPage();
    this.#tabs.push(page);
    await page.setViewport({ width: 1440, height: 1000 });
    // tsx gives functions their names by this; in the page it is not there.
    await page.evaluateOnNewDocument("globalThis.__name = (named) => named");
    await page.evaluateOnNewDocument(IN_PAGE);
    const note = (error: string) => {
      // Browsers report failed requests as errors; the page has its own words for them.
      if (!/Failed to load resource|CORS|Cross-Origin|load local resource|may not load data/.test(error))
        this.errors.push(error);
    };
    page.on("pageerror", (error) => note(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") note(message.text());
    });
    return page;
  }

  /** The site in a tab, with what follows `?` in its address. */
  async open(search: string): Promise<Page> {
    const page = await this.tab();
    await page.goto(`${this.server.url}?${search}`);
    return page;
  }

  /** Makes one of the programs in `tests/web/roms` available; the address to give to the page. */
  async offer(name: string): Promise<string> {
    const rom = await assembled(name);
    this.server.answer(`/test/${name}.rom`, (_, response) => {
      // A sandboxed frame is of no origin.
      const headers = { "content-type": "application/octet-stream", "access-control-allow-origin": "*" };
      response.writeHead(200, headers).end(rom);
    });
    return `test/${name}.rom`;
  }

  /** The site with one of those programs in it. */
  async play(name: string, search = ""): Promise<Page> {
    const page = await this.open(`rom=${await this.offer(name)}&${search}`);
    await hasState(page, "running", "working", "exited");
    return page;
  }
}

/** A suite of tests in each browser, of the built site or another page. */
export function describeSite(
  name: string,
  tests: (site: Site) => void,
  folder: string = join(root, "dist"),
  options: LaunchOptions = USUAL,
  timeout = 240_000,
): void {
  for (const browserName of browserNames) {
    describe(`${name}, ${browserName}`, { timeout }, () => {
      const site = new Site(browserName, folder, options);
      before(() => site.start());
      after(async () => {
        await site.stop();
        assert.deepEqual(site.errors, [], "errors in the page");
      });
      tests(site);
    });
  }
}

/** Waits until the player is in one of these states. */
export async function hasState(page: Page, ...states: string[]): Promise<void> {
  await page.waitForFunction(
    (wanted) => wanted.includes(inPlayer("#status")?.dataset.state ?? ""),
    { timeout: 10_000 },
    states,
  );
}

/** Waits for an element inside the page's first player. puppeteer itself does not notice changes there. */
export async function appears(page: Page | Frame, selector: string): Promise<void> {
  await page.waitForFunction((wanted) => Boolean(inPlayer(wanted)), { timeout: 20_000 }, selector);
}

/** The text of an element. */
export function text(page: Page | Frame, selector: string): Promise<string> {
  return page.$eval(selector, (element) => element.textContent ?? "");
}

/** Waits until the console shows this text. */
export async function prints(page: Page, expected: string): Promise<void> {
  try {
    await page.waitForFunction(
      (wanted) => inPlayer("#log")?.textContent?.includes(wanted),
      { timeout: 5_000 },
      expected,
    );
  } catch {
    assert.fail(
      `the console does not show ${JSON.stringify(expected)} but ${JSON.stringify(await text(page, ">>> #log"))}`,
    );
  }
}

/** Gives the page time for a number of pictures. */
export async function frames(page: Page, count: number): Promise<void> {
  await page.evaluate(async (pictures) => {
    for (let i = 0; i < pictures; i++) await new Promise(requestAnimationFrame);
  }, count);
}

/** Waits for the page to complain, and returns its words. */
export async function problem(page: Page): Promise<string> {
  await appears(page, "#problem:not([hidden])");
  return text(page, ">>> #problem-text");
}

/** The middle of the canvas in pixels of the window. */
export async function canvasCentre(page: Page): Promise<{ x: number; y: number }> {
  return page.$eval(">>> canvas", (canvas) => {
    const box = canvas.getBoundingClientRect();
    return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  });
}

/** SHA-256 of red, green and blue of the canvas's pixels, and its size. */
export async function picture(page: Page): Promise<{ width: number; height: number; sha256: string }> {
  return page.$eval(">>> canvas", async (canvas) => {
    const { width, height } = canvas;
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, width, height).data;
    if (!pixels) throw new Error("the canvas has no picture");
    const rgb = new Uint8Array(width * height * 3);
    for (let i = 0; i < width * height; i++) rgb.set(pixels.subarray(i * 4, i * 4 + 3), i * 3);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", rgb));
    const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { width, height, sha256 };
  });
}
