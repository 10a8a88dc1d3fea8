/** embed.html: what its address says, and what a page of another origin and the frame say to each other. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Frame, Page } from "puppeteer-core";
import { assemble, assembled, shot } from "./support/command.js";
import { startServer, type TestServer } from "./support/server.js";
import { appears, describeSite, type Site } from "./support/site.js";

/** What the frame has said, without the version. */
type Said = { readonly type: string } & Readonly<Record<string, unknown>>;

declare global {
  /** In the page around: what its frames have said, and speaking to one. */
  var said: { readonly frame: string; readonly message: Said }[];
  function tell(frame: string, message: unknown): void;
}

const AROUND = `
  globalThis.said = [];
  addEventListener("message", ({ source, data }) => {
    const frame = [...document.querySelectorAll("iframe")].find(({ contentWindow }) => contentWindow === source);
    const { picture, ...message } = data;
    if (picture) message.picture = [...new Uint8Array(picture).slice(1, 4)];
    said.push({ frame: frame?.id, message });
  });
  globalThis.tell = (frame, message) => document.getElementById(frame).contentWindow.postMessage(message, "*");
`;

describeSite("embed.html", (site: Site) => {
  let around: TestServer;
  before(async () => {
    around = await startServer();
  });
  after(() => around.close());

  /** A page of another origin with frames: the parameters of each by its id, and the attributes of all. */
  async function embed(frames: Readonly<Record<string, string>>, attributes = ""): Promise<Page> {
    around.answer("/", (_, response) => {
      const elements = Object.entries(frames).map(
        ([id, parameters]) =>
          `<iframe id="${id}" ${attributes} width="640" height="440" src="${site.server.url}embed.html${parameters}"></iframe>`,
      );
      const page = `<!doctype html><title>around</title><script>${AROUND}</script>${elements.join("")}`;
      response.writeHead(200, { "content-type": "text/html" }).end(page);
    });
    const page = await site.tab();
    await page.goto(around.url);
    return page;
  }

  /** The frame with an id. */
  async function frame(page: Page, id: string): Promise<Frame> {
    const element = await page.waitForSelector(`#${id}`);
    const content = await element?.contentFrame();
    assert.ok(content);
    return content;
  }

  /** Waits until a frame has said something, and returns it. */
  async function hears(page: Page, id: string, type: string, nth = 0): Promise<Said> {
    const heard = await page.waitForFunction(
      (id, type, nth) =>
        said.filter(({ frame, message }) => frame === id && message.type === type)[nth]?.message,
      { timeout: 15_000 },
      id,
      type,
      nth,
    );
    return (await heard.jsonValue()) as Said;
  }

  async function types(page: Page, id: string): Promise<string[]> {
    const all = await page.evaluate((id) => said.filter(({ frame }) => frame === id), id);
    return all.map(({ message }) => message.type);
  }

  test("nothing is fetched or runs before the click, and the click plays", async () => {
    const rom = await site.offer("events");
    const page = await embed({ one: `?rom=${rom}` });
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    await hears(page, "one", "ready");
    const inside = await frame(page, "one");
    await appears(inside, "#cover:not([hidden])");
    assert.ok(!requests.some((url) => /\.(rom|wasm)$/.test(url)), requests.join("\n"));
    await inside.click(">>> #cover");
    await hears(page, "one", "play");
    assert.deepEqual(
      (await types(page, "one")).filter((type) => type !== "resize"),
      ["ready", "loadstart", "loadeddata", "play"],
    );
    await page.close();
  });

  test("the address: a program, attributes, flags", async () => {
    const rom = await site.offer("echo");
    const plain = (await assembled("echo")).toString("base64url");
    const page = await embed({
      query: `?rom=${rom}&autoplay&muted=1&controls=0&volume=0.25&scale=2&args=a+%22b+c%22&keymap=letters&label=Mine&background=true&edition=2023`,
      fragment: `#rom=${plain}&args=x&autoplay=1`,
      both: `?autoplay=1&args=q#rom=${plain}`,
      off: `?rom=${rom}&autoplay=false&muted=maybe&volume=loud&scale=huge`,
      none: "",
    });
    assert.equal((await hears(page, "query", "console")).stream, "stdout");
    const query = await frame(page, "query");
    const state = await query.$eval("uxn-player", (player) => {
      const { muted, controls, volume, scale, args, keymap, label, background, edition, paused } = player;
      return { muted, controls, volume, scale, args, keymap, label, background, edition, paused };
    });
    assert.deepEqual(state, {
      ...{ muted: true, controls: false, volume: 0.25, scale: "2", args: 'a "b c"', keymap: "letters" },
      ...{ label: "Mine", background: true, edition: "2023", paused: false },
    });
    const printed = (page: Page, id: string) =>
      page.waitForFunction(
        (id) => {
          const parts = said.filter(({ frame, message }) => frame === id && message.type === "console");
          const all = parts.map(({ message }) => message.text).join("");
          return all.includes("40a ") && all;
        },
        { timeout: 15_000 },
        id,
      );
    assert.equal(await (await printed(page, "query")).jsonValue(), "261 30a 262 220 263 40a ");
    assert.equal(await (await printed(page, "fragment")).jsonValue(), "278 40a ");
    assert.equal(await (await printed(page, "both")).jsonValue(), "271 40a ");
    const off = await frame(page, "off");
    const others = await off.$eval("uxn-player", ({ autoplay, muted, volume, scale, paused }) => {
      return { autoplay, muted, volume, scale, paused };
    });
    assert.deepEqual(others, { autoplay: false, muted: false, volume: 0.7, scale: "auto", paused: true });
    const none = await frame(page, "none");
    await none.click(">>> #cover");
    assert.match(String((await hears(page, "none", "error")).message), /no program/);
    await page.close();
  });

  test("commands and answers, sandboxed and from another origin", async () => {
    const page = await embed(
      { one: `?rom=${await site.offer("echo")}`, two: `?rom=${await site.offer("picture")}` },
      'sandbox="allow-scripts"',
    );
    for (const id of ["one", "two"]) await hears(page, id, "ready");
    const send = (id: string, message: object) =>
      page.evaluate((id, message) => tell(id, { fantail: 1, ...message }), id, message);
    await send("one", { type: "play", id: 1 });
    assert.deepEqual(await hears(page, "one", "answer"), { fantail: 1, type: "answer", id: 1 });
    await send("one", { type: "sendInput", text: "é\n" });
    await page.waitForFunction(
      () => {
        const parts = said.filter(({ message }) => message.type === "console");
        return parts.map(({ message }) => message.text).join("") === "1c3 1a9 10a ";
      },
      { timeout: 10_000 },
    );
    await send("one", { type: "pause" });
    await hears(page, "one", "pause");
    await send("one", { type: "play" });
    await hears(page, "one", "play", 1);
    await send("one", { type: "endInput" });
    assert.equal((await hears(page, "one", "exit")).code, 3);

    await send("two", { type: "screenshot", id: "early" });
    assert.match(String((await hears(page, "two", "answer")).error), /no picture/);
    await send("two", { type: "play" });
    const { width, height } = await shot(await assemble("picture"), 2);
    await page.waitForFunction(
      (width, height) => said.some(({ message }) => message.width === width && message.height === height),
      { timeout: 10_000 },
      width,
      height,
    );
    await send("two", { type: "screenshot", id: "picture" });
    assert.deepEqual((await hears(page, "two", "answer", 1)).picture, [0x50, 0x4e, 0x47]);
    await send("two", {
      type: "set",
      attributes: { volume: "0.5", muted: "", src: "elsewhere", onclick: "x" },
    });
    const change = await hears(page, "two", "volumechange", 1);
    assert.deepEqual([change.volume, change.muted], [0.5, true]);
    const two = await frame(page, "two");
    assert.deepEqual(
      await two.$eval("uxn-player", (player) => [
        player.hasAttribute("onclick"),
        player.src.includes("picture"),
      ]),
      [false, true],
    );
    // A program by its bytes, and one that is none.
    const bytes = [...(await assembled("echo"))];
    await page.evaluate((bytes) => {
      tell("two", { fantail: 1, type: "load", source: Uint8Array.from(bytes).buffer, id: "bytes" });
    }, bytes);
    assert.deepEqual(await hears(page, "two", "answer", 2), { fantail: 1, type: "answer", id: "bytes" });
    await send("two", { type: "load", source: "javascript:alert(1)", id: "bad" });
    assert.match(String((await hears(page, "two", "answer", 3)).error), /javascript:/);
    assert.equal((await hears(page, "two", "error")).code, 4);
    await page.close();
  });

  test("a server that does not let sandboxed frames read is told from one that is out of reach", async () => {
    site.server.answer("/closed.rom", (_, response) => response.writeHead(200).end("rom"));
    const page = await embed({ one: "?rom=closed.rom&autoplay" }, 'sandbox="allow-scripts"');
    assert.match(String((await hears(page, "one", "error")).message), /does not let other sites read/);
    await page.close();
  });

  test("what is no command does nothing, and others than the parent are not heard", async () => {
    const rom = await site.offer("frames");
    const page = await embed({ one: `?rom=${rom}`, two: `?rom=${rom}` });
    for (const id of ["one", "two"]) await hears(page, id, "ready");
    await page.evaluate(() => {
      const messages: unknown[] = [
        ...[undefined, null, 1, "play", [], {}, { type: "play" }, { fantail: 2, type: "play" }],
        ...[{ fantail: "1", type: "play" }, { fantail: 1 }, { fantail: 1, type: "toString" }],
        ...[
          { fantail: 1, type: "load", source: 5 },
          { fantail: 1, type: "play", id: {} },
        ],
        ...[
          { fantail: 1, type: "sendInput" },
          { fantail: 1, type: "set", attributes: "muted" },
        ],
        { fantail: 1, type: "x".repeat(1_000_000), text: new ArrayBuffer(1_000_000) },
      ];
      for (const message of messages) tell("one", message);
    });
    // From the frame beside it.
    const two = await frame(page, "two");
    await two.evaluate(() => {
      window.parent.frames[0]?.postMessage({ fantail: 1, type: "play", id: "sibling" }, "*");
    });
    await page.evaluate(() => tell("one", { fantail: 1, type: "pause", id: "last" }));
    assert.equal((await hears(page, "one", "answer")).id, "last");
    assert.deepEqual(await types(page, "one"), ["ready", "answer"]);
    await page.close();
  });

  test("a frame that has been scrolled away stands still", async () => {
    const page = await embed({ one: `?rom=${await site.offer("frames")}&autoplay` });
    await hears(page, "one", "console", 5);
    await page.evaluate(() => {
      document.body.style.height = "5000px";
      window.scrollTo(0, 4000);
    });
    const inside = await frame(page, "one");
    await inside.waitForFunction(() => document.querySelector("uxn-player")?.suspended, { timeout: 10_000 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const count = () => page.evaluate(() => said.length);
    const before = await count();
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(await count(), before);
    await page.evaluate(() => window.scrollTo(0, 0));
    await hears(page, "one", "console", before);
    assert.ok(!(await types(page, "one")).includes("pause"));
    await page.close();
  });
});
