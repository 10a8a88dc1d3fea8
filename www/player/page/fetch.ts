/** Fetching: bounded in size and in silence, without the visitor's cookies, and with words for what goes wrong. */

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

/** How much may be fetched. Several fetches can share it. */
export interface Allowance {
  /** How many bytes may still come. */
  bytes: number;
  /** What is said if there are more. */
  readonly exceeded: () => RomError;
}

/**
 * An address, seen from a page, if it is one that can be fetched.
 *
 * @param what What is to be found there, for messages: `Programs`.
 */
export function webUrl(address: string, base: string, what: string): URL {
  let url: URL;
  try {
    url = new URL(address, base);
  } catch {
    throw new RomError(`“${shorten(address)}” is not a web address.`);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new RomError(`${what} are fetched from http and https addresses, not from “${url.protocol}”.`);
  }
  return url;
}

/**
 * Fetches a file. Stops as soon as there is more of it than allowed.
 *
 * @param signal Gives up. The error is then the signal's reason, not a {@link RomError}.
 */
export async function fetchBytes(
  url: URL,
  allowance: Allowance,
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
    if (!response.ok) throw new RomError(await describe(url, request, response.status), true);
    // Content-Length counts compressed bytes; it is only a hint that the rest is not worth having.
    if (Number(response.headers.get("content-length")) > allowance.bytes) throw allowance.exceeded();
    const chunks: Uint8Array[] = [];
    let size = 0;
    const reader = response.body?.getReader();
    for (;;) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, timeout);
      const part = await reader?.read();
      if (!part?.value) break;
      size += part.value.length;
      allowance.bytes -= part.value.length;
      if (allowance.bytes < 0) throw allowance.exceeded();
      chunks.push(part.value);
    }
    const bytes = new Uint8Array(size);
    let end = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, end);
      end += chunk.length;
    }
    return bytes;
  } catch (error) {
    if (error instanceof RomError) throw error;
    signal.throwIfAborted();
    if (stalled.signal.aborted) {
      throw new RomError(`${url.host} has not sent anything for ${timeout / 1000} seconds.`, true);
    }
    if (hasAnswered) throw new RomError(`The connection to ${url.host} broke off. Try again.`, true);
    throw new RomError(await describe(url, request), true);
  } finally {
    clearTimeout(timer);
    stalled.abort(); // Closes a connection that has more to say.
  }
}

/** Why a fetch has failed, in words that are fetched themselves; where that fails, too, there are not many. */
async function describe(url: URL, request: RequestInit, status?: number): Promise<string> {
  try {
    const { statusMessage, unreachable } = await import("./failure.js");
    return status === undefined
      ? await unreachable(url, request)
      : statusMessage(url, shorten(url.href), status);
  } catch {
    return `${url.host} ${status === undefined ? "cannot be reached" : `answered with status ${status}`}.`;
  }
}

/** The address of a page to which links can lead, if it is one. */
export function pageUrl(address: string, base: string): URL | undefined {
  if (address === "" || !URL.canParse(address, base)) return undefined;
  const url = new URL(address, base);
  return url.protocol === "http:" || url.protocol === "https:" ? url : undefined;
}

/** Text that is no longer than a message bears. */
export function shorten(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
