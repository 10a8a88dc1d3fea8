/** Links opened and made, with answers that can be compared between engines. Also runs in Node. */

import { linkFragment, programInLink } from "../../../../www/player/program/link.js";
import { RomError } from "../../../../www/player/program/rom.js";

/** What a link came to: the bytes in hexadecimal and the arguments, words for the visitor, or nothing. */
export type Opened = { rom: string; args: string[] } | { refused: string } | "no program";

/** Opens links one after the other. Errors other than for the visitor are thrown. */
export async function openLinks(fragments: readonly string[], limit: number): Promise<Opened[]> {
  const opened: Opened[] = [];
  for (const fragment of fragments) {
    try {
      const program = await programInLink(fragment, limit);
      opened.push(program ? { rom: hex(program.rom), args: program.args } : "no program");
    } catch (error) {
      if (!(error instanceof RomError)) throw error;
      opened.push({ refused: error.message });
    }
  }
  return opened;
}

export async function makeLink(rom: readonly number[], args: readonly string[]): Promise<string> {
  return linkFragment(Uint8Array.from(rom), args);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

declare global {
  var links: { openLinks: typeof openLinks; makeLink: typeof makeLink };
}

globalThis.links = { openLinks, makeLink };
