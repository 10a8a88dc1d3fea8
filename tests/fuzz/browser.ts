/** The fuzzer's page, built and served. */

import { join } from "node:path";
import { build } from "vite";
import { type BrowserName, launch } from "../../scripts/browsers.mjs";
import { root } from "../../scripts/run.mjs";
import { startServer } from "../web/support/server.js";
import { readRoms } from "./node.js";
import type { Order, Result } from "./page/page.js";

/** Where the built page is. */
export const pageFolder = join(root, "target/tests/fuzz");

/** Builds the page, with the fuzzer's wasm build beside it. */
export async function buildPage(): Promise<void> {
  await build({
    root: join(root, "tests/fuzz/page"),
    configFile: false,
    base: "./",
    logLevel: "warn",
    publicDir: join(root, "target/web/fuzz"),
    build: { outDir: pageFolder, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 },
  });
}

/** What the page is asked for, with our programs in it. */
export function order(plan: Omit<Order, "roms">): Order {
  return { ...plan, roms: readRoms().map(({ name, bytes }) => ({ name, bytes: Array.from(bytes) })) };
}

/** Fuzzes in a browser of its own. */
export async function fuzzInBrowser(browserName: BrowserName, plan: Omit<Order, "roms">): Promise<Result> {
  await buildPage();
  const server = await startServer(pageFolder);
  const browser = await launch(browserName, { protocolTimeout: plan.milliseconds + 120_000 });
  try {
    const page = await browser.newPage();
    // tsx gives functions their names by this; in the page it is not there.
    await page.evaluateOnNewDocument("globalThis.__name = (named) => named");
    await page.goto(server.url);
    await page.waitForFunction(() => "fuzz" in globalThis);
    return await page.evaluate((wanted) => fuzz(wanted), order(plan));
  } finally {
    await browser.close();
    await server.close();
  }
}
