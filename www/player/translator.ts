/// <reference types="vite/client" />
/** The compiler of hot code. It works on a thread of its own where the page lets it have one, and else here. */

import type { CompileReply, CompileRequest } from "./translator-worker.js";
import workerUrl from "./translator-worker.ts?worker&url";

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
 * @throws Error when the compiler could not be loaded.
 */
export type Translate = (
  snapshot: Uint8Array<ArrayBuffer>,
  addresses: Uint16Array,
  take: (translation: Translation) => void,
) => Promise<void>;

/** Loads the compiler. */
export async function openTranslator(): Promise<Translate> {
  return openWorker().catch(() => translateHere);
}

/** A thread of its own. Pages from elsewhere and strict policies may have none. */
async function openWorker(): Promise<Translate> {
  if (!workerUrl) throw new Error("this build has no worker");
  // Browsers refuse those of other origins, loudly.
  if (new URL(workerUrl, location.href).origin !== location.origin) throw new Error("it is not this page's");
  const worker = new Worker(workerUrl, { type: "module" });
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
  const waiting = new Map<number, (reply: CompileReply) => void>();
  let count = 0;
  worker.onmessage = ({ data }: MessageEvent<CompileReply>) => waiting.get(data.id)?.(data);
  return (snapshot, addresses, take) =>
    new Promise((resolve, reject) => {
      const id = count++;
      waiting.set(id, ({ translation, end }) => {
        try {
          if (translation) take(translation);
        } catch (error) {
          reject(error);
        }
        if (end) waiting.delete(id);
        if (end === "done") resolve();
        if (end !== "failed") return;
        reject(new Error("the compiler could not be loaded"));
        // The thread has ended, and nobody else will have an answer.
        for (const [other, settle] of waiting) settle({ id: other, end });
      });
      const request: CompileRequest = { id, snapshot, addresses };
      worker.postMessage(request, [snapshot.buffer]);
    });
}

/** On this thread, a little at a time. */
const translateHere: Translate = async (...request) => {
  const { compileUnits } = await import("./unit.js");
  await compileUnits(true, ...request);
};
