// The page of the benchmark, with the programs: built as the site is, and served.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildCommand } from "../../scripts/roms.mjs";
import { must, root } from "../../scripts/run.mjs";
import { assembleCases } from "./costs.mjs";

/**
 * @typedef {import("./main.js").Program & { source: string, repeat?: number }} Program As `benches/programs.json` has
 *   it: with its source, and how often its input comes.
 */

/** What there is in a checkout, built, that has an engine. @type {Record<string, string[]>} */
const parts = {
  blocks: ["target/web/tailcall", "target/web/compiler", "www/player/emulator/compile/blocks.ts"],
  auto: ["target/web/tailcall", "target/web/compiler", "www/player/emulator/compile/blocks.ts"],
  tailcall: ["target/web/tailcall"],
  switch: ["target/web/switch"],
};

/**
 * Whether a checkout has an engine of ours, ready to be measured.
 * @param {string} checkout
 * @param {string} engine
 */
export function hasEngine(checkout, engine) {
  const files = ["benches/web/engine.ts", ...(parts[engine] ?? [])];
  return files.every((file) => existsSync(join(checkout, file)));
}

/**
 * Builds and serves the page.
 * @param {Program[]} programs
 * @param {string} [baseline] A checkout whose engines are in the page, too. Each checkout's `fantail.ts` drives its own.
 * @param {boolean} [cases] Whether the cases of `benches/devices` are there as well.
 */
export async function servePage(programs, baseline, cases = false) {
  const { build } = await import("vite");
  const { serve } = await import("../../scripts/serve.mjs");
  const { target } = await import("../../scripts/target.mjs");
  const page = join(root, "benches/web");
  const outDir = join(root, "target/bench");
  /** @type {import("vite").InlineConfig} */
  const common = { root: page, configFile: false, base: "./", publicDir: false, logLevel: "warn" };
  await build({ ...common, build: { outDir, emptyOutDir: true, target } });
  /** @type {[string, string][]} */
  const checkouts = [
    ["fantail", root],
    ...(baseline ? [/** @type {[string, string]} */ (["baseline", baseline])] : []),
  ];
  for (const [folder, checkout] of checkouts) {
    await build({
      ...common,
      worker: { format: "es" },
      build: {
        outDir: join(outDir, folder),
        emptyOutDir: true,
        target,
        // As in the player: WebAssembly stays a file.
        assetsInlineLimit: 0,
        modulePreload: false,
        rolldownOptions: {
          input: join(checkout, "benches/web/fantail.ts"),
          preserveEntrySignatures: "allow-extension",
          output: { entryFileNames: "[name].js" },
        },
      },
    });
  }

  if (cases) await assembleCases(join(outDir, "cases"));
  const folder = join(outDir, "programs");
  mkdirSync(folder);
  const command = await buildCommand();
  for (const { name, source, input, repeat = 1 } of programs) {
    await must([command, "asm", source, join(folder, `${name}.rom`)], { output: "keep" });
    if (input === undefined) continue;
    const bytes = readFileSync(join(root, input));
    writeFileSync(join(folder, `${name}.input`), Buffer.concat(Array(repeat).fill(bytes)));
  }
  // A page that is isolated from others gets a clock of 5 to 20 microseconds; else it is a millisecond in Firefox.
  const headers = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  };
  return serve({ root: page, outDir, headers });
}
