/** The values that attributes of the element can have. Another value is as none, and a word to whoever has written it. */

import { pageUrl, shorten } from "../page/fetch.js";
import { warnOnce } from "../page/warn.js";

/** Which texts are values, and what they are in words. */
export interface Form {
  readonly words: string;
  accepts(text: string): boolean;
}

/** The form of an attribute that has one of some values. */
export function oneOf(words: string, ...texts: string[]): Form {
  return { words, accepts: (text) => texts.includes(text) };
}

/** The forms of attributes that have not any text for a value. */
export const FORMS = {
  volume: {
    words: "a number from 0 to 1",
    accepts: (text: string) => text.trim() !== "" && Number(text) >= 0 && Number(text) <= 1,
  },
  scale: {
    words: "auto or a whole number",
    accepts: (text: string) => text === "auto" || (Number.isInteger(Number(text)) && Number(text) >= 1),
  },
  keymap: oneOf("standard or letters", "standard", "letters"),
  edition: oneOf("2023 or 2026", "2023", "2026"),
  engine: oneOf("auto, blocks, tailcall or switch", "auto", "blocks", "tailcall", "switch"),
} as const satisfies Readonly<Record<string, Form>>;

/** In a page a flag is on because it is there. */
const FLAG: Form = {
  words: "on, whatever its value; without the attribute it is off",
  accepts: (text) => text !== "false" && text !== "0",
};

/** What is said here of attributes besides. Of `src` and `files` the visitor is told, of `theme` others tell. */
const IN_PAGES: Readonly<Record<string, Form>> = {
  ...FORMS,
  autoplay: FLAG,
  controls: FLAG,
  muted: FLAG,
  background: FLAG,
  stats: FLAG,
  poster: { words: "an address", accepts: (text) => URL.canParse(text, document.baseURI) },
  page: {
    words: "an address with http or https",
    accepts: (text) => pageUrl(text, document.baseURI) !== undefined,
  },
};

/** Warns of a value that an attribute cannot have. */
export function checkAttribute(name: string, value: string | null): void {
  // One without a value says nothing.
  const form = value ? IN_PAGES[name] : undefined;
  if (value && form?.accepts(value) === false)
    warnOnce(`${name}="${shorten(value)}": this is ${form.words}.`);
}
