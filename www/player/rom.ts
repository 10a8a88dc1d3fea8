/** Fetching and checking programs. Every failure is an error whose message can be shown as it is. */

import type { Fantail } from "./wasm.js";

/** A server may be silent for this long, in milliseconds. */
const TIMEOUT_MS = 15_000;

/** Why there is no program, in words. */
export class RomError extends Error {
  override readonly name = "RomError";
  /** Whether the program may be all right, and only could not be fetched. */
  readonly isAboutNetwork: boolean;

  constructor(message: string, isAboutNetwork = false) {
    super(message);
    this.isAboutNetwork = isAboutNetwork;
  }
}

/** The address of a ROM, seen from a page, if it is one that can be fetched. */
export function romUrl(address: string, base: string): URL {
  let url: URL;
  try {
    url = new URL(address, base);
  } catch {
    throw new RomError(`“${shorten(address)}” is not a web address.`);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new RomError(`Programs are fetched from http and https addresses, not from “${url.protocol}”.`);
  }
  return url;
}

/**
 * Fetches a ROM. Stops as soon as it is larger than a ROM can be.
 *
 * @param signal Gives up. The error is then the signal's reason, not a {@link RomError}.
 */
export async function fetchRom(
  fantail: Fantail,
  url: URL,
  signal: AbortSignal,
  timeout = TIMEOUT_MS,
): Promise<Uint8Array<ArrayBuffer>> {
  const stalled = new AbortController();
  const giveUp = () => stalled.abort();
  let timer = setTimeout(giveUp, timeout);
  const request: RequestInit = {
    credentials: "omit",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.any([signal, stalled.signal]),
  };
  let hasAnswered = false;
  try {
    const response = await fetch(url, request);
    hasAnswered = true;
    if (!response.ok) throw new RomError(statusMessage(url, response.status), true);
    const limit = fantail.maxRomSize();
    // Content-Length counts compressed bytes; it is only a hint that the rest is not worth having.
    if (Number(response.headers.get("content-length")) > limit) throw tooLarge(limit);
    const chunks: Uint8Array[] = [];
    let size = 0;
    const reader = response.body?.getReader();
    for (;;) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, timeout);
      const part = await reader?.read();
      if (!part?.value) break;
      size += part.value.length;
      if (size > limit) throw tooLarge(limit);
      chunks.push(part.value);
    }
    const rom = new Uint8Array(size);
    let end = 0;
    for (const chunk of chunks) {
      rom.set(chunk, end);
      end += chunk.length;
    }
    return checkRom(fantail, rom);
  } catch (error) {
    if (error instanceof RomError) throw error;
    signal.throwIfAborted();
    if (stalled.signal.aborted) {
      throw new RomError(`${url.host} has not sent anything for ${timeout / 1000} seconds.`, true);
    }
    if (hasAnswered) throw new RomError(`The connection to ${url.host} broke off. Try again.`, true);
    throw new RomError(await unreachable(url, request), true);
  } finally {
    clearTimeout(timer);
    stalled.abort(); // Closes a connection that has more to say.
  }
}

/** Reads a ROM from a file of the visitor's. */
export async function readRom(fantail: Fantail, file: Blob, name: string): Promise<Uint8Array<ArrayBuffer>> {
  if (file.size > fantail.maxRomSize()) throw tooLarge(fantail.maxRomSize());
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    // Also what browsers say about a folder.
    throw new RomError(`“${shorten(name)}” cannot be read.`);
  }
  return checkRom(fantail, new Uint8Array(bytes));
}

/** These bytes, if they can be a ROM. */
export function checkRom<T extends Uint8Array>(fantail: Fantail, rom: T): T {
  const problem = fantail.checkRom(rom);
  if (problem !== undefined) throw new RomError(sentence(problem));
  return rom;
}

/** More bytes than fit into the memory of a computer. */
export function tooLarge(limit: number): RomError {
  return new RomError(`This is too large for a Uxn program: more than ${limit.toLocaleString("en")} bytes.`);
}

function statusMessage(url: URL, status: number): string {
  if (status === 404 || status === 410) return `There is no file at ${shorten(url.href)} (status ${status}).`;
  if (status === 401 || status === 403) return `${url.host} refuses to hand out the file (status ${status}).`;
  if (status >= 500) return `${url.host} has a problem of its own (status ${status}). Try again later.`;
  return `${url.host} answered with status ${status} instead of the file.`;
}

/**
 * Browsers do not say whether a server is out of reach or only keeps its files from other sites. A
 * request whose answer nobody may read tells: it succeeds with any answer.
 */
async function unreachable(url: URL, request: RequestInit): Promise<string> {
  if (location.protocol === "https:" && url.protocol === "http:") {
    return `This page is encrypted (https), and so the browser may not fetch from the unencrypted ${url.host}.`;
  }
  if (url.origin !== location.origin) {
    const answers = await fetch(url, { ...request, mode: "no-cors", method: "HEAD" }).then(
      () => true,
      () => false,
    );
    if (answers) {
      return (
        `${url.host} does not let other sites read its files, or has no such file (it sends no CORS header ` +
        "“Access-Control-Allow-Origin”). Download the file and open it from your computer instead."
      );
    }
  }
  return `${url.host} cannot be reached. Check the address and your connection.`;
}

function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

function shorten(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
