/** embed.html: what its address says, and what a page of another origin and the frame say to each other. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { AxeResults } from "axe-core";
import type { ElementHandle, Frame, Page } from "puppeteer-core";
import { root } from "../../scripts/run.mjs";
import { serve } from "../../scripts/serve.mjs";
import { asCommand } from "../../www/player/element/messages.js";
import { readAddress } from "../../www/site/parameters.js";
import { assemble, assembled, shot } from "./support/command.js";
import { startServer, type TestServer } from "./support/server.js";
import { appears, describeSite, type Site, text } from "./support/site.js";

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

describe("the address of embed.html", () => {
  /** The attributes, where the program is, and how many problems there are. */
  function read(parameters: string) {
    const { src, attributes, problems } = readAddress(new URL(parameters, "https://example.org/embed.html"));
    return { src, ...Object.fromEntries(attributes), problems: problems.length };
  }

  test("a program by its address, in the query or behind #", () => {
    const src = "https://example.org/a.rom";
    for (const parameters of [
      `?rom=${src}`,
      `?rom=${encodeURIComponent(src)}`,
      `?rom=other#rom=${src}`,
      `#rom=${encodeURIComponent(src)}`,
    ]) {
      assert.deepEqual(read(parameters), { src, problems: 0 }, parameters);
    }
    assert.deepEqual(read("#muted&rom=a.rom"), { src: "a.rom", muted: "", problems: 0 });
    assert.deepEqual(read("?rom=https%3A%2F%2Fexample.org%2F%23z%3DAA"), {
      src: "https://example.org/#z=AA",
      problems: 0,
    });
    assert.deepEqual(read("?rom="), { src: undefined, problems: 0 });
  });

  test("a program behind #, with its arguments and attributes", () => {
    for (const kind of ["z", "r", "rom"]) {
      assert.deepEqual(read(`?rom=other&scale=2#${kind}=oAEA&args=a%20b&muted`), {
        ...{ src: `#${kind}=oAEA&args=a%20b&muted`, scale: "2", args: "a b", muted: "", problems: 0 },
      });
    }
    const encoded = `#${encodeURIComponent("z=oAEA&args=a%20b&autoplay")}`;
    assert.deepEqual(read(encoded), { src: encoded, args: "a b", autoplay: "", problems: 0 });
  });

  test("flags", () => {
    for (const name of ["autoplay", "muted", "controls", "background", "stats"]) {
      for (const on of [name, `${name}=`, `${name}=1`, `${name}=true`]) {
        assert.deepEqual(read(`?${on}`), { src: undefined, [name]: "", problems: 0 }, on);
      }
      for (const off of [`${name}=0`, `${name}=false`]) {
        assert.deepEqual(read(`?${off}`), { src: undefined, [name]: null, problems: 0 }, off);
      }
    }
  });

  test("what cannot be is left out, and said", () => {
    for (const bad of [
      ...["autoplay=yes", "muted=2", "controls=off", "background=null"],
      ...["volume=", "volume=1.1", "volume=-1", "volume=loud", "volume=NaN"],
      ...["scale=", "scale=0", "scale=1.5", "scale=-2", "scale=huge", "keymap=toString", "edition=2024"],
      ...["engine=jit", "onclick=alert(1)", "src=a.rom", "page=//example.net", "id=x", "__proto__=1", "z=AA"],
    ]) {
      assert.deepEqual(read(`?${bad}`), { src: undefined, problems: 1 }, bad);
    }
    const { problems } = readAddress(
      new URL(`https://example.org/?${"x".repeat(9999)}&scale=${"9".repeat(999)}`),
    );
    assert.ok(problems.length === 2 && problems.every((words) => words.length < 100), problems.join());
  });
});

describe("commands to the frame", () => {
  const bytes = Uint8Array.of(1);

  test("are those of the interface, and nothing else of a message is in them", () => {
    const commands = [
      ...["play", "pause", "reset", "unload", "endInput", "screenshot", "state"].map((type) => ({ type })),
      ...[bytes, bytes.buffer, new Blob([bytes]), "a.rom", undefined].map((source) => ({
        ...{ type: "load", source, files: undefined },
      })),
      { type: "load", source: bytes, files: { "a/b": bytes, c: bytes.buffer } },
      { type: "sendInput", text: "" },
      { type: "set", attributes: { muted: true, volume: 0.5, scale: "2", theme: null } },
    ];
    for (const command of commands) {
      for (const id of [0, "a", undefined]) {
        const whole = { fantail: 1, id, ...command };
        assert.deepEqual(asCommand({ ...whole, more: 1 }), whole);
      }
    }
  });

  test("are not made of anything else", () => {
    for (const message of [
      ...[undefined, null, 1, "play", true, [], {}, new Map(), () => {}, { type: "play" }],
      ...[{ fantail: 2, type: "play" }, { fantail: "1", type: "play" }, { fantail: 1 }],
      ...[
        { fantail: 1, type: "toString" },
        { fantail: 1, type: ["play"] },
        { fantail: 1, type: null },
      ],
      ...[{}, null, true, [1]].map((id) => ({ fantail: 1, type: "play", id })),
      ...[5, null, {}, [1, 2], new DataView(bytes.buffer)].map((source) => ({
        fantail: 1,
        type: "load",
        source,
      })),
      ...[5, null, "a", { a: "b" }, { a: null }].map((files) => ({ fantail: 1, type: "load", files })),
      ...[undefined, null, 5, {}].map((text) => ({ fantail: 1, type: "sendInput", text })),
      ...[undefined, null, "muted", 1].map((attributes) => ({ fantail: 1, type: "set", attributes })),
    ]) {
      assert.equal(asCommand(message), undefined, JSON.stringify(message));
    }
    assert.deepEqual(
      asCommand({
        fantail: 1,
        type: "set",
        attributes: {
          src: "x",
          onclick: "x",
          style: "x",
          muted: {},
          volume: [1],
          scale: undefined,
          label: "",
        },
      }),
      { fantail: 1, id: undefined, type: "set", attributes: { label: "" } },
    );
  });
});

describeSite("embed.html", (site: Site) => {
  let around: TestServer;
  before(async () => {
    around = await startServer();
  });
  after(() => around.close());

  /** A page of another origin with frames: the parameters of each by its id, and the attributes of all. */
  async function embed(
    frames: Readonly<Record<string, string>>,
    attributes = "",
    [width, height] = [640, 440],
  ): Promise<Page> {
    around.answer("/", (_, response) => {
      const elements = Object.entries(frames).map(
        ([id, parameters]) =>
          `<iframe id="${id}" ${attributes} width="${width}" height="${height}" src="${site.server.url}embed.html${parameters}"></iframe>`,
      );
      const page = `<!doctype html><title>around</title><script>${AROUND}</script>${elements.join("")}`;
      response.writeHead(200, { "content-type": "text/html" }).end(page);
    });
    const page = await site.tab();
    await page.goto(around.url);
    return page;
  }

  /** Says something to a frame. */
  const send = (page: Page, id: string, message: object) =>
    page.evaluate((id, message) => tell(id, { fantail: 1, ...message }), id, message);

  /** Waits until what a frame's program has printed, all of it, ends in this; returns it. */
  async function prints(page: Page, id: string, end: string): Promise<string> {
    const printed = await page.waitForFunction(
      (id, end) => {
        const parts = said.filter(({ frame, message }) => frame === id && message.type === "console");
        const all = parts.map(({ message }) => message.text).join("");
        return all.endsWith(end) && all;
      },
      { timeout: 15_000 },
      id,
      end,
    );
    return (await printed.jsonValue()) as string;
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
    await inside.locator(">>> #cover").click();
    await hears(page, "one", "playing");
    assert.deepEqual(
      (await types(page, "one")).filter((type) => type !== "resize"),
      ["ready", "loadstart", "loadeddata", "play", "playing"],
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
    assert.equal(await prints(page, "query", "40a "), "261 30a 262 220 263 40a ");
    assert.equal(await prints(page, "fragment", "40a "), "278 40a ");
    assert.equal(await prints(page, "both", "40a "), "271 40a ");
    const off = await frame(page, "off");
    const others = await off.$eval("uxn-player", ({ autoplay, muted, volume, scale, paused }) => {
      return { autoplay, muted, volume, scale, paused };
    });
    assert.deepEqual(others, { autoplay: false, muted: false, volume: 0.7, scale: "auto", paused: true });
    const none = await frame(page, "none");
    await none.locator(">>> #cover").click();
    assert.match(String((await hears(page, "none", "error")).message), /no program/);
    await page.close();
  });

  test("commands and answers, sandboxed and from another origin", async () => {
    const page = await embed(
      { one: `?rom=${await site.offer("echo")}`, two: `?rom=${await site.offer("picture")}` },
      'sandbox="allow-scripts"',
    );
    for (const id of ["one", "two"]) await hears(page, id, "ready");
    await send(page, "one", { type: "play", id: 1 });
    assert.deepEqual(await hears(page, "one", "answer"), { fantail: 1, type: "answer", id: 1 });
    await send(page, "one", { type: "sendInput", text: "é\n" });
    assert.equal(await prints(page, "one", "10a "), "1c3 1a9 10a ");
    await send(page, "one", { type: "pause" });
    await hears(page, "one", "pause");
    await send(page, "one", { type: "play" });
    await hears(page, "one", "play", 1);
    await send(page, "one", { type: "endInput" });
    assert.equal((await hears(page, "one", "exit")).code, 3);

    await send(page, "two", { type: "screenshot", id: "early" });
    assert.match(String((await hears(page, "two", "answer")).error), /no picture/);
    await send(page, "two", { type: "play" });
    const { width, height } = await shot(await assemble("picture"), 2);
    await page.waitForFunction(
      (width, height) => said.some(({ message }) => message.width === width && message.height === height),
      { timeout: 10_000 },
      width,
      height,
    );
    await send(page, "two", { type: "screenshot", id: "picture" });
    assert.deepEqual((await hears(page, "two", "answer", 1)).picture, [0x50, 0x4e, 0x47]);
    await send(page, "two", {
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
    await send(page, "two", { type: "load", source: "javascript:alert(1)", id: "bad" });
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

  test("what is wrong in the address is said to whoever has written it, and the program plays", async () => {
    const warnings: string[] = [];
    const page = await embed({});
    page.on("console", (message) => {
      if (message.type() === "warn") warnings.push(message.text());
    });
    const rom = await site.offer("frames");
    await page.goto(`${site.server.url}embed.html?rom=${rom}&volume=loud&wide&muted=1#autoplay`);
    await page.waitForFunction(() => document.querySelector("uxn-player")?.paused === false);
    assert.deepEqual(warnings, [
      "volume=loud: this is a number from 0 to 1.",
      "There is no parameter “wide”.",
    ]);
    await page.close();
  });

  test("its title is what the program is called, and with another part behind # it is another program", async () => {
    const fragment = async (name: string) => `#rom=${(await assembled(name)).toString("base64url")}`;
    const page = await embed({ one: `${await fragment("echo")}&label=%3Cb%3EOne` });
    const content = await frame(page, "one");
    const title = () => content.evaluate(() => document.title);
    assert.equal(await title(), "<b>One");
    await send(page, "one", { type: "set", attributes: { label: null } });
    await send(page, "one", { type: "play", id: 1 });
    await hears(page, "one", "answer");
    assert.equal(await title(), "Uxn program");
    await send(page, "one", { type: "load", source: await site.offer("frames"), id: 2 });
    await hears(page, "one", "answer", 1);
    assert.equal(await title(), "frames");
    const address = `${site.server.url}embed.html${await fragment("frames")}&autoplay`;
    await page.$eval("#one", (element, src) => element.setAttribute("src", src), address);
    await hears(page, "one", "ready", 1);
    await hears(page, "one", "play", 1);
    await page.close();
  });

  test("attributes are set whatever the visitor has done, and what cannot be is refused", async () => {
    const page = await embed({ one: `?rom=${await site.offer("frames")}&muted&volume=0.25` });
    await hears(page, "one", "ready");
    const state = async (nth: number) => {
      await send(page, "one", { type: "state", id: `state ${nth}` });
      const answer = await page.waitForFunction(
        (id) => said.find(({ message }) => message.id === id)?.message,
        {},
        `state ${nth}`,
      );
      const { muted, volume } = ((await answer.jsonValue()) as Said).state as Record<string, unknown>;
      return { muted, volume };
    };
    assert.deepEqual(await state(1), { muted: true, volume: 0.25 });
    const content = await frame(page, "one");
    await content.locator(">>> #mute").click();
    await content.$eval("uxn-player", (player) => {
      player.volume = 0.5;
    });
    assert.deepEqual(await state(2), { muted: false, volume: 0.5 });
    await send(page, "one", { type: "set", attributes: { muted: true, volume: 0.25 } });
    assert.deepEqual(await state(3), { muted: true, volume: 0.25 });
    await send(page, "one", { type: "set", attributes: { muted: null, volume: null } });
    assert.deepEqual(await state(4), { muted: false, volume: 0.7 });
    const attributes = { volume: 2, scale: 3, controls: false, keymap: "letters", label: true };
    await send(page, "one", { type: "set", attributes, id: "bad" });
    await page.waitForFunction(() => said.some(({ message }) => /^volume=2: /.test(String(message.error))));
    const others = await content.$eval("uxn-player", ({ volume, scale, controls, keymap, label }) => {
      return { volume, scale, controls, keymap, label };
    });
    assert.deepEqual(others, { volume: 0.7, scale: "3", controls: false, keymap: "letters", label: "" });
    await page.close();
  });

  test("its state, for a page that listens late", async () => {
    const page = await embed({ one: `?rom=${await site.offer("echo")}&label=Echo`, none: "" });
    for (const id of ["one", "none"]) await hears(page, id, "ready");
    const empty = {
      ...{ paused: true, suspended: false, readyState: 0, error: null, exitCode: null, metadata: [] },
      ...{ programName: "", volume: 0.7, muted: false, screenWidth: 0, screenHeight: 0 },
    };
    await send(page, "none", { type: "state", id: 1 });
    assert.deepEqual(await hears(page, "none", "answer"), {
      ...{ fantail: 1, type: "answer", id: 1, state: empty },
    });
    await send(page, "none", { type: "play", id: 2 });
    const error = "This player has no program.";
    assert.equal((await hears(page, "none", "answer", 1)).error, error);
    await send(page, "none", { type: "state", id: 3 });
    assert.deepEqual((await hears(page, "none", "answer", 2)).state, {
      ...empty,
      error: { code: 4, message: error },
    });
    await send(page, "one", { type: "play" });
    await hears(page, "one", "play");
    await send(page, "one", { type: "endInput" });
    await hears(page, "one", "exit");
    await send(page, "one", { type: "state", id: 1 });
    const { state } = await hears(page, "one", "answer");
    assert.deepEqual(
      { ...(state as object), screenWidth: 0, screenHeight: 0 },
      { ...empty, readyState: 4, exitCode: 3, programName: "Echo" },
    );
    await page.close();
  });

  test("a program and its files by their bytes", async () => {
    const page = await embed({ one: "", two: "" }, 'sandbox="allow-scripts"');
    for (const id of ["one", "two"]) await hears(page, id, "ready");
    const rom = [...(await assembled("files"))];
    await page.evaluate((rom) => {
      const text = (words: string) => new TextEncoder().encode(words);
      const source = Uint8Array.from(rom);
      const files = {
        "notes/today.txt": text("rain"),
        "../../out": text("no"),
        "": text("no"),
        __proto__: text("no"),
      };
      tell("one", { fantail: 1, type: "load", source: source.buffer, files, id: 1 });
      tell("two", { fantail: 1, type: "load", source: new Blob([source]), id: 1 });
    }, rom);
    for (const id of ["one", "two"]) {
      assert.deepEqual(await hears(page, id, "answer"), { fantail: 1, type: "answer", id: 1 });
      await send(page, id, { type: "play" });
    }
    assert.match(await prints(page, "one", "]\n"), /\[rain\]\n$/);
    assert.match(await prints(page, "two", "\n"), /^0000\n/);
    const warned = await page.evaluate(() => said.filter(({ message }) => message.type === "error").length);
    assert.equal(warned, 0);
    await page.close();
  });

  test("a page of another site gives no files of the frame's own", async () => {
    site.server.answer("/secret.txt", (_, response) => response.writeHead(200).end("secret"));
    const rom = await site.offer("files");
    const here = `${site.server.url}secret.txt`;
    const page = await embed({
      one: `?rom=${rom}&files=a=secret.txt`,
      two: `?rom=${rom}&files=${encodeURIComponent(`${around.url}b a=${here}`)}`,
    });
    for (const id of ["one", "two"]) await hears(page, id, "ready");
    await send(page, "one", { type: "set", attributes: { files: `x=${here}` } });
    for (const id of ["one", "two"]) {
      await send(page, id, { type: "play", id: 1 });
      await hears(page, id, "play");
      const given = await (await frame(page, id)).$eval("uxn-player", ({ files }) => files);
      assert.equal(given, "");
    }
    assert.ok(!site.server.requests.includes("/secret.txt"));
    await page.close();
  });

  test("what is said before it is ready is lost, and breaks nothing", async () => {
    const page = await embed({});
    const rom = await site.offer("frames");
    await page.evaluate((src) => {
      const element = document.createElement("iframe");
      Object.assign(element, { id: "one", src, width: 320, height: 240 });
      document.body.append(element);
      tell("one", { fantail: 1, type: "play", id: "early" });
    }, `${site.server.url}embed.html?rom=${rom}`);
    await hears(page, "one", "ready");
    await send(page, "one", { type: "play", id: "late" });
    assert.equal((await hears(page, "one", "answer")).id, "late");
    await page.close();
  });

  test("much at once", async () => {
    const page = await embed({ one: `?rom=${await site.offer("echo")}` });
    await hears(page, "one", "ready");
    await send(page, "one", { type: "play", id: "play" });
    await hears(page, "one", "answer");
    await page.evaluate(() => {
      const text = "x".repeat(400_000);
      tell("one", { fantail: 1, type: "sendInput", text });
      tell("one", { fantail: 1, type: "load", source: new ArrayBuffer(64_000_000), id: "huge" });
      for (let i = 0; i < 500; i++) tell("one", { fantail: 1, type: i % 2 ? "play" : "pause" });
      tell("one", {
        fantail: 1,
        type: "set",
        attributes: { args: text, label: text, files: "\n".repeat(99) },
      });
      tell("one", { fantail: 1, type: "state", id: "after" });
    });
    const answer = async (id: string) => {
      const found = await page.waitForFunction(
        (id) => said.find(({ message }) => message.id === id)?.message,
        { timeout: 15_000 },
        id,
      );
      return (await found.jsonValue()) as Said;
    };
    assert.match(String((await answer("huge")).error), /larg/);
    assert.ok((await answer("after")).state);
    await page.close();
  });

  /** Whether something can be scrolled to where it can be pressed. */
  const isInReach = (content: Frame, selector: string) =>
    content.evaluate((selector) => {
      const element = inPlayer(selector);
      element?.scrollIntoView({ block: "nearest" });
      const box = element?.getBoundingClientRect();
      if (!element || !box) return false;
      const found = document
        .querySelector("uxn-player")
        ?.shadowRoot?.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return Boolean(found && element.contains(found));
    }, selector);

  /** The buttons of the bar that are there, and not wholly in the frame. */
  const cutOff = (content: Frame) =>
    content.evaluate(() => {
      const buttons = Array.from(inPlayer("#bar")?.querySelectorAll("button") ?? []);
      const boxes = buttons.map((button) => ({ id: button.id, box: button.getBoundingClientRect() }));
      const shown = boxes.filter(({ box }) => box.width > 0);
      if (shown.length < 3) throw new Error("there is no bar");
      return shown
        .filter(
          ({ box }) => box.width < 24 || box.left < 0 || box.right > innerWidth || box.bottom > innerHeight,
        )
        .map(({ id }) => id);
    });

  for (const [width, height] of [
    [160, 120],
    [320, 240],
    [1, 1],
    [480, 120],
    [390, 660],
  ] as const) {
    test(`in a frame of ${width} by ${height} everything is in reach`, async () => {
      const rom = await site.offer("picture");
      site.server.answer("/gone.rom", (_, response) => {
        response.writeHead(404, { "access-control-allow-origin": "*" }).end();
      });
      const frames = { one: `?rom=${rom}`, two: "?rom=gone.rom&autoplay", bare: `?rom=${rom}&controls=0` };
      const page = await embed(frames, 'sandbox="allow-scripts" style="border: 0"', [width, height]);
      await hears(page, "two", "error");
      for (const id of Object.keys(frames)) {
        const content = await frame(page, id);
        const overflow = await content.evaluate(() => {
          const { scrollWidth, scrollHeight } = document.documentElement;
          window.scrollTo(1000, 1000);
          return [scrollWidth - innerWidth, scrollHeight - innerHeight, scrollX, scrollY];
        });
        assert.deepEqual(overflow, [0, 0, 0, 0], id);
        if (width < 160) continue;
        const button = id === "two" ? "#retry" : "#cover";
        const isSeen = await isInReach(content, button);
        assert.ok(isSeen, `${id}: ${button}`);
        if (id !== "bare") assert.deepEqual(await cutOff(content), [], id);
      }
      if (width >= 160) {
        const lines = await embed({ text: `?rom=${await site.offer("echo")}&autoplay` }, "", [width, height]);
        const content = await frame(lines, "text");
        await appears(content, "#root[data-text-only]");
        assert.ok(await isInReach(content, "#line"), "the console's line");
        assert.ok(await isInReach(content, "#fullscreen"), "the bar");
        await lines.close();
      }
      await page.close();
    });
  }

  if (site.browserName === "chromium") {
    // The other is not told what a touch screen is.
    test("on a touch screen the pad is there where it leaves room for the screen, and no button is cut off", async () => {
      const rom = await site.offer("events");
      for (const [width, height, hasPad] of [
        [160, 120, false],
        [320, 240, false],
        [366, 320, false],
        [366, 520, true],
        [640, 360, true],
      ] as const) {
        const touch = await embed({ one: `?rom=${rom}&autoplay` }, "", [width, height]);
        await touch.setViewport({ width: 1000, height: 700, hasTouch: true, isMobile: true });
        await hears(touch, "one", "play");
        const content = await frame(touch, "one");
        await appears(content, "#pad-toggle:not([hidden])");
        assert.equal(
          await content.evaluate(() => inPlayer(".pad")?.hidden),
          !hasPad,
          `${width} by ${height}`,
        );
        assert.deepEqual(await cutOff(content), [], `${width} by ${height}`);
        const stage = await content.$eval(">>> #stage", (element) => {
          const box = element.getBoundingClientRect();
          return Math.min(box.width / 160, box.height / 60);
        });
        assert.ok(stage >= 1, `${width} by ${height}: the stage has ${stage} of what it needs`);
        await touch.close();
      }
    });
  }

  test("it is accessible", async () => {
    const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");
    const page = await embed({ one: `?rom=${await site.offer("echo")}&label=Echo`, none: "" });
    const check = async (id: string) => {
      const content = await frame(page, id);
      await content.evaluate(axe);
      const { violations } = await content.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
        // A heading would stand among those of the page around.
        return axe.run({ rules: { "page-has-heading-one": { enabled: false } } });
      });
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      assert.deepEqual(found, [], id);
    };
    for (const id of ["one", "none"]) {
      await hears(page, id, "ready");
      await check(id);
      await send(page, id, { type: "play", id });
      await hears(page, id, "answer");
      await check(id);
    }
    await page.close();
  });

  test("where nothing is allowed it plays, fills the frame, and the link can be copied", async () => {
    const nothing =
      "clipboard-write 'none'; fullscreen 'none'; gamepad 'none'; autoplay 'none'; web-share 'none'";
    const page = await embed(
      { one: `?rom=${await site.offer("picture")}&autoplay` },
      `sandbox="allow-scripts" allow="${nothing}"`,
    );
    await hears(page, "one", "play");
    const content = await frame(page, "one");
    assert.equal(await content.evaluate(() => document.fullscreenEnabled), false);
    await content.locator(">>> #fullscreen").click();
    await appears(content, "#root[data-fullscreen]");
    const box = await content.$eval(">>> #root", (element) => {
      const { width, height } = element.getBoundingClientRect();
      return { width, height };
    });
    assert.deepEqual(box, { width: 640, height: 440 });
    await content.focus(">>> canvas");
    await page.keyboard.press("Escape");
    await appears(content, "#root:not([data-fullscreen])");
    await content.locator(">>> #share").click();
    await appears(content, "dialog[open]");
    await content.waitForFunction(() => inPlayer("#share-link")?.matches(":focus"));
    const copy = (await content.$(">>> .share-copy")) as ElementHandle<HTMLButtonElement>;
    await copy.click();
    await content.waitForFunction(() => inPlayer(".share-status")?.textContent !== "");
    assert.equal(await text(content, ">>> .share-status"), "Copied the link.");
    // Browsers say as well that they have refused the other way.
    const refusals = site.errors.filter((error) =>
      /permissions policy.*Clipboard|Clipboard.*permissions policy/.test(error),
    );
    for (const refusal of refusals) site.errors.splice(site.errors.indexOf(refusal), 1);
    await page.close();
  });

  test("npm start serves it to sandboxed frames of other origins", async () => {
    const served = await serve({ port: 4300 });
    try {
      around.answer("/", (_, response) => {
        const src = `${served.url}embed.html?rom=roms/hello.rom&autoplay`;
        const page = `<!doctype html><title>around</title><script>${AROUND}</script>
          <iframe id="one" sandbox="allow-scripts" width="640" height="440" src="${src}"></iframe>`;
        response.writeHead(200, { "content-type": "text/html" }).end(page);
      });
      const page = await site.tab();
      await page.goto(around.url);
      await hears(page, "one", "play");
      const content = await frame(page, "one");
      assert.equal(await content.$eval("body", (body) => getComputedStyle(body).overflow), "hidden");
      await page.close();
    } finally {
      await served.close();
    }
  });
});
