/**
 * From the text of a link to the program in it.
 *
 * Links come from strangers and through programs that change them. Characters of no meaning are left out, at the end
 * with what follows them, and what typography has made of `-` is undone. If that can be done in more than one way, the
 * check sum tells which is right. Nothing is unpacked beyond the size of the largest ROM, whatever the link promises.
 */

import { RomError, tooLarge } from "./rom.js";
import { unpackUlz } from "./ulz.js";

/** Characters that are not to be seen: soft hyphens, zero-width spaces. */
export const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Texts of more characters are read in one way only, or a hostile one would take long. */
const LONG = 1 << 16;
/** How many words after a link are left out. */
const WORDS = 8;
/** The most that is given to the browser's inflate at once, in bytes: it returns up to 1032 times as much. */
const SLICE = 512;

/**
 * Unpacks a program.
 *
 * @param kind `z`, `r` or `rom`.
 * @param text PROGRAM, without percent-encoding.
 * @throws RomError with words for the visitor; the signal's reason if that ends it.
 */
export async function unpackProgram(
  kind: string,
  text: string,
  limit: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  // What no ROM needs, however badly packed, is not even decoded.
  if (text.length > 2 * limit + 1024) throw tooLarge(limit);
  if (digitsOf(text) === "") throw new RomError(`This link holds no program. ${ADVICE}`);
  const found = kind === "z" ? await unpackDeflate(text, limit, signal) : unpackPlain(kind, text, limit);
  if (found.length === 0) throw new RomError(`This link holds no program. ${ADVICE}`);
  return found;
}

/** The fault of an address of which only the part after `#` could lead to a program, and does not. */
export function unknownLink(fragment: string): RomError {
  const shown = fragment.length <= 24 ? fragment : `${fragment.slice(0, 23)}…`;
  return new RomError(`This link holds something unknown: “${shown}”. ${ADVICE}`);
}

/** The fault of a damaged link, and what a visitor can do about it. */
function damaged(what: string): RomError {
  return new RomError(`This link was damaged on its way: ${what}. ${ADVICE}`);
}

const ADVICE = "Copy the whole link again from where you found it, or ask for the program as a file.";
const CUT = "its end is missing";
const BROKEN = "its program cannot be unpacked";

/** fantail's own. Zlib has a check sum. Raw deflate has none, but says where it ends. */
async function unpackDeflate(
  text: string,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  let fault: Fault | undefined;
  let found: Uint8Array<ArrayBuffer> | undefined;
  for (const spelling of text.length > LONG ? [joined(text)] : spellings(text)) {
    const read = await unpackSpelling(spelling, limit, signal);
    if (read === "large") throw tooLarge(limit);
    if (typeof read === "string") {
      fault ??= read;
    } else if (isChecked(spelling)) {
      return read;
    } else if (found && !isSame(found, read)) {
      throw damaged("it can be read in more than one way");
    } else {
      found = read;
    }
  }
  if (found) return found;
  throw foreign(text) ?? damaged(fault === "cut" ? CUT : BROKEN);
}

/** The program in a text up to where it may end, or what is wrong with all of the text. */
async function unpackSpelling(
  text: string,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer> | Fault> {
  let fault: Fault | undefined;
  /** So many digits are not all of a program, and no fewer are. */
  let short = 0;
  for (const digits of text.length > LONG ? [digitsOf(text)] : ends(text)) {
    if (digits.length <= short) continue;
    const read = digits.length % 4 === 1 ? "broken" : await inflate(decodeBase64(digits), limit, signal);
    if (typeof read !== "string" || read === "large") return read;
    if (read === "cut") short = digits.length;
    fault ??= digits.length % 4 === 1 ? "cut" : read;
  }
  return fault ?? "broken";
}

/** uxn5's. These have no check sum, and so only what means nothing is left out. */
function unpackPlain(kind: string, text: string, limit: number): Uint8Array<ArrayBuffer> {
  const unknown = foreign(text);
  if (unknown) throw unknown;
  if (/[–—―]/.test(text)) throw damaged("there are dashes in its program that were hyphens");
  // No program begins with this: in mail, `=` may have become `=3D`.
  const digits = digitsOf(joined(text.replace(QUOTED_EQUALS, "")));
  const whole = [...withoutTail(digits)].find(isWhole);
  if (whole === undefined) throw damaged(CUT);
  const packed = decodeBase64(whole);
  try {
    if (kind === "r") return unpackUlz(packed, limit);
  } catch (error) {
    throw error instanceof RomError ? error : damaged(BROKEN);
  }
  if (packed.length > limit) throw tooLarge(limit);
  return packed;
}

/** What the text may have been, the likeliest first. */
function* spellings(text: string): Generator<string> {
  const plain = joined(text);
  // Smart typography has its own opinion of how many hyphens a dash was.
  const dashes = /[–—―]/.test(plain)
    ? [
        ["-", "--"],
        ["--", "---"],
        ["--", "--"],
        ["-", "---"],
        ["-", "-"],
      ]
    : [["", ""]];
  for (const [en = "", em = ""] of dashes) {
    const spelling = plain.replaceAll("–", en).replaceAll(/[—―]/g, em);
    yield spelling;
    // In mail, `=` may have become `=3D`.
    if (spelling.startsWith("3D")) yield spelling.replace(QUOTED_EQUALS, "");
  }
}

/** With the hyphens and low lines that other characters stand for. */
function joined(text: string): string {
  return text.replaceAll(/[‐‑⁃−﹣－]/g, "-").replaceAll("＿", "_");
}

/** The digits of a text up to where the program may end, the likeliest first. */
function* ends(text: string): Generator<string> {
  // Words may follow, and lines may be broken before.
  const gaps = Array.from(text.matchAll(/\s+/g), ({ index }) => index);
  const cuts = [text.length, text.search(FOREIGN), ...gaps.slice(0, 1), ...gaps.slice(-WORDS).reverse()];
  const digits = new Set(cuts.filter((cut) => cut >= 0).map((cut) => digitsOf(text.slice(0, cut))));
  for (const some of digits) yield* withoutTail(some);
  const all = digitsOf(text);
  // Programs that look for links in a text like to leave these out at the end. Only a check sum tells which it was.
  if (all.length % 4 === 3 && isChecked(all)) yield* [`${all}-`, `${all}_`];
}

/** Digits, and without those of them at their end that may be marks of emphasis, or anything else after a link. */
function* withoutTail(digits: string): Generator<string> {
  yield digits;
  const tail = /[-_+/]{0,4}$/.exec(digits)?.[0].length ?? 0;
  for (let length = 1; length <= tail; length++) yield digits.slice(0, -length);
}

/** What is left of `=3D` after `=`, however many times mail has made that of `=`. */
const QUOTED_EQUALS = /^(?:3D)+/;
/** What is no digit, and is not known to come between digits: line breaks, marks of quotation, escapes. */
const FOREIGN = /[^A-Za-z0-9+/_\-–—―‐‑⁃−﹣－＿\s>|=\\]/u;

/** The fault of a text with a foreign character between its digits, if it has one. */
function foreign(text: string): RomError | undefined {
  const at = text.search(FOREIGN);
  if (at < 0 || digitsOf(text.slice(at)) === "") return undefined;
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return damaged(character === "…" ? "a part of it was left out" : `there is “${character}” in its program`);
}

/** The characters of the alphabet in a text, dashes among them that may be hyphens. */
function digitsOf(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9+/_-]/g, "");
}

/** What is wrong with a stream: it ends too early, is none, or holds more than a ROM may have. */
type Fault = "cut" | "broken" | "large";

async function inflate(
  packed: Uint8Array<ArrayBuffer>,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer> | Fault> {
  const { readable, writable } = new DecompressionStream(isZlib(packed) ? "deflate" : "deflate-raw");
  const writer = writable.getWriter();
  const reader = readable.getReader();
  let isWritten = false;
  // Slices are given one by one, when what was in the one before has been read.
  const writing = (async () => {
    for (let at = 0; at < packed.length; at += SLICE) {
      await writer.ready;
      await writer.write(packed.slice(at, at + SLICE));
    }
    isWritten = true;
    await writer.close();
  })();
  // Of a fault the reader hears as well.
  writing.catch(() => {});
  const output = new Uint8Array(limit);
  let size = 0;
  try {
    for (;;) {
      const part = await reader.read();
      signal?.throwIfAborted();
      if (!part.value) break;
      if (size + part.value.length > limit) return "large";
      output.set(part.value, size);
      size += part.value.length;
    }
    await writing;
    return output.slice(0, size);
  } catch {
    signal?.throwIfAborted();
    return isWritten ? "cut" : "broken";
  } finally {
    // Lets go of what is still packed. After an error it rejects with the same error again.
    reader.cancel().catch(() => {});
  }
}

/** Whether a program has a check sum. */
function isChecked(text: string): boolean {
  return isZlib(decodeBase64(digitsOf(text).slice(0, 4)));
}

/** Whether bytes begin as zlib does. Raw deflate would have to begin with a block that no encoder makes. */
function isZlib([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x8f) === 8 && (second & 0x20) === 0 && ((first << 8) | second) % 31 === 0;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** Bytes in base64url, without padding. */
export function encodeBase64(bytes: Uint8Array): string {
  // All at once would be too many arguments for one call.
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The bytes of digits, of which there is not one too many or too few. */
function decodeBase64(digits: string): Uint8Array<ArrayBuffer> {
  const binary = atob(digits.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (byte) => byte.charCodeAt(0));
}

/** Whether digits are all that an encoder has made: it leaves no bits over but zeros. */
function isWhole(digits: string): boolean {
  const last = digits.slice(digits.length - (digits.length % 4));
  return (
    last.length !== 1 && encodeBase64(decodeBase64(last)) === last.replaceAll("+", "-").replaceAll("/", "_")
  );
}
