/** From a {@link Source} to a program. */

import type { Fantail } from "../emulator/wasm.js";
import type { Source } from "../types.js";
import { checkRom, fetchRom, readRom, romUrl } from "./rom.js";

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
  if (isOf("Blob", source) || isOf("File", source)) {
    const name = isOf("File", source) ? source.name : "";
    return { rom: await readRom(fantail, source, name), name: withoutEnding(name) };
  }
  if (isOf("ArrayBuffer", source) || ArrayBuffer.isView(source)) {
    // The page may go on to use its bytes.
    return { rom: checkRom(fantail, new Uint8Array(source).slice()), name: "" };
  }
  const address = String(source);
  // Most programs are at an address: only one with `#`, encoded or not, can be a link.
  if (/#|%(?:25)*23/i.test(address)) {
    const { linkIn, openLink, unknownLink } = await import("./link.js");
    const link = linkIn(address);
    if (link) {
      // Wherever it leads: nothing is fetched from there.
      const { rom, args } = await openLink(link, fantail.maxRomSize(), signal);
      return { rom: checkRom(fantail, rom), args, name: "" };
    }
    if (/^\s*#/.test(address)) throw unknownLink(address.trim());
  }
  const url = romUrl(address, base);
  const rom = await fetchRom(fantail, url, signal);
  return { rom, name: withoutEnding(fileName(url)), address: url.href };
}

interface Kinds {
  readonly ArrayBuffer: ArrayBuffer;
  readonly Blob: Blob;
  readonly File: File;
}

/** Whether it is an object of an interface, whatever window has made it. */
function isOf<Name extends keyof Kinds>(name: Name, value: unknown): value is Kinds[Name] {
  return Object.prototype.toString.call(value) === `[object ${name}]`;
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
