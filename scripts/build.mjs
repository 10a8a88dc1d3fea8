// npm run build: everything the site consists of, into dist/.

import { pathToFileURL } from "node:url";
import { assembleRoms } from "./roms.mjs";
import { main, must, nodeModule, say } from "./run.mjs";
import { setUp } from "./setup.mjs";

/** Both wasm builds, with their JavaScript bindings. */
export async function buildWasm() {
  say(
    "Building the wasm modules",
    "one with tail calls, one for browsers without (some minutes the first time)",
  );
  await must(["cargo", "xtask", "wasm"]);
}

/** The site, from wasm modules that are there. */
export async function buildSite() {
  say("Assembling our programs", "the page has them in its menu");
  await assembleRoms();
  say("Building the site");
  await must(nodeModule("vite/bin/vite.js", "build", "--logLevel", "warn"));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    await setUp();
    await buildWasm();
    await buildSite();
    console.error("\nThe site is in dist/.");
  });
}
