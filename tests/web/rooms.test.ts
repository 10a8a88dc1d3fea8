/** The player's folders: what is in one needs nothing of those above it. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/run.mjs";

const player = join(root, "www/player");

/** From the bottom up. */
const FLOORS = "types.ts page emulator program devices session view share element index.ts".split(" ");

/** Where a path of the player is: its folder, or its name if it is in none. */
const room = (path: string) => relative(player, path).split("/")[0] ?? "";
const floor = (name: string) => FLOORS.indexOf(name);

test("imports lead downwards", () => {
  const files = readdirSync(player, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  assert.ok(files.length > 50);
  const wrong: string[] = [];
  for (const file of files) {
    const path = join(player, file);
    const from = room(path);
    assert.ok(floor(from) >= 0, `${file} is in no known folder`);
    const imports = readFileSync(path, "utf8").matchAll(/(?:from|import\(?)\s*"(\.[^"]+)"/g);
    for (const [, specifier = ""] of imports) {
      const to = room(resolve(dirname(path), specifier).replace(/\.js$/, ".ts"));
      if (from !== to && floor(to) >= floor(from)) wrong.push(`${file} imports ${specifier}`);
    }
  }
  assert.deepEqual(wrong, []);
});
