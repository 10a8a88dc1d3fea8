/** The compiler's WebAssembly module, on whatever thread it is. */

import init, { compile } from "#wasm/compiler";
import type { Translate } from "./translator.js";

export { warmUp } from "#wasm/compiler";

/** Loads it. */
export async function ready(): Promise<void> {
  await init();
}

/** Which way a thread has modules compiled. */
type CompileModule = (bytes: Uint8Array<ArrayBuffer>) => WebAssembly.Module | Promise<WebAssembly.Module>;

/** What {@link Translate} promises, on this thread. */
export async function compileUnits(
  compileModule: CompileModule,
  ...[snapshot, addresses, take]: Parameters<Translate>
): Promise<void> {
  await ready();
  let rest = addresses;
  while (rest.length > 0) {
    const start = performance.now();
    const translation = compile(snapshot, rest);
    if (!translation) return;
    try {
      const { functions, units } = translation;
      rest = translation.rest;
      if (functions === 0) continue;
      const module = await compileModule(translation.module as Uint8Array<ArrayBuffer>);
      take({ module, functions, units, milliseconds: performance.now() - start });
    } finally {
      translation.free();
    }
  }
}
