// Assembles our programs with our own assembler and writes the list that the page's menu shows.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { must, root } from "./run.mjs";

/** Where the programs are, and of what kind they are. */
const folders = /** @type {const} */ ([
  { folder: "roms", kind: "screen" },
  { folder: "roms/console", kind: "console" },
]);

/** The page starts the first of its list. */
const first = "hello.tal";

/** Vite serves and copies what is in target/public as it is. */
const out = "target/public/roms";

/**
 * Posters show a program after two seconds, or after what a script in this folder does to it; all at the same moment,
 * which clocks show.
 */
const posters = "roms/posters";
const POSTER_FRAMES = 120;
const POSTER_TIME = Date.UTC(2026, 9, 10, 10, 9, 36) / 1000;

/**
 * @typedef {object} Rom What `index.json` says of a program.
 * @property {string} file Beside the index.
 * @property {string} title
 * @property {"screen" | "console"} kind
 * @property {string} description One paragraph.
 * @property {string} author
 * @property {string} licence An SPDX expression.
 * @property {string} [poster] A picture of a program with a screen, beside the index.
 */

/** Builds the command and returns its path. */
export async function buildCommand() {
  await must(["cargo", "build", "--quiet", "--locked", "--bin", "fantail"]);
  const metadata = JSON.parse(
    await must(["cargo", "metadata", "--format-version=1", "--no-deps"], { output: "keep" }),
  );
  return join(metadata.target_directory, "debug", "fantail");
}

/** Assembles everything; a program that does not assemble ends the build. */
export async function assembleRoms() {
  const fantail = await buildCommand();
  rmSync(join(root, out), { recursive: true, force: true });
  mkdirSync(join(root, out), { recursive: true });
  /** @type {Rom[]} */
  const index = [];
  for (const { folder, kind } of folders) {
    const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(".tal"));
    names.sort((a, b) => Number(b === first) - Number(a === first) || (a < b ? -1 : 1));
    for (const name of names) {
      const source = `${folder}/${name}`;
      const program = basename(name, ".tal");
      const file = `${program}.rom`;
      // Shown if it fails. That it warns of nothing is tested.
      await must([fantail, "asm", source, `${out}/${file}`], { output: "keep" });
      const poster = kind === "screen" ? await shoot(fantail, program) : {};
      index.push({ file, kind, ...header(readFileSync(join(root, source), "utf8"), source), ...poster });
    }
  }
  writeFileSync(join(root, out, "index.json"), `${JSON.stringify(index, null, 2)}\n`);
  console.error(`${index.length} programs in ${out}`);
}

/**
 * Takes the picture of a program that has been assembled.
 * @param {string} fantail The command.
 * @param {string} program
 */
async function shoot(fantail, program) {
  const poster = `${program}.png`;
  const script = `${posters}/${program}.script`;
  const frames = existsSync(join(root, script)) ? ["--script", script] : ["--frames", `${POSTER_FRAMES}`];
  const picture = ["--clock", `${POSTER_TIME}`, "--out", `${out}/${poster}`];
  await must([fantail, "shot", `${out}/${program}.rom`, ...frames, ...picture], { output: "keep" });
  return { poster };
}

/**
 * Reads a source's first comment: a line of title, some of description, and two with a name before them.
 * @param {string} source
 * @param {string} path
 */
function header(source, path) {
  const comment = /^\s*\(\s([^()]*)\)/.exec(source)?.[1] ?? "";
  const lines = comment.split("\n").map((line) => line.trim());
  const named = (/** @type {string} */ name) => {
    const at = lines.findIndex((line) => line.startsWith(`${name}:`));
    return at < 0 ? "" : /** @type {string} */ (lines.splice(at, 1)[0]).slice(name.length + 1).trim();
  };
  const author = named("Author");
  const licence = named("Licence");
  const title = lines.shift() ?? "";
  const description = lines.join(" ").trim();
  for (const [name, value] of Object.entries({ title, description, author, licence })) {
    if (value === "") console.warn(`warning: ${path}: its first comment gives no ${name}`);
  }
  return { title, description, author, licence };
}
