/** The fuzzer's build and programs, from files. */

import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildCommand } from "../../scripts/roms.mjs";
import { must, root } from "../../scripts/run.mjs";
import type { Source } from "./bench.js";
import type { Rom } from "./programs.js";

/** The fuzzer's build, which has to be there. */
export function source(folder = join(root, "target/web/fuzz")): Source {
  let copies = 0;
  return {
    module: new WebAssembly.Module(readFileSync(join(folder, "fantail_bg.wasm"))),
    bindings: () => {
      copies += 1;
      return import(`${pathToFileURL(join(folder, "fantail.js")).href}?copy=${copies}`);
    },
  };
}

/** Where assembled programs are kept. */
const assembled = join(root, "target/fuzz/roms");

/** Our programs, assembled. */
export async function assembleRoms(): Promise<string> {
  const fantail = await buildCommand();
  mkdirSync(assembled, { recursive: true });
  for (const place of ["roms", "roms/console", "tests/web/roms"]) {
    for (const file of readdirSync(join(root, place)).filter((name) => name.endsWith(".tal"))) {
      const rom = join(assembled, file.replace(".tal", ".rom"));
      await must([fantail, "asm", join(place, file), rom], { output: "keep" });
    }
  }
  return assembled;
}

/** The programs that have been assembled, in an order that does not depend on the machine. */
export function readRoms(): Rom[] {
  if (!existsSync(assembled)) return [];
  const names = readdirSync(assembled).filter((name) => name.endsWith(".rom"));
  return names.sort().map((name) => ({ name, bytes: Uint8Array.from(readFileSync(join(assembled, name))) }));
}
