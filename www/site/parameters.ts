/**
 * What the address of `embed.html` says, in the query or behind `#`: `rom=ADDRESS` or a program as in
 * {@link splitParameters}, and attributes of the element by their names. Flags are on by their name alone, `1` or `true`,
 * and off by `0` or `false`.
 */

import { FORMS as ATTRIBUTE_FORMS, type Form, oneOf } from "../player/element/attributes.js";
import { EMBED_ATTRIBUTES, type EmbedAttribute, type EmbedValue } from "../player/element/messages.js";
import { splitParameters, splitQuery } from "../player/program/link.js";

/** In an address a flag may be off. */
const FLAG = oneOf("on (1, true) or off (0, false)", "", "0", "1", "true", "false");
const FORMS: { readonly [Name in EmbedAttribute]?: Form } = {
  ...ATTRIBUTE_FORMS,
  autoplay: FLAG,
  muted: FLAG,
  controls: FLAG,
  background: FLAG,
  stats: FLAG,
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
  const parameters = splitParameters(hash.slice(1));
  const link = parameters.find(({ isProgram }) => isProgram);
  const given = new Map(splitQuery(search.slice(1)).map(({ name, value }) => [name, value]));
  for (const { name, value, isProgram } of parameters) if (!isProgram) given.set(name, value);

  const attributes = new Map<EmbedAttribute, AttributeValue>();
  const problems: string[] = [];
  for (const [name, text] of given) {
    if (name === "rom") continue;
    const value = isAttribute(name) ? readValue(name, text) : undefined;
    if (!isAttribute(name)) problems.push(`There is no parameter “${shorten(name)}”.`);
    else if (value === undefined) problems.push(wrong(name, text));
    else attributes.set(name, value);
  }
  return { src: link ? hash : given.get("rom") || undefined, attributes, problems };
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
