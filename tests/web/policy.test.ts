/** The content security policy under which the player works, served for real as a header. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "puppeteer-core";
import { startServer } from "./support/server.js";
import { appears, describeSite, frames, type Site } from "./support/site.js";

/** What the documentation promises. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'";

declare global {
  /** In the page: what the policy has refused. */
  var refused: string[];
}

describeSite("security policy", (site: Site) => {
  /** A page with a player, under a policy. */
  async function open(policy: string, attributes: string): Promise<Page> {
    site.server.answer("/policy.html", (_, response) => {
      const page =
        '<!doctype html><html lang="en"><title>policy</title><script type="module" src="fantail.js"></script>' +
        `<uxn-player ${attributes} controls poster="roms/hello.png"></uxn-player></html>`;
      const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
      response.writeHead(200, headers).end(page);
    });
    // The poster: one pixel.
    const pixel =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    site.server.answer("/roms/hello.png", (_, response) => {
      response.writeHead(200, { "content-type": "image/png" }).end(Buffer.from(pixel, "base64"));
    });
    const page = await site.tab();
    await page.evaluateOnNewDocument(() => {
      globalThis.refused = [];
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
        refused.push(`${violatedDirective} ${blockedURI}`);
      });
    });
    await page.goto(`${site.server.url}policy.html`);
    await appears(page, "#cover:not([hidden])");
    return page;
  }

  async function refusals(page: Page): Promise<string[]> {
    return page.evaluate(() => refused);
  }

  async function useEverything(page: Page): Promise<void> {
    await page.waitForFunction(() => {
      const poster = inPlayer("#poster");
      return poster instanceof HTMLImageElement && poster.naturalWidth === 1;
    });
    await page.locator(">>> #cover").click();
    await page.waitForFunction(() => document.querySelector("uxn-player")?.paused === false);
    await page.keyboard.press("p");
    await page.waitForFunction(() => document.querySelector("uxn-player")?.uses.controller);
    // There is sound: nothing is said of a problem, and its module has come.
    const start = Date.now();
    while (!site.server.requests.some((path) => path.startsWith("/worklet"))) {
      assert.ok(Date.now() - start < 10_000, "no module for sound has been fetched");
      await frames(page, 5);
    }
    const size = await page.evaluate(async () => {
      const picture = await document.querySelector("uxn-player")?.screenshot();
      return picture?.size ?? 0;
    });
    assert.ok(size > 50, `a picture of ${size} bytes`);
    await page.locator(">>> #screenshot").click();
    await page.locator(">>> #mute").click();
    await page.locator(">>> #share").click();
    await appears(page, "dialog[open]");
    await appears(page, "dialog figure svg, dialog figcaption:not(:empty)");
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !inPlayer("dialog"));
    await page.locator(">>> #fullscreen").click();
    await page.waitForFunction(() => inPlayer("#root")?.hasAttribute("data-fullscreen"));
    await page.locator(">>> #fullscreen").click();
    await page.waitForFunction(() => !inPlayer("#root")?.hasAttribute("data-fullscreen"));
    await page.locator(">>> #reset").click();
    assert.equal(await page.$eval(">>> #sound-problem", (problem) => problem.textContent), "");
  }

  test("everything works under it, and nothing is refused", async () => {
    const rom = await site.offer("tone");
    const theme = 'theme="#000 #a5c light-dark(#6ca, #123) #fff"';
    const page = await open(POLICY, `src="${rom}" files="hello=roms/hello.rom" ${theme}`);
    await useEverything(page);
    assert.deepEqual(await refusals(page), []);
    await page.close();
  });

  /** Plays a program that is compiled; on which thread. */
  async function compile(page: Page): Promise<unknown> {
    await page.locator(">>> #cover").click();
    const thread = await page.waitForFunction(
      () => /compiling \((\w+)\)$/.exec(inPlayer("#stats")?.textContent ?? "")?.[1],
      { timeout: 20_000 },
    );
    return thread.jsonValue();
  }

  test("hot code is compiled under it, on a thread of its own", async () => {
    const page = await open(POLICY, `src="${await site.offer("loop")}" engine="blocks" stats`);
    assert.equal(await compile(page), "worker");
    assert.deepEqual(await refusals(page), []);
    await page.close();
  });

  test("and where Trusted Types are required on the page's, which the browser reports once", async () => {
    const page = await open(
      `${POLICY}; require-trusted-types-for 'script'; trusted-types 'none'`,
      `src="${await site.offer("loop")}" engine="blocks" stats`,
    );
    const knows = await page.evaluate(() => "trustedTypes" in globalThis);
    assert.equal(await compile(page), knows ? "page" : "worker");
    assert.deepEqual(await refusals(page), knows ? ["require-trusted-types-for trusted-types-sink"] : []);
    // The browser has told as well.
    if (knows) assert.match(site.errors.splice(0).join(), /Trusted/i);
    await page.close();
  });

  test("Trusted Types may be required as well", async () => {
    const rom = await site.offer("tone");
    const page = await open(
      `${POLICY}; require-trusted-types-for 'script'; trusted-types 'none'`,
      `src="${rom}"`,
    );
    await useEverything(page);
    assert.deepEqual(await refusals(page), []);
    await page.close();
  });

  test("what the policy refuses to fetch is said to be refused, and by which directive", async () => {
    const elsewhere = await startServer();
    const rom = `${elsewhere.url}x.rom`;
    const nothing = POLICY.replace("connect-src 'self'", "connect-src 'none'");
    const tone = await site.offer("tone");
    for (const [policy, attributes, server] of [
      [POLICY, `src="${rom}"`, elsewhere.url],
      [POLICY, `src="${tone}" files="${elsewhere.url}readme.txt"`, elsewhere.url],
      // That is the emulator.
      [nothing, `src="${tone}"`, site.server.url],
    ] as const) {
      const page = await open(policy, attributes);
      await page.locator(">>> #cover").click();
      await appears(page, "#problem:not([hidden])");
      const words = await page.$eval(">>> #problem-text", (problem) => problem.textContent ?? "");
      assert.ok(words.includes(`from ${new URL(server).host}: its content security policy`), words);
      assert.match(words, /\(connect-src\)/);
      assert.equal(await page.$eval("uxn-player", (player) => player.error?.code), 2);
      await page.close();
    }
    assert.deepEqual(elsewhere.requests, []);
    // The template of a page to save.
    const page = await open(POLICY, `src="${tone}" page="${elsewhere.url}"`);
    await page.locator(">>> #cover").click();
    await page.waitForFunction(() => document.querySelector("uxn-player")?.paused === false);
    await page.locator(">>> #share").click();
    await appears(page, "dialog[open]");
    await page.evaluate(() => {
      for (const button of document.querySelector("uxn-player")?.shadowRoot?.querySelectorAll("button") ??
        []) {
        if (button.textContent === "Save as a web page") button.click();
      }
    });
    await page.waitForFunction(() =>
      /content security policy.*connect-src/.test(inPlayer(".share-status")?.textContent ?? ""),
    );
    await page.close();
    await elsewhere.close();
    site.errors.length = 0; // The browser has told as well.
  });

  test("without WebAssembly there are words", async () => {
    const page = await open(POLICY.replace(" 'wasm-unsafe-eval'", ""), `src="${await site.offer("tone")}"`);
    await page.locator(">>> #cover").click();
    await appears(page, "#problem:not([hidden])");
    const words = await page.$eval(">>> #problem-text", (problem) => problem.textContent ?? "");
    assert.match(words, /'wasm-unsafe-eval'/);
    assert.equal(await page.$eval("uxn-player", (player) => player.error?.code), 2);
    site.errors.length = 0; // The browser has told as well.
    await page.close();
  });
});
