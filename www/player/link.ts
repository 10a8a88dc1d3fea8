/**
 * Links that hold a program, in the part of an address behind `#`, which browsers do not send to servers.
 *
 *     #z=PROGRAM      raw deflate (RFC 1951): fantail's own
 *     #r=PROGRAM      ULZ: uxn5's
 *     #rom=PROGRAM    as it is: uxn5's
 *
 * PROGRAM is in base64url (RFC 4648, section 5) without padding. `&args=LINE` may follow, the program's arguments
 * as {@link parseArgs} reads them, in UTF-8 and percent-encoded; parameters of other names are somebody else's.
 *
 * Links come from strangers and through programs that change them. So these are read as well: percent-encoding
 * over everything or any part of it, `+` and `/` of plain base64, its padding, white space between its characters.
 * Nothing is unpacked beyond the size of the largest ROM, whatever the link promises.
 */

import { formatArgs, parseArgs } from "./args.js";
import { RomError, tooLarge } from "./rom.js";
import { unpackUlz } from "./ulz.js";

/** A link taken apart, with its program still packed. */
export interface ProgramLink {
  /** What holds the program: `z=PROGRAM`, `r=PROGRAM` or `rom=PROGRAM`. */
  readonly program: string;
  readonly args: readonly string[];
}

/** A program that was in a link. */
export interface LinkedProgram {
  readonly rom: Uint8Array<ArrayBuffer>;
  readonly args: string[];
}

/** The most that is given to the browser's inflate at once, in bytes: it returns up to 1032 times as much. */
const SLICE = 512;

/**
 * The fragment of a link that holds a program, without `#`. It is made of characters that mean nothing to programs
 * that look for the end of a link.
 */
export async function linkFragment(rom: Uint8Array, args: readonly string[] = []): Promise<string> {
  const packed = new Blob([rom.slice()]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return joinLink({
    program: `z=${encodeBase64(new Uint8Array(await new Response(packed).arrayBuffer()))}`,
    args,
  });
}

/** The fragment, without `#`, that {@link splitLink} takes apart. */
export function joinLink({ program, args }: ProgramLink): string {
  if (args.length === 0) return program;
  // Unlike encodeURIComponent this also encodes quotation marks and brackets, and takes halves of surrogate pairs.
  const parameters = new URLSearchParams({ args: formatArgs(args) });
  return `${program}&${parameters.toString().replaceAll("+", "%20")}`;
}

/**
 * Takes a fragment apart, with `#` or without.
 *
 * @returns Nothing if it holds no program. In a damaged escape sequence the characters stand for themselves.
 */
export function splitLink(fragment: string): ProgramLink | undefined {
  const text = fragment.startsWith("#") ? fragment.slice(1) : fragment;
  const whole = isProgram(text) ? text : decodePercent(text);
  if (!isProgram(whole)) return undefined;
  const [program = "", ...parameters] = whole.split("&");
  return { program, args: parseArgs(new URLSearchParams(parameters.join("&")).get("args") ?? "") };
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
  if (!link) return undefined;
  const equals = link.program.indexOf("=");
  const kind = link.program.slice(0, equals);
  const text = link.program.slice(equals + 1);
  // What no ROM needs, however badly packed, is not even decoded.
  if (text.length > 2 * limit + 1024) throw tooLarge(limit);
  const packed = decodeBase64(decodePercent(text));
  const rom = await unpack(kind, packed, limit, signal);
  if (rom.length === 0) throw new RomError(`This link holds no program. ${ADVICE}`);
  return { rom, args: [...link.args] };
}

async function unpack(
  kind: string,
  packed: Uint8Array<ArrayBuffer>,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  // Of nothing an inflate would say that it is cut off.
  if (packed.length === 0) return packed;
  try {
    if (kind === "z") return await inflate(packed, limit, signal);
    if (kind === "r") return unpackUlz(packed, limit);
    if (packed.length > limit) throw tooLarge(limit);
    return packed;
  } catch (error) {
    if (error instanceof RomError) throw error;
    signal?.throwIfAborted();
    throw damaged("its program cannot be unpacked");
  }
}

/**
 * @throws RomError if there are more than `limit` bytes; in browsers a TypeError if the input is not exactly one
 * stream of raw deflate.
 */
async function inflate(
  packed: Uint8Array<ArrayBuffer>,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  let at = 0;
  // Slices are asked for one by one, when what was in the one before has been read.
  const slices = new ReadableStream<BufferSource>({
    pull(controller) {
      if (at < packed.length) controller.enqueue(packed.slice(at, at + SLICE));
      else controller.close();
      at += SLICE;
    },
  });
  const reader = slices.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const output = new Uint8Array(limit);
  let size = 0;
  try {
    for (;;) {
      const part = await reader.read();
      signal?.throwIfAborted();
      if (!part.value) return output.slice(0, size);
      if (size + part.value.length > limit) throw tooLarge(limit);
      output.set(part.value, size);
      size += part.value.length;
    }
  } finally {
    // Lets go of what is still packed. After an error it rejects with the same error again.
    reader.cancel().catch(() => {});
  }
}

/** What a visitor can do about a link that does not open. */
const ADVICE = "Copy the whole link again from where you found it, and nothing around it.";

function damaged(what: string): RomError {
  return new RomError(`This link was damaged on its way: ${what}. ${ADVICE}`);
}

function isProgram(text: string): boolean {
  return /^(z|r|rom)=/.test(text);
}

/** Without percent-encoding, if it is whole. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encodeBase64(bytes: Uint8Array): string {
  // All at once would be too many arguments for one call.
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @throws RomError */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  // Link finders like to leave out one of two `=`, which atob would not take.
  const digits = text
    .replaceAll(/\s+/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .replace(/={1,2}$/, "");
  const foreign = /[^A-Za-z0-9+/]/u.exec(digits);
  if (foreign) throw damaged(`there is “${foreign[0]}” in its program`);
  let binary: string;
  try {
    binary = atob(digits);
  } catch {
    // The only other thing that can be wrong.
    throw damaged("its end is missing");
  }
  return Uint8Array.from(binary, (byte) => byte.charCodeAt(0));
}
