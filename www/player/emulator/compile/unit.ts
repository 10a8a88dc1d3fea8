/** The compiler's WebAssembly module, on whatever thread it is. */

import init, { compile } from "#wasm/compiler";
import type { Translate } from "./translation.js";

export { default as load, warmUp } from "#wasm/compiler";

/** Milliseconds of work on the page's thread after which the rest waits for another frame. */
const LONG = 1;
/** Milliseconds until there is another frame. */
const FRAME = 17;

/** What the compiler has failed with. A thread has only one, and nobody knows what is in its memory then. */
let failure: unknown;

/** The first unit that can be made, and what is left of the addresses. */
function compileSome(...request: Parameters<typeof compile>): ReturnType<typeof compile> {
  if (failure !== undefined) throw failure;
  try {
    return compile(...request);
  } catch (error) {
    failure = error;
    throw error;
  }
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
  await init();
  let rest = addresses;
  while (rest.length > 0) {
    const start = performance.now();
    const translation = compileSome(snapshot, rest, isPage);
    if (!translation) return;
    try {
      const { functions, units } = translation;
      rest = translation.rest;
      if (functions > 0) {
        const bytes = translation.module as Uint8Array<ArrayBuffer>;
        // What browsers do in the background waits until the emulator itself has been optimised.
        const compiling = isPage ? WebAssembly.compile(bytes) : new WebAssembly.Module(bytes);
        // Waiting is no work.
        const milliseconds = performance.now() - start;
        const thread = isPage ? "page" : "worker";
        take({ module: await compiling, functions, units, milliseconds, thread });
      }
    } finally {
      translation.free();
    }
    if (isPage && performance.now() - start > LONG) {
      await new Promise((resolve) => setTimeout(resolve, FRAME));
    }
  }
}
