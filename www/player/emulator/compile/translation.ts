/** What the compiler gives, and what its thread and the page's say to each other. */

/** A compiled module, and what the machine has to know of its units. */
export interface Translation {
  readonly module: WebAssembly.Module;
  /** How many functions it exports, named `0`, `1` and so on. */
  readonly functions: number;
  readonly units: Uint8Array;
  /** Milliseconds that it took. */
  readonly milliseconds: number;
  /** Where: on a thread of its own, or on the page's. */
  readonly thread: "worker" | "page";
}

/**
 * Compiles what is reached from hot addresses, but for those that the interpreter does as well, and those that are part
 * of what has been reached before.
 *
 * @param snapshot The machine, from `Varvara.snapshot`.
 * @param take Gets one after the other.
 * @throws Error when the compiler could not be loaded, or has failed; and what `take` throws, which does not concern it.
 */
export type Translate = (
  snapshot: Uint8Array<ArrayBuffer>,
  addresses: Uint16Array,
  take: (translation: Translation) => void,
) => Promise<void>;

export interface CompileRequest {
  readonly id: number;
  readonly snapshot: Uint8Array<ArrayBuffer>;
  readonly addresses: Uint16Array;
}

/** What the thread says: how it is, or a module for a request, or, without one, that there are no more. */
export type ThreadMessage = "ready" | "failed" | { readonly id: number; readonly translation?: Translation };
