/**
 * Programs of the kind that make a compiler wrong: loops whose counters are anywhere, ways that meet with stacks made
 * differently, calls that do not return as calls do, code that changes itself, stacks that wrap.
 *
 * Mostly each piece leaves the stacks as deep as it should; nothing else is promised. Each program favours some kinds
 * of pieces and does without others.
 */

import { assemble, type Item, type Label, type Section } from "./assembler.js";
import type { Case, Compiling, Place, Round, Run } from "./case.js";
import type { Random } from "./random.js";
import { type Depths, KEEP, type Opcodes, RETURN, SHORT, Writer } from "./writer.js";

/** Ports at which the fuzzer's devices do something, and others. */
const PORTS = [
  0x03, 0x04, 0x05, 0x06, 0x07, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x18, 0x1d, 0x1e, 0x20, 0x28, 0x2a, 0x2c,
  0x2d, 0x2e, 0x2f, 0x33, 0x40, 0x80, 0xc0, 0xff,
];
/** Those of which compiled code may call the devices by itself; one takes fuel, one halts. */
const CALM_PORTS = [
  0x10, 0x11, 0x18, 0x19, 0x28, 0x29, 0x2a, 0x2d, 0x2e, 0x2f, 0x41, 0x80, 0x82, 0x18, 0x2f, 0x2d, 0x2c, 0x1e,
];

/** Opcodes that stay where they are, but for loads, stores and devices. */
const STRAIGHT = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0f, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d,
  0x1e, 0x1f,
];
/** More likely, as it is in programs: arithmetic and shuffles of shorts, keep modes. */
const MODES = [
  0,
  0,
  0,
  0,
  SHORT,
  SHORT,
  SHORT,
  KEEP,
  RETURN,
  SHORT | KEEP,
  SHORT | RETURN,
  KEEP | RETURN,
  0xe0,
];
/** What a patched opcode becomes. */
const PATCHES = [
  0x01, 0x02, 0x06, 0x04, 0x18, 0x19, 0x21, 0x26, 0x0f, 0x4f, 0x80, 0x00, 0x6c, 0x20, 0x40, 0x1c,
];

type Kind =
  | "straight"
  | "memory"
  | "loop"
  | "branch"
  | "call"
  | "device"
  | "patchLiteral"
  | "patchOpcode"
  | "patchJump"
  | "pokes"
  | "sled"
  | "overlap"
  | "brk"
  | "extreme"
  | "copy"
  | "leave"
  | "dig"
  | "burrow"
  | "bulk"
  | "crowd"
  | "returnBytes"
  | "pile"
  | "exits";

/** How likely each kind of piece is in a program that favours none. */
const KINDS: Readonly<Record<Kind, number>> = {
  straight: 10,
  memory: 6,
  loop: 5,
  branch: 5,
  call: 5,
  device: 3,
  patchLiteral: 2,
  patchOpcode: 1.5,
  patchJump: 0.7,
  pokes: 0.7,
  sled: 1,
  overlap: 0.7,
  brk: 0.3,
  extreme: 0.3,
  copy: 0.3,
  leave: 0.5,
  dig: 0.5,
  burrow: 0.7,
  bulk: 0.1,
  crowd: 0.1,
  returnBytes: 2,
  pile: 0.3,
  exits: 0.3,
};
const NAMES = Object.keys(KINDS) as Kind[];

/** How a subroutine ends, or what it is about. */
type Manner =
  | "plain"
  | "recursive"
  | "twice"
  | "mutual"
  | "drops"
  | "skips"
  | "elsewhere"
  | "keeps"
  | "patches"
  | "escapes"
  | "tail"
  | "conditional"
  | "inline"
  | "meddles"
  | "digs"
  | "winds"
  | "wraps"
  | "rewrites";
const MANNERS: readonly Manner[] = [
  "plain",
  "plain",
  "plain",
  "recursive",
  "recursive",
  "twice",
  "mutual",
  "drops",
  "skips",
  "elsewhere",
  "keeps",
  "patches",
  "escapes",
  "tail",
  "conditional",
  "inline",
  "meddles",
  "digs",
  "digs",
  "winds",
  "wraps",
  "rewrites",
  "rewrites",
];
/** Those that keep their return address, and look at it. */
const RETURNS: readonly Manner[] = ["plain", "rewrites", "rewrites", "rewrites", "conditional", "skips"];
/** Those that leave the stacks as deep as they were. */
const LEVEL: readonly Manner[] = ["winds", "wraps", "rewrites"];

interface Subroutine {
  readonly label: Label;
  readonly manner: Manner;
  /** What it leaves on the stacks, when it returns. */
  readonly leaves: Depths;
  readonly partner: number;
}

class Generator {
  readonly random: Random;
  readonly writer: Writer;
  readonly #weights: number[];
  readonly #subroutines: Subroutine[] = [];
  /** Literals to patch: where their operands are, and whether it is a short. */
  readonly #literals: { label: Label; short: boolean }[] = [];
  /** Opcodes to patch. */
  readonly #patchable: Label[] = [];
  /** Immediate jumps, whose operands can be changed. */
  readonly #jumps: Label[] = [];
  /** Starts of loops and other places to go to. */
  readonly #places: Label[] = [];
  /** Words of data. */
  readonly #data: Label[] = [];
  readonly #zero: Label[] = [];
  readonly #tables: Label[] = [];
  /** Bytes after which no more pieces are begun. */
  readonly #size: number;
  /** Vectors begin again instead of ending. */
  readonly #endless: boolean;
  /** Vectors begin with much on a stack. */
  readonly #deep: boolean;

  constructor(random: Random, opcodes: Opcodes, size: number, endless: boolean, deep: boolean) {
    this.random = random;
    this.writer = new Writer(opcodes);
    this.#weights = NAMES.map((name) => KINDS[name] * random.pick([0, 0.3, 1, 1, 3]));
    this.#size = size;
    this.#endless = endless;
    this.#deep = deep;
    // Some programs are about return addresses.
    const returns = random.chance(0.15);
    if (returns) this.#weights[NAMES.indexOf("returnBytes")] = 20;
    if (returns) this.#weights[NAMES.indexOf("call")] = 20;
    for (let i = random.between(1, 4); i > 0; i--) this.#data.push(this.writer.newLabel());
    for (let i = random.between(1, 3); i > 0; i--) this.#zero.push(this.writer.newLabel());
    const count = random.below(5);
    for (let i = 0; i < count; i++) {
      const manner = random.pick(returns ? RETURNS : MANNERS);
      const leaves = {
        wst: random.pick([0, 0, 0, 1, 2, -1, -2]),
        rst: random.chance(0.1) ? random.between(-2, 2) : 0,
      };
      this.#subroutines.push({
        label: this.writer.newLabel(),
        manner,
        leaves: LEVEL.includes(manner) ? { wst: 0, rst: 0 } : leaves,
        partner: random.below(count),
      });
    }
    if (count > 0 && random.chance(0.4)) this.#tables.push(this.writer.newLabel());
  }

  /** The whole program. Runs may begin at the labels. */
  program(base: number): { sections: Section[]; starts: Label[] } {
    const { random, writer } = this;
    const starts = [writer.here()];
    const vectors = random.pick([1, 1, 2, 3]);
    for (let vector = 0; vector < vectors; vector++) {
      if (vector > 0) starts.push(writer.here());
      this.#prologue();
      if (this.#deep) this.#pile(true);
      this.#block(this.#size > 1000 ? 60 : random.between(2, 6), 3);
      if (this.#endless || random.chance(0.15)) writer.jump("JMI", random.pick(starts));
      else if (random.chance(0.9)) writer.op("BRK");
    }
    for (const subroutine of this.#subroutines) this.#subroutine(subroutine);
    const code = [...writer.items];
    const own: Item[][] = [];
    const apart = (write: () => void) => {
      const before = writer.items.length;
      write();
      own.push(writer.items.slice(before));
    };
    apart(() => {
      for (const label of this.#data) {
        writer.place(label);
        writer.data(random.below(256), random.below(256), random.below(256));
      }
      for (const label of this.#tables) {
        writer.place(label);
        for (let i = 0; i < 4; i++) {
          const { label: subroutine } = random.pick(this.#subroutines);
          writer.pointer(subroutine);
        }
      }
    });
    apart(() => {
      for (const label of this.#zero) {
        writer.place(label);
        writer.data(random.below(256), random.below(256));
      }
    });
    const [data = [], zero = []] = own;
    const zeroPage = random.chance(0.1) ? 0xfe : random.below(0xe0);
    const sections: Section[] = [
      { address: base, items: random.chance(0.8) ? [...code, ...data] : code },
      { address: zeroPage, items: zero },
    ];
    if (sections[0]?.items === code) sections.push({ address: random.below(0x10000), items: data });
    return {
      sections,
      starts: [...starts, ...this.#subroutines.map(({ label }) => label), ...this.#places.slice(0, 3)],
    };
  }

  /** Some programs begin with an empty, a full or an almost full stack, whatever there was. */
  #prologue() {
    const { random, writer } = this;
    if (random.chance(0.1)) {
      writer.literal(random.pick([0, 1, 2, 0xfd, 0xfe, 0xff, random.below(256)]));
      writer.literal(random.pick([4, 5]));
      writer.op("DEO");
    }
    for (let i = random.below(4); i > 0; i--)
      writer.literal2(random.below(0x10000), random.chance(0.3) ? RETURN : 0);
  }

  /** A few pieces one after the other. */
  #block(pieces: number, depth: number) {
    for (let i = 0; i < pieces && this.writer.size < this.#size; i++) this.#piece(depth);
  }

  /** Puts much on a stack, up to all of it and more, and leaves it there. */
  #pile(deep = false) {
    const { random, writer } = this;
    const bytes = random.pick([
      random.between(deep ? 90 : 8, deep ? 200 : 40),
      random.between(40, 130),
      random.between(110, 260),
    ]);
    const modes = random.chance(0.25) ? RETURN : 0;
    const { wst, rst } = writer.depths;
    const to = modes === RETURN ? { wst, rst: rst + bytes } : { wst: wst + bytes, rst };
    switch (random.below(3)) {
      case 0:
        // The same local many times.
        this.#value(false);
        if (modes === RETURN) writer.op("STH");
        for (let i = 1; i < bytes; i++) writer.op(0x06 | modes);
        break;
      case 1:
        for (let i = 0; i < bytes; i += 2) {
          this.#value(true);
          if (modes === RETURN) writer.op("STH2");
        }
        break;
      default:
        writer.level(to, random);
    }
    // As many again where there is a join point or the head of a loop, and the end of the block.
    if (random.chance(0.5)) {
      const next = writer.newLabel();
      this.#jumpTo(next);
      writer.place(next);
      if (random.chance(0.3)) this.#places.push(next);
    }
    if (deep || random.chance(0.5)) this.#exits();
    const after = random.below(3);
    if (after === 0) writer.depths = { wst, rst };
    if (after === 1) writer.level({ wst, rst }, random);
  }

  /** Ends a block with something that is the interpreter's, and mostly harmless. */
  #interpreted() {
    const { random, writer } = this;
    switch (random.below(8)) {
      case 0:
        // A port that is known only when the program runs.
        this.#value(false);
        writer.literal(0x1f);
        writer.ops("AND", "DEI", "POP");
        break;
      case 1:
        this.#value(false);
        writer.literal(random.pick([0x0d, 0x40, 0x02]));
        writer.op("DEO");
        break;
      case 2:
        writer.op("BRK");
        break;
      default:
        writer.literal(random.pick([0x04, 0x05, 0x0d]));
        writer.ops("DEI", "POP");
    }
  }

  /** Many places at which compiled code may be left. */
  #exits() {
    const { random, writer } = this;
    const way = random.pick([0, 0, 1, 1, 2, 3]);
    const port = random.pick(CALM_PORTS);
    const data = random.pick(this.#data);
    const ups = random.chance(0.5);
    for (let i = random.pick([3, 10, 30, 80, 100, 140]); i > 0; i--) {
      if (ups) writer.ops(random.pick(["INC", "INC", "DUP", "SWP", "OVR"]), "DUP");
      else writer.op("INCk");
      if (way === 0) {
        writer.literal(port);
        writer.op("DEO");
      } else if (way === 1) {
        // To where a word of data says.
        writer.address(data);
        writer.ops("LDA2", "STA");
      } else if (way === 2) {
        writer.op("DUP");
        writer.op("STZ");
      } else if (random.chance(0.3)) {
        writer.literal2(random.below(0x10000));
        writer.op("STA");
      } else {
        writer.op("POP");
      }
    }
    if (random.chance(0.5)) this.#interpreted();
  }

  /** Takes a byte of a return address, or of what else is there, for a port, an address, a condition, or a number. */
  #returnBytes() {
    const { random, writer } = this;
    const { depths } = writer;
    if (random.chance(0.3)) {
      // Written anew, as it was or not.
      writer.ops(
        ...random.pick([
          ["STH2r", "STH2"],
          ["STH2kr", "NIP2r", "STH2"],
          ["SWPr", "SWPr"],
          ["DUP2r", "NIP2r"],
          ["DUP2r", "POP2r"],
          ["INC2r"],
        ]),
      );
    }
    // The low byte, the high one, or both, changed or not.
    const high = random.chance(0.25);
    const byte = () => {
      if (high) writer.ops("STH2kr", "POP");
      else writer.op("STHkr");
      if (random.chance(0.2)) {
        writer.literal(random.pick([1, 0x0f, 0x10, 0x28, 0x7f, 0xf0]));
        writer.op(random.pick(["AND", "ORA", "EOR", "ADD"]));
      }
    };
    const end = writer.newLabel();
    switch (random.below(12)) {
      case 0:
      case 1:
        writer.literal(random.below(256));
        byte();
        writer.op(random.pick(["DEO", "DEO", "DEOk"]));
        break;
      case 2:
        this.#value(true);
        byte();
        writer.op("DEO2");
        break;
      case 3:
        byte();
        writer.op(random.pick(["DEI", "DEI2", "DEIk"]));
        break;
      case 4:
        writer.op("STH2kr");
        writer.op(random.pick(["LDA", "LDA2", "LDAk"]));
        break;
      case 5:
        writer.literal(random.pick(PATCHES));
        writer.op("STH2kr");
        if (random.chance(0.7)) {
          // Somewhere else than the code that is returned to.
          writer.literal2(random.pick([0x4000, 0x8000, 0xff]));
          writer.op("EOR2");
        }
        writer.op("STA");
        break;
      case 6:
        byte();
        writer.op(random.pick(["LDZ", "LDZ2", "LDR", "LDR2"]));
        break;
      case 7:
        this.#value(true);
        byte();
        writer.op(random.pick(["STZ", "STZ2", "STR"]));
        break;
      case 8:
        // Under a condition that is known where the callee is inlined.
        byte();
        this.#jumpIf(end);
        this.#levelled(1, 0);
        break;
      case 9:
        // Goes back under a condition.
        this.#question();
        writer.ops("STH2kr", "JCN2");
        break;
      case 10:
        this.#value(false);
        byte();
        writer.op(random.pick(["ADD", "SUB", "MUL", "DIV", "SFT", "EQU", "GTH"]));
        break;
      default:
        this.#value(false);
        byte();
        writer.op(random.pick(["JCN", "JCN", "SFT"]));
    }
    if (random.chance(0.3)) {
      if (random.chance(0.5)) this.#straight();
      this.#interpreted();
    }
    writer.place(end);
    if (random.chance(0.7)) writer.level(depths, random);
  }

  /** A few pieces that leave the stacks as they were, or so. */
  #levelled(pieces: number, depth: number, to: Depths = this.writer.depths) {
    this.#block(pieces, depth);
    if (this.random.chance(0.93)) this.writer.level(to, this.random);
    else this.writer.depths = to;
  }

  #piece(depth: number) {
    const { random } = this;
    const kind = NAMES[random.weighted(this.#weights)] ?? "straight";
    if (depth <= 0 && ["loop", "branch", "copy"].includes(kind)) return this.#straight();
    switch (kind) {
      case "straight":
        return this.#straight();
      case "memory":
        return this.#memory();
      case "loop":
        return this.#loop(depth - 1);
      case "branch":
        return this.#branch(depth - 1);
      case "call":
        return this.#call();
      case "device":
        return this.#device();
      case "patchLiteral":
        return this.#patchLiteral();
      case "patchOpcode":
        return this.#patchOpcode();
      case "patchJump":
        return this.#patchJump();
      case "pokes":
        return this.#pokes();
      case "sled":
        return this.#sled();
      case "overlap":
        return this.#overlap();
      case "brk":
        return this.#brk();
      case "extreme":
        return this.#extreme();
      case "copy":
        return this.#copy();
      case "leave":
        return this.#leave();
      case "dig":
        return this.#dig(random.between(3, 30), random.chance(0.5) ? RETURN : 0);
      case "burrow":
        return this.#burrow();
      case "bulk":
        return this.#bulk();
      case "crowd":
        return this.#crowd();
      case "returnBytes":
        return this.#returnBytes();
      case "pile":
        return this.#pile();
      case "exits":
        return this.#exits();
    }
  }

  /** Instructions without jumps. */
  #straight() {
    const { random, writer } = this;
    for (let i = random.between(1, 8); i > 0; i--) {
      if (random.chance(0.4)) this.#value(random.chance(0.4));
      else writer.op(random.pick(STRAIGHT) | random.pick(MODES));
    }
  }

  /** Pushes a byte or a short to the working stack. */
  #value(short: boolean) {
    const { random, writer } = this;
    const two = short ? "2" : "";
    switch (random.below(9)) {
      case 0:
        return writer.op(`DUP${two}`);
      case 1:
        return writer.op(`OVR${two}`);
      case 2:
        return writer.zero(`LDZ${two}`, random.pick(this.#zero));
      case 3: {
        writer.address(random.pick(this.#data), random.below(2));
        return writer.op(`LDA${two}`);
      }
      case 4:
        return this.#variable(short);
      case 5: {
        writer.literal(random.pick(CALM_PORTS));
        return writer.op(`DEI${two}`);
      }
      case 6: {
        if (!random.chance(0.5)) return writer.op(`STH${two}kr`);
        writer.op(short ? "LIT2r" : "LITr");
        writer.data(...(short ? [random.below(256), random.below(256)] : [random.below(256)]));
        return writer.op(`STH${two}r`);
      }
      default:
        if (short) {
          if (random.chance(0.3)) {
            writer.literal(random.below(256));
            writer.literal(random.below(256));
          } else {
            writer.literal2(
              random.pick([0, 1, 0xff, 0x100, 0x7fff, 0x8000, 0xfffe, 0xffff, random.below(0x10000)]),
            );
          }
        } else {
          writer.literal(random.pick([0, 1, 2, 0x7f, 0x80, 0xfe, 0xff, random.below(256)]));
        }
    }
  }

  /** A literal that is a variable, as the program writes to it. */
  #variable(short: boolean) {
    const { random, writer } = this;
    const before = writer.newLabel();
    // The label belongs to the operand.
    writer.op(short ? "LIT2" : "LIT");
    writer.place(before);
    writer.data(...(short ? [random.below(256), random.below(256)] : [random.below(256)]));
    this.#literals.push({ label: before, short });
  }

  /** An opcode that something else may replace. */
  #placeholder() {
    const { random, writer } = this;
    const label = writer.here();
    this.#patchable.push(label);
    writer.op(random.pick(["INC", "INC2", "SWP", "DUP", "POP", "ADD"]));
  }

  /** Loads and stores. */
  #memory() {
    const { random, writer } = this;
    const short = random.chance(0.5);
    const two = short ? "2" : "";
    const keep = random.chance(0.15) ? "k" : "";
    const store = random.chance(0.5);
    if (store) this.#value(short);
    switch (random.below(6)) {
      case 0:
        return writer.zero(`${store ? "STZ" : "LDZ"}${two}${keep}`, random.pick(this.#zero), random.below(2));
      case 1:
        return writer.near(`${store ? "STR" : "LDR"}${two}${keep}`, random.pick(this.#data));
      case 2: {
        // An element of a list.
        writer.address(random.pick(this.#data));
        this.#value(false);
        writer.literal(random.pick([1, 3, 7]));
        writer.ops("AND", "LIT");
        writer.data(0);
        writer.ops("SWP", "ADD2", `${store ? "STA" : "LDA"}${two}${keep}`);
        return;
      }
      case 3: {
        // Anywhere in the zero page, where a short wraps.
        writer.literal(random.pick([0xff, random.below(256)]));
        return writer.op(`${store ? "STZ" : "LDZ"}${two}${keep}`);
      }
      case 4: {
        // Anywhere, the end of memory and what is around the code included.
        const places = [0xffff, 0xfffe, random.below(0x10000)];
        if (random.chance(0.5)) writer.literal2(random.pick(places));
        else writer.address(random.pick([...this.#data, ...this.#places]), random.between(-3, 3));
        return writer.op(`${store ? "STA" : "LDA"}${two}${keep}`);
      }
      default:
        writer.address(random.pick(this.#data), random.between(0, 2));
        return writer.op(`${store ? "STA" : "LDA"}${two}${keep}`);
    }
  }

  /** Goes to a label if the byte on top is not zero. */
  #jumpIf(to: Label) {
    const { random, writer } = this;
    const way = random.below(8);
    if (way === 0) return writer.near("JCN", to);
    if (way === 1) {
      writer.address(to);
      return writer.op("JCN2");
    }
    const at = writer.here();
    writer.jump("JCI", to);
    if (random.chance(0.2)) this.#jumps.push(at);
  }

  #jumpTo(to: Label) {
    const { random, writer } = this;
    const way = random.below(8);
    if (way === 0) return writer.near("JMP", to);
    if (way === 1) {
      writer.address(to);
      return writer.op("JMP2");
    }
    const at = writer.here();
    writer.jump("JMI", to);
    if (random.chance(0.2)) this.#jumps.push(at);
  }

  /** A loop with a counter, wherever that is. */
  #loop(depth: number) {
    const { random, writer } = this;
    const turns = random.pick([1, 2, 3, 5, 10, 30, 100, 200]);
    const start = writer.newLabel();
    // Some go one deeper with each turn, or one less deep, until the stack wraps.
    const drift = random.chance(0.05)
      ? random.pick(["POP", "POP2", "DUP", "POPr", "DUPr", "DUP2r"])
      : undefined;
    const body = () => {
      const before = writer.depths;
      this.#levelled(random.between(1, 4), depth);
      if (drift) writer.op(drift);
      if (drift) writer.depths = before;
    };
    const enter = () => {
      writer.place(start);
      this.#places.push(start);
    };
    switch (random.below(10)) {
      case 0:
        writer.literal(turns);
        enter();
        body();
        writer.literal(1);
        writer.ops("SUB", "DUP");
        this.#jumpIf(start);
        return writer.op("POP");
      case 1:
        writer.literal2(0x10000 - turns);
        enter();
        body();
        writer.ops("INC2", random.pick(["ORAk", "DUP2"]));
        if (writer.items.at(-1)?.bytes[0] === 0x26) writer.ops("ORA");
        this.#jumpIf(start);
        return writer.op("POP2");
      case 2:
        writer.literal(turns);
        writer.literal(0);
        enter();
        body();
        writer.ops("INC", random.pick(["GTHk", "NEQk"]));
        this.#jumpIf(start);
        return writer.op("POP2");
      case 3:
        writer.literal2(turns);
        writer.literal2(0);
        enter();
        body();
        writer.ops("INC2", random.pick(["GTH2k", "NEQ2k"]));
        this.#jumpIf(start);
        return writer.ops("POP2", "POP2");
      case 4:
        writer.literal(256 - turns, RETURN);
        enter();
        body();
        writer.ops("INCr", "STHkr");
        this.#jumpIf(start);
        return writer.op("POPr");
      case 5:
        writer.literal2(turns, RETURN);
        writer.literal2(0, RETURN);
        enter();
        body();
        writer.ops("INC2r", "GTH2kr", "STHr");
        this.#jumpIf(start);
        return writer.ops("POP2r", "POP2r");
      case 6: {
        const counter = random.pick(this.#zero);
        writer.literal(turns);
        writer.zero("STZ", counter);
        enter();
        body();
        writer.zero("LDZ", counter);
        writer.literal(1);
        writer.ops("SUB", "DUP");
        writer.zero("STZ", counter);
        if (random.chance(0.5)) writer.zero("LDZ", counter);
        else writer.zero("LDZ", counter);
        return this.#jumpIf(start);
      }
      case 7: {
        // The counter is a literal in the loop.
        writer.literal(turns);
        const counter = writer.newLabel();
        if (random.chance(0.5)) {
          writer.near("STR", counter);
        } else {
          writer.address(counter);
          writer.op("STA");
        }
        enter();
        body();
        writer.op("LIT");
        writer.place(counter);
        writer.data(random.below(256));
        writer.literal(1);
        writer.ops("SUB", "DUP");
        if (random.chance(0.5)) {
          writer.near("STR", counter);
        } else {
          writer.address(counter);
          writer.op("STA");
        }
        writer.near("LDR", counter);
        return this.#jumpIf(start);
      }
      case 8: {
        // The question comes first.
        const end = writer.newLabel();
        writer.literal(turns);
        enter();
        writer.ops("DUP", "LIT");
        writer.data(0);
        writer.op("EQU");
        this.#jumpIf(end);
        writer.literal(1);
        writer.op("SUB");
        body();
        this.#jumpTo(start);
        writer.place(end);
        return writer.op("POP");
      }
      default: {
        // Until the fuel ends, mostly.
        const end = writer.newLabel();
        enter();
        body();
        this.#value(false);
        writer.literal(random.pick([0x0f, 0x3f, 0xff]));
        writer.op("AND");
        this.#jumpIf(start);
        return writer.place(end);
      }
    }
  }

  /** A question to which the answer may vary. */
  #question() {
    const { random, writer } = this;
    if (random.chance(0.15)) {
      // Half of a short, which is zero more often than not.
      this.#value(true);
      writer.literal2(random.pick([0x00ff, 0x01ff, 0xff00, 0xff01, 0x0101]));
      writer.ops("AND2", random.pick(["POP", "NIP", "SWP", "STH"]));
      return;
    }
    const short = random.chance(0.4);
    this.#value(short);
    if (random.chance(0.3)) {
      if (short) writer.op("ORA");
      writer.literal(1 << random.below(4));
      return writer.op("AND");
    }
    this.#value(short);
    writer.op(
      `${random.pick(["EQU", "NEQ", "GTH", "LTH"])}${short ? "2" : ""}${random.chance(0.15) ? "k" : ""}`,
    );
  }

  /** Two ways that meet, mostly with stacks of the same depth, hardly ever made the same way. */
  #branch(depth: number) {
    const { random, writer } = this;
    this.#question();
    const before = writer.depths;
    const leaves = {
      wst: before.wst - 1 + random.pick([0, 0, 0, 1, 2, 3, 4, -1, -2]),
      rst: before.rst + random.pick([0, 0, 0, 0, 1, 2, -1]),
    };
    const other = writer.newLabel();
    const end = writer.newLabel();
    if (random.chance(0.3)) {
      this.#jumpIf(end);
      this.#levelled(random.between(1, 3), depth, random.chance(0.85) ? writer.depths : leaves);
      writer.place(end);
      return;
    }
    this.#jumpIf(other);
    const middle = writer.depths;
    this.#levelled(random.below(3), depth, leaves);
    if (random.chance(0.9)) this.#jumpTo(end);
    writer.place(other);
    writer.depths = middle;
    this.#levelled(random.below(3), depth, random.chance(0.9) ? leaves : middle);
    writer.place(end);
    if (random.chance(0.2)) this.#places.push(end);
  }

  #call() {
    const { random, writer } = this;
    const subroutine = this.#subroutines[random.below(this.#subroutines.length)];
    if (!subroutine) return this.#straight();
    const { label, leaves, manner } = subroutine;
    if (manner === "recursive" || manner === "mutual")
      writer.literal(random.between(0, manner === "mutual" ? 9 : 6));
    const before = writer.depths;
    switch (random.below(12)) {
      case 0:
        writer.address(label);
        writer.op("JSR2");
        break;
      case 1:
        writer.near("JSR", label);
        break;
      case 2: {
        // Through a table.
        const table = this.#tables[0];
        if (!table) {
          writer.jump("JSI", label);
          break;
        }
        this.#value(false);
        writer.literal(3);
        writer.ops("AND", "DUP", "ADD", "LIT");
        writer.data(0);
        writer.op("SWP");
        writer.address(table);
        writer.ops("ADD2", "LDA2", "JSR2");
        break;
      }
      case 3: {
        // With a return address of one's own.
        const back = writer.newLabel();
        writer.address(back, 0, RETURN);
        writer.jump("JMI", label);
        writer.place(back);
        break;
      }
      case 4:
        writer.address(label, 0, RETURN);
        writer.ops("STH2r", "JSR2");
        break;
      case 5: {
        const zero = random.pick(this.#zero);
        writer.address(label);
        writer.zero("STZ2", zero);
        writer.zero("LDZ2", zero);
        writer.op("JSR2");
        break;
      }
      case 6:
        writer.address(label);
        this.#variableCall();
        break;
      default: {
        const at = writer.here();
        writer.jump("JSI", label);
        if (random.chance(0.2)) this.#jumps.push(at);
      }
    }
    if (manner === "skips" || manner === "inline")
      writer.data(random.pick([0x01, 0x80, 0x00, random.below(256)]));
    if (manner === "patches") this.#placeholder();
    writer.depths = { wst: before.wst + leaves.wst, rst: before.rst + leaves.rst };
    if (manner === "inline") writer.depths = { ...writer.depths, wst: writer.depths.wst + 1 };
  }

  /** Calls the address on the stack by way of a literal. */
  #variableCall() {
    const { writer } = this;
    const target = writer.newLabel();
    writer.near("STR2", target);
    writer.op("LIT2");
    writer.place(target);
    writer.data(0, 0);
    writer.op("JSR2");
    writer.depths = { ...writer.depths, wst: writer.depths.wst };
  }

  #subroutine({ label, manner, leaves, partner }: Subroutine) {
    const { random, writer } = this;
    writer.place(label);
    writer.depths = { wst: 0, rst: 0 };
    const body = (to: Depths = leaves) => {
      // The return address stays below.
      if (random.chance(0.2)) {
        writer.op("STH2r");
        this.#levelled(random.between(1, 3), 1);
        writer.op("STH2");
        writer.level(to, random);
      } else {
        this.#levelled(random.between(0, 3), 2, to);
      }
    };
    const back = () => {
      if (random.chance(0.1)) return writer.ops("STH2r", "JMP2");
      return writer.op("JMP2r");
    };
    const other = this.#subroutines[partner];
    switch (manner) {
      case "plain":
        body();
        return back();
      case "recursive":
      case "mutual": {
        const deeper = writer.newLabel();
        writer.op("DUP");
        this.#jumpIf(deeper);
        body();
        back();
        writer.place(deeper);
        writer.literal(1);
        writer.op("SUB");
        writer.depths = { wst: 0, rst: 0 };
        this.#levelled(random.below(2), 1);
        const next = manner === "mutual" && other ? other.label : label;
        if (random.chance(0.3)) {
          writer.op("DUP");
          writer.jump("JSI", next);
          writer.op("SWP");
          if (random.chance(0.5)) writer.op("POP");
        }
        if (random.chance(0.3)) return this.#jumpTo(next);
        writer.jump("JSI", next);
        this.#levelled(random.below(2), 1);
        return back();
      }
      case "twice":
        writer.op("DUP2r");
        body();
        return back();
      case "drops":
        body();
        writer.op("POP2r");
        return random.chance(0.6) ? writer.op("JMP2r") : writer.op("BRK");
      case "skips":
        body();
        writer.op("INC2r");
        return back();
      case "elsewhere": {
        body();
        const to = other?.label ?? label;
        if (random.chance(0.5)) {
          writer.address(to, 0, RETURN);
          if (random.chance(0.5)) writer.ops("SWP2r", "POP2r");
          return writer.op("JMP2r");
        }
        writer.op("POP2r");
        writer.address(to);
        return writer.ops("STH2", "JMP2r");
      }
      case "keeps":
        body();
        return writer.op(random.pick(["JMP2kr", "JSR2r"]));
      case "patches":
        body();
        // What comes behind the call.
        writer.literal(random.pick(PATCHES));
        writer.ops("STH2kr", random.chance(0.7) ? "STA" : "STAk");
        return back();
      case "escapes":
        body();
        writer.op("POP2r");
        return this.#places.length > 0 ? this.#jumpTo(random.pick(this.#places)) : writer.op("BRK");
      case "tail":
        body();
        return other ? this.#jumpTo(other.label) : back();
      case "conditional": {
        body();
        writer.literal(random.below(2), RETURN);
        writer.ops("ROTr", "ROTr", "JCN2r");
        return random.chance(0.5) ? writer.op("BRK") : this.#straight();
      }
      case "meddles":
        // With where its caller returns to.
        body();
        writer.ops(
          ...random.pick([["STH2r", "INC2r", "STH2"], ["SWP2r"], ["OVR2r"], ["SWP2kr", "POP2r"], ["NIP2r"]]),
        );
        return back();
      case "digs": {
        // Reaches far below its arguments, or its return address.
        const modes = random.pick([0, RETURN]);
        if (modes === RETURN) writer.op("STH2r");
        this.#dig(
          random.pick([random.between(3, 24), random.between(20, 70), random.between(128, 140)]),
          modes,
        );
        if (modes === RETURN) writer.op("STH2");
        writer.level(leaves, random);
        if (other && random.chance(0.3)) writer.jump("JSI", other.label);
        return back();
      }
      case "winds":
        return this.#winding(label, other);
      case "wraps":
        return this.#wrapping();
      case "rewrites":
        return this.#rewriting();
      case "inline":
        // The byte behind the call is an argument.
        body();
        if (random.chance(0.5)) writer.ops("LDAkr", "STHr", "INC2r", "JMP2r");
        else writer.ops("STH2r", "LDAk", "ROT", "ROT", "INC2", "JMP2");
        return;
    }
  }

  /** Counts a byte in the zero page down, and leaves it. */
  #countDown(modes = 0) {
    const { random, writer } = this;
    const counter = random.pick(this.#zero);
    const r = modes === RETURN ? "r" : "";
    writer.zero(`LDZ${r}`, counter);
    writer.literal(1, modes);
    writer.ops(`SUB${r}`, `DUP${r}`);
    writer.zero(`STZ${r}`, counter);
    writer.literal(random.pick([1, 3, 7]), modes);
    writer.op(`AND${r}`);
  }

  /** A recursion that by itself touches nothing but the return stack, behind a callee that may reach deep. */
  #winding(label: Label, other: Subroutine | undefined) {
    const { random, writer } = this;
    const [end, deep] = [writer.newLabel(), random.chance(0.5) ? writer.newLabel() : undefined];
    const before = deep ?? other?.label;
    if (before && random.chance(0.8)) writer.jump("JSI", before);
    this.#countDown(RETURN);
    switch (random.below(3)) {
      case 0:
        writer.near("JCNr", end);
        writer.jump("JSI", label);
        break;
      case 1: {
        const deeper = writer.newLabel();
        writer.near("JCNr", deeper);
        writer.op("JMP2r");
        writer.place(deeper);
        writer.jump("JSI", label);
        break;
      }
      default:
        // Back under a condition, which stays below the return address.
        writer.ops("ROTr", "ROTr", random.pick(["JCN2kr", "JCN2kr", "JCN2r"]), "ROTr", "POPr");
        writer.jump("JSI", label);
    }
    writer.place(end);
    writer.op("JMP2r");
    if (!deep) return;
    writer.place(deep);
    writer.depths = { wst: 0, rst: 0 };
    this.#dig(random.between(100, 140), 0);
    writer.level({ wst: random.pick([-2, -1, 0, 1]), rst: 0 }, random);
    writer.op("JMP2r");
  }

  /**
   * Calls a subroutine with two ways back. They leave stack pointers that are the same modulo 256, and go to addresses one
   * apart: with one subtraction too many in all of that, one looks like the other.
   */
  #wrapping() {
    const { random, writer } = this;
    const [callee, helper, other] = [writer.newLabel(), writer.newLabel(), writer.newLabel()];
    writer.jump("JSI", callee);
    if (random.chance(0.5)) writer.op(random.pick(["INC2r", "INCr", "NIPkr", "DUPr"]));
    writer.op(random.chance(0.8) ? "JMP2r" : "BRK");

    writer.place(callee);
    const far = random.between(40, 215);
    const delta = random.pick([far, -far]);
    const ways = [
      () => writer.jump("JSI", helper),
      () => writer.level({ wst: writer.depths.wst + delta - Math.sign(delta) * 256, rst: 0 }, random),
    ];
    if (random.chance(0.5)) ways.reverse();
    const displaced = random.below(2);
    this.#countDown();
    this.#jumpIf(other);
    for (const [index, way] of ways.entries()) {
      writer.depths = { wst: 0, rst: 0 };
      if (index === 1) writer.place(other);
      way();
      if (index === displaced && random.chance(0.5)) writer.op("INC2r");
      else if (index === displaced) {
        writer.literal2(1, RETURN);
        writer.op("SUB2r");
      }
      writer.op("JMP2r");
    }

    writer.place(helper);
    writer.depths = { wst: 0, rst: 0 };
    writer.level({ wst: delta, rst: 0 }, random);
    return writer.op("JMP2r");
  }

  /** Writes its return address again in a loop, and uses it there: what is known of it before the loop is not in it. */
  #rewriting() {
    const { random, writer } = this;
    const [start, more] = [writer.here(), writer.newLabel()];
    writer.ops(
      ...random.pick([
        ["STH2r", "STH2"],
        ["STH2kr", "NIP2r", "STH2"],
        ["SWPr", "SWPr"],
        ["DUP2r", "NIP2r"],
        ["INC2r"],
      ]),
    );
    this.#countDown();
    this.#jumpIf(more);
    if (random.chance(0.6)) {
      // Out of the loop, with what is known of it there.
      this.#returnBytes();
      if (random.chance(0.3)) this.#straight();
      if (random.chance(0.5)) this.#interpreted();
      writer.level({ wst: 0, rst: 0 }, random);
    }
    writer.op("JMP2r");
    writer.place(more);
    writer.depths = { wst: 0, rst: 0 };
    if (random.chance(0.4)) {
      this.#returnBytes();
      writer.level({ wst: 0, rst: 0 }, random);
    }
    switch (random.below(6)) {
      case 0:
      case 1:
        writer.literal(random.below(256));
        writer.ops("STHkr", "DEO");
        break;
      case 2:
        writer.ops("STHkr", "DEI", "POP");
        break;
      case 3:
        writer.ops("STH2kr", "LDA", "POP");
        break;
      case 4:
        // Back under a condition.
        this.#countDown();
        writer.ops("STH2kr", "JCN2");
        break;
      default:
        this.#countDown();
        writer.ops("STH", "ROTr", "ROTr", random.pick(["JCN2kr", "JCN2r"]), "ROTr", "POPr");
    }
    this.#jumpTo(start);
  }

  #device() {
    const { random, writer } = this;
    const short = random.chance(0.4);
    const two = short ? "2" : "";
    const modes = random.pick(["", "", "", "", "k", "r", "kr"]);
    const port = random.pick(random.chance(0.7) ? CALM_PORTS : PORTS);
    const read = random.chance(0.4);
    if (!read && !modes.includes("r")) this.#value(short);
    if (random.chance(0.15)) {
      // A port that is known only when the program runs.
      this.#value(false);
      writer.literal(random.pick([0x07, 0x0f, 0x1f]));
      writer.op("AND");
      if (random.chance(0.5)) writer.literal(random.pick([0x10, 0x20]));
      else writer.literal(0x28);
      writer.op("ORA");
      if (modes.includes("r")) writer.op("STH");
    } else {
      writer.literal(port, modes.includes("r") ? RETURN : 0);
    }
    writer.op(`${read ? "DEI" : "DEO"}${two}${modes}`);
  }

  /** Writes to a literal in the program, before or behind this place. */
  #patchLiteral() {
    const { random, writer } = this;
    if (this.#literals.length === 0 || random.chance(0.2)) {
      // Right before it is executed.
      const short = random.chance(0.5);
      const label = writer.newLabel();
      this.#value(short);
      writer.near(short ? "STR2" : "STR", label);
      writer.op(short ? "LIT2" : "LIT");
      writer.place(label);
      writer.data(...(short ? [0x12, 0x34] : [0x56]));
      this.#literals.push({ label, short });
      return;
    }
    const { label, short } = random.pick(this.#literals.slice(-4));
    const wide = random.chance(0.05) ? !short : short;
    const two = wide ? "2" : "";
    if (random.chance(0.3)) {
      // A counter or an accumulator.
      writer.address(label);
      writer.ops(`LDA${two}`, `INC${two}`);
    } else {
      this.#value(wide);
    }
    if (random.chance(0.5)) {
      writer.near(`STR${two}`, label);
    } else {
      writer.address(label);
      writer.op(`STA${two}`);
    }
  }

  /** Replaces an opcode. */
  #patchOpcode() {
    const { random, writer } = this;
    const next = this.#patchable.length === 0 || random.chance(0.5);
    const label = next ? writer.newLabel() : random.pick(this.#patchable);
    if (random.chance(0.4)) {
      // Another one each time.
      writer.address(label);
      writer.op("LDA");
      writer.literal(random.pick([0x01, 0x02, 0x20, 0x80, 0x19]));
      writer.op("EOR");
    } else {
      writer.literal(random.pick(PATCHES));
    }
    if (random.chance(0.5)) {
      writer.near(random.chance(0.8) ? "STR" : "STRk", label);
    } else {
      writer.address(label);
      writer.op(random.chance(0.8) ? "STA" : "STAk");
    }
    if (!next) return;
    for (let i = random.pick([0, 0, 1, 4]); i > 0; i--) writer.op(random.pick(STRAIGHT) | random.pick(MODES));
    writer.place(label);
    this.#patchable.push(label);
    writer.op(random.pick(["INC", "ADD", "DUP", "SWP", "NIP"]));
  }

  /** Leads a jump or a call elsewhere. */
  #patchJump() {
    const { random, writer } = this;
    const at = random.pick(this.#jumps);
    const places = [...this.#places, ...this.#subroutines.map(({ label }) => label)];
    const to = random.pick(places);
    if (!at || !to) return this.#straight();
    if (random.chance(0.3)) {
      // Only half of the distance.
      writer.literal(random.below(48));
      writer.address(at, 2);
      return writer.op("STA");
    }
    writer.operand(at, to);
    writer.address(at, 1);
    writer.op("STA2");
  }

  /** Has a device write to the program. */
  #pokes() {
    const { random, writer } = this;
    const places = [
      ...this.#patchable,
      ...this.#literals.map(({ label }) => label),
      ...this.#data,
      ...this.#places,
    ];
    const to = random.pick(places);
    const device = random.below(3);
    const setShort = (port: number, label: Label) => {
      writer.address(label);
      writer.literal(port);
      writer.op("DEO2");
    };
    const setByte = (port: number, value: number) => {
      writer.literal(value);
      writer.literal(port);
      writer.op("DEO");
    };
    if (device === 0) {
      setShort(0x30, to);
      setByte(0x33, random.pick(PATCHES));
    } else if (device === 1) {
      setShort(0x00, to);
      setByte(0x02, random.pick(PATCHES));
      setByte(0x03, random.between(1, 6));
    } else {
      setShort(0x40, random.pick(places));
      setShort(0x42, to);
      setByte(0x06, random.between(1, 12));
    }
  }

  /** A jump over a number of instructions that is known only when the program runs. */
  #sled() {
    const { random, writer } = this;
    this.#value(false);
    const before = { ...writer.depths, wst: writer.depths.wst - 1 };
    const mask = random.pick([1, 3, 7]);
    writer.literal(mask);
    writer.op("AND");
    if (random.chance(0.5)) {
      writer.op("JMP");
    } else {
      const base = writer.newLabel();
      writer.literal(0);
      writer.op("SWP");
      writer.address(base);
      writer.ops("ADD2", random.chance(0.7) ? "JMP2" : "JSR2");
      writer.place(base);
    }
    for (let i = 0; i <= mask; i++)
      writer.op(random.pick(["INC", "DUP", "POP", "SWP", "INC2", "ADD", "LIT", "JMP2r"]));
    writer.depths = before;
  }

  /** Bytes that are an operand at first, and instructions when something jumps there. */
  #overlap() {
    const { random, writer } = this;
    const before = writer.depths;
    const label = writer.newLabel();
    const end = writer.newLabel();
    const opcode = random.pick(["LIT2", "LIT", "JCI", "JMI", "JSI", "LIT2r"]);
    if (random.chance(0.3)) this.#jumpTo(label);
    writer.op(opcode);
    writer.place(label);
    for (let i = 0; i < (opcode === "LIT" ? 1 : 2); i++)
      writer.op(random.pick(["INC", "DUP", "POP", "SWP", "ADD", "BRK"]));
    writer.literal(random.below(2));
    writer.jump("JCI", end);
    this.#value(false);
    writer.literal(1);
    writer.op("AND");
    this.#jumpIf(label);
    writer.place(end);
    this.#places.push(label);
    writer.depths = before;
  }

  #brk() {
    const { random, writer } = this;
    const end = writer.newLabel();
    this.#question();
    if (random.chance(0.9)) this.#jumpIf(end);
    writer.op("BRK");
    writer.place(end);
  }

  /** Moves a stack pointer to an end of the stack. */
  #extreme() {
    const { random, writer } = this;
    writer.literal(random.pick([0, 1, 2, 3, 4, 0xfb, 0xfc, 0xfd, 0xfe, 0xff]));
    writer.literal(random.pick([0x04, 0x05]));
    writer.op("DEO");
  }

  /** Copies code elsewhere and calls it there. */
  #copy() {
    const { random, writer } = this;
    const from = random.pick([...this.#subroutines.map(({ label }) => label), ...this.#places]);
    if (!from) return this.#straight();
    const length = random.between(2, 24);
    const before = writer.depths;
    const target = random.pick([0x0080, 0xe000, 0xfff8, random.below(0x10000)]);
    const loop = writer.newLabel();
    writer.literal(0);
    writer.place(loop);
    // ( i -- i+1 ): memory[target + i] = memory[from + i]
    writer.ops("DUP", "LIT");
    writer.data(0);
    writer.ops("SWP", "DUP2");
    writer.address(from);
    writer.ops("ADD2", "LDA", "ROT", "ROT");
    writer.literal2(target);
    writer.ops("ADD2", "STA", "INC", "DUP");
    writer.literal(length);
    writer.op("LTH");
    writer.jump("JCI", loop);
    writer.op("POP");
    if (random.chance(0.8)) {
      writer.literal2(target);
      writer.op(random.pick(["JSR2", "JMP2"]));
    }
    writer.depths = before;
  }

  /** Takes much from a stack and puts as much back. */
  #dig(bytes: number, modes: number) {
    const { random, writer } = this;
    const { wst, rst } = writer.depths;
    writer.level(modes === RETURN ? { wst, rst: rst - bytes } : { wst: wst - bytes, rst }, random);
    writer.level({ wst, rst }, random);
  }

  /**
   * A loop around a callee that reaches further down than the loop by itself, with devices whose ports may be what lies
   * there, below the bottom of the stack.
   */
  #burrow() {
    const { random, writer } = this;
    const digger = this.#subroutines.find(({ manner }) => manner === "digs");
    if (!digger) return this.#dig(random.between(3, 30), random.chance(0.5) ? RETURN : 0);
    const [counter, before] = [random.pick(this.#zero), writer.depths];
    writer.literal(random.pick([2, 5, 20]));
    writer.zero("STZ", counter);
    const start = writer.here();
    this.#places.push(start);
    const access = () => {
      const port = random.between(0x10, 0x15);
      if (random.chance(0.7)) this.#value(false);
      else writer.literal(random.below(256));
      writer.literal(port);
      writer.op("DEO");
    };
    access();
    if (random.chance(0.4)) this.#levelled(1, 0);
    writer.jump("JSI", digger.label);
    writer.depths = { ...before, wst: before.wst + digger.leaves.wst };
    writer.level(before, random);
    if (random.chance(0.4)) access();
    writer.zero("LDZ", counter);
    writer.literal(1);
    writer.ops("SUB", "DUP");
    writer.zero("STZ", counter);
    this.#jumpIf(start);
    writer.depths = before;
  }

  /** Much code without a jump. */
  #bulk() {
    const { random, writer } = this;
    const before = writer.depths;
    for (let i = random.between(20, 100); i > 0; i--) {
      if (random.chance(0.3)) this.#memory();
      else this.#straight();
    }
    writer.level(before, random);
  }

  /** Many short blocks, with much on the stacks. */
  #crowd() {
    const { random, writer } = this;
    const before = writer.depths;
    for (let i = random.pick([0, 10, 60]); i > 0; i--) this.#value(true);
    for (let i = random.between(10, 60); i > 0; i--) {
      const next = writer.newLabel();
      this.#question();
      this.#jumpIf(next);
      this.#levelled(random.below(2), 0);
      writer.place(next);
    }
    writer.level(before, random);
  }

  /** Goes to some place of the program, sometimes. */
  #leave() {
    const { random, writer } = this;
    const to = this.#places[random.below(this.#places.length)];
    if (!to) return this.#straight();
    const end = writer.newLabel();
    this.#question();
    this.#jumpIf(end);
    this.#jumpTo(to);
    writer.place(end);
  }
}

/** Slices of fuel. The first ones are small, so that there is a chance to compile early. */
export function slices(random: Random, most: number): number[] {
  const count = random.between(1, 8);
  return Array.from({ length: count }, (_, i) => {
    const size = random.weighted([i < 3 ? 4 : 1, 4, 4, 2]);
    return Math.min(
      most,
      random.between(
        ...(
          [
            [1, 10],
            [10, 100],
            [100, 1000],
            [1000, 5000],
          ] as const
        )[size as 0],
      ),
    );
  });
}

/** A stack pointer, often near an end. */
function pointer(random: Random): number {
  return random.pick([0, 0, 0, random.below(8), 248 + random.below(8), random.below(256)]);
}

/** Mostly everything is compiled at once, sometimes late or after it has run a while. */
function compiling(random: Random): Compiling {
  // Compiling takes most of the time. What changes itself over and over is compiled over and over.
  const units = random.pick([4, 8, 8, 100]);
  const [hot, lag] = [random.pick([1, 1, 1, 1, 2, 3, 10]), random.pick([0, 0, 0, 1, 2])];
  return { hot, lag, units, brief: random.chance(0.25) };
}

/** The program's starts in a few orders, with other stacks each time. */
export function rounds(random: Random, places: readonly Place[], most = 5000): Round[] {
  return Array.from({ length: random.between(4, 24) }, () => {
    const runs: Run[] = [{ place: places[0] ?? "on", slices: slices(random, most) }];
    for (let i = random.below(5); i > 0; i--) {
      runs.push({ place: random.chance(0.15) ? "on" : random.pick(places), slices: slices(random, most) });
    }
    return { seed: random.u32(), wst: pointer(random), rst: pointer(random), runs };
  });
}

/** As `rounds`, but what is much code in a piece, and much on a stack, has the fuel and the room for it more often. */
function deepRounds(random: Random, places: readonly Place[]): Round[] {
  return rounds(random, places).map((round) => {
    if (!random.chance(0.6)) return round;
    const runs = round.runs.map(({ place, slices }) => ({
      place,
      slices: [random.between(1000, 5000), ...slices],
    }));
    return { ...round, wst: random.below(16), rst: random.below(16), runs };
  });
}

/** One run with more fuel in a slice than a dispatcher takes into its registers, once there has been time to compile. */
function longRounds(random: Random, places: readonly Place[]): Round[] {
  const slices = [100, 1000, 1000, ...Array.from({ length: 2 }, () => random.between(1 << 18, 1 << 20))];
  const runs = [{ place: places[0] ?? "on", slices }];
  return [{ seed: random.u32(), wst: pointer(random), rst: pointer(random), runs }];
}

/** Changes a few bytes. */
export function mutate(random: Random, bytes: Uint8Array, changes: number, from = 0): void {
  if (bytes.length <= from) return;
  for (let i = 0; i < changes; i++) {
    const at = random.between(from, bytes.length - 1);
    const old = bytes[at] ?? 0;
    bytes[at] = random.pick([
      old ^ (1 << random.below(8)),
      random.below(256),
      random.pick(PATCHES),
      bytes[random.below(bytes.length)] ?? 0,
      (old + random.pick([1, 255])) & 0xff,
    ]);
  }
}

/** A program made of the pieces above. */
export function structured(random: Random, opcodes: Opcodes): Case {
  const long = random.chance(0.03);
  const deep = random.chance(0.12);
  const generator = new Generator(
    random,
    opcodes,
    long ? 80 : random.chance(0.02) ? 3000 : random.pick([40, 80, 150, 300, 600]),
    long,
    deep,
  );
  const base = random.pick([
    0x0100,
    0x0100,
    0x0100,
    0x0100,
    0x0000,
    0x0080,
    random.between(0xff00, 0xffff),
    random.below(0x10000),
  ]);
  const { sections, starts } = generator.program(base);
  const { segments, addresses } = assemble(sections);
  const places = starts.map((label) => ({ address: addresses.get(label) ?? base }));
  if (random.chance(0.1))
    places.push({ address: (base + random.below(segments[0]?.bytes.length ?? 1)) & 0xffff });
  const mutated = random.chance(0.2);
  const code = segments[0];
  if (mutated && code) mutate(random, code.bytes, random.between(1, 4));
  const made = {
    title: long ? "structured, with much fuel" : "structured",
    segments,
    computer: false,
    compiling: compiling(random),
    rounds: long ? longRounds(random, places) : deep ? deepRounds(random, places) : rounds(random, places),
  };
  return mutated ? { ...made, title: `${made.title}, some bytes changed` } : { ...made, sections };
}

/** A program of bytes drawn one by one, though not all are as likely. */
export function noise(random: Random): Case {
  const bytes = Uint8Array.from({ length: random.between(20, 400) }, () =>
    random.chance(0.3)
      ? 0x80 | random.pick([0, 0x20, 0x40])
      : random.chance(0.05)
        ? 0x6c
        : random.between(1, 255),
  );
  const base = random.pick([0x0100, 0x0000, random.below(0x10000)]);
  const places = [{ address: base }, { address: (base + random.below(bytes.length)) & 0xffff }];
  return {
    title: "noise",
    segments: [{ address: base, bytes }],
    computer: false,
    compiling: compiling(random),
    rounds: rounds(random, places),
  };
}

/** A real program. */
export interface Rom {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where programs put the addresses of their vectors. */
const VECTORS = [0x10, 0x20, 0x80, 0x90];

/** A real program, its title, with some bytes changed, or a part of another one in it. */
function changed(random: Random, roms: readonly Rom[]): { title: string; bytes: Uint8Array } {
  const { name, bytes: original } = random.pick(roms);
  const bytes = original.slice();
  const titles = [name];
  if (random.chance(0.85)) {
    const changes = random.pick([1, 2, 4, 16]);
    // The beginning is more likely to matter than the rest.
    mutate(random, random.chance(0.5) ? bytes.subarray(0, 200) : bytes, changes);
    titles.push("some bytes changed");
  }
  if (random.chance(0.2)) {
    const other = random.pick(roms);
    const length = Math.min(random.between(4, 64), other.bytes.length, bytes.length);
    const from = random.below(other.bytes.length - length + 1);
    bytes.set(other.bytes.subarray(from, from + length), random.below(bytes.length - length + 1));
    titles.push(`a part of ${other.name} in it`);
  }
  return { title: titles.join(", "), bytes };
}

/** A real program with changes, on the CPU. */
export function mutated(random: Random, roms: readonly Rom[]): Case {
  const { title, bytes } = changed(random, roms);
  const places: Place[] = [{ address: 0x0100 }, ...VECTORS.map((port) => ({ port })), "on"];
  // Real programs want more fuel to get anywhere.
  const longer = rounds(random, places)
    .slice(0, 3)
    .map((round) => ({
      ...round,
      wst: 0,
      rst: 0,
      runs: round.runs.map(({ place, slices }, i) => ({
        place,
        slices: i === 0 ? [...slices, 5000, 5000] : slices,
      })),
    }));
  const segments = [{ address: 0x0100, bytes }];
  return { title, segments, computer: false, compiling: compiling(random), rounds: longer };
}

/** A real program with changes, in a computer to which things happen. */
export function computed(random: Random, roms: readonly Rom[]): Case {
  const { title, bytes } = changed(random, roms);
  const run = (place: Place, most: number): Run => ({
    place,
    slices: Array.from({ length: random.between(1, 3) }, () =>
      random.between(1, random.pick([100, 1000, most])),
    ),
  });
  const rounds = Array.from({ length: random.between(1, 3) }, () => ({
    seed: 0,
    wst: 0,
    rst: 0,
    runs: [
      ...Array.from({ length: random.between(1, 4) }, () => run("on", 20_000)),
      ...Array.from({ length: random.between(2, 30) }, () => run({ event: random.u32() }, 20_000)),
    ],
  }));
  const segments = [{ address: 0x0100, bytes }];
  return {
    title: `a computer with ${title}`,
    segments,
    computer: true,
    compiling: compiling(random),
    rounds,
  };
}

/** The program of an index. */
export function generate(random: Random, opcodes: Opcodes, roms: readonly Rom[]): Case {
  const real = roms.length > 0;
  switch (random.weighted([80, 5, real ? 10 : 0, real ? 5 : 0])) {
    case 1:
      return noise(random);
    case 2:
      return mutated(random, roms);
    case 3:
      return computed(random, roms);
    default:
      return structured(random, opcodes);
  }
}
