/**
 * The thread of the compiler. It is told where the compiler is, says when it is ready, and then answers one message with
 * one or several. After a failure it is of no use.
 */

import type { CompileRequest, ThreadMessage } from "./translation.js";
import { compileUnits, load, warmUp } from "./unit.js";

/** Milliseconds after which a compiler that has been loaded ahead uses the time. */
const IDLE = 50;

function say(message: ThreadMessage): void {
  self.postMessage(message);
}

let idle: number | undefined;

self.onmessage = ({ data }: MessageEvent<string | CompileRequest>) => {
  const work = typeof data === "string" ? start(data) : answer(data);
  work.catch(() => say("failed"));
};

async function start(url: string): Promise<void> {
  await load({ module_or_path: url });
  say("ready");
  // If that fails it is an uncaught error, of which the page hears as well.
  idle = self.setTimeout(warmUp, IDLE);
}

async function answer({ id, snapshot, addresses }: CompileRequest): Promise<void> {
  clearTimeout(idle);
  await compileUnits(false, snapshot, addresses, (translation) => say({ id, translation }));
  say({ id });
}
