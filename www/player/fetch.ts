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
    if (!response.ok) throw new RomError(statusMessage(url, response.status), true);
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
    throw new RomError(await unreachable(url, request), true);
  } finally {
    clearTimeout(timer);
    stalled.abort(); // Closes a connection that has more to say.
  }
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
  if (url.origin !== globalThis.origin) {
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

/** Text that is no longer than a message bears. */
export function shorten(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
