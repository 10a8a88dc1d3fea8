/**
 * What the address of `embed.html` says, in the query or behind `#`: `rom=ADDRESS` or a program as in
 * {@link splitLink}, and attributes of the element by their names. Flags are on by their name alone, `1` or `true`,
 * and off by `0` or `false`.
 */

import { splitLink } from "../player/link.js";
import { EMBED_ATTRIBUTES, type EmbedAttribute, type EmbedValue } from "../player/messages.js";

/** Which texts are values, and what they are in words. */
interface Form {
  readonly words: string;
  accepts(text: string): boolean;
}

function oneOf(words: string, ...texts: string[]): Form {
  return { words, accepts: (text) => texts.includes(text) };
}

const FLAG = oneOf("on (1, true) or off (0, false)", "", "0", "1", "true", "false");
const FORMS: { readonly [Name in EmbedAttribute]?: Form } = {
  autoplay: FLAG,
  muted: FLAG,
  controls: FLAG,
  background: FLAG,
  stats: FLAG,
  volume: {
    words: "a number from 0 to 1",
    accepts: (text) => text !== "" && Number(text) >= 0 && Number(text) <= 1,
  },
  scale: {
    words: "auto or a whole number",
    accepts: (text) => text === "auto" || (Number.isInteger(Number(text)) && Number(text) >= 1),
  },
  keymap: oneOf("standard or letters", "standard", "letters"),
  edition: oneOf("2023 or 2026", "2023", "2026"),
  engine: oneOf("auto, blocks, tailcall or switch", "auto", "blocks", "tailcall", "switch"),
};

/** A value as the element has it: `null` if there is none, as of a flag that is off. */
export type AttributeValue = string | null;

/** What an address says. */
export interface Parameters {
  /** Where the program comes from, if from anywhere. */
  readonly src: string | undefined;
  readonly attributes: ReadonlyMap<EmbedAttribute, AttributeValue>;
  /** What is wrong with it, in words for whoever has written it. */
  readonly problems: readonly string[];
}

/** Reads an address. What is behind `#` counts before the query. */
export function readAddress({ search, hash }: Pick<URL, "search" | "hash">): Parameters {
  const link = splitLink(hash);
  // All of a link may have been encoded on its way.
  const isWhole = /^#\w+=/.test(hash);
  const fragment = new URLSearchParams((link && !isWhole ? decodeURIComponent(hash) : hash).slice(1));
  const given = new URLSearchParams(search);
  for (const [name, value] of fragment) given.set(name, value);

  const attributes = new Map<EmbedAttribute, AttributeValue>();
  const problems: string[] = [];
  for (const [name, text] of given) {
    if (name === "rom" || (link && (name === "z" || name === "r"))) continue;
    const value = isAttribute(name) ? readValue(name, text) : undefined;
    if (!isAttribute(name)) problems.push(`There is no parameter “${shorten(name)}”.`);
    else if (value === undefined) problems.push(wrong(name, text));
    else attributes.set(name, value);
  }
  const rom = given.get("rom") || undefined;
  // Behind # it is a program, unless it has a sign in it that no program has.
  const isProgram = link && !/[.:]/.test(fragment.get("rom") ?? "");
  return { src: isProgram ? hash : rom, attributes, problems };
}

/** The value of an attribute, or nothing if it cannot have this one. */
export function readValue(name: EmbedAttribute, value: EmbedValue): AttributeValue | undefined {
  if (value === null) return null;
  const text = String(value);
  const form = FORMS[name];
  if (form === FLAG && form.accepts(text)) return text === "0" || text === "false" ? null : "";
  return typeof value === "boolean" || form?.accepts(text) === false ? undefined : text;
}

/** Says that an attribute cannot have a value. */
export function wrong(name: EmbedAttribute, value: EmbedValue): string {
  return `${name}=${shorten(String(value))}: this is ${FORMS[name]?.words ?? "text"}.`;
}

function isAttribute(name: string): name is EmbedAttribute {
  return (EMBED_ATTRIBUTES as readonly string[]).includes(name);
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
