/** The console: arguments, input, text that is only text, and where the focus goes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "puppeteer-core";
import { appears, describeSite, frames, hasState, prints, type Site, text } from "./support/site.js";

const focused = (page: Page) => page.evaluate(() => focusedElement()?.id);

describeSite("console", (site: Site) => {
  test("arguments: from the address, from the field, and back", async () => {
    const page = await site.play("echo", `args=${encodeURIComponent('a "b c"')}`);
    await prints(page, "261 30a 262 220 263 40a ");
    const field = () => page.$eval(">>> #args", (input) => (input as HTMLInputElement).value);
    assert.equal(await field(), 'a "b c"');
    await appears(page, "[data-text-only]");
    await page.focus(">>> #args");
    await page.keyboard.down("ControlLeft");
    await page.keyboard.press("KeyA");
    await page.keyboard.up("ControlLeft");
    await page.keyboard.type(`'"' é`);
    await page.keyboard.press("Enter");
    await prints(page, "222 30a 2c3 2a9 40a ");
    assert.doesNotMatch(await text(page, ">>> #log"), /261/, "it has started anew");
    assert.equal(await field(), '"\\"" é');
    assert.equal(new URL(page.url()).searchParams.get("args"), '"\\"" é');
    assert.equal(new URL(page.url()).searchParams.get("rom"), "test/echo.rom");
    await page.reload();
    await prints(page, "222 30a 2c3 2a9 40a ");
    await page.evaluate(() => history.back());
    await prints(page, "261 30a 262 220 263 40a ");
    assert.equal(await field(), 'a "b c"');
    // Another program has none.
    await page.locator("#menu-screen a").click();
    await page.waitForFunction(() => document.getElementById("title")?.textContent === "Hello");
    assert.equal(await field(), "");
    assert.equal(new URL(page.url()).searchParams.get("args"), null);
    await page.close();
  });

  test("everything by keyboard: a line, the end of input, and then the focus is not lost", async () => {
    const page = await site.open("");
    await hasState(page, "running");
    await page.type("#url", await site.offer("echo"));
    await page.keyboard.press("Enter");
    // The screen had the focus until it turned out that there is none.
    await page.waitForFunction(() => focusedElement()?.id === "line", { timeout: 20_000 });
    assert.ok(await page.$(">>> [data-text-only]"));
    await page.keyboard.type("x");
    await page.keyboard.press("Enter");
    await prints(page, "x\n178 10a ");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "send");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "end-input");
    await page.keyboard.press("Enter");
    await hasState(page, "exited");
    assert.equal(await focused(page), "log");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "args");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "start");
    await page.keyboard.press("Enter");
    await hasState(page, "running");
    await page.close();
  });

  test("beside a screen it is folded until the visitor wants it; without one it stays", async () => {
    const page = await site.play("events");
    await page.waitForFunction(() => document.querySelector("uxn-player")?.uses.mouse);
    await page.locator(">>> canvas").click();
    await appears(page, "#console-toggle:not([hidden])");
    const isOpen = () => page.$eval(">>> #console", (console) => console.checkVisibility());
    await frames(page, 30);
    assert.equal(await isOpen(), false);
    assert.ok(await page.$(">>> #console-toggle[data-new][aria-expanded=false]"));
    await page.locator(">>> #console-toggle").click();
    assert.equal(await isOpen(), true);
    assert.ok(await page.$(">>> #console-toggle[aria-expanded=true]:not([data-new])"));
    await page.locator(">>> #console-toggle").click();
    assert.equal(await isOpen(), false);
    await page.goto(`${site.server.url}?rom=${await site.offer("frames")}`);
    await appears(page, "[data-text-only]");
    assert.equal(await isOpen(), true);
    assert.equal(await page.$eval(">>> canvas", (canvas) => canvas.checkVisibility()), false);
    assert.equal(await page.$eval(">>> #console-toggle", (toggle) => toggle.checkVisibility()), false);
    await page.close();
  });

  test("commands for terminals are text", async () => {
    const page = await site.play("escapes");
    const written = "\x1b[31mred\x1b[0m\x07\b\x1b]0;owned\x07\n";
    await prints(page, "\n\n"); // one of each
    for (const stream of ["output", "error"]) {
      const pieces = await page.$$eval(`>>> #log .${stream}`, (spans) =>
        spans.map((span) => span.textContent),
      );
      assert.equal(pieces.join(""), written);
    }
    assert.equal((await page.$$(">>> #log > * > *")).length, 0);
    assert.doesNotMatch(await page.title(), /owned/);
    assert.equal(await page.$eval(">>> #log", (log) => log.role), "log");
    await page.close();
  });
});
