/** Files that a page gives to a program. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "puppeteer-core";
import { assembled } from "./support/command.js";
import { POLICY, startServer, type TestServer } from "./support/server.js";
import { describeSite, type Site } from "./support/site.js";

/** How much there may be of all files together. */
const QUOTA = 16 << 20;

describeSite("given files", (site: Site) => {
  let foreign: TestServer;
  before(async () => {
    foreign = await startServer();
  });
  after(() => foreign.close());

  /** What has been asked for, in order, and the cookies that came with it. */
  const requests: { path: string; cookie: string | undefined }[] = [];

  function serve(path: string, body: string | Buffer, server = site.server): string {
    server.answer(path, ({ headers }, response) => {
      requests.push({ path, cookie: headers.cookie });
      response.writeHead(200, { "access-control-allow-origin": "*" }).end(body);
    });
    return new URL(path, server.url).href;
  }

  /** A page with a player, whose program is one of its own, and so has files of its own. */
  async function open(name: string, files: string): Promise<Page> {
    serve(`/${name}.rom`, Buffer.concat([await assembled("files"), Buffer.from(`\0${name}`)]));
    site.server.answer(`/${name}.html`, (_, response) => {
      const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY };
      response
        .writeHead(200, headers)
        .end(
          `<!doctype html><title>${name}</title><script type="module" src="fantail.js"></script>` +
            `<body><uxn-player src="${name}.rom" files="${files}"></uxn-player>`,
        );
    });
    const page = await site.tab();
    await page.goto(`${site.server.url}${name}.html`);
    await page.waitForFunction(() => customElements.get("uxn-player"));
    return page;
  }

  /** Starts the program, which reads its note and prints it. */
  const start = (page: Page) => prints(page, (player) => player.play());

  /** Has the program do something, and waits for it to print a line; returns the last. */
  async function prints(
    page: Page,
    action: (player: HTMLElementTagNameMap["uxn-player"], line: string) => unknown,
    line = "",
  ): Promise<string> {
    await page.$eval("uxn-player", (player) => {
      const log = { text: "" };
      Object.assign(globalThis, { log });
      player.addEventListener("console", ({ detail }) => {
        log.text += detail.text;
      });
    });
    await page.$eval("uxn-player", action as never, line);
    await page.waitForFunction("log.text.split('\\n').length > 2", { timeout: 20_000 });
    return page.evaluate("log.text") as Promise<string>;
  }

  const types = (page: Page, line: string) =>
    prints(page, (player, text) => player.sendInput(`${text}\nr\n`), line);

  /** Loads the program, and returns why that fails. */
  const fails = (page: Page) =>
    page.$eval("uxn-player", async (player) => {
      await player.load().then(
        () => Promise.reject(new Error("it has not failed")),
        () => {},
      );
      return `${player.error?.code} ${player.error?.message}`;
    });

  /** The paths of the program's files. */
  const listed = (page: Page) =>
    page.$eval("uxn-player", ({ storage }) => {
      return storage?.list().map(({ path }) => new TextDecoder().decode(path)) ?? [];
    });

  test("are found by the program, and fetched no sooner than it", async () => {
    requests.length = 0;
    serve("/texts/today.txt", "rain");
    const page = await open("found", "notes/today.txt=texts/today.txt");
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)));
    assert.deepEqual(requests, []);
    assert.equal(await start(page), "0004\n[rain]\n");
    assert.deepEqual(requests.map(({ path }) => path).sort(), ["/found.rom", "/texts/today.txt"]);
    await page.close();
  });

  test("are called as the page says, or as their addresses end", async () => {
    requests.length = 0;
    const other = serve("/%C3%BCber%20uns.txt", "us", foreign);
    serve("/levels/1.bin", "1");
    serve("/a=b", "2");
    const files = `levels/1.bin?v=2 deep/er/level%201=levels/1.bin ${other}#top\n\tx=a=b`;
    const page = await open("called", files);
    await page.setCookie({ name: "visitor", value: "1", domain: "127.0.0.1" });
    assert.equal(await page.evaluate("document.cookie"), "visitor=1");
    await page.$eval("uxn-player", (player) => player.load());
    assert.deepEqual(await listed(page), [
      "1.bin",
      "deep",
      "deep/er",
      "deep/er/level 1",
      "x",
      "über uns.txt",
    ]);
    assert.equal(requests.length, 5);
    const sent = requests.filter(({ cookie }) => cookie !== undefined);
    assert.deepEqual(sent, []);
    await page.close();
  });

  test("are the program's own once it has written them", async () => {
    serve("/today.txt", "rain");
    const page = await open("own", "notes/today.txt=today.txt");
    assert.equal(await start(page), "0004\n[rain]\n");
    assert.equal(await types(page, "wsun"), "0003\n0003\n[sun]\n");
    await page.$eval("uxn-player", (player) => player.load());
    assert.equal(await start(page), "0003\n[sun]\n");
    await page.reload();
    assert.equal(await start(page), "0003\n[sun]\n");
    // Its own is gone for good; the page's is there again.
    assert.equal((await types(page, "d")).split("\n")[0], "0001");
    await page.reload();
    assert.equal(await start(page), "0004\n[rain]\n");
    await page.close();
  });

  test("are not kept, and are back at the next load when the program has deleted them", async () => {
    serve("/today.txt", "rain");
    const page = await open("deleted", "notes/today.txt=today.txt");
    assert.equal(await start(page), "0004\n[rain]\n");
    assert.equal(await types(page, "d"), "0001\n0000\n[]\n");
    await page.$eval("uxn-player", (player) => player.load());
    assert.equal(await start(page), "0004\n[rain]\n");
    await page.$eval("uxn-player", (player) => {
      player.files = "";
      return player.load();
    });
    assert.ok(!(await listed(page)).includes("notes/today.txt"));
    await page.reload();
    await page.$eval("uxn-player", (player) => {
      player.files = "";
      return player.load();
    });
    assert.deepEqual(await listed(page), []);
    await page.close();
  });

  test("a theme among them is the theme", async () => {
    serve("/dark.theme", Buffer.from("0a6f05cf0caf", "hex"));
    const page = await open("theme", ".theme=dark.theme");
    await page.$eval("uxn-player", (player) => {
      player.theme = "#fff #fff #fff #fff";
      return player.load();
    });
    const bytes = () => page.$eval("uxn-player", ({ storage }) => Array.from(storage?.read(".theme") ?? []));
    assert.deepEqual(await bytes(), [0x0a, 0x6f, 0x05, 0xcf, 0x0c, 0xaf]);
    await page.$eval("uxn-player", (player) => {
      player.theme = "#000 #fff #fff #fff";
    });
    assert.deepEqual(await bytes(), [0x0a, 0x6f, 0x05, 0xcf, 0x0c, 0xaf]);
    await page.close();
  });

  test("words for those that cannot be had", async () => {
    serve("/here.txt", "here");
    site.server.answer("/large.bin", (_, response) => {
      response.writeHead(200, { "content-type": "application/octet-stream" });
      // No length is given, and no end.
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(1 << 20)));
      };
      response.on("drain", more);
      more();
    });
    site.server.answer("/half.bin", (_, response) => {
      response.writeHead(200).end(Buffer.alloc(QUOTA / 2 + 1));
    });
    foreign.answer("/private.txt", (_, response) => response.writeHead(200).end("private"));
    const page = await open("words", "");
    const cases: Record<string, RegExp> = {
      "here.txt missing.txt": /^2 There is no file at .*missing\.txt \(status 404\)\.$/,
      "data:text/plain,hello": /^4 Files are fetched from http and https addresses, not from “data:”\.$/,
      "x=javascript:alert(1)":
        /^4 Files are fetched from http and https addresses, not from “javascript:”\.$/,
      "x=file:///etc/passwd": /^4 Files are fetched from http and https addresses/,
      "http://[": /^4 “http:\/\/\[” is not a web address\.$/,
      "here.txt/": /^4 There is no name for the file at .*here\.txt\/\.$/,
      "../x=here.txt": /^4 The program cannot be given “\.\.\/x”: no file can have this name\.$/,
      "/x=here.txt": /^4 The program cannot be given “\/x”: no file can have this name\.$/,
      "%00=here.txt": /^4 The program cannot be given “\0”: no file can have this name\.$/,
      "%zz=here.txt": /^4 “%zz” cannot be the name of a file/,
      "a=here.txt a/b=here.txt":
        /^4 The program cannot be given “a\/b”: a file and a directory cannot have the same name\.$/,
      ["here.txt ".repeat(65)]: /^4 A program is given at most 64 files, not 65\.$/,
      "here.txt large.bin":
        /^4 The files for the program are too large: together more than 16,777,216 bytes\.$/,
      "a=half.bin b=half.bin": /^4 The files for the program are too large/,
      [`${foreign.url}private.txt`]: /^2 .* does not let other sites read its files/,
    };
    for (const [files, words] of Object.entries(cases)) {
      await page.$eval("uxn-player", (player, value) => player.setAttribute("files", value), files);
      assert.match(await fails(page), words);
    }
    // None of that is in the way of what is right.
    await page.$eval("uxn-player", (player) => {
      player.files = "notes/today.txt=here.txt half.bin";
    });
    assert.equal(await start(page), "0004\n[here]\n");
    await page.close();
  });

  test("more than there is room for beside the program's own", async () => {
    site.server.answer("/half.bin", (_, response) => {
      response.writeHead(200).end(Buffer.alloc(QUOTA / 2));
    });
    const page = await open("room", "");
    const warnings: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "warn") warnings.push(message.text());
    });
    await start(page);
    await prints(page, (player) => player.sendInput("f\n\n\n"));
    await page.$eval("uxn-player", (player) => {
      player.files = "half.bin";
      return player.load();
    });
    assert.deepEqual(await listed(page), ["fill.bin"]);
    assert.match(warnings.join(), /has not been given the file “half\.bin”.*there is no room for it/);
    await page.close();
  });
});
