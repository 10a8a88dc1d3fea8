// The player by itself: fantail.js, and beside it what it loads later. This is what the package holds.

import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { target } from "./scripts/target.mjs";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The emulator's builds and the compiler have the same file names in folders of their own. */
const engine = (files: readonly string[]) =>
  files.map((file) => /target\/web\/(\w+)\/[\w.]+$/.exec(file)?.[1]).find(Boolean);

/** Without the file around each `import()` that would fetch ahead: with `modulePreload: false` it has nothing to fetch. */
const plainImports: Plugin = {
  name: "plain-imports",
  configResolved({ plugins }) {
    const index = plugins.findIndex(({ name }) => name === "native:import-analysis-build");
    if (index < 0) throw new Error("Vite wraps `import()` in another way: see vite.player.config.ts");
    (plugins as Plugin[]).splice(index, 1);
  },
};

/** `--mode package` builds what scripts/package.mjs packs. */
export default defineConfig(({ mode }) => ({
  root: path("www/player"),
  // What is beside the module is found from there, on whatever server that is.
  base: "./",
  publicDir: false,
  plugins: [plainImports],
  build: {
    outDir: path("target/player"),
    emptyOutDir: true,
    target,
    // WebAssembly stays a file: a data URL would be a third longer and could not be streamed.
    assetsInlineLimit: 0,
    modulePreload: false,
    // Which file needs which, for scripts/sizes.mjs.
    manifest: true,
    // And what has been taken from others, for scripts/licences.mjs.
    license: true,
    rolldownOptions: {
      input: { fantail: path("www/player/index.ts") },
      // What is loaded later may use what is there: the first script stays one file.
      preserveEntrySignatures: "allow-extension",
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: ({ moduleIds }) => `${engine(moduleIds) ?? "[name]"}-[hash].js`,
        assetFileNames: ({ originalFileNames }) => `${engine(originalFileNames) ?? "[name]"}-[hash][extname]`,
      },
    },
  },
  worker: {
    format: "es",
    rolldownOptions: {
      output: {
        entryFileNames: "[name]-[hash].js",
        assetFileNames: ({ originalFileNames }) => `${engine(originalFileNames) ?? "[name]"}-[hash][extname]`,
      },
    },
  },
  experimental: {
    // Bundlers that find our files by `new URL` put small ones into addresses, which strict policies forbid.
    renderBuiltUrl: (file, { hostType }) =>
      mode === "package" && hostType === "js" && file.endsWith(".js")
        ? { runtime: `new URL(${JSON.stringify(`${file}?no-inline`)}, import.meta.url).href` }
        : { relative: true },
  },
}));
