/** A failing case in words. */

import type { Failure } from "./bench.js";
import { type Case, format } from "./case.js";
import type { Opcodes } from "./writer.js";

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

/** Instructions, one after the other, as if nothing jumped anywhere. */
export function disassemble({ names }: Opcodes, bytes: Uint8Array, address: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const opcode = bytes[at] ?? 0;
    if (opcode === 0) {
      // Zeroes are left-out bytes more often than they are instructions.
      let end = at;
      while (end < bytes.length && bytes[end] === 0) end += 1;
      lines.push(`${hex((address + at) & 0xffff, 4)}  BRK${end - at > 1 ? ` (${end - at} times)` : ""}`);
      at = end;
      continue;
    }
    const immediate = [0x20, 0x40, 0x60].includes(opcode);
    const length = immediate ? 2 : (opcode & 0x9f) === 0x80 ? (opcode & 0x20 ? 2 : 1) : 0;
    const operand = Array.from(bytes.subarray(at + 1, at + 1 + length), (byte) => hex(byte, 2)).join("");
    const distance = Number.parseInt(operand, 16);
    const target = immediate ? ` -> ${hex((address + at + 3 + distance) & 0xffff, 4)}` : "";
    lines.push(`${hex((address + at) & 0xffff, 4)}  ${names[opcode] ?? ""} ${operand}${target}`.trimEnd());
    at += 1 + length;
  }
  return lines;
}

/** The case as a file of the corpus, with what is wrong and the code in its comment. */
export function report(opcodes: Opcodes, failing: Case, { what, round, run, slice }: Failure): string {
  const code = failing.segments.flatMap(({ address, bytes }) => disassemble(opcodes, bytes, address));
  const where = `In round ${round}, run ${run}, slice ${slice}: ${what}`;
  return format({ ...failing, title: [failing.title, where, "", ...code].join("\n") });
}
