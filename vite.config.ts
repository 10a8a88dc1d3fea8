// The site, around the player that vite.player.config.ts has built.

import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { target } from "./scripts/target.mjs";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Our pages load the player as every other page does. */
const player: Plugin = {
  name: "player",
  enforce: "pre",
  resolveId(source, importer) {
    const isPlayer = source.endsWith("/player/index.js") && importer?.startsWith(path("www/"));
    return isPlayer ? { id: "../fantail.js", external: true } : undefined;
  },
};

export default defineConfig({
  root: path("www/site"),
  // Works below any path, as on a project page.
  base: "./",
  // What `scripts/build.mjs` has put together before: the player, and our programs in `roms/`.
  publicDir: "../../target/public",
  // A file that is not there is an error, not the page once more.
  appType: "mpa",
  plugins: [player],
  build: {
    outDir: "../../dist",
    emptyOutDir: true,
    target,
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      input: {
        index: path("www/site/index.html"),
        gallery: path("www/site/gallery.html"),
        embed: path("www/site/embed.html"),
      },
    },
  },
});
