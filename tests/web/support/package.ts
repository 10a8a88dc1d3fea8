/** The package `fantail-player`, as somebody has it who installs it. */

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must, npm, root } from "../../../scripts/run.mjs";

/** The packed package. */
export function tarball(): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const path = join(root, `target/fantail-player-${version}.tgz`);
  assert.ok(existsSync(path), "the package is not built: npm run package");
  return path;
}

/**
 * Makes a project of its own in `target/tests`, with the package installed from its tarball. All else that its files
 * import is found further up, among the packages of the repository.
 */
export async function makeProject(name: string): Promise<string> {
  const folder = join(root, "target/tests", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await must([...npm, "install", "--prefix", folder, "--offline", "--no-package-lock", tarball()], {
    output: "keep",
  });
  return folder;
}
