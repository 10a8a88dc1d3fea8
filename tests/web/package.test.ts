/** The package `fantail-player`: what is in it, and that it can be used as its users do. No browser is needed. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { must, nodeModule, npm, root, run } from "../../scripts/run.mjs";
import { makeProject } from "./support/package.js";

/** What is in the package, with `#` for what depends on the contents. */
const FILES = [
  ...["LICENSE-APACHE", "LICENSE-MIT", "README.md", "THIRD-PARTY.md", "package.json"],
  ...[
    "attributes-#.js",
    "doubt-#.js",
    "embed.js",
    "failure-#.js",
    "fantail.js",
    "given-#.js",
    "link-#.js",
    "share-#.js",
    "stats-#.js",
    "worklet-#.js",
  ],
  ...["compiler-#.js", "compiler-#.wasm", "translator-#.js", "translator-worker-#.js", "unit-#.js"],
  ...["switch-#.js", "switch-#.wasm", "tailcall-#.js", "tailcall-#.wasm"],
  ...["types/element/element.d.ts", "types/element/messages.d.ts", "types/index.d.ts", "types/types.d.ts"],
];
/** The most bytes that it may have, unpacked. */
const MAX_SIZE = 800_000;

/** What a user of the types writes. Lines after `@ts-expect-error` must not be accepted. */
const CONSUMER = `
import { ERR_NETWORK, type PlayerError, type ProgramStorage, UxnPlayer } from "fantail-player";
import type { EmbedCommand, EmbedMessage } from "fantail-player/embed";
import { VERSION } from "fantail-player/embed";
import "fantail-player/fantail.js";

const player: UxnPlayer = document.createElement("uxn-player");
player.src = "hello.rom";
player.scale = 2;
player.keymap = "letters";
player.addEventListener("console", ({ detail }) => console.log(detail.stream === "stderr", detail.text.length));
player.addEventListener("exit", (event) => console.log(event.detail.code + 1));
player.addEventListener("click", (event) => console.log(event.clientX));
const picture: Promise<Blob> = player.screenshot();
const error: PlayerError | null = player.error;
if (error?.code === ERR_NETWORK) console.log(error.message.length);
const storage: ProgramStorage | undefined = player.storage;
for (const { path, size } of storage?.list() ?? []) console.log(path.length + (size ?? 0));
storage?.write("notes.txt", new Uint8Array(4));
const command: EmbedCommand = { fantail: VERSION, type: "play" };
export function hear(message: EmbedMessage) {
  if (message.type === "exit") console.log(message.code + 1);
}
console.log(picture, command, UxnPlayer.HAVE_ENOUGH_DATA, await player.load(new Uint8Array(1)));

// @ts-expect-error: there is no such key map.
player.keymap = "dvorak";
// @ts-expect-error: it is read-only.
player.paused = false;
// @ts-expect-error: the emulator's own object is not for users.
storage?.memory;
// @ts-expect-error: what the browser calls is not for users.
player.connectedCallback();
`;

describe("package", { timeout: 120_000 }, () => {
  let project: string;
  let folder: string;

  before(async () => {
    project = await makeProject("package");
    folder = join(project, "node_modules/fantail-player");
  });

  test("has the files it should, and no others", () => {
    const names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .map((name) => name.replaceAll("\\", "/").replace(/-[\w-]{8}\.(js|wasm)$/, "-#.$1"));
    assert.deepEqual(names.sort(), FILES.toSorted());
  });

  test("is what npm would publish, and small", async () => {
    const pack = await must([...npm, "pack", join(root, "target/package"), "--dry-run", "--json"], {
      output: "keep",
    });
    const [{ name, version, files, unpackedSize, bundled }] = JSON.parse(pack);
    assert.equal(name, "fantail-player");
    assert.equal(version, JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version);
    assert.equal(files.length, FILES.length);
    assert.deepEqual(bundled, []);
    assert.ok(unpackedSize < MAX_SIZE, `${unpackedSize} bytes`);
  });

  test("every file that it names is there, also those in its scripts", () => {
    const description = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const named = [description.main, description.types, ...description.files, ...description.sideEffects];
    for (const target of Object.values<string | Record<string, string>>(description.exports)) {
      named.push(...(typeof target === "string" ? [target] : Object.values(target)));
    }
    const there = new Set(readdirSync(folder, { recursive: true, encoding: "utf8" }));
    for (const name of named) assert.ok(there.has(name.replace(/^\.\//, "")), name);
    const referred = new Set(["fantail.js", "embed.js"]);
    for (const script of there) {
      if (!script.endsWith(".js")) continue;
      const text = readFileSync(join(folder, script), "utf8");
      const references = [
        /(?:from ?|import ?\(?)[`"']\.\/([\w-]+\.\w+)[`"']/g,
        /new URL\([`"']([\w-]+\.\w+)(?:\?[\w-]*)?[`"'], ?import\.meta\.url/g,
      ];
      for (const [, name = ""] of references.flatMap((reference) => [...text.matchAll(reference)])) {
        assert.ok(there.has(name), `${script} refers to ${name}`);
        referred.add(name);
      }
    }
    const built = [...there].filter((name) => /\.(js|wasm)$/.test(name));
    for (const name of built) assert.ok(referred.has(name), `nothing refers to ${name}`);
    assert.equal(description.dependencies, undefined);
    assert.equal(description.scripts, undefined);
  });

  test("its types are all there, and say what users may use", async (t) => {
    writeFileSync(join(project, "main.ts"), CONSUMER);
    for (const [moduleResolution, module] of [
      ["bundler", "esnext"],
      ["nodenext", "nodenext"],
    ]) {
      await t.test(`moduleResolution: ${moduleResolution}`, async () => {
        const options = { module, moduleResolution, target: "es2022", lib: ["es2022", "dom"], types: [] };
        const strict = { strict: true, skipLibCheck: false, noEmit: true, exactOptionalPropertyTypes: true };
        const config = { compilerOptions: { ...options, ...strict }, files: ["main.ts"] };
        const path = join(project, `tsconfig.${moduleResolution}.json`);
        writeFileSync(path, JSON.stringify(config));
        const { code, output } = await run(nodeModule("typescript/bin/tsc", "--project", path), {
          output: "keep",
        });
        assert.equal(code, 0, output);
      });
    }
  });

  test("can be imported where there is no page", async () => {
    const script = `
      const { UxnPlayer, ERR_NETWORK } = await import("fantail-player");
      const { VERSION } = await import("fantail-player/embed");
      const { version } = (await import("fantail-player/package.json", { with: { type: "json" } })).default;
      console.log(typeof UxnPlayer, ERR_NETWORK, VERSION, version, import.meta.resolve("fantail-player"));
    `;
    const path = join(project, "server.mjs");
    writeFileSync(path, script);
    const printed = await must([process.execPath, "--no-warnings", path], { output: "keep" });
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const [type, code, protocol, found, url = ""] = printed.trim().split(" ");
    assert.deepEqual([type, code, protocol, found], ["function", "2", "1", version]);
    assert.equal(dirname(fileURLToPath(url)), folder);
  });

  test("brings the licences of what is in it", () => {
    const text = readFileSync(join(folder, "THIRD-PARTY.md"), "utf8");
    for (const name of ["lean-qr", "wasm-bindgen"]) assert.match(text, new RegExp(`^### ${name} `, "m"));
    const sections = text.split(/^### /m).slice(1);
    for (const section of sections) assert.match(section, /copyright|permission/i);
  });

  test("its types do not name what is private", () => {
    const types = join(folder, "types");
    const text = readdirSync(types, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(join(types, name), "utf8"));
    for (const word of ["wasm", "Fantail", "Varvara", "connectedCallback", "#loaded"]) {
      assert.ok(!text.join().includes(word), word);
    }
  });
});
