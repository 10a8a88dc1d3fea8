/** A program as one web page that needs no other file. */

import { explain } from "../page/policy.js";
import { escapeAttribute } from "./embed.js";

/** What goes into the page. */
export interface Exported {
  /** Of a link that holds the program. */
  readonly fragment: string;
  readonly name: string;
  /** fantail's page, for links from there. */
  readonly page: URL;
}

/** A server may take this long to answer, in milliseconds. */
const TIMEOUT_MS = 20_000;
/** Where the template has its title, and where its player. */
const TITLE = /<title>[^<]*<\/title>/;
const PLAYER = /<uxn-player(?=[\s>])/;
/** Longer names than this are cut. Some systems keep 255 bytes. */
const MAX_NAME = 60;

/**
 * The page with a program in it.
 *
 * @param template The text of `single.html`.
 * @throws Error if it is something else, with words for the visitor
 */
export function exportPage(template: string, { fragment, name, page }: Exported): string {
  if (!TITLE.test(template) || !PLAYER.test(template)) {
    throw new Error("The player for web pages could not be read: its file is not the right one.");
  }
  const attributes = { src: `#${fragment}`, label: name, page: page.href };
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeAttribute(value)}"`);
  // Functions: in a replacement text, `$` would have a meaning.
  return template
    .replace(TITLE, () => `<title>${escapeAttribute(name)}</title>`)
    .replace(PLAYER, (start) => start + written.join(""));
}

/**
 * Fetches the template, which is beside fantail's page.
 *
 * @param signal Gives up.
 * @throws Error with words for the visitor
 */
export async function fetchTemplate(page: URL, signal: AbortSignal): Promise<string> {
  const url = new URL("single.html", page);
  let response: Response;
  try {
    const init: RequestInit = {
      credentials: "omit",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    };
    response = await fetch(url, init);
    if (response.ok) return await response.text();
  } catch {
    const words = `The player for web pages could not be fetched from ${url.host}. Check the connection.`;
    throw new Error(await explain(url, words));
  }
  throw new Error(`${url.host} answered with status ${response.status} instead of the player for web pages.`);
}

/** A name for a file, from one that may hold anything. */
export function fileName(name: string, extension: string): string {
  const plain = name
    .normalize("NFC")
    // What file systems forbid, what separates folders, and what does not show or turns the text around.
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\\/:*?"<>|]+/gu, " ")
    .replaceAll(/\s+/g, " ");
  const cut = [...plain].slice(0, MAX_NAME).join("");
  // Nor hidden files, nor what Windows forgets, nor what it takes for a device.
  const safe = cut.replace(/^[\s.]+/, "").replace(/[\s.]+$/, "") || "program";
  return (/^(con|prn|aux|nul|(com|lpt)\d)(\.|$)/i.test(safe) ? `${safe}_` : safe) + extension;
}
