/** Programs for links, the same every time, and links of every kind. */

import { deflateRawSync, deflateSync } from "node:zlib";

/** Numbers from 0 to n - 1, the same every time (mulberry32). */
export function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

/** Bytes with something in them to pack. */
export function randomRom(roll: (n: number) => number): Buffer {
  const bytes: number[] = [];
  for (const size = 1 + roll(400); bytes.length < size; ) {
    const from = bytes.length - 1 - roll(300);
    if (from < 0 || roll(3) === 0) for (let n = roll(20); n >= 0; n--) bytes.push(roll(256));
    else for (let n = roll(90), at = from; n >= 0; n--) bytes.push(bytes[at++] as number);
  }
  return Buffer.from(bytes);
}

/** ULZ by the specification: the longest match in the last 256 bytes, from 4 on, else literals up to 128. */
export function packUlz(rom: Uint8Array): number[] {
  const packed: number[] = [];
  let literals: number[] = [];
  const flush = () => {
    if (literals.length > 0) packed.push(literals.length - 1, ...literals);
    literals = [];
  };
  for (let at = 0; at < rom.length; ) {
    let best = { length: 0, distance: 0 };
    for (let distance = 1; distance <= Math.min(at, 256); distance++) {
      let length = 0;
      while (length < 16387 && at + length < rom.length && rom[at + length - distance] === rom[at + length]) {
        length++;
      }
      if (length > best.length) best = { length, distance };
    }
    if (best.length < 4) {
      literals.push(rom[at++] as number);
      if (literals.length === 128) flush();
      continue;
    }
    flush();
    const n = best.length - 4;
    packed.push(...(n < 64 ? [0x80 | n] : [0xc0 | (n >> 8), n & 0xff]), best.distance - 1);
    at += best.length;
  }
  flush();
  return packed;
}

/** How programs are packed: as fantail does, as it did before, and as uxn5 does in two ways. */
export const FORMATS = ["zlib", "raw", "ulz", "plain"] as const;
export type Format = (typeof FORMATS)[number];

/** `z=PROGRAM`, `r=PROGRAM` or `rom=PROGRAM`. */
export function packedProgram(format: Format, rom: Uint8Array): string {
  const base64 = (bytes: Iterable<number>) => Buffer.from([...bytes]).toString("base64url");
  switch (format) {
    case "zlib":
      return `z=${base64(deflateSync(rom, { level: 6 }))}`;
    case "raw":
      return `z=${base64(deflateRawSync(rom, { level: 9 }))}`;
    case "ulz":
      return `r=${base64(packUlz(rom))}`;
    case "plain":
      return `rom=${base64(rom)}`;
  }
}
