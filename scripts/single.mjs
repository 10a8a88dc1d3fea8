// Makes single.html, a page in one file that plays a program without a network: the player, both engines and the
// audio thread's module inside. The share dialog fetches it and puts a program in.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "vite";
import { Failure, root } from "./run.mjs";
import { target } from "./target.mjs";

const player = join(root, "target/player");
const source = join(root, "www/single");

/**
 * The module for the audio thread, from the built player: browsers want an address for it, and take one that holds it.
 * @type {import("vite").Plugin}
 */
const worklet = {
  name: "worklet",
  enforce: "pre",
  resolveId: (id) => (id.endsWith("?worker&url") ? "\0worklet" : undefined),
  load(id) {
    if (id !== "\0worklet") return undefined;
    const name = readdirSync(player).find((file) => /^worklet-.*\.js$/.test(file));
    if (!name) throw new Failure(`${player} has no worklet: build the player first`);
    const code = readFileSync(join(player, name)).toString("base64");
    return `export default "data:text/javascript;base64,${code}";`;
  },
};

/** @param {string} file Where to write it. */
export async function buildSingle(file) {
  const result = await build({
    configFile: false,
    root: source,
    logLevel: "warn",
    plugins: [worklet],
    build: {
      write: false,
      target,
      assetsInlineLimit: () => true,
      modulePreload: false,
      chunkSizeWarningLimit: 1000,
      rolldownOptions: { input: join(source, "main.ts"), output: { codeSplitting: false } },
    },
  });
  const outputs = /** @type {import("vite").Rollup.RollupOutput} */ (result).output;
  const [script] = outputs;
  if (outputs.length !== 1 || script.type !== "chunk") {
    throw new Failure(`single.html needs other files: ${outputs.map(({ fileName }) => fileName).join(", ")}`);
  }
  // What would end the element, were it not in a string of the script.
  const code = script.code.trim().replaceAll("</script", "<\\/script").replaceAll("<!--", "\\x3C!--");
  const style = readFileSync(join(source, "style.css"), "utf8").trim();
  const page = readFileSync(join(source, "index.html"), "utf8")
    .replace("<style></style>", () => `<style>${style}</style>`)
    .replace('<script type="module"></script>', () => `<script type="module">${code}</script>`);
  writeFileSync(file, page);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await buildSingle(join(root, "target/public/single.html"));
}
