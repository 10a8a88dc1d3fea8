/** Files that the page gives to a program: the attribute `files`. */

import type { Fantail } from "../emulator/wasm.js";
import { type Allowance, fetchBytes, RomError, shorten, webUrl } from "../page/fetch.js";

/** The most files in a list. */
const MAX_FILES = 64;

/**
 * Fetches the files of a list: addresses separated by spaces, each `address` or `name=address`. Without a name the
 * file is called as the last part of its address. A name may have directories. In both `%20` is a space, and so on.
 * All together have room in a program's {@link Files}.
 *
 * @param base What addresses are relative to.
 * @throws RomError with words for the visitor; the signal's reason if that ends it.
 */
export async function fetchGiven(
  fantail: Fantail,
  list: string,
  base: string,
  signal: AbortSignal,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const items = list.split(/\s+/).filter((item) => item !== "");
  if (items.length > MAX_FILES) {
    throw new RomError(`A program is given at most ${MAX_FILES} files, not ${items.length}.`);
  }
  const files = items.map((item) => parseItem(item, base));
  const allowance = allow(fantail, files);
  // Where one is missing the others are not worth having.
  const end = new AbortController();
  const ends = AbortSignal.any([signal, end.signal]);
  try {
    return new Map(
      await Promise.all(
        files.map(async ({ name, url }) => [name, await fetchBytes(url, allowance, ends)] as const),
      ),
    );
  } finally {
    end.abort();
  }
}

interface Item {
  readonly name: string;
  readonly url: URL;
}

function parseItem(item: string, base: string): Item {
  // In an address there may be such a sign as well, behind others that are in no name.
  const [, name, address = item] = item.match(/^([^=:?#]*)=(.*)$/) ?? [];
  const url = webUrl(address, base, "Files");
  const part = name ?? url.pathname.split("/").at(-1) ?? "";
  try {
    return { name: decodeURIComponent(part), url };
  } catch {
    throw new RomError(`“${shorten(part)}” cannot be the name of a file: a sign % stands for no character.`);
  }
}

/**
 * How much may be fetched.
 *
 * @throws RomError if there can be no files of these names, one beside the other.
 */
function allow(fantail: Fantail, items: readonly Item[]): Allowance {
  const files = new fantail.Files();
  try {
    for (const { name, url } of items) {
      if (name === "") throw new RomError(`There is no name for the file at ${shorten(url.href)}.`);
      try {
        files.write(new TextEncoder().encode(name), new Uint8Array());
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new RomError(`The program cannot be given “${shorten(name)}”: ${reason}.`);
      }
    }
    const { quota } = files;
    const words = `The files for the program are too large: together more than ${quota.toLocaleString("en")} bytes.`;
    return { bytes: quota, exceeded: () => new RomError(words) };
  } finally {
    files.free();
  }
}
