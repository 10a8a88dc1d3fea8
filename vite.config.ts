import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL("www/site", import.meta.url)),
  // Works below any path, as on a project page.
  base: "./",
  // `scripts/roms.mjs` leaves our programs there, in `roms/`.
  publicDir: "../../target/public",
  // A file that is not there is an error, not the page once more.
  appType: "mpa",
  build: {
    outDir: "../../dist",
    emptyOutDir: true,
    target: "es2022",
    // WebAssembly and ROMs stay files: a data URL would be a third longer and could not be streamed.
    assetsInlineLimit: 0,
  },
});
