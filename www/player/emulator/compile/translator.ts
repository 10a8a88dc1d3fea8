/// <reference types="vite/client" />
/** The compiler of hot code. It works on a thread of its own where the page lets it have one, and else here. */

import wasmUrl from "#wasm/compiler.wasm?url";
import type { CompileRequest, ThreadMessage, Translate, Translation } from "./translation.js";
import workerUrl from "./translator-worker.ts?worker&url";

/** The compiler that is used, which all machines share. */
let current: Promise<Translate> | undefined;

function open(): Promise<Translate> {
  if (!current) {
    const lost = () => {
      if (current === opening) current = undefined;
    };
    const opening = openWorker(lost).catch(() => translateHere);
    current = opening;
  }
  return current;
}

/** Loads the compiler. */
export async function openTranslator(): Promise<Translate> {
  await open();
  return translate;
}

/** With the compiler that is there. After a failure the next request opens another. */
const translate: Translate = async (snapshot, addresses, take) => {
  const mine = open();
  let refusal: { readonly error: unknown } | undefined;
  // What the machine cannot take is no failure of the compiler, which others use as well.
  const takeOne = (translation: Translation) => {
    try {
      if (!refusal) take(translation);
    } catch (error) {
      refusal = { error };
    }
  };
  try {
    await (await mine)(snapshot, addresses, takeOne);
  } catch (error) {
    if (current === mine) current = undefined;
    throw error;
  }
  if (refusal) throw refusal.error;
};

/** Milliseconds without a word after which a thread that owes an answer has failed. A unit takes some tens of them. */
const SILENCE = 10_000;
/** The same while it is fetched. */
const LOADING = 60_000;

/** A request that the thread has not answered to the end. */
interface Waiting {
  readonly take: (translation: Translation) => void;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread of its own. Pages from elsewhere and strict policies may have none.
 *
 * @param lost Is called when it fails later.
 */
async function openWorker(lost: () => void): Promise<Translate> {
  if (!workerUrl) throw new Error("this build has no worker");
  // Browsers refuse those of other origins, loudly; a sandboxed frame is of none.
  if (new URL(workerUrl, location.href).origin !== self.origin) throw new Error("it is not this page's");
  const worker = new Worker(workerUrl, { type: "module" });
  const waiting = new Map<number, Waiting>();
  let count = 0;
  let failure: Error | undefined;
  let isReady = false;
  let silence: number | undefined;
  return new Promise((opened, notOpened) => {
    const fail = (event?: Event) => {
      // Nobody else has to hear of it.
      event?.preventDefault();
      clearTimeout(silence);
      // What a failure has left in its memory nobody knows.
      worker.terminate();
      failure = new Error("the compiler has failed");
      if (isReady) lost();
      else notOpened(failure);
      for (const request of waiting.values()) request.reject(failure);
    };
    const listen = () => {
      clearTimeout(silence);
      if (waiting.size > 0) silence = window.setTimeout(fail, SILENCE);
    };
    const ask: Translate = (snapshot, addresses, take) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        const id = count++;
        waiting.set(id, { take, resolve, reject });
        listen();
        const request: CompileRequest = { id, snapshot, addresses };
        worker.postMessage(request, [snapshot.buffer]);
      });
    worker.onerror = worker.onmessageerror = fail;
    worker.onmessage = (event: MessageEvent<ThreadMessage>) => {
      const { data } = event;
      if (data === "ready") {
        isReady = true;
        clearTimeout(silence);
        return opened(ask);
      }
      if (data === "failed") return fail(event);
      const { id, translation } = data;
      if (translation) waiting.get(id)?.take(translation);
      else {
        waiting.get(id)?.resolve();
        waiting.delete(id);
      }
      listen();
    };
    silence = window.setTimeout(fail, LOADING);
    // Bundlers give the module another name, and know it in the page's scripts only.
    worker.postMessage(new URL(wasmUrl, location.href).href);
  });
}

/** On this thread, a little at a time. */
const translateHere: Translate = async (...request) => {
  const { compileUnits } = await import("./unit.js");
  await compileUnits(true, ...request);
};
