/** Compiled code in the page: that hot code is compiled, wherever the compiler may run, and does the same. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "puppeteer-core";
import { root } from "../../scripts/run.mjs";
import { Articles } from "./support/article.js";
import { describeSite, type Site } from "./support/site.js";

const dist = join(root, "dist");

declare global {
  /** In an article: how many modules have been linked that were compiled here. */
  var linked: number;
  /** In an article: what they were linked with, an object for each machine that has some. */
  var machines: Set<object>;
  /** In an article: how many of the next modules cannot be linked. */
  var unlinkable: number;
  /** In an article: how many workers have been started, and how many could not be. */
  var workers: { started: number; refused: number };
  /** In an article: whether long waits are short, until a second worker is there. */
  var hurry: boolean;
  /** In an article: answers of the compiler that have not been handed over, while there is such a list. */
  var held: { readonly request: number; handOver(): void }[] | undefined;
}

const PREPARE = `
  globalThis.linked = 0;
  globalThis.machines = new Set();
  globalThis.unlinkable = 0;
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class extends Instance {
    constructor(module, imports) {
      if (unlinkable-- > 0) throw new Error("cannot be linked");
      super(module, imports);
      linked += 1;
      machines.add(imports);
    }
  };
  globalThis.workers = { started: 0, refused: 0 };
  globalThis.held = undefined;
  globalThis.hurry = false;
  const { setTimeout: wait } = globalThis;
  globalThis.setTimeout = (listener, ms, ...rest) =>
    wait(listener, hurry && workers.started < 2 && ms >= 10_000 ? ms / 20 : ms, ...rest);
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      try { super(...args); } catch (error) { workers.refused += 1; throw error; }
      workers.started += 1;
    }
    set onmessage(listener) {
      super.onmessage = (event) => {
        const { id } = event.data;
        if (held && id !== undefined) held.push({ request: id, handOver: () => listener(event) });
        else listener(event);
      };
    }
  };
`;

/** What the program prints, on every engine. */
const SUM = "3d2c\n";

/** Waits for the end of the program; what it has printed. */
async function printed(page: Page): Promise<string> {
  await page.waitForFunction(() => heard.some(({ type }) => type === "exit"), { timeout: 20_000 });
  return page.evaluate(() => {
    const own = heard.filter(({ type, bubbles }) => type === "console" && !bubbles);
    return own.map(({ detail }) => (detail as { text: string }).text).join("");
  });
}

describeSite("compiled code", (site: Site) => {
  const near = new Articles(site, false);
  const foreign = new Articles(site);

  /** A program that ends after two seconds. */
  async function play(articles: Articles, engine: string, policy?: string): Promise<Page> {
    const src = await articles.offer("patches");
    const markup = `<uxn-player src="${src}" engine="${engine}" autoplay muted background></uxn-player>`;
    return articles.open(markup, { prepare: PREPARE, ...(policy ? { policy } : {}) });
  }

  /** Opens an article with players of a program that does not end; they have not started yet. */
  async function open(name: "life" | "loop", count = 1): Promise<Page> {
    const rom = name === "life" ? readFileSync(join(dist, "roms/life.rom")) : undefined;
    const src = await near.offer(name, rom);
    const markup = `<uxn-player src="${src}" engine="blocks" muted background stats></uxn-player>`;
    return near.open(markup.repeat(count), { prepare: PREPARE });
  }

  function start(page: Page): Promise<void> {
    return page.$$eval("uxn-player", async (players) => {
      await Promise.all(players.map((player) => player.play()));
    });
  }

  const hasLinked = (page: Page) => page.waitForFunction(() => linked > 0, { timeout: 20_000 });

  /** Answers the next requests for one of the player's files with something else, or 404. */
  function spoil(file: RegExp, times: number, script?: string): void {
    const name = readdirSync(dist).find((name) => file.test(name)) ?? "";
    const whole = readFileSync(join(dist, name));
    const type = name.endsWith(".wasm") ? "application/wasm" : "text/javascript";
    let left = times;
    site.server.answer(`/${name}`, (_, response) => {
      const body = left-- > 0 ? script : whole;
      response.writeHead(body === undefined ? 404 : 200, { "content-type": type }).end(body);
    });
  }

  const requests = (path: RegExp) => site.server.requests.filter((each) => path.test(each)).length;
  const fetched = () => requests(/compiler-.*\.wasm$/);
  /** How often a page has fetched the compiler for its own thread; the worker's script has it inside. */
  const fetchedHere = () => requests(/compiler-.*\.js$/);

  test("is made on a thread of its own", async () => {
    const before = fetchedHere();
    const page = await play(near, "blocks");
    assert.equal(await printed(page), SUM);
    assert.ok(await page.evaluate(() => linked > 0));
    assert.deepEqual(await page.evaluate(() => workers), { started: 1, refused: 0 });
    assert.equal(fetchedHere(), before);
    await page.close();
  });

  test("by default when a program works for a while", async () => {
    const before = fetched();
    const src = await near.offer("mandelbrot", readFileSync(join(dist, "roms/mandelbrot.rom")));
    const page = await near.open(`<uxn-player src="${src}" autoplay muted background></uxn-player>`, {
      prepare: PREPARE,
    });
    await page.waitForFunction(() => linked > 0, { timeout: 20_000 });
    assert.equal(fetched(), before + 1);
    await page.close();
  });

  test("or on the page's, where a page may not have one", async () => {
    // Browsers start workers from the page's own origin only.
    const before = fetchedHere();
    const page = await play(foreign, "blocks");
    assert.equal(await printed(page), SUM);
    assert.ok(await page.evaluate(() => linked > 0));
    assert.deepEqual(await page.evaluate(() => workers), { started: 0, refused: 0 });
    assert.equal(fetchedHere(), before + 1);
    await page.close();
  });

  test("or where the policy forbids it", async () => {
    const policy =
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'none'";
    const page = await play(near, "blocks", policy);
    assert.equal(await printed(page), SUM);
    assert.ok(await page.evaluate(() => linked > 0));
    // The browser has told.
    assert.match(site.errors.splice(0).join(), /worker-src/);
    await page.close();
  });

  test("or where a frame is of no origin", async () => {
    const rom = await site.offer("patches");
    const src = `${site.server.url}embed.html?rom=${rom}&engine=blocks&stats&autoplay`;
    const page = await foreign.open(`<iframe sandbox="allow-scripts" src="${src}"></iframe>`, {
      prepare: PREPARE,
    });
    const frame = await (await page.waitForSelector("iframe"))?.contentFrame();
    await frame?.waitForFunction(() => /compiling \(page\)$/.test(inPlayer("#stats")?.textContent ?? ""));
    assert.deepEqual(await frame?.evaluate(() => workers), { started: 0, refused: 0 });
    await page.close();
  });

  test("or where the thread's script is missing", async () => {
    spoil(/^translator-worker-/, 1);
    const before = fetchedHere();
    const page = await open("loop");
    await start(page);
    await hasLinked(page);
    assert.equal(fetchedHere(), before + 1);
    await page.close();
  });

  test("or where the thread is never ready", async () => {
    spoil(/^translator-worker-/, 1, "");
    const page = await open("loop");
    await page.evaluate(() => {
      hurry = true;
    });
    await start(page);
    await hasLinked(page);
    assert.deepEqual(await page.evaluate(() => workers), { started: 1, refused: 0 });
    await page.close();
  });

  test("is not made with another engine, nor its compiler fetched", async () => {
    for (const engine of ["tailcall", "switch"]) {
      const before = fetched();
      const page = await play(near, engine);
      assert.equal(await printed(page), SUM);
      assert.equal(await page.evaluate(() => linked), 0);
      assert.equal(fetched(), before);
      await page.close();
    }
  });

  test("is made once more when the program is started again", async () => {
    const page = await open("life");
    await start(page);
    for (let time = 0; time < 2; time++) {
      await hasLinked(page);
      const uses = () => /([6-9]\d|100) % compiled/.test(inPlayer("#stats")?.textContent ?? "");
      await page.waitForFunction(uses, { timeout: 20_000 });
      await page.evaluate(() => {
        linked = 0;
        player.reset();
      });
    }
    await page.close();
  });

  test("is made for two players by one worker", async () => {
    const src = await near.offer("patches");
    const markup = `<uxn-player src="${src}" engine="blocks" muted background></uxn-player>`;
    const page = await near.open(markup + markup, { prepare: PREPARE });
    const sums = await page.$$eval("uxn-player", (players) => {
      const sum = (player: (typeof players)[number]) =>
        new Promise<string>((resolve) => {
          let text = "";
          player.addEventListener("console", ({ detail }) => {
            text += detail.text;
          });
          player.addEventListener("exit", () => resolve(text));
          void player.play();
        });
      return Promise.all(players.map(sum));
    });
    assert.deepEqual(sums, [SUM, SUM]);
    assert.equal(await page.evaluate(() => machines.size), 2);
    assert.equal(await page.evaluate(() => workers.started), 1);
    await page.close();
  });

  test("that comes too late is dropped", async () => {
    const page = await open("life", 2);
    await page.evaluate(() => {
      held = [];
    });
    await start(page);
    const both = () => new Set(held?.map(({ request }) => request)).size === 2;
    await page.waitForFunction(both, { timeout: 20_000 });
    const dropped = await page.evaluate(async () => {
      player.reset();
      document.querySelector("uxn-player ~ uxn-player")?.remove();
      await new Promise((resolve) => setTimeout(resolve, 100));
      // By then the program that is reset may have asked, too.
      const early = held?.filter(({ request }) => request < 2);
      held = held?.filter(({ request }) => request >= 2);
      for (const { handOver } of early ?? []) handOver();
      return linked === 0;
    });
    assert.ok(dropped);
    await page.evaluate(() => {
      for (const { handOver } of held ?? []) handOver();
      held = undefined;
    });
    await hasLinked(page);
    assert.equal(await page.evaluate(() => machines.size), 1);
    assert.equal(await page.evaluate(() => workers.started), 1);
    await page.close();
  });

  for (const [how, script] of [
    [
      "as soon as it has something to do",
      "onmessage = ({ data }) => postMessage(data.id === 0 ? 'failed' : 'ready')",
    ],
    ["since it does not answer", "onmessage = ({ data }) => data.id === undefined && postMessage('ready')"],
    [
      "before there is anything to do",
      "onmessage = () => { postMessage('ready'); setTimeout(() => { throw 1; }); }",
    ],
  ] as const) {
    test(`is made for both players on another thread after one has failed ${how}`, async () => {
      spoil(/^translator-worker-/, 1, script);
      const page = await open("loop", 2);
      await page.evaluate(() => {
        hurry = true;
      });
      await start(page);
      await page.waitForFunction(() => machines.size === 2, { timeout: 20_000 });
      assert.deepEqual(await page.evaluate(() => workers), { started: 2, refused: 0 });
      await page.close();
    });
  }

  test("that cannot be linked is made once more, and the thread is as good as before", async () => {
    const page = await open("loop");
    await page.evaluate(() => {
      unlinkable = 1;
    });
    await start(page);
    await hasLinked(page);
    assert.deepEqual(await page.evaluate(() => workers), { started: 1, refused: 0 });
    await page.close();
  });

  test("is not missed where there is no compiler", async () => {
    const before = fetched();
    spoil(/^compiler-.*\.wasm$/, 100);
    const page = await play(near, "blocks");
    assert.equal(await printed(page), SUM);
    assert.equal(await page.evaluate(() => linked), 0);
    // A thread asks for it, and then the page; both give up.
    assert.ok(fetched() > before && fetched() <= before + 6, `${fetched() - before} times`);
    spoil(/^compiler-.*\.wasm$/, 2);
    const next = await open("loop");
    await start(next);
    await hasLinked(next);
    assert.equal(await next.evaluate(() => workers.started), 2);
    await page.close();
    await next.close();
  });
});
