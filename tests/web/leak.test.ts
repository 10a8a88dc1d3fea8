/** A player that is taken out of the page leaves nothing behind. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { CDPSession, Page } from "puppeteer-core";
import { describeSite, type Site } from "./support/site.js";

/** Players made and removed. */
const ROUNDS = 200;
/** So many of them in a row. */
const PORTION = 20;
/** Of these the first are not counted: caches fill, and code is compiled. */
const WARM_UP = 40;
/** The same of players whose program is compiled, which takes longer. */
const COMPILED_ROUNDS = 20;

declare global {
  /** In the page: the memory of the emulator. */
  var memories: WebAssembly.Memory[];
  /** In the page: references to removed players, and to nodes for sound that were made. */
  var players: WeakRef<Element>[];
  var nodes: WeakRef<AudioNode>[];
  /** In the page: the emulator's table of functions, once there is compiled code, and references to that. */
  var table: WebAssembly.Table;
  var units: WeakRef<WebAssembly.Instance>[];
}

/** Notes the emulator's memory, the nodes for sound, and compiled code. */
const WATCH = `
  globalThis.memories = [];
  globalThis.players = [];
  globalThis.nodes = [];
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const real = WebAssembly[name];
    WebAssembly[name] = async (...args) => {
      const result = await real.apply(WebAssembly, args);
      const { exports } = result.instance ?? result;
      if (exports.memory) memories.push(exports.memory);
      return result;
    };
  }
  const Real = AudioWorkletNode;
  globalThis.AudioWorkletNode = class extends Real {
    constructor(...args) {
      super(...args);
      nodes.push(new WeakRef(this));
    }
  };
  globalThis.units = [];
  const { Instance, Table } = WebAssembly;
  WebAssembly.Instance = class extends Instance {
    constructor(...args) {
      super(...args);
      units.push(new WeakRef(this));
    }
  };
  const { set } = Table.prototype;
  Table.prototype.set = function (...args) {
    globalThis.table = this;
    set.apply(this, args);
  };
`;

/** Makes players, plays in each for some frames, and removes them. */
async function rounds(page: Page, rom: string, count: number): Promise<void> {
  // Not all at once: a question to the page has to be answered in time.
  for (let done = 0; done < count; done += PORTION) await portion(page, rom, Math.min(PORTION, count - done));
}

async function portion(page: Page, rom: string, count: number): Promise<void> {
  await page.evaluate(
    async (src, count) => {
      for (let round = 0; round < count; round++) {
        const player = document.createElement("uxn-player");
        player.setAttribute("controls", "");
        player.src = src;
        document.body.append(player);
        await player.play();
        await new Promise<void>((resolve) => {
          player.addEventListener("console", () => resolve(), { once: true });
        });
        if (round % 2) player.focus();
        player.remove();
        players.push(new WeakRef(player));
        await new Promise((resolve) => setTimeout(resolve));
      }
    },
    rom,
    count,
  );
}

/** Makes players, waits for compiled code in each, and removes them. */
function compiledRounds(page: Page, rom: string, count: number): Promise<void> {
  return page.evaluate(
    async (src, count) => {
      for (let round = 0; round < count; round++) {
        const player = document.createElement("uxn-player");
        player.engine = "blocks";
        player.src = src;
        document.body.append(player);
        await player.play();
        const before = units.length;
        while (units.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
        player.remove();
        players.push(new WeakRef(player));
        await new Promise((resolve) => setTimeout(resolve));
      }
    },
    rom,
    count,
  );
}

/** Bytes of the emulator's memory, all copies together. */
function wasmMemory(page: Page): Promise<number> {
  return page.evaluate(() => memories.reduce((all, { buffer }) => all + buffer.byteLength, 0));
}

/** How long the browser is given to collect its garbage, in milliseconds. */
const PATIENCE_MS = 60_000;

/** How many are still there when the browser has run out of reasons to keep them: garbage is collected when there is much. */
async function alive(page: Page, list: "players" | "nodes" | "units"): Promise<number> {
  const look = () =>
    page.evaluate(async (list) => {
      let garbage: unknown[] = [];
      for (let i = 0; i < 200_000; i++) garbage.push({ i });
      garbage = [];
      await new Promise((resolve) => setTimeout(resolve, 100));
      return globalThis[list].filter((reference) => reference.deref()).length;
    }, list);
  const end = Date.now() + PATIENCE_MS;
  let count = await look();
  while (count > 2 && Date.now() < end) count = await look();
  return count;
}

interface Counts {
  readonly heap: number;
  readonly nodes: number;
  readonly listeners: number;
}

/** Has Chromium collect its garbage. */
async function collect(client: CDPSession): Promise<void> {
  for (let time = 0; time < 3; time++) {
    await client.send("HeapProfiler.collectGarbage");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** What Chromium has after collecting garbage. */
async function counts(client: CDPSession): Promise<Counts> {
  await collect(client);
  const { metrics } = await client.send("Performance.getMetrics");
  const metric = (name: string) => metrics.find((each) => each.name === name)?.value ?? Number.NaN;
  return { heap: metric("JSHeapUsedSize"), nodes: metric("Nodes"), listeners: metric("JSEventListeners") };
}

describeSite("a player that is removed", (site: Site) => {
  async function open(): Promise<Page> {
    site.server.answer("/leak.html", (_, response) => {
      const page = '<!doctype html><title>leak</title><script type="module" src="fantail.js"></script>';
      response.writeHead(200, { "content-type": "text/html" }).end(page);
    });
    const page = await site.tab();
    await page.evaluateOnNewDocument(WATCH);
    await page.goto(`${site.server.url}leak.html`);
    await page.evaluate(() => customElements.whenDefined("uxn-player"));
    return page;
  }

  test(`${ROUNDS} rounds: memory stays flat`, { timeout: 200_000 }, async () => {
    const page = await open();
    // From here on there is sound.
    await page.mouse.click(5, 5);
    const client = site.browserName === "chromium" ? await page.createCDPSession() : undefined;
    await client?.send("Performance.enable");

    await rounds(page, await site.offer("frames"), WARM_UP);
    const before = await wasmMemory(page);
    assert.ok(before > 0);
    const first = client && (await counts(client));
    await rounds(page, await site.offer("frames"), ROUNDS - WARM_UP);
    assert.equal(await wasmMemory(page), before, "the emulator's memory has grown");
    if (client && first) {
      const last = await counts(client);
      const growth = (name: keyof Counts) => (last[name] - first[name]) / (ROUNDS - WARM_UP);
      assert.ok(growth("heap") < 1024, `${growth("heap").toFixed()} bytes of heap a round`);
      assert.ok(growth("nodes") < 0.1, `${growth("nodes")} DOM nodes a round`);
      assert.ok(growth("listeners") < 0.1, `${growth("listeners")} listeners a round`);
    }
    const [players = 0, nodes = 0] = await page.evaluate(() => [
      globalThis.players.length,
      globalThis.nodes.length,
    ]);
    assert.ok(players === ROUNDS && nodes > 0.9 * ROUNDS, `${players} players, ${nodes} nodes for sound`);
    assert.ok((await alive(page, "players")) <= 2, "players are kept");
    assert.ok((await alive(page, "nodes")) <= 2, "nodes for sound are kept");
    await page.close();
  });

  test(`${COMPILED_ROUNDS} rounds with compiled code: it goes, and its places are used again`, async () => {
    const page = await open();
    const rom = await site.offer("loop");
    await compiledRounds(page, rom, 2);
    const [memory, places] = [await wasmMemory(page), await page.evaluate(() => table.length)];
    await compiledRounds(page, rom, COMPILED_ROUNDS);
    assert.equal(await page.evaluate(() => table.length), places, "the table of functions has grown");
    assert.equal(await wasmMemory(page), memory, "the emulator's memory has grown");
    // By itself Chromium may leave such small things for minutes.
    if (site.browserName === "chromium") await collect(await page.createCDPSession());
    assert.ok((await alive(page, "units")) <= 2, "compiled code is kept");
    assert.ok((await alive(page, "players")) <= 2, "players are kept");
    await page.close();
  });
});
