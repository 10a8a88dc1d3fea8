/** From a {@link Source} to a program. */

import { programInLink } from "./link.js";
import { checkRom, fetchRom, readRom, romUrl } from "./rom.js";
import type { Source } from "./types.js";
import type { Fantail } from "./wasm.js";

/** A program that is there. */
export interface Program {
  readonly rom: Uint8Array<ArrayBuffer>;
  /** The arguments in the link, if it came with one. */
  readonly args?: readonly string[];
  /** What its file is called; empty if that is not known. */
  readonly name: string;
  /** Where it can be fetched again, if anywhere. */
  readonly address?: string;
}

/**
 * Gets a program.
 *
 * @param base What addresses are relative to.
 * @throws RomError with words for the visitor; the signal's reason if that ends it.
 */
export async function getProgram(
  fantail: Fantail,
  source: Source,
  base: string,
  signal: AbortSignal,
): Promise<Program> {
  if (source instanceof Blob) {
    const name = source instanceof File ? source.name : "";
    return { rom: await readRom(fantail, source, name), name: withoutEnding(name) };
  }
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
    // The page may go on to use its bytes.
    return { rom: checkRom(fantail, new Uint8Array(source).slice()), name: "" };
  }
  const address = String(source);
  const start = address.indexOf("#");
  // Wherever it leads: nothing is fetched from there.
  const linked =
    start < 0 ? undefined : await programInLink(address.slice(start), fantail.maxRomSize(), signal);
  if (linked) return { rom: checkRom(fantail, linked.rom), args: linked.args, name: "" };
  const url = romUrl(address, base);
  const rom = await fetchRom(fantail, url, signal);
  return { rom, name: withoutEnding(fileName(url)), address: url.href };
}

function fileName(url: URL): string {
  const name = url.pathname.split("/").at(-1) || url.host;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function withoutEnding(name: string): string {
  return name.replace(/\.rom$/i, "");
}
