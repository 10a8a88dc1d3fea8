/** The lines that put a program into somebody's page. What they hold is not to be trusted: it is escaped. */

import { formatArgs } from "../program/args.js";
import type { Shared } from "./shared.js";

/** What a frame may use. */
const PERMISSIONS = "autoplay; clipboard-write; fullscreen; gamepad; web-share";
/** CSS pixels for a screen, and how wide a whole multiple of one is at most. */
const ROOM = { width: 640, height: 400 };
/** CSS pixels of the bar of controls below. */
const BAR = 44;

/** The address of the page with a program in its fragment. */
export function programLink(page: URL, fragment: string): string {
  return inPage(page, "", { hash: fragment });
}

/**
 * The script and the element. The program comes from its address, or from a link that holds it.
 *
 * @returns Nothing where there is no script, or nowhere to have the program from.
 */
export function elementLines({ script, address, args, name }: Shared, link?: string): string | undefined {
  const src = address ?? link;
  if (!script || src === undefined) return undefined;
  // A link has them already.
  const line = address === undefined ? "" : formatArgs(args);
  const player = tag("uxn-player", { src, args: line || undefined, label: name, controls: "" });
  return `${tag("script", { type: "module", src: script.href })}\n${player}`;
}

/**
 * A frame with fantail's page for frames in it.
 *
 * @param fragment Of a link that holds the program, for one without an address.
 * @returns Nothing where no such page is known.
 */
export function frameLine(
  { page, address, args, name, screen }: Shared,
  fragment?: string,
): string | undefined {
  if (!page) return undefined;
  let src: string;
  if (address !== undefined) src = inPage(page, "embed.html", { rom: address, args: formatArgs(args) });
  else if (fragment !== undefined) src = inPage(page, "embed.html", { hash: fragment });
  else return undefined;
  // A program that has not been started has no screen yet.
  const { width, height } = screen && screen.width * screen.height > 0 ? screen : ROOM;
  const scale = Math.max(1, Math.floor(ROOM.width / width));
  return tag("iframe", {
    src,
    title: name,
    width: String(width * scale),
    height: String(height * scale + BAR),
    allow: PERMISSIONS,
    loading: "lazy",
    style: "border: 0",
  });
}

/** The value of an attribute, as it is written between double quotation marks. */
export function escapeAttribute(text: string): string {
  return text.replaceAll(/[&<>"\t\n\r]/g, (character) => ESCAPES.get(character) ?? character);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  // So that a line stays one, and a parser changes nothing.
  ["\t", "&#9;"],
  ["\n", "&#10;"],
  ["\r", "&#13;"],
]);

/** An element without contents; attributes without a value are left out, those with an empty one have only a name. */
function tag(name: string, attributes: Readonly<Record<string, string | undefined>>): string {
  const written = Object.entries(attributes).map(([attribute, value]) => {
    if (value === undefined) return "";
    return value === "" ? ` ${attribute}` : ` ${attribute}="${escapeAttribute(value)}"`;
  });
  return `<${name}${written.join("")}></${name}>`;
}

/** An address beside the page, with parameters, or a fragment made of characters that need no escape. */
function inPage(
  page: URL,
  file: string,
  { hash = "", ...parameters }: { readonly hash?: string; readonly [name: string]: string },
): string {
  const url = new URL(file, page);
  const search = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== ""));
  // Addresses in it stay readable.
  url.search = search.toString().replaceAll("%2F", "/").replaceAll("%3A", ":");
  url.hash = "";
  // Not by the setter: Firefox leaves out what makes an address longer than it opens.
  return hash === "" ? url.href : `${url.href}#${hash}`;
}
