// How much of the player is fetched when a program is first played. It follows from the module graph that the
// build has written down: what the entry imports and refers to, and one of the two builds of the emulator. All else
// is loaded on demand.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Failure, root } from "./run.mjs";

/** The most bytes, compressed, that the first program may cost: no more than a photograph in an article. */
const MAX_FIRST_PLAY = 90_000;

/** The player as it is built. */
export const player = join(root, "target/player");

/**
 * @typedef {object} Chunk What Vite's manifest says of a module or of a file that modules refer to.
 * @property {string} file
 * @property {string} [src] Its source, relative to `www/player`.
 * @property {boolean} [isEntry]
 * @property {string[]} [imports] Keys of the manifest.
 * @property {string[]} [dynamicImports] Keys of the manifest.
 * @property {string[]} [assets] Names of files.
 * @property {string[]} [css] Names of files.
 *
 * @typedef {Record<string, Chunk>} Manifest
 *
 * @typedef {object} Size
 * @property {number} bytes
 * @property {number} gzip Bytes after `gzip -9`.
 *
 * @typedef {object} Sizes What `dist/sizes.json` holds.
 * @property {number} first_play_gzip Bytes that are fetched on first play, in the browser where they are most.
 * @property {number} max_first_play_gzip
 * @property {Record<string, { first_play_gzip: number, files: string[] }>} engines By the build of the emulator.
 * @property {string[]} on_demand The files that nobody needs to play.
 * @property {Record<string, Size>} files
 */

/** @returns {Manifest} */
function readManifest(folder = player) {
  return JSON.parse(readFileSync(join(folder, ".vite/manifest.json"), "utf8"));
}

/**
 * The names of all files of the player that has been built into a folder.
 *
 * @throws Failure when there are others that the manifest does not name.
 */
export function playerFiles(folder = player) {
  const files = new Set(Object.values(readManifest(folder)).flatMap(filesOf));
  const others = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .filter(({ name }) => !files.has(name));
  if (others.length > 0) throw new Failure(`nothing refers to ${others.map(({ name }) => name).join(", ")}`);
  return Array.from(files).sort();
}

/** A chunk's file, and those it refers to. @param {Chunk} chunk */
function filesOf({ file, assets = [], css = [] }) {
  return [file, ...assets, ...css];
}

/**
 * Sorts the player's files by when they are fetched.
 * @param {Manifest} manifest
 */
function firstPlay(manifest) {
  const chunk = (/** @type {string} */ key) => /** @type {Chunk} */ (manifest[key]);
  /** What comes with a chunk: it, the chunks that it imports, and the files they refer to. @returns {Set<string>} */
  const closure = (/** @type {string} */ key) => {
    /** @type {Set<string>} */
    const keys = new Set([key]);
    for (const each of keys) for (const next of chunk(each).imports ?? []) keys.add(next);
    return new Set(Array.from(keys, chunk).flatMap(filesOf));
  };

  const entry = Object.keys(manifest).find((key) => chunk(key).isEntry);
  if (!entry) throw new Failure("the player's manifest has no entry");
  const always = closure(entry);
  /** @type {Map<string, Set<string>>} */
  const engines = new Map();
  for (const key of chunk(entry).dynamicImports ?? []) {
    const name = /target\/web\/(\w+)\//.exec(chunk(key).src ?? "")?.[1];
    if (name) engines.set(name, new Set([...always, ...closure(key)]));
  }
  if (engines.size === 0) throw new Failure("the player's manifest has no emulator");
  const needed = new Set(Array.from(engines.values()).flatMap((files) => Array.from(files)));
  return { engines, onDemand: playerFiles().filter((file) => !needed.has(file)) };
}

/**
 * Measures the player that has been built.
 * @returns {Sizes}
 */
function measure() {
  const manifest = readManifest();
  const { engines, onDemand } = firstPlay(manifest);
  /** @type {Record<string, Size>} */
  const files = {};
  for (const file of playerFiles()) {
    const contents = readFileSync(join(player, file));
    files[file] = { bytes: contents.length, gzip: gzipSync(contents, { level: 9 }).length };
  }
  const sum = (/** @type {Iterable<string>} */ names) =>
    Array.from(names).reduce((bytes, name) => bytes + (files[name]?.gzip ?? 0), 0);
  const perEngine = Array.from(engines, ([name, names]) => {
    return /** @type {const} */ ([name, { first_play_gzip: sum(names), files: Array.from(names) }]);
  });
  return {
    first_play_gzip: Math.max(...perEngine.map(([, { first_play_gzip }]) => first_play_gzip)),
    max_first_play_gzip: MAX_FIRST_PLAY,
    engines: Object.fromEntries(perEngine),
    on_demand: onDemand,
    files,
  };
}

/** @param {Sizes} sizes */
function print({ first_play_gzip: total, engines, on_demand: onDemand, files }) {
  const line = (
    /** @type {string} */ name,
    /** @type {string | number} */ bytes,
    /** @type {string | number} */ gzip,
  ) => console.error(`  ${name.padEnd(32)} ${String(bytes).padStart(9)} ${String(gzip).padStart(9)}`);
  const show = (/** @type {readonly string[]} */ names) => {
    for (const name of names) line(name, files[name]?.bytes ?? 0, files[name]?.gzip ?? 0);
  };
  const largest = Object.entries(engines).find(([, { first_play_gzip }]) => first_play_gzip === total);
  line(`fetched on first play (${largest?.[0]})`, "bytes", "gzip -9");
  show(largest?.[1].files ?? []);
  line("together", "", total);
  const others = Object.values(engines).flatMap((engine) => engine.files);
  console.error("  instead of it, in browsers without tail calls");
  show(Array.from(new Set(others)).filter((name) => !largest?.[1].files.includes(name)));
  if (onDemand.length > 0) console.error("  on demand");
  show(onDemand);
}

/**
 * Prints the sizes of the player that has been built, and writes them down.
 * @param {string} path
 */
export function reportSizes(path) {
  const sizes = measure();
  print(sizes);
  writeFileSync(path, `${JSON.stringify(sizes, null, 2)}\n`);
  if (sizes.first_play_gzip > MAX_FIRST_PLAY) {
    const sum = `${sizes.first_play_gzip} bytes, compressed, are fetched on first play`;
    throw new Failure(`${sum}, and no more than ${MAX_FIRST_PLAY} may be: load on demand what is not needed`);
  }
}
