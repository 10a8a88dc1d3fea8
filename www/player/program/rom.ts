/** Fetching and checking programs. Every failure is an error whose message can be shown as it is. */

import type { Fantail } from "../emulator/wasm.js";
import { fetchBytes, RomError, shorten, webUrl } from "../page/fetch.js";

export { RomError };

/** The address of a ROM, seen from a page, if it is one that can be fetched. */
export function romUrl(address: string, base: string): URL {
  return webUrl(address, base, "Programs");
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
  timeout?: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const limit = fantail.maxRomSize();
  const allowance = { bytes: limit, exceeded: () => tooLarge(limit) };
  return checkRom(fantail, await fetchBytes(url, allowance, signal, timeout));
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

/** What is worded in the emulator, as a sentence. */
export function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
