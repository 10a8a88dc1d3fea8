/** Writes instructions and keeps count of what they do to the stacks. */

import type { Item, Label, Reference } from "./assembler.js";
import type { Random } from "./random.js";

/** What the library says of its opcodes. */
export interface Opcodes {
  readonly names: readonly string[];
  /** Five numbers each: operands from the return stack, operands stay, pops, pushes, pushes to the other stack. */
  readonly effects: Uint8Array;
}

/** The opcode of a name. */
export function opcodeOf({ names }: Opcodes, name: string): number {
  const opcode = names.indexOf(name);
  if (opcode < 0) throw new Error(`no opcode is named ${name}`);
  return opcode;
}

export const SHORT = 0x20;
export const RETURN = 0x40;
export const KEEP = 0x80;

/** How many bytes more than at the beginning are on each stack. */
export interface Depths {
  readonly wst: number;
  readonly rst: number;
}

export class Writer {
  readonly items: Item[] = [];
  readonly opcodes: Opcodes;
  #wst = 0;
  #rst = 0;
  #labels = 0;
  #size = 0;

  constructor(opcodes: Opcodes) {
    this.opcodes = opcodes;
  }

  /** Bytes written. */
  get size(): number {
    return this.#size;
  }

  get depths(): Depths {
    return { wst: this.#wst, rst: this.#rst };
  }

  /** What another way to the same place has left. */
  set depths({ wst, rst }: Depths) {
    this.#wst = wst;
    this.#rst = rst;
  }

  newLabel(): Label {
    this.#labels += 1;
    return { id: this.#labels };
  }

  place(label: Label): void {
    this.items.push({ bytes: [], label });
  }

  /** A label at this place. */
  here(): Label {
    const label = this.newLabel();
    this.place(label);
    return label;
  }

  data(...bytes: number[]): void {
    this.items.push({ bytes });
    this.#size += bytes.length;
  }

  #item(bytes: number[], reference?: Reference): void {
    this.items.push(reference ? { bytes, reference } : { bytes });
    this.#size += bytes.length;
  }

  #count(opcode: number): void {
    const [fromReturn, keep, pops, pushes, other] = this.opcodes.effects.subarray(opcode * 5, opcode * 5 + 5);
    const own = (pushes ?? 0) - (keep ? 0 : (pops ?? 0));
    this.#wst += fromReturn ? (other ?? 0) : own;
    this.#rst += fromReturn ? own : (other ?? 0);
    // What a callee takes off again when it returns.
    if ((opcode & 0x1f) === 0x0e && !fromReturn) this.#rst -= 2;
    if (opcode === 0x60) this.#rst -= 2;
  }

  /** An instruction without operand bytes. */
  op(opcode: number | string): void {
    const code = typeof opcode === "string" ? opcodeOf(this.opcodes, opcode) : opcode;
    this.#item([code]);
    this.#count(code);
  }

  ops(...names: string[]): void {
    for (const name of names) this.op(name);
  }

  /** `LIT` or `LITr`. */
  literal(value: number, modes = 0): void {
    const opcode = 0x80 | (modes & RETURN);
    this.#item([opcode, value & 0xff]);
    this.#count(opcode);
  }

  /** `LIT2` or `LIT2r`. */
  literal2(value: number, modes = 0): void {
    const opcode = 0xa0 | (modes & RETURN);
    this.#item([opcode, (value >> 8) & 0xff, value & 0xff]);
    this.#count(opcode);
  }

  /** `LIT2` or `LIT2r` of an address. */
  address(to: Label, plus = 0, modes = 0): void {
    const opcode = 0xa0 | (modes & RETURN);
    this.#item([opcode, 0, 0], { at: 1, kind: "short", to, plus });
    this.#count(opcode);
  }

  /** `LIT2` of the operand that an immediate jump at `from` needs to reach `to`. */
  operand(from: Label, to: Label): void {
    this.#item([0xa0, 0, 0], { at: 1, kind: "operand", from, to, plus: 0 });
    this.#count(0xa0);
  }

  /** A literal low byte of an address, and an instruction that takes it: a load or store in the zero page. */
  zero(opcode: string, to: Label, plus = 0): void {
    this.#near(opcode, "low", to, plus);
  }

  /** A literal distance and an instruction that takes it: a relative jump, load or store. */
  near(opcode: string, to: Label, plus = 0): void {
    this.#near(opcode, "byte", to, plus);
  }

  #near(opcode: string, kind: "low" | "byte", to: Label, plus: number): void {
    const code = opcodeOf(this.opcodes, opcode);
    const literal = 0x80 | (code & RETURN);
    this.#count(literal);
    this.#item([literal, 0, code], { at: 1, kind, to, plus });
    this.#count(code);
  }

  /** `JCI`, `JMI` or `JSI`. */
  jump(opcode: "JCI" | "JMI" | "JSI", to: Label, plus = 0): void {
    const code = opcodeOf(this.opcodes, opcode);
    this.#item([code, 0, 0], { at: 1, kind: "distance", to, plus });
    this.#count(code);
  }

  /** The address as data. */
  pointer(to: Label): void {
    this.#item([0, 0], { at: 0, kind: "short", to, plus: 0 });
  }

  /** Brings both stacks to these depths, in one of many ways. */
  level({ wst, rst }: Depths, random: Random): void {
    for (const [modes, depth] of [
      [0, () => wst - this.#wst],
      [RETURN, () => rst - this.#rst],
    ] as const) {
      for (let missing = depth(); missing !== 0; missing = depth()) {
        const short = Math.abs(missing) > 1 && random.chance(0.6) ? SHORT : 0;
        if (missing < 0) this.op((missing < -2 && random.chance(0.3) ? 0x03 : 0x02) | modes | short);
        else if (random.chance(0.3)) this.op(0x06 | modes | short);
        else if (short) this.literal2(random.below(0x10000), modes);
        else this.literal(random.below(0x100), modes);
      }
    }
  }
}
