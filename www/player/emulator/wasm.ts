/**
 * Loads the emulator. There are two builds of it: `tailcall`, whose instructions tail-call each other, and
 * `switch`, one loop, for engines without tail calls in WebAssembly. A page loads one of them, once, and
 * any number of machines live in it.
 */

import type * as Bindings from "#wasm/switch";
import type * as BlocksBindings from "#wasm/tailcall";
import { explain } from "../page/policy.js";
import type { Engine } from "../types.js";

/** The two builds of the emulator. */
export type Build = "tailcall" | "switch";

/** The emulator's exports. */
export type Fantail = typeof Bindings;
/** One computer with its program. */
export type Varvara = Bindings.Varvara;
/** The files of a program. */
export type Files = Bindings.Files;
/** The build with tail calls, to which compiled code can be added. */
export type BlocksFantail = typeof BlocksBindings;
/** A computer of that build. */
export type BlocksVarvara = BlocksBindings.Varvara;

/** The smallest module that needs tail calls: `(func return_call 0)`. */
const TAIL_CALL = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // types: () -> ()
  ...[0x03, 0x02, 0x01, 0x00], // functions: the first has type 0
  ...[0x0a, 0x06, 0x01, 0x04, 0x00, 0x12, 0x00, 0x0b], // code: no locals, return_call 0, end
);

/** The better build that this engine can run. */
export function preferredBuild(): Build {
  return globalThis.WebAssembly?.validate(TAIL_CALL) ? "tailcall" : "switch";
}

/** The build that an engine needs. */
export function buildOf(engine: Engine | "auto"): Build {
  if (engine === "auto") return preferredBuild();
  return engine === "switch" ? "switch" : "tailcall";
}

/** Whether compiled code can be added to a build. */
export function takesBlocks(fantail: Fantail): fantail is BlocksFantail {
  return "unitImports" in fantail;
}

const loaded = new Map<Build, Promise<Fantail>>();

/**
 * The emulator, ready to use. Asking again gives the same one.
 *
 * @throws Error when it cannot be fetched or compiled; the next call tries again.
 */
export function loadFantail(build: Build = preferredBuild()): Promise<Fantail> {
  let fantail = loaded.get(build);
  if (!fantail) {
    fantail = load(build);
    fantail.catch(() => loaded.delete(build));
    loaded.set(build, fantail);
  }
  return fantail;
}

async function load(build: Build): Promise<Fantail> {
  if (!globalThis.WebAssembly)
    throw new Error("This browser has no WebAssembly, in which programs run here.");
  try {
    const fantail: Fantail =
      build === "tailcall" ? await import("#wasm/tailcall") : await import("#wasm/switch");
    await fantail.default();
    fantail.warmUp();
    return fantail;
  } catch (cause) {
    const message =
      cause instanceof WebAssembly.CompileError
        ? "The browser does not compile the emulator. A content security policy of the page has to allow it: script-src 'wasm-unsafe-eval'."
        : await explain(
            import.meta.url,
            "The emulator could not be loaded. Check the connection, and load the page again.",
          );
    throw new Error(message, { cause });
  }
}
