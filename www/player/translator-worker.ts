/** The thread of the compiler. It says whether it is ready, and then answers one message with one. */

import type { Translation } from "./translator.js";
import { compileUnit, ready } from "./unit.js";

export interface CompileRequest {
  readonly id: number;
  readonly snapshot: Uint8Array<ArrayBuffer>;
  readonly address: number;
}

export interface CompileReply {
  readonly id: number;
  readonly translation: Translation | undefined;
}

self.onmessage = async ({ data: { id, snapshot, address } }: MessageEvent<CompileRequest>) => {
  let translation: Translation | undefined;
  try {
    translation = await compileUnit(snapshot, address);
  } catch {
    // Without the compiler the interpreter goes on.
  }
  self.postMessage({ id, translation } satisfies CompileReply);
};
ready().then(
  () => self.postMessage(true),
  () => self.postMessage(false),
);
