/**
 * Links that hold a program, in the part of an address after `#`, which browsers do not send to servers.
 *
 *     #z=PROGRAM      zlib (RFC 1950): fantail's own. Also raw deflate (RFC 1951), which fantail made before
 *     #r=PROGRAM      ULZ: uxn5's
 *     #rom=PROGRAM    the bytes as they are: uxn5's
 *
 * PROGRAM is in base64url (RFC 4648, section 5) without padding. `args=LINE` may be beside it, the program's arguments
 * as {@link parseArgs} reads them, in UTF-8 and percent-encoded. Parameters of other names are ignored.
 *
 * fantail puts the arguments first. The end of a link is where chat and mail programs cut, and add a full stop: there
 * stands the program, which has a check sum.
 *
 * This module reads an address as a text, whatever happened to it on its way; `unpack.ts` gets the program out.
 */

import { formatArgs, parseArgs } from "./args.js";
import { encodeBase64, IGNORABLE, unpackProgram } from "./unpack.js";

export { unknownLink } from "./unpack.js";

/** A link taken apart, with its program still packed. */
export interface ProgramLink {
  /** The program: `z=PROGRAM`, `r=PROGRAM` or `rom=PROGRAM`. */
  readonly program: string;
  readonly args: readonly string[];
}

/** A program that was in a link. */
export interface LinkedProgram {
  readonly rom: Uint8Array<ArrayBuffer>;
  readonly args: string[];
}

/** A parameter of a query or fragment, decoded. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
  /** Whether the value is PROGRAM. The name is then `z`, `r` or `rom`, whatever stood around it. */
  readonly isProgram?: true;
}

/** How many times an address may have been encoded: more is nothing that happens by accident. */
const LEVELS = 4;
/** Between the digits of a program: marks of quotation in mail, or of escape. */
const QUOTED_BREAK = /[>|=\\]\s*/g;
/** How many `#` of an address are tried. */
const HASHES = 8;

/** The fragment of a link that holds a program, without `#`. */
export async function linkFragment(rom: Uint8Array, args: readonly string[] = []): Promise<string> {
  const packed = new Blob([rom.slice()]).stream().pipeThrough(new CompressionStream("deflate"));
  return joinLink({
    program: `z=${encodeBase64(new Uint8Array(await new Response(packed).arrayBuffer()))}`,
    args,
  });
}

/**
 * The fragment, without `#`, that {@link splitLink} takes apart. The arguments in it are made of letters, digits and
 * `%`, of which chat and mail programs make nothing else.
 */
export function joinLink({ program, args }: ProgramLink): string {
  if (args.length === 0) return program;
  const line = formatArgs(args);
  // Else `%41` for the argument “%41” would look as if `A` had been encoded twice. Spaces between words do nothing.
  const text = new TextEncoder().encode(/%[0-9a-f]{2}/i.test(line) ? ` ${line}` : line);
  const encoded = Array.from(text, (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return `args=${encoded.join("")}&${program}`;
}

/** Takes a fragment apart, with `#` or without. Returns nothing if it holds no program. */
export function splitLink(fragment: string): ProgramLink | undefined {
  return linkIn(fragment.startsWith("#") ? fragment : `#${fragment}`);
}

/**
 * Finds the link in an address: in its fragment, or in that of an address inside it, if `#` was encoded.
 *
 * @returns Nothing if the address holds no program.
 */
export function linkIn(address: string): ProgramLink | undefined {
  let text = decodeEntities(address);
  for (let level = 0; ; level++) {
    text = withoutDirective(text);
    let hash = text.indexOf("#");
    for (let tries = 0; hash >= 0 && tries < HASHES; tries++) {
      const parameters = splitParameters(text.slice(hash + 1));
      const program = parameters.find(({ isProgram }) => isProgram);
      if (program) {
        const args = parameters.find(({ name }) => name === "args")?.value ?? "";
        return { program: `${program.name}=${program.value}`, args: parseArgs(args) };
      }
      hash = text.indexOf("#", hash + 1);
    }
    // The name of a file may have `#` in it, encoded.
    if (text.includes("#") || /\.rom$/i.test(text) || level === LEVELS) return undefined;
    const decoded = decodeEntities(decodePercent(text));
    if (decoded === text) return undefined;
    text = decoded;
  }
}

/**
 * The parameters of a fragment, without `#`, in their order. `rom` is an address if it has a dot or a colon in it, and
 * else a program.
 */
export function splitParameters(fragment: string): Parameter[] {
  const parameters = split(withoutDirective(fragment), 0, "fragment");
  const program = parameters.find(({ isProgram }) => isProgram);
  if (!program?.value.startsWith("3D")) return parameters;
  // In mail, `=` may have become `=3D`; `unpack.ts` sees to that of the program.
  return parameters.map((parameter) => {
    if (parameter.name !== "args") return parameter;
    return { name: "args", value: parameter.value.replace(/^(?:3D)+/, "") };
  });
}

/** The parameters of a query, without `?`, in their order. There `rom` is an address. */
export function splitQuery(query: string): Parameter[] {
  return split(query, 0, "query");
}

/**
 * Unpacks the program in a fragment, with `#` or without.
 *
 * @param limit The size of the largest ROM, in bytes.
 * @param signal Gives up. The error is then the signal's reason.
 * @returns Nothing if the fragment holds no program. Whether the bytes are a ROM is not checked.
 * @throws RomError with words for the visitor.
 */
export async function programInLink(
  fragment: string,
  limit: number,
  signal?: AbortSignal,
): Promise<LinkedProgram | undefined> {
  const link = splitLink(fragment);
  return link && openLink(link, limit, signal);
}

/** Unpacks the program of a link, as {@link programInLink} does. */
export async function openLink(
  { program, args }: ProgramLink,
  limit: number,
  signal?: AbortSignal,
): Promise<LinkedProgram> {
  const equals = program.indexOf("=");
  const rom = await unpackProgram(program.slice(0, equals), program.slice(equals + 1), limit, signal);
  return { rom, args: [...args] };
}

/** Where a parameter stands: `rest` is what follows a program, in which no other is looked for. */
type Part = "fragment" | "query" | "rest";

function split(text: string, level: number, where: Part): Parameter[] {
  return decodeEntities(text)
    .split("&")
    .flatMap((part) => {
      if (part === "") return [];
      const equals = part.search(/=|%(?:25)*3d/i);
      if (part[equals] === "=") {
        return readParameter(part.slice(0, equals), part.slice(equals + 1), where);
      }
      // All of it may have been encoded, with its `=` and maybe `&`.
      const decoded = level < LEVELS ? decodePercent(part) : part;
      if (decoded !== part) return split(decoded, level + 1, where);
      return [{ name: decodeForm(part), value: "" }];
    });
}

function readParameter(name: string, encoded: string, where: Part): Parameter[] {
  const decoded = decodeForm(name);
  let plain = decoded;
  for (let level = 1; level < LEVELS && plain.includes("%"); level++) plain = decodePercent(plain);
  const known = /^[^a-z0-9]*(z|r|rom|args)[^a-z0-9]*$/i.exec(plain.replaceAll(IGNORABLE, ""))?.[1];
  const kind = known?.toLowerCase();
  if (kind === "args") return [{ name: kind, value: decodeArgs(encoded) }];
  if (kind === undefined || where === "rest") return [{ name: decoded, value: decodeForm(encoded) }];
  const isAddress = kind === "rom" && (where === "query" || looksLikeAddress(encoded));
  return isAddress ? [{ name: kind, value: decodeForm(encoded) }] : decodeProgram(kind, encoded);
}

/** A program without percent-encoding, and the parameters after it that were encoded with it. */
function decodeProgram(name: string, encoded: string): Parameter[] {
  const more: Parameter[] = [];
  let text = encoded;
  for (let level = 0; ; level++) {
    // Parameters that somebody has added begin with `?` as well, and another fragment with `#` or `:~:`.
    const end = text.search(/[&?#]|:~:/);
    if (end >= 0) {
      for (const parameter of split(text.slice(end + 1), level, "rest")) more.push(parameter);
      text = text.slice(0, end);
    }
    const decoded = level < LEVELS ? decodeEntities(decodePercent(text)) : text;
    if (decoded === text) {
      const value = trimEnd(
        text.replaceAll(IGNORABLE, "").replaceAll(QUOTED_BREAK, ""),
        /[^\p{L}\p{N}+/_＿–—―‐‑⁃−﹣－-]/u,
      );
      return [{ name, value, isProgram: true }, ...more];
    }
    text = decoded;
  }
}

/** A line of arguments. What was encoded once more on its way has `%25` for every `%`. */
function decodeArgs(encoded: string): string {
  let text = encoded;
  for (let level = 0; level < LEVELS; level++) {
    if (!/%25[0-9a-f]{2}/i.test(text) || /%(?!25)/.test(text)) break;
    text = text.replaceAll("%25", "%");
  }
  // Put between characters so that long words can be divided.
  return decodeForm(text).replaceAll(/[\u00ad\u200b\u2060\ufeff]/g, "");
}

/** Whether the value of `rom` in a fragment is an address rather than a program with a full stop after it. */
function looksLikeAddress(encoded: string): boolean {
  const [value = ""] = decodePercent(encoded).split(/[?&#]|:~:/, 1);
  const sign = value.search(/[.:]/);
  return sign >= 0 && /[a-z0-9]/i.test(value.slice(sign));
}

/** A text without what browsers are to look for in the text of a page. */
function withoutDirective(text: string): string {
  const start = text.indexOf(":~:");
  return start < 0 ? text : trimEnd(text.slice(0, start), /#/);
}

/** A text without some characters at its end. A regular expression for all of them would take long. */
export function trimEnd(text: string, character: RegExp): string {
  let end = text.length;
  while (end > 0 && character.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

function decodeForm(text: string): string {
  return decodePercent(text.replaceAll("+", " "));
}

/** A text without one level of percent-encoding. Damaged escape sequences stand for themselves. */
function decodePercent(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => {
    const bytes = run.match(/[0-9a-f]{2}/gi) ?? [];
    return decoder.decode(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
  });
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Character references of HTML, by which an address is written into a page. */
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", "\u00a0"],
  ["shy", "\u00ad"],
]);

/** A text without character references, however many times it was written into a page. */
function decodeEntities(text: string): string {
  let decoded = text;
  for (let level = 0; level < LEVELS && decoded.includes("&"); level++) {
    decoded = decoded.replaceAll(
      /&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|([a-z]{1,6}));/gi,
      (whole, decimal, hex, name) => {
        if (name !== undefined) return ENTITIES.get(name.toLowerCase()) ?? whole;
        return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal));
      },
    );
  }
  return decoded;
}
