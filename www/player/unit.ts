/** The compiler's WebAssembly module, on whatever thread it is. */

import init, { compile } from "#wasm/compiler";
import type { Translation } from "./translator.js";

/** Loads it. */
export async function ready(): Promise<void> {
  await init();
}

/** Compiles what is reached from a hot address; nothing if the interpreter does that as well. */
export async function compileUnit(
  snapshot: Uint8Array<ArrayBuffer>,
  address: number,
): Promise<Translation | undefined> {
  await ready();
  const start = performance.now();
  const unit = compile(snapshot, address);
  if (!unit) return undefined;
  try {
    const { functions, description } = unit;
    // The browser does this in the background.
    const module = await WebAssembly.compile(unit.module as Uint8Array<ArrayBuffer>);
    return { module, functions, description, milliseconds: performance.now() - start };
  } finally {
    unit.free();
  }
}
