/// <reference types="vite/client" />
/**
 * The compiler of hot code, fetched when the first address is hot. It works on a thread of its own where the page lets
 * it have one, and else here.
 */

import type { CompileReply, CompileRequest } from "./translator-worker.js";
import workerUrl from "./translator-worker.ts?worker&url";

/** A compiled module, and what the machine has to know of it. */
export interface Translation {
  readonly module: WebAssembly.Module;
  /** How many functions it exports, named `0`, `1` and so on. */
  readonly functions: number;
  readonly description: Uint8Array;
  /** Milliseconds that it took. */
  readonly milliseconds: number;
}

type Translate = (snapshot: Uint8Array<ArrayBuffer>, address: number) => Promise<Translation | undefined>;

let translator: Promise<Translate> | undefined;

/**
 * Compiles what is reached from a hot address; nothing if the interpreter does that as well.
 *
 * @param snapshot The machine, from `Varvara.snapshot`.
 * @throws Error when the compiler cannot be loaded.
 */
export async function translate(
  snapshot: Uint8Array<ArrayBuffer>,
  address: number,
): Promise<Translation | undefined> {
  translator ??= openWorker().catch(openHere);
  try {
    return (await translator)(snapshot, address);
  } catch (error) {
    translator = undefined;
    throw error;
  }
}

/** A thread of its own. Pages from elsewhere and strict policies may have none. */
async function openWorker(): Promise<Translate> {
  if (!workerUrl) throw new Error("this build has no worker");
  // Browsers refuse those of other origins, loudly.
  if (new URL(workerUrl, location.href).origin !== location.origin) throw new Error("it is not this page's");
  const worker = new Worker(workerUrl, { type: "module" });
  const waiting = new Map<number, (reply: CompileReply) => void>();
  let count = 0;
  const isReady = await new Promise<boolean>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<boolean>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      resolve(false);
    };
  });
  if (!isReady) {
    worker.terminate();
    throw new Error("the worker did not start");
  }
  worker.onmessage = ({ data }: MessageEvent<CompileReply>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  };
  return async (snapshot, address) => {
    const id = count++;
    const request: CompileRequest = { id, snapshot, address };
    worker.postMessage(request, [snapshot.buffer]);
    const { translation } = await new Promise<CompileReply>((resolve) => waiting.set(id, resolve));
    return translation;
  };
}

/** This thread, where a unit takes a millisecond or two. */
async function openHere(): Promise<Translate> {
  const { compileUnit } = await import("./unit.js");
  return compileUnit;
}
