// npm run build: everything the site consists of, into dist/.

import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assembleRoms } from "./roms.mjs";
import { main, must, nodeModule, root, say } from "./run.mjs";
import { setUp } from "./setup.mjs";
import { player, playerFiles, reportSizes } from "./sizes.mjs";

/** The wasm modules of the site, with their JavaScript bindings: two builds of the emulator, and the compiler. */
export async function buildWasm() {
  say(
    "Building the wasm modules",
    "the emulator with tail calls and without, and the compiler (some minutes the first time)",
  );
  await must(["cargo", "xtask", "wasm"]);
}

/** The fuzzer's wasm build, which is not part of the site. */
export async function buildFuzz() {
  say("Building the fuzzer's wasm module");
  await must(["cargo", "xtask", "wasm", "--fuzz"]);
}

/** The wasm builds of Rust's tests, which are not part of the site either. */
export async function buildTests() {
  say("Building tests that run in WebAssembly as well");
  await must(["cargo", "xtask", "wasm", "--tests"]);
}

/** What the site serves as it is. */
const files = join(root, "target/public");

/** The player and the site, from wasm modules that are there. */
export async function buildSite() {
  rmSync(files, { recursive: true, force: true });
  say("Assembling our programs", "the page has them in its menu");
  await assembleRoms();
  say("Building the player and the site");
  await vite("build", "--config", "vite.player.config.ts");
  for (const file of playerFiles()) cpSync(join(player, file), join(files, file));
  reportSizes(join(files, "sizes.json"));
  // Installed only now.
  const { buildSingle } = await import("./single.mjs");
  await buildSingle(join(files, "single.html"));
  const { buildDocs } = await import("./docs.mjs");
  buildDocs(join(files, "docs"));
  await vite("build");
}

/** @param {string[]} args */
function vite(...args) {
  return must(nodeModule("vite/bin/vite.js", ...args, "--logLevel", "warn"));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    await setUp();
    await buildWasm();
    await buildSite();
    console.error("\nThe site is in dist/.");
  });
}
