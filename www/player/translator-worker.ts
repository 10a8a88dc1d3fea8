/** The thread of the compiler. It says whether it is ready, and then answers one message with one or several. */

import type { Translation } from "./translator.js";
import { compileUnits, ready, warmUp } from "./unit.js";

export interface CompileRequest {
  readonly id: number;
  readonly snapshot: Uint8Array<ArrayBuffer>;
  readonly addresses: Uint16Array;
}

/** A module, or the end of the answer to a request. */
export interface CompileReply {
  readonly id: number;
  readonly translation?: Translation;
  readonly end?: "done" | "failed";
}

/** Milliseconds after which a compiler that has been loaded ahead uses the time. */
const IDLE = 50;

function reply(reply: CompileReply): void {
  self.postMessage(reply);
}

let idle: number | undefined;

self.onmessage = async ({ data: { id, snapshot, addresses } }: MessageEvent<CompileRequest>) => {
  clearTimeout(idle);
  try {
    await compileUnits(false, snapshot, addresses, (translation) => reply({ id, translation }));
    reply({ id, end: "done" });
  } catch {
    reply({ id, end: "failed" });
    // Nobody knows what a failure has left in memory. The page starts another.
    self.close();
  }
};
ready().then(
  () => {
    self.postMessage(true);
    idle = self.setTimeout(warmUp, IDLE);
  },
  () => self.postMessage(false),
);
