// npm run package: the package `fantail-player` in target/package, from wasm modules that are there, and its tarball
// beside it. `npm publish target/package` would publish it.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { buildWasm } from "./build.mjs";
import { thirdParty } from "./licences.mjs";
import { Failure, main, must, nodeModule, npm, root, say } from "./run.mjs";
import { setUp } from "./setup.mjs";
import { playerFiles } from "./sizes.mjs";

/** Where the package is put together. */
export const folder = join(root, "target/package");

/** The modules of `www/player` whose declarations are public, by what the package calls them. */
const entries = /** @type {const} */ ({ ".": "index", "./embed": "element/messages" });

/** Builds the package. @returns {Promise<string>} The path of the tarball. */
export async function buildPackage() {
  say("Building the package");
  await must(
    nodeModule("vite/bin/vite.js", "build", "--config", "vite.player.config.ts", "--mode", "package").concat(
      ...["--outDir", folder, "--emptyOutDir", "--logLevel", "warn"],
    ),
  );
  const built = playerFiles(folder);
  writeFileSync(join(folder, "THIRD-PARTY.md"), await thirdParty(folder));
  rmSync(join(folder, ".vite"), { recursive: true });
  const declarations = await declare();
  for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) cpSync(join(root, name), join(folder, name));
  cpSync(join(root, "www/player/README.md"), join(folder, "README.md"));
  const files = [...built, "embed.js", ...declarations, "LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY.md"];
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(describe(files), null, 2)}\n`);
  const packed = await must([...npm, "pack", folder, "--json", "--pack-destination", dirname(folder)], {
    output: "keep",
  });
  return join(dirname(folder), JSON.parse(packed)[0].filename);
}

/**
 * Writes the declarations of the public modules, and of those that they need, to `types/`, and the module of
 * `./embed`.
 *
 * @returns {Promise<string[]>} The names of the declarations.
 */
async function declare() {
  const out = join(root, "target/declarations");
  rmSync(out, { recursive: true, force: true });
  const options = ["--noEmit", "false", "--declaration", "--stripInternal", "--outDir", out];
  await must(nodeModule("typescript/bin/tsc", "--project", "www", "--rootDir", "www", ...options));
  /** @type {Set<string>} */
  const names = new Set(Object.values(entries));
  for (const name of names) {
    const text = readFileSync(join(out, "player", `${name}.d.ts`), "utf8");
    for (const [, wanted = ""] of text.matchAll(/(?:from|import\() ?"([^"]*)"/g)) {
      if (!/^\.{1,2}\/.*\.js$/.test(wanted))
        throw new Failure(`the public types of ${name}.ts need ${wanted}, which the package has not`);
      names.add(posix.join(posix.dirname(name), wanted.slice(0, -".js".length)));
    }
    const file = join(folder, "types", `${name}.d.ts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  cpSync(join(out, `player/${entries["./embed"]}.js`), join(folder, "embed.js"));
  return Array.from(names, (name) => `types/${name}.d.ts`);
}

/** The package's package.json. @param {string[]} files */
function describe(files) {
  const { version, license, description } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const player = { types: `./types/${entries["."]}.d.ts`, default: "./fantail.js" };
  return {
    name: "fantail-player",
    version,
    description: `${description}: the element <uxn-player>`,
    keywords: [
      "uxn",
      "varvara",
      "emulator",
      "virtual machine",
      "web component",
      "custom element",
      "webassembly",
    ],
    license,
    type: "module",
    exports: {
      ".": player,
      "./fantail.js": player,
      "./embed": { types: `./types/${entries["./embed"]}.d.ts`, default: "./embed.js" },
      "./package.json": "./package.json",
    },
    // For tools that know no exports.
    main: "./fantail.js",
    types: player.types,
    // Loading it defines the element.
    sideEffects: ["./fantail.js"],
    files: files.sort(),
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    await setUp();
    await buildWasm();
    const tarball = await buildPackage();
    console.error(`\nThe package is in target/package, packed as target/${basename(tarball)}.`);
  });
}
