// Makes single.html, a page in one file that plays a program without a network: the player, the emulator's builds, the
// compiler and the audio thread's module inside. The share dialog fetches it and puts a program in.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { Failure, root } from "./run.mjs";
import { target } from "./target.mjs";

const player = join(root, "target/player");
const source = join(root, "www/single");

/**
 * The module for the audio thread, from the built player: browsers want an address for it. From a file Chromium
 * takes one that holds the module, but not one of a blob. No other file has an address here: the compiler, which would
 * have two for its thread, is then on the page's own.
 * @type {import("vite").Plugin}
 */
const addresses = {
  name: "addresses",
  enforce: "pre",
  resolveId: (id) => (/[?&]url$/.test(id) ? `\0${id}` : undefined),
  load(id) {
    if (!id.startsWith("\0") || !id.endsWith("url")) return undefined;
    if (!id.includes("worklet")) return `export default "";`;
    const name = readdirSync(player).find((file) => /^worklet-.*\.js$/.test(file));
    if (!name) throw new Failure(`${player} has no worklet: build the player first`);
    const code = readFileSync(join(player, name), "base64");
    return `export default "data:text/javascript;base64,${code}";`;
  },
};

/**
 * The engines, packed: the bindings would fetch them from beside the script.
 * @type {import("vite").Plugin}
 */
const engines = {
  name: "engines",
  enforce: "pre",
  transform(code, id) {
    if (!/\/target\/web\/\w+\/fantail\.js$/.test(id)) return undefined;
    const [before, after, ...others] = code.split("new URL('fantail_bg.wasm', import.meta.url)");
    if (after === undefined || others.length > 0)
      throw new Failure(`${id} fetches its engine in another way`);
    const wasm = readFileSync(join(id, "../fantail_bg.wasm"));
    const packed = gzipSync(wasm, { level: 9 }).toString("base64");
    const unpack = JSON.stringify(join(source, "unpack.ts"));
    return `import { unpack } from ${unpack};\n${before}unpack("${packed}")${after}`;
  },
};

/** @param {string} file Where to write it. */
export async function buildSingle(file) {
  const result = await build({
    configFile: false,
    root: source,
    logLevel: "warn",
    plugins: [addresses, engines],
    build: {
      write: false,
      target,
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
  const icon = readFileSync(join(root, "www/site/icon.svg"), "base64");
  const policy = [
    "default-src 'none'",
    // `data:` is the audio thread's.
    `script-src ${hash(code)} 'wasm-unsafe-eval' data:`,
    `style-src ${hash(style)}`,
    "img-src data: blob:",
    "connect-src http: https:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  let page = readFileSync(join(source, "index.html"), "utf8");
  const places = {
    'content=""': `content="${policy}"`,
    'href=""': `href="data:image/svg+xml;base64,${icon}"`,
    "<style></style>": `<style>${style}</style>`,
    '<script type="module"></script>': `<script type="module">${code}</script>`,
  };
  for (const [place, text] of Object.entries(places)) {
    if (!page.includes(place)) throw new Failure(`www/single/index.html has no ${place}`);
    page = page.replace(place, () => text);
  }
  writeFileSync(file, page);
}

/** As security policies name an inline script or style. @param {string} text */
function hash(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await buildSingle(join(root, "target/public/single.html"));
}
