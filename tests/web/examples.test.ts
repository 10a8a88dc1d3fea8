/**
 * The worked examples, made as their steps say, of the packed package, in the browsers. What their steps install is
 * among the packages of the repository.
 */

import assert from "node:assert/strict";
import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import type { Frame, Page } from "puppeteer-core";
import { createServer } from "vite";
import { must, nodeModule, root } from "../../scripts/run.mjs";
import { serve } from "../../scripts/serve.mjs";
import { shot } from "./support/command.js";
import { makeProject } from "./support/package.js";
import { appears, describeSite, type Site } from "./support/site.js";

const roms = join(root, "target/public/roms");
const hello = join(roms, "hello.rom");

/** Copies an example to where the package is installed for it, with a program where its steps want it. */
async function makeExample(name: string, rom?: string): Promise<string> {
  const folder = await makeProject(`example-${name}`);
  cpSync(join(root, "examples", name), folder, { recursive: true });
  if (rom) {
    mkdirSync(dirname(join(folder, rom)), { recursive: true });
    cpSync(hello, join(folder, rom));
  }
  return folder;
}

let html: string;
let eleventy: string;
let react: string;
let iframe: string;

before(async () => {
  html = await makeExample("html", "hello.rom");
  const installed = join(html, "node_modules/fantail-player");
  cpSync(installed, join(html, "fantail-player"), { recursive: true });

  eleventy = await makeExample("eleventy", "hello.rom");
  // Twice, as what the first has made must not be in the way.
  for (let time = 0; time < 2; time++) await runIn(eleventy, "@11ty/eleventy/cmd.cjs", "--quiet");

  react = await makeExample("react", "public/hello.rom");
  // Not among its steps: a program that has enough to do.
  cpSync(join(roms, "life.rom"), join(react, "public/life.rom"));
  await runIn(react, "typescript/bin/tsc");
  await runIn(react, "vite/bin/vite.js", "build", "--logLevel", "warn");

  iframe = await makeExample("iframe");
  cpSync(join(root, "dist"), join(iframe, "fantail"), { recursive: true });
});

/** Clicks, and sees that the picture is that of the program. */
async function plays(place: Page | Frame): Promise<void> {
  const { width, height } = await shot(hello, 60);
  await appears(place, "#cover");
  await (await place.$("uxn-player"))?.click();
  await place.waitForFunction(
    (wanted) => {
      const player = document.querySelector("uxn-player");
      const canvas = inPlayer("canvas");
      const context = canvas?.getContext("2d");
      if (!player || player.paused || !canvas || !context) return false;
      if (canvas.width !== wanted.width || canvas.height !== wanted.height) return false;
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      // More than one colour: something has been drawn.
      return new Set(new Uint32Array(data.buffer)).size > 1;
    },
    { timeout: 10_000 },
    { width, height },
  );
  assert.equal(await place.$eval("uxn-player", ({ error }) => error), null);
}

/** Sees that hot code is compiled on a thread of its own: the bundler has found the worker, and the worker its module. */
async function compiles(page: Page): Promise<void> {
  await page.$eval("uxn-player", async (player) => {
    player.engine = "blocks";
    player.stats = true;
    await player.load("life.rom");
    await player.play();
  });
  const thread = await page.waitForFunction(
    () => / [1-9]\d* units?\n\d+ ms compiling \((\w+)\)$/.exec(inPlayer("#stats")?.textContent ?? "")?.[1],
    { timeout: 20_000 },
  );
  assert.equal(await thread.jsonValue(), "worker");
}

interface Server {
  readonly url: string;
  close(): Promise<void>;
}

/** What `vite` does in a folder. */
async function develop(folder: string): Promise<Server> {
  const server = await createServer({
    root: folder,
    logLevel: "error",
    server: { port: 5300, host: "localhost" },
  });
  await server.listen();
  const url = server.resolvedUrls?.local[0];
  assert.ok(url);
  return { url, close: () => server.close() };
}

/** As a script in the example's package.json does. */
async function runIn(cwd: string, script: string, ...args: string[]): Promise<void> {
  await must(nodeModule(script, ...args), { output: "keep", cwd });
}

describeSite("examples", (site: Site) => {
  const servers: Server[] = [];
  after(() => Promise.all(servers.map((server) => server.close())));

  async function open(server: Promise<Server>): Promise<Page> {
    servers.push(await server);
    const page = await site.tab();
    await page.goto((await server).url);
    return page;
  }

  test("plain HTML", async () => {
    const page = await open(serve({ root: dirname(html), outDir: html }));
    await plays(page);
    await page.close();
  });

  test("a static site", async () => {
    const page = await open(serve({ root: eleventy, outDir: "_site" }));
    assert.equal(
      await page.$eval("figcaption", (caption) => caption.textContent),
      "Hello, a bird on a branch",
    );
    await plays(page);
    assert.equal(
      await page.$eval("uxn-player", ({ programName }) => programName),
      "Hello, a bird on a branch",
    );
    await page.close();
  });

  for (const [how, start] of [
    ["as it is developed", () => develop(react)],
    ["as it is built", () => serve({ root: react, outDir: "dist" })],
  ] as const) {
    test(`React, ${how}`, async () => {
      const page = await open(start());
      await appears(page, "#cover");
      /** Waits until the first button is called so, and returns it. */
      const button = async (name: string) => {
        await page.waitForFunction(
          (wanted) => document.querySelector("button")?.textContent === wanted,
          {},
          name,
        );
        return page.$("button");
      };
      await (await button("Play"))?.click();
      await (await button("Pause"))?.click();
      await page.waitForFunction(() => document.querySelector("uxn-player")?.paused);
      await plays(page);
      await button("Pause");
      await page.waitForFunction(() => document.querySelector("h1")?.textContent === "Hello");
      assert.equal(await page.$eval("uxn-player", ({ volume }) => volume), 0.5);
      await page.locator("button:last-of-type").click();
      assert.equal(await page.$eval("uxn-player", ({ paused }) => paused), false);
      await compiles(page);
      await page.close();
    });
  }

  test("a frame", async () => {
    const page = await open(serve({ root: dirname(iframe), outDir: iframe }));
    const frame = await (await page.waitForSelector("#frame"))?.contentFrame();
    assert.ok(frame);
    await page.waitForSelector("#toggle:enabled");
    await plays(frame);
    await page.waitForFunction(() => document.getElementById("toggle")?.textContent === "Pause");
    await page.locator("#picture").click();
    await page.waitForFunction(() => document.querySelector("img")?.naturalWidth);
    const width = await page.$eval("img", ({ naturalWidth }) => naturalWidth);
    assert.equal(width, (await shot(hello, 60)).width);
    await page.locator("#toggle").click();
    await page.waitForFunction(() => document.getElementById("toggle")?.textContent === "Play");
    assert.ok(await frame.$eval("uxn-player", ({ paused }) => paused));
    await page.close();
  });
});
