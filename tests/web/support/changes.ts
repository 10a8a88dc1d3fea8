/** What chat programs, mail and browsers do to links: texts that hold a link are changed. */

/** Numbers from 0 to n - 1. */
export type Roll = (n: number) => number;

/** A change, and what may become of a link by it. */
export interface Change {
  readonly name: string;
  /**
   * - `undone`: the link has to play.
   * - `checked`: it has to play if it has a check sum, and else may be refused; of `rom=` the bytes may be others.
   * - `lost`: something is missing. A link without a check sum may play as another program.
   */
  readonly becomes: "undone" | "checked" | "lost";
  /** Whether it is what a browser or a person does to an address in a page, too, and not only around one in a text. */
  readonly inAddress?: false;
  apply(text: string, roll: Roll): string;
}

const HASH = /#|%23/;

/** The text with its fragment changed, if it has one. */
function inFragment(text: string, change: (fragment: string) => string): string {
  const at = text.search(HASH);
  if (at < 0) return text;
  const start = at + (text[at] === "#" ? 1 : 3);
  return text.slice(0, start) + change(text.slice(start));
}

/** The text with PROGRAM changed, its part behind `z=`, `r=` or `rom=`. */
function inProgram(text: string, change: (program: string) => string): string {
  return text.replace(
    /((?:^|[^a-z0-9])(?:z|r|rom)(?:=|%3D)(?:3D)?)([\w-]+)/i,
    (_, name, program) => name + change(program),
  );
}

/** Something put between characters, here and there. */
function sprinkle(text: string, what: string, roll: Roll): string {
  let sprinkled = text;
  for (let times = 1 + roll(4); times > 0; times--) {
    const at = 1 + roll(Math.max(1, sprinkled.length - 1));
    // Not inside of an escape.
    if (/%[0-9a-f]?$/i.test(sprinkled.slice(0, at)) || /&[^;]{0,5}$/.test(sprinkled.slice(0, at))) continue;
    sprinkled = sprinkled.slice(0, at) + what + sprinkled.slice(at);
  }
  return sprinkled;
}

/** Lines of some length, with something between them. */
function wrap(text: string, between: string, roll: Roll): string {
  const width = 20 + roll(57);
  return text.match(new RegExp(`.{1,${width}}`, "gsu"))?.join(between) ?? text;
}

function append(what: string, becomes: Change["becomes"] = "undone"): Change {
  return { name: `${what} at the end`, becomes, apply: (text) => text + what };
}

function around(before: string, after: string, becomes: Change["becomes"] = "undone"): Change {
  return {
    name: `${before}…${after} around`,
    becomes,
    inAddress: false,
    apply: (text) => before + text + after,
  };
}

function inside(name: string, what: string): Change {
  return {
    name: `${name} inside`,
    becomes: "undone",
    apply: (text, roll) => inProgram(text, (program) => sprinkle(program, what, roll)),
  };
}

function lines(name: string, between: string): Change {
  return {
    name: `lines with ${name} between`,
    becomes: "undone",
    inAddress: false,
    apply: (text, roll) => inProgram(text, (program) => wrap(program, between, roll)),
  };
}

function before(what: string): Change {
  return {
    name: `“${what}” before z=`,
    becomes: "undone",
    apply: (text) => inFragment(text, (rest) => what + rest),
  };
}

function fragment(
  name: string,
  becomes: Change["becomes"],
  change: (rest: string, roll: Roll) => string,
): Change {
  return { name, becomes, apply: (text, roll) => inFragment(text, (rest) => change(rest, roll)) };
}

function program(
  name: string,
  becomes: Change["becomes"],
  change: (digits: string, roll: Roll) => string,
): Change {
  return { name, becomes, apply: (text, roll) => inProgram(text, (digits) => change(digits, roll)) };
}

function address(
  name: string,
  becomes: Change["becomes"],
  change: (text: string, roll: Roll) => string,
): Change {
  return { name, becomes, apply: change };
}

const encode = (character: string) =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
const MARKS = [
  ..."..,;:!?)]}>\"'*`~…”’»。）」",
  "...",
  "**",
  "~~",
  ").",
  "!!!",
  '">',
  "&gt;",
  "&quot;",
  "\u00a0",
  " ",
  "\n",
];

/** Changes, each as often met as the next. */
export const CHANGES: readonly Change[] = [
  // Markdown.
  address("\\_ for _", "undone", (text) => text.replaceAll("_", "\\_")),
  address("\\ before all marks", "undone", (text) =>
    inFragment(text, (rest) => rest.replaceAll(/[_~-]/g, "\\$&")),
  ),
  address("%5C_ for _", "undone", (text) => text.replaceAll("_", "%5C_")),
  around("[a game](", ")"),
  around("<", ">"),
  around("**", "**"),
  around("_", "_", "checked"),
  around("__", "__", "checked"),
  around("`", "`"),
  // Marks, quotation, words.
  ...MARKS.map((mark) => append(mark)),
  append("_", "checked"),
  append("__", "checked"),
  append("-", "checked"),
  append("/", "checked"),
  append(" and then press Start", "checked"),
  append('" target="_blank">here</a>', "checked"),
  around('"', '"'),
  around("“", "”"),
  around("«\u00a0", "\u00a0»"),
  around("(", ")"),
  around("(see ", ")."),
  around("URL:", ""),
  // Characters that are not to be seen.
  inside("soft hyphens", "\u00ad"),
  inside("zero-width spaces", "\u200b"),
  inside("word joiners", "\u2060"),
  inside("byte order marks", "\ufeff"),
  inside("zero-width joiners", "\u200d"),
  inside("encoded soft hyphens", "%C2%AD"),
  inside("encoded zero-width spaces", "%E2%80%8B"),
  inside("spaces", " "),
  inside("encoded spaces", "%20"),
  inside("no-break spaces", "\u00a0"),
  inside("character references of soft hyphens", "&shy;"),
  inside("numeric character references", "&#8203;"),
  // Mail.
  lines("line breaks", "\r\n"),
  lines("line breaks and > ", "\n> "),
  lines("line breaks and >> ", "\r\n>> "),
  lines("a space and a line break", " \r\n"),
  lines("= and a line break", "=\r\n"),
  lines("= and a line break that is gone", "="),
  fragment("=3D for =", "checked", (rest) => rest.replaceAll("=", "=3D")),
  // Pages.
  address("&amp; for &", "undone", (text) => text.replaceAll("&", "&amp;")),
  address("&#38; for &", "undone", (text) => text.replaceAll("&", "&#38;")),
  address("&amp;amp; for &", "undone", (text) => text.replaceAll("&", "&amp;amp;")),
  // Encoding.
  fragment("encoded", "undone", (rest) => encodeURIComponent(rest)),
  fragment("encoded twice", "undone", (rest) => encodeURIComponent(encodeURIComponent(rest))),
  fragment("encoded as an address", "undone", (rest) => encodeURI(rest)),
  address("all of it encoded", "undone", (text) => (/^https?:/.test(text) ? encodeURIComponent(text) : text)),
  program("some of it encoded", "undone", (digits, roll) => {
    return digits.replaceAll(/[\w-]/g, (digit) => (roll(6) === 0 ? encode(digit) : digit));
  }),
  program("its marks encoded", "undone", (digits) => digits.replaceAll(/[_-]/g, encode)),
  address("escapes in lower case", "undone", (text) =>
    text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ),
  address("escapes in upper case", "undone", (text) =>
    text.replaceAll(/%[0-9a-f]{2}/g, (code) => code.toUpperCase()),
  ),
  { ...address("%23 for #", "undone", (text) => text.replace("#", "%23")), inAddress: false },
  program("plain base64", "undone", (digits) => digits.replaceAll("-", "+").replaceAll("_", "/")),
  program("padding", "undone", (digits) => digits.padEnd(Math.ceil(digits.length / 4) * 4, "=")),
  // The name of the parameter.
  before("/"),
  before("#"),
  before(" "),
  before("!"),
  before("&"),
  before("%20"),
  before("\u00a0"),
  fragment("Z= for z=", "undone", (rest) =>
    rest.replace(/(^|[^a-z0-9])(z|r|rom|args)(=|%3D)/g, (name) => name.toUpperCase()),
  ),
  // Typography.
  program("non-breaking hyphens", "undone", (digits) => digits.replaceAll("-", "‑")),
  program("minus signs", "undone", (digits) => digits.replaceAll("-", "−")),
  program("— for --", "checked", (digits) => digits.replaceAll("--", "—")),
  program("– for --", "checked", (digits) => digits.replaceAll("--", "–")),
  program("– for -", "checked", (digits) => digits.replaceAll("-", "–")),
  program("— for ---, – for --", "checked", (digits) => digits.replaceAll("---", "—").replaceAll("--", "–")),
  // Counting visitors.
  fragment("&fbclid= after", "undone", (rest) => `${rest}&fbclid=IwAR0x_-y`),
  fragment("?utm_source= after", "undone", (rest) => `${rest}?utm_source=chat&utm_medium=social`),
  fragment("fbclid= before", "undone", (rest) => `fbclid=IwAR0x_-y&${rest}`),
  address("?utm_source= before #", "undone", (text) =>
    text.replace(HASH, (hash) => `?utm_source=chat.example&utm_id=z${hash}`),
  ),
  append(":~:text=Uxn", "undone"),
  append("#:~:text=Uxn,-z", "undone"),
  {
    name: "in the address of a page that warns",
    becomes: "undone",
    inAddress: false,
    apply: (text) => `https://safe.example/?url=${encodeURIComponent(text)}&data=05%7C01&z`,
  },
  // What leaves something out.
  address("without marks at the end", "checked", (text) => text.replace(/[-_.)]+$/, "")),
  address("cut anywhere", "lost", (text, roll) => text.slice(0, 40 + roll(text.length))),
  address("cut inside the program", "lost", (text, roll) =>
    inProgram(text, (digits) => digits.slice(0, roll(digits.length))),
  ),
  address("cut at 2000", "lost", (text) => text.slice(0, 2000)),
  address("cut with …", "lost", (text, roll) => `${text.slice(0, 60 + roll(60))}…`),
  program("… in the middle", "lost", (digits) => `${digits.slice(0, 12)}…${digits.slice(-6)}`),
  program("bold between low lines", "lost", (digits) => digits.replace(/_+([^_]+)_+/, "$1")),
  program("no low lines", "lost", (digits) => digits.replaceAll("_", "")),
  program("spaces for hyphens", "lost", (digits) => digits.replaceAll("-", " ")),
  address("lower case", "lost", (text) => text.toLowerCase()),
  address("upper case", "lost", (text) => text.toUpperCase()),
  program("a digit left out", "lost", (digits, roll) => {
    const at = roll(digits.length);
    return digits.slice(0, at) + digits.slice(at + 1);
  }),
  program("a digit doubled", "lost", (digits, roll) => {
    const at = roll(digits.length);
    return digits.slice(0, at + 1) + digits.slice(at);
  }),
  program("two digits exchanged", "lost", (digits, roll) => {
    const at = roll(digits.length);
    return (
      digits.slice(0, at) +
      digits
        .slice(at, at + 2)
        .split("")
        .reverse()
        .join("") +
      digits.slice(at + 2)
    );
  }),
  program("another digit", "lost", (digits, roll) => {
    const at = roll(digits.length);
    return digits.slice(0, at) + "AQgw8_-z"[roll(8)] + digits.slice(at + 1);
  }),
  program("digits like others", "lost", (digits) => digits.replaceAll("l", "I").replaceAll("0", "O")),
];
