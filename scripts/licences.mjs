// The licences of what the player contains that is not ours, which whoever passes it on passes on with it.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure, must, root } from "./run.mjs";

/** The licences as Markdown: npm packages as Vite has listed them in a built folder, and Rust crates. */
export async function thirdParty(/** @type {string} */ folder) {
  const packages = readFileSync(join(folder, ".vite/license.md"), "utf8");
  const sections = packages.split(/^(?=## )/m).slice(1);
  const parts = [
    "# Software in fantail by others",
    "## In the scripts",
    ...sections.map((section) => `#${section.trim()}`),
    "## In the WebAssembly modules",
    ...(await crates()).map(crateSection),
  ];
  return `${parts.join("\n\n")}\n`;
}

/**
 * @typedef {object} Crate What cargo says of a crate.
 * @property {string} id
 * @property {string} name
 * @property {string} version
 * @property {string | null} license
 * @property {string} manifest_path
 * @property {{ kind: string[] }[]} targets
 */

/**
 * The crates in the WebAssembly modules. What the compiler does not take from them is listed nonetheless.
 * @returns {Promise<Crate[]>}
 */
async function crates() {
  const options = ["--format-version=1", "--locked", "--filter-platform", "wasm32-unknown-unknown"];
  const features = ["--no-default-features", "--features", "fantail/web,fantail/blocks,fantail/compiler"];
  const { packages, resolve } = JSON.parse(
    await must(["cargo", "metadata", ...options, ...features], { output: "keep" }),
  );
  /** @type {Map<string, Crate>} */
  const known = new Map(packages.map((/** @type {Crate} */ each) => [each.id, each]));
  const nodes = new Map(resolve.nodes.map((/** @type {{ id: string }} */ node) => [node.id, node]));
  const ours = packages.find((/** @type {Crate} */ each) => each.name === "fantail").id;
  const found = new Set([ours]);
  for (const id of found) {
    for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps) {
      const isCompiledIn = kinds.some((/** @type {{ kind: string | null }} */ { kind }) => kind === null);
      const isMacro = known.get(pkg)?.targets.some(({ kind }) => kind.includes("proc-macro"));
      if (isCompiledIn && !isMacro) found.add(pkg);
    }
  }
  found.delete(ours);
  return Array.from(found, (id) => /** @type {Crate} */ (known.get(id))).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** @param {Crate} crate */
function crateSection({ name, version, license, manifest_path: manifest }) {
  const folder = dirname(manifest);
  const files = readdirSync(folder).filter((file) => /^(license|copying)/i.test(file));
  // Where there is a choice it is this one.
  const file = files.find((each) => /mit/i.test(each)) ?? files[0];
  // The text of this one is the same for all.
  const text = file ? join(folder, file) : license?.includes("Apache-2.0") && join(root, "LICENSE-APACHE");
  if (!text) throw new Failure(`the crate ${name} brings no licence`);
  return `### ${name} - ${version} (${license})\n\n${readFileSync(text, "utf8").trim()}`;
}
