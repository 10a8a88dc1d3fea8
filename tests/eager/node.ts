/** The tests' wasm builds and what they read, from files. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/run.mjs";
import type { Read } from "./host.js";

/** Where `cargo xtask wasm --tests` puts them. */
export const folder = join(root, "target/web/tests");

/** The names of the builds. */
export function builds(): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".wasm"));
  return files.map((file) => file.replace(".wasm", "")).sort();
}

/** One of them. */
export function load(name: string): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(join(folder, `${name}.wasm`)));
}

export const read: Read = (path) => {
  try {
    const file = join(root, path);
    return path.endsWith("/") ? Buffer.from(readdirSync(file).join("\n")) : readFileSync(file);
  } catch {
    return undefined;
  }
};
