/** The compiler's WebAssembly module, on whatever thread it is. */

import init, { compile } from "#wasm/compiler";
import type { Translate } from "./translator.js";

export { warmUp } from "#wasm/compiler";

/** Loads it. */
export async function ready(): Promise<void> {
  await init();
}

/**
 * What {@link Translate} promises, on this thread.
 *
 * @param isPage Whether it is the page's, which must not stand still for long.
 */
export async function compileUnits(
  isPage: boolean,
  ...[snapshot, addresses, take]: Parameters<Translate>
): Promise<void> {
  await ready();
  let rest = addresses;
  while (rest.length > 0) {
    const start = performance.now();
    const translation = compile(snapshot, rest, isPage);
    if (!translation) return;
    try {
      const { functions, units } = translation;
      rest = translation.rest;
      if (functions === 0) continue;
      const bytes = translation.module as Uint8Array<ArrayBuffer>;
      // What browsers do in the background waits until the emulator itself has been optimised.
      const module = isPage ? await WebAssembly.compile(bytes) : new WebAssembly.Module(bytes);
      const thread = isPage ? "page" : "worker";
      take({ module, functions, units, milliseconds: performance.now() - start, thread });
    } finally {
      translation.free();
    }
  }
}
