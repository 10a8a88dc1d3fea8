/** Ways to open a program, and the words for each way in which that fails. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ElementHandle, Page } from "puppeteer-core";
import { root } from "../../scripts/run.mjs";
import { assemble, assembled } from "./support/command.js";
import { startServer, type TestServer } from "./support/server.js";
import { appears, describeSite, frames, hasState, prints, problem, type Site, text } from "./support/site.js";

/** The size of the largest ROM. */
const MAX_ROM = 1_048_320;

/** Drops something on the page, as the page sees it. */
async function drop(page: Page, files: { name: string; bytes: number[] }[], address = ""): Promise<void> {
  await page.evaluate(
    (dropped, url) => {
      const data = new DataTransfer();
      for (const { name, bytes } of dropped) data.items.add(new File([Uint8Array.from(bytes)], name));
      if (url) data.setData("text/uri-list", url);
      for (const type of ["dragover", "drop"]) {
        const event = new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
        document.body.dispatchEvent(event);
        if (!event.defaultPrevented) throw new Error(`the page does not want the ${type}`);
      }
    },
    files,
    address,
  );
}

describeSite("opening", (site: Site) => {
  let foreign: TestServer;
  let folder: string;
  before(async () => {
    foreign = await startServer();
    folder = mkdtempSync(join(tmpdir(), "fantail-"));
  });
  after(async () => {
    await foreign.close();
    rmSync(folder, { recursive: true });
  });

  test("the menu lists our programs, and one of them plays", async () => {
    const page = await site.open("");
    await hasState(page, "running", "working", "exited");
    const titles = await page.$$eval("#menu a strong", (items) => items.map((item) => item.textContent));
    assert.ok(titles.length > 3 && titles.every((title) => title), `${titles}`);
    const link = (await page.$("#menu-screen li:nth-child(2) a")) as ElementHandle<HTMLAnchorElement>;
    const address = await link.evaluate((element) => element.dataset.address);
    await link.click();
    await page.waitForSelector("#menu-screen li:nth-child(2) a[aria-current]");
    assert.equal(new URL(page.url()).searchParams.get("rom"), address);
    await page.goBack();
    await page.waitForSelector("#menu-screen li:nth-child(1) a[aria-current]");
    await page.close();
  });

  for (const [words, selector] of [
    ["Try again", "#menu-retry"],
    ["Play", ">>> #cover"],
  ] as const)
    test(`without the list of programs the page says so, and ${words} asks for it again`, async () => {
      const list = readFileSync(join(root, "dist/roms/index.json"));
      let [isThere, requests] = [false, 0];
      site.server.answer("/roms/index.json", (_, response) => {
        requests++;
        if (isThere) response.writeHead(200, { "content-type": "application/json" }).end(list);
        else response.writeHead(503).end();
      });
      const page = await site.tab();
      await page.setViewport({ width: 400, height: 700 });
      await page.goto(site.server.url);
      await page.waitForSelector("#menu-problem:not([hidden])");
      await page.locator(selector).click();
      for (const start = Date.now(); requests < 2 && Date.now() - start < 10_000; ) await frames(page, 1);
      assert.equal(requests, 2, "it is asked for again");
      assert.ok(await page.$("#menu-problem:not([hidden])"), "it is still not there");
      isThere = true;
      await page.locator(selector).click();
      await hasState(page, "running", "working", "exited");
      await page.waitForSelector("#menu-problem[hidden]");
      assert.ok((await page.$$("#menu a")).length > 3);
      await page.close();
    });

  test("a file by the picker", async () => {
    const page = await site.open("");
    const picker = (await page.$("#file")) as ElementHandle<HTMLInputElement>;
    await picker.uploadFile(await assemble("frames"));
    await page.waitForFunction(() => document.getElementById("title")?.textContent === "frames");
    await prints(page, "..");
    assert.equal(new URL(page.url()).search, "");
    await page.close();
  });

  test("files that are no ROMs, by the picker", async () => {
    const page = await site.open("");
    const picker = (await page.$("#file")) as ElementHandle<HTMLInputElement>;
    const large = join(folder, "large.rom");
    writeFileSync(large, Buffer.alloc(MAX_ROM + 1, 0x80));
    await picker.uploadFile(large);
    assert.match(await problem(page), /too large.*1,048,320 bytes/);
    const picture = join(folder, "picture.rom");
    writeFileSync(picture, Buffer.from("89504e470d0a1a0a0000000d", "hex"));
    await picker.uploadFile(picture);
    await page.waitForFunction(() => inPlayer("#problem-text")?.textContent?.includes("PNG"));
    const empty = join(folder, "empty.rom");
    writeFileSync(empty, "");
    await picker.uploadFile(empty);
    await page.waitForFunction(() => inPlayer("#problem-text")?.textContent?.includes("empty"));
    await page.close();
  });

  test("a ROM of late 2021, which does not end its first frame: it runs, and the page says why", async () => {
    const page = await site.open("");
    await drop(page, [{ name: "old.rom", bytes: [...(await assembled("of-2021"))] }]);
    assert.match(await problem(page), /^The ROM seems to be of 2021, when DUP, NIP, SWP.*assembled again/);
    await hasState(page, "working");
    assert.equal(await page.evaluate(() => document.querySelector("uxn-player")?.error), null);
    await page.close();
  });

  test("a source in place of a ROM: it runs, and the page says what it is", async () => {
    const page = await site.open("");
    const source = "( A program. )\n|0100 @on-reset\n\t#48 #18 DEO BRK\n";
    await drop(page, [{ name: "hello.tal", bytes: [...Buffer.from(source)] }]);
    assert.match(await problem(page), /^The file looks like Uxntal, which has to be assembled first\.$/);
    // The next program does not inherit the words.
    await drop(page, [{ name: "frames.rom", bytes: [...(await assembled("frames"))] }]);
    await prints(page, "..");
    await page.waitForFunction(() => !inPlayer("#problem")?.checkVisibility());
    await page.close();
  });

  test("a file dropped on the page", async () => {
    const page = await site.open("");
    await drop(page, [{ name: "dropped.rom", bytes: [...(await assembled("frames"))] }]);
    await page.waitForFunction(() => document.getElementById("title")?.textContent === "dropped");
    await prints(page, "..");
    await page.close();
  });

  test("an address dropped on the page", async () => {
    const page = await site.open("");
    await drop(page, [], new URL(await site.offer("frames"), site.server.url).href);
    await prints(page, "..");
    await page.close();
  });

  test("an address typed into the field", async () => {
    const page = await site.open("");
    await page.type("#url", await site.offer("frames"));
    await page.keyboard.press("Enter");
    await prints(page, "..");
    assert.match(page.url(), /\?rom=test\/frames\.rom$/);
    await page.close();
  });

  test("a file of another site that lets us", async () => {
    const rom = await assembled("frames");
    foreign.answer("/frames.rom", (_, response) => {
      response.writeHead(200, { "access-control-allow-origin": "*" }).end(rom);
    });
    const page = await site.open(`rom=${foreign.url}frames.rom`);
    await prints(page, "..");
    await page.close();
  });

  test("a file of another site that does not let us", async () => {
    const rom = await assembled("frames");
    foreign.answer("/private.rom", (_, response) => response.writeHead(200).end(rom));
    const page = await site.open(`rom=${foreign.url}private.rom`);
    assert.match(await problem(page), /does not let other sites read its files.*CORS.*Download the file/);
    await page.close();
  });

  test("a server that is not there", async () => {
    const gone = await startServer();
    await gone.close();
    const page = await site.open(`rom=${gone.url}x.rom`);
    assert.match(await problem(page), /cannot be reached/);
    await page.close();
  });

  test("a file that is not there", async () => {
    const page = await site.open("rom=nothing.rom");
    assert.match(await problem(page), /There is no file at .*nothing\.rom \(status 404\)/);
    await page.close();
  });

  test("what could not be loaded can be tried again, until it plays", async () => {
    const rom = await assembled("frames");
    let isThere = false;
    site.server.answer("/late.rom", (_, response) => {
      if (isThere) response.writeHead(200, { "content-type": "application/octet-stream" }).end(rom);
      else response.writeHead(503).end();
    });
    for (const [control, words] of [
      ["#retry", /problem of its own/],
      ["#cover", /problem of its own/],
    ] as const) {
      isThere = false;
      const page = await site.open("rom=late.rom&args=one");
      const entries = await page.evaluate(() => history.length);
      assert.match(await problem(page), words);
      await page.locator(`>>> ${control}`).click();
      await page.waitForFunction(() => inPlayer("#problem:not([hidden])") && !inPlayer("[data-loading]"));
      assert.match(await problem(page), words);
      isThere = true;
      await page.locator(`>>> ${control}`).click();
      await hasState(page, "running");
      // The page has taken part in it.
      assert.equal(await page.title(), "late – fantail");
      assert.match(page.url(), /\?rom=late\.rom&args=one$/);
      assert.equal(await page.evaluate(() => history.length), entries);
      assert.equal(await page.$eval("uxn-player", (player) => player.args), "one");
      await page.close();
    }
  });

  test("a server with a problem", async () => {
    site.server.answer("/broken.rom", (_, response) => response.writeHead(503).end());
    const page = await site.open("rom=broken.rom");
    assert.match(await problem(page), /problem of its own \(status 503\)/);
    await page.close();
  });

  test("a web page instead of a ROM", async () => {
    const page = await site.open("rom=index.html");
    assert.match(await problem(page), /not a ROM.*web page/i);
    await page.close();
  });

  test("a file without end: given up when it is too large", async () => {
    let sent = 0;
    let closed = false;
    site.server.answer("/endless.rom", (_, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(65536, 0x80);
      const send = () => {
        while (!closed && response.write(chunk)) sent += chunk.length;
      };
      response.on("drain", send);
      response.on("close", () => {
        closed = true;
      });
      send();
    });
    const page = await site.open("rom=endless.rom");
    assert.match(await problem(page), /too large/);
    for (let waited = 0; !closed && waited < 50; waited++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(closed, "the connection is closed");
    assert.ok(sent < 100 * MAX_ROM, `${sent} bytes were sent`);
    await page.close();
  });

  test("addresses that are none, or of the wrong kind", async () => {
    const page = await site.open(`rom=${encodeURIComponent("http://[")}`);
    assert.match(await problem(page), /“http:\/\/\[” is not a web address/);
    for (const scheme of ["javascript:alert(1)", "data:,x", "file:///etc/passwd", "ftp://example.org/x"]) {
      const other = await site.open(`rom=${encodeURIComponent(scheme)}`);
      assert.match(await problem(other), /http and https addresses, not from “(javascript|data|file|ftp):”/);
      await other.close();
    }
    await page.close();
  });

  test("a failure leaves the program that plays alone, and can be put away", async () => {
    const page = await site.play("frames");
    await prints(page, "..");
    await page.type("#url", "nothing.rom");
    await page.keyboard.press("Enter");
    await problem(page);
    assert.equal(await text(page, "#title"), "frames");
    await hasState(page, "running");
    await page.locator(">>> #problem-close").click();
    assert.ok(await page.$eval(">>> #problem", (element) => (element as HTMLElement).hidden));
    await page.close();
  });

  /** Types an address into the field and loads it. */
  async function load(page: Page, address: string): Promise<void> {
    await page.$eval("#url", (field) => {
      (field as HTMLInputElement).value = "";
    });
    await page.type("#url", address);
    await page.keyboard.press("Enter");
  }

  test("Back to a program that cannot be had: the address stays that of the one that plays", async () => {
    const rom = await assembled("frames");
    let status = 200;
    site.server.answer("/sometimes.rom", (_, response) => response.writeHead(status).end(rom));
    const page = await site.play("picture");
    await load(page, "sometimes.rom");
    await prints(page, "..");
    await load(page, await site.offer("echo"));
    await page.waitForFunction(() => document.getElementById("title")?.textContent === "echo");
    status = 404;
    const place = () => new URL(page.url()).searchParams.get("rom");
    for (const attempt of ["one", "another"]) {
      await page.evaluate(() => history.back());
      assert.match(await problem(page), /status 404/, attempt);
      await page.waitForFunction(() => location.search.includes("echo"), { timeout: 20_000 });
      assert.equal(await text(page, "#title"), "echo");
      await page.locator(">>> #problem-close").click();
    }
    // It is there again: so it was no dead end.
    status = 200;
    await page.evaluate(() => history.back());
    await prints(page, "..");
    assert.equal(place(), "sometimes.rom");
    await page.evaluate(() => history.back());
    await page.waitForFunction(() => document.getElementById("title")?.textContent === "picture");
    await page.close();
  });

  test("an address that is written otherwise but the same makes no new entry in the history", async () => {
    const rom = await site.offer("echo");
    const page = await site.open(
      `args=%61b++%22c%20d%22&rom=${rom.replaceAll("e", "%65").replaceAll("/", "%2F")}`,
    );
    await prints(page, "261 262 30a 263 220 264 40a ");
    const entries = await page.evaluate(() => history.length);
    // The buttons move when a program turns out to have no screen.
    await appears(page, "[data-text-only]");
    await page.locator(">>> #start").click();
    await page.waitForFunction(() => inPlayer("#log")?.textContent?.endsWith("264 40a "));
    assert.equal(await page.evaluate(() => history.length), entries);
    await load(page, rom);
    await page.waitForFunction((count) => history.length === count + 1, { timeout: 20_000 }, entries);
    assert.match(page.url(), /\?rom=test\/echo\.rom$/);
    await load(page, rom);
    await hasState(page, "running");
    assert.equal(await page.evaluate(() => history.length), entries + 1);
    await page.close();
  });

  test("on a phone the menu folds when the program is there, and stays with the focus if it is not", async () => {
    site.server.answer("/roms/life.rom", (_, response) => response.writeHead(503).end());
    const page = await site.tab();
    await page.setViewport({ width: 390, height: 844 });
    await page.goto(site.server.url);
    await hasState(page, "running");
    await page.locator("#programs summary").click();
    await page.locator('#menu a[data-address="roms/life.rom"]').click();
    await problem(page);
    const isOpen = () => page.$eval("#programs", (list) => (list as HTMLDetailsElement).open);
    assert.ok(await isOpen());
    const focused = () => page.evaluate(() => (focusedElement() as HTMLElement).dataset.address);
    assert.equal(await focused(), "roms/life.rom");
    await page.locator('#menu a[data-address="roms/draw.rom"]').click();
    await page.waitForFunction(() => document.getElementById("title")?.textContent === "Draw");
    assert.ok(!(await isOpen()));
    assert.ok(await page.$eval(">>> #room", (room) => room.matches(":focus-within")));
    await page.close();
  });

  test("who has moved on while a program was fetched keeps the focus", async () => {
    const rom = await assembled("picture");
    const asked = new Promise<() => void>((resolve) => {
      site.server.answer("/slow.rom", (_, response) => resolve(() => response.writeHead(200).end(rom)));
    });
    const page = await site.play("frames");
    await appears(page, "[data-text-only]");
    await load(page, "slow.rom");
    await page.focus(">>> #args");
    await page.keyboard.type("a");
    (await asked)();
    await page.waitForFunction(() => document.getElementById("title")?.textContent === "slow");
    await hasState(page, "running");
    assert.equal(await page.evaluate(() => focusedElement()?.id), "args");
    await page.close();
  });
});
