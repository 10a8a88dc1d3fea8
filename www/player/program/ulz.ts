/**
 * ULZ, the compression of uxn5's links. Only unpacking: fantail's own links are packed by what every browser has.
 *
 * Packed bytes are commands until they end:
 *
 *     0nnnnnnn          the next n + 1 bytes of the input
 *     10nnnnnn oo       n + 4 bytes of the output so far, from oo + 1 before its end
 *     11nnnnnn mm oo    the same with n << 8 | mm in place of n
 *
 * A copy goes byte by byte and may read what it has just written: distance 1 repeats a byte.
 */

import { tooLarge } from "./rom.js";

/**
 * Unpacks a ROM, of which no more than `limit` bytes are ever there.
 *
 * @throws RomError if it has more.
 * @throws RangeError if the input ends inside a command, or a copy starts before the output.
 */
export function unpackUlz(input: Uint8Array, limit: number): Uint8Array<ArrayBuffer> {
  const output = new Uint8Array(limit);
  let size = 0;
  let at = 0;
  const next = (): number => {
    const byte = input[at++];
    if (byte === undefined) throw new RangeError("the input ends inside a command");
    return byte;
  };
  while (at < input.length) {
    const command = next();
    if (command < 0x80) {
      const length = command + 1;
      const literal = input.subarray(at, at + length);
      if (literal.length < length) throw new RangeError("the input ends inside a command");
      if (size + length > limit) throw tooLarge(limit);
      output.set(literal, size);
      at += length;
      size += length;
    } else {
      const length = (command < 0xc0 ? command & 0x3f : ((command & 0x3f) << 8) | next()) + 4;
      const distance = next() + 1;
      if (distance > size) throw new RangeError("a copy starts before the output");
      if (size + length > limit) throw tooLarge(limit);
      for (const end = size + length; size < end; size++) output[size] = output[size - distance] as number;
    }
  }
  return output.slice(0, size);
}
