/** Two players on one page. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import type { Page } from "puppeteer-core";
import { build } from "vite";
import { root } from "../../scripts/run.mjs";
import { appears, describeSite, frames, type Site, text } from "./support/site.js";

const folder = join(root, "target/tests/two");

before(() =>
  build({
    root: join(root, "tests/web/pages"),
    configFile: false,
    base: "./",
    logLevel: "warn",
    build: { outDir: folder, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 },
  }),
);

describeSite(
  "two players",
  (site: Site) => {
    async function play(one: string, two: string): Promise<Page> {
      const page = await site.open(`one=${await site.offer(one)}&two=${await site.offer(two)}`);
      await page.waitForSelector("[data-ready]");
      return page;
    }

    test("keys go to the one that has the focus", async () => {
      const page = await play("events", "events");
      await page.waitForFunction(() =>
        Array.from(document.querySelectorAll("uxn-player")).every(({ uses }) => uses.mouse),
      );
      await page.focus("#one >>> canvas");
      await page.keyboard.down("ArrowUp");
      await page.keyboard.press("a");
      await page.focus("#two >>> canvas");
      await page.keyboard.press("b");
      await page.keyboard.up("ArrowUp");
      await frames(page, 5);
      assert.equal(await text(page, "#one-log"), "b10\nk61\nb00\n");
      assert.equal(await text(page, "#two-log"), "k62\n");
      await page.close();
    });

    test("an endless loop in one does not stop the other", async () => {
      const page = await play("loop", "frames");
      await appears(page, '[data-state="working"]');
      const before = (await text(page, "#two-log")).length;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const count = (await text(page, "#two-log")).length - before;
      assert.ok(count > 25, `${count} frames in a second`);
      await page.close();
    });

    test("they share one context for sound, and each has its own", async () => {
      const rom = await site.offer("tone");
      const page = await site.tab();
      await page.evaluateOnNewDocument(() => {
        const taps: AnalyserNode[] = [];
        const connect = AudioNode.prototype.connect as (...args: unknown[]) => AudioNode;
        AudioNode.prototype.connect = function (this: AudioNode, ...args: unknown[]) {
          if (args[0] instanceof AudioDestinationNode) {
            const tap = new AnalyserNode(this.context);
            connect.call(this, tap);
            taps.push(tap);
          }
          return connect.apply(this, args);
        } as typeof AudioNode.prototype.connect;
        const isHeard = (tap: AnalyserNode) => {
          const samples = new Float32Array(tap.fftSize);
          tap.getFloatTimeDomainData(samples);
          return samples.some((value) => Math.abs(value) > 0.01);
        };
        Object.assign(globalThis, {
          contexts: () => new Set(taps.map(({ context }) => context)).size,
          heard: () => taps.map(isHeard).join(),
        });
      });
      await page.goto(`${site.server.url}?one=${rom}&two=${rom}`);
      await page.waitForSelector("[data-ready]");
      await page.locator("#one >>> canvas").click();
      await page.waitForFunction("heard() === 'true,true'", { timeout: 10_000 });
      assert.equal(await page.evaluate("contexts()"), 1);
      await page.$eval("#one", (player) => player.remove());
      await page.waitForFunction("['true,false', 'false,true'].includes(heard())", { timeout: 10_000 });
      await page.close();
    });

    test("one is taken away, the other goes on", async () => {
      const page = await play("events", "frames");
      await page.$eval("#one", (player) => player.remove());
      const before = (await text(page, "#two-log")).length;
      await page.waitForFunction(
        (length) => (document.getElementById("two-log")?.textContent?.length ?? 0) > length,
        {},
        before,
      );
      await page.close();
    });
  },
  folder,
);
