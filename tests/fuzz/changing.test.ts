/** Code that changes: what takes the place of other code is compiled again, and what changes all the time is not for ever. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { source } from "./node.js";

const { bindings, module } = source();
const fantail = await bindings();
fantail.initSync({ module });

/** Jumps that make an address hot: more than there are changes. A unit is worth its making after 8192 units of fuel for each. */
const HOT = 32;
const SLICE = 2000;
/** How often code changes: more often than it could once be compiled. */
const CHANGES = 24;

/** A CPU with compiled code, compared with the others after each slice. */
class Machine {
  readonly #trial = new fantail.Trial(["blocks"]);
  readonly #table = fantail.functionTable();
  modules = 0;

  constructor(...segments: [address: number, bytes: number[]][]) {
    this.#trial.clear(HOT);
    for (const [address, bytes] of segments) this.#trial.poke(address, Uint8Array.from(bytes));
    this.restart();
  }

  /** The program once more, in the way of a host that resets it. */
  restart() {
    this.#trial.start(0, 0, 0);
    this.#trial.setPc(0x100);
  }

  /** Runs, and returns the share of the fuel that compiled code has used. */
  run(fuel: number): number {
    const trial = this.#trial;
    const before = trial.compiledFuel;
    let used = 0;
    for (; used < fuel; used += SLICE) {
      const outcome = trial.run(SLICE, false);
      assert.notEqual(outcome, fantail.Outcome.Differs, trial.difference);
      if (outcome === fantail.Outcome.Brk) break;
      for (let made = trial.compile(false); made; made = trial.compile(false)) {
        this.modules += 1;
        const compiled = new WebAssembly.Module(made.module as Uint8Array<ArrayBuffer>);
        const { exports } = new WebAssembly.Instance(compiled, fantail.unitImports());
        const slots = Uint16Array.from({ length: made.functions }, (_, i) => {
          const slot = this.#table.grow(1);
          this.#table.set(slot, exports[i]);
          return slot;
        });
        trial.link(made, slots);
      }
    }
    return ((trial.compiledFuel - before) >>> 0) / used;
  }
}

/** Counts a short down to zero, with two ways to say "less one". A turn takes ten units of fuel. */
const countdown = (turns: number, less: "SUB2" | "ADD2") => [
  ...[0xa0, turns >> 8, turns & 0xff],
  ...(less === "SUB2" ? [0xa0, 0x00, 0x01, 0x39] : [0xa0, 0xff, 0xff, 0x38]),
  ...[0x26, 0x1d, 0x20, 0xff, 0xf7, 0x22, 0x6c],
];
const TURNS = 0xffff;
/** The fuel of such a run. */
const LONG = TURNS * 10;

const [FIRST, SECOND, PLACE] = [0x4000, 0x5000, 0x8000];
const LENGTH = countdown(1, "SUB2").length;
const short = (value: number) => [value >> 8, value & 0xff];

/** Has a device copy code. */
const copiedByDevice = (from: number) => [
  ...[0xa0, ...short(from), 0x80, 0x40, 0x37],
  ...[0xa0, ...short(PLACE), 0x80, 0x42, 0x37],
  ...[0x80, LENGTH, 0x80, 0x06, 0x17],
];
/** Copies code byte by byte. */
const copiedByProgram = (from: number) => [
  // The index is on the return stack.
  ...[0xc0, 0x00],
  ...[0x80, 0x00, 0xcf, 0xa0, ...short(from), 0x38, 0x14],
  ...[0x80, 0x00, 0xcf, 0xa0, ...short(PLACE), 0x38, 0x15],
  ...[0x41, 0xcf, 0x80, LENGTH, 0x0b, 0x20, 0xff, 0xe8, 0x42],
];
/** Calls what has been copied. */
const called = [0xa0, ...short(PLACE), 0x2e];

describe("code that takes the place of other code is compiled again", () => {
  for (const [name, copied] of [
    ["by a device", copiedByDevice],
    ["by the program", copiedByProgram],
  ] as const) {
    const program = [...copied(FIRST), ...called, ...copied(SECOND), ...called];
    const loop = [...program, 0x40, ...short(0x10000 - program.length - 3)];
    const machine = (turns: number) =>
      new Machine([0x100, loop], [FIRST, countdown(turns, "SUB2")], [SECOND, countdown(turns, "ADD2")]);

    test(`overlays that are loaded ${name}`, () => {
      const running = machine(TURNS);
      for (let change = 0; change < CHANGES; change++) {
        const share = running.run(LONG);
        assert.ok(share > 0.8, `only ${share} of the fuel was used by compiled code after ${change} changes`);
      }
    });

    test(`overlays that change too often at first, loaded ${name}`, () => {
      const running = machine(30);
      running.run(100_000);
      const before = running.modules;
      // Most of the time goes into what is hot, and that is compiled now and then.
      running.run(10_000_000);
      const made = running.modules - before;
      assert.ok(made < 400, `${made} modules for 10 million units of fuel`);
    });
  }

  test("a program that changes itself, and is reset", () => {
    const change = [0xa0, 0x00, 0x01, 0xa0, ...short(0x100 + 22 + 3 + 1), 0x35, 0x80, 0x39];
    const patch = [...change, 0xa0, ...short(0x100 + 22 + 3 + 3), 0x15];
    const start = [...patch, 0x40, ...short(22 - patch.length - 3)];
    const program = [...start, ...Array(22 - start.length).fill(0), ...countdown(TURNS, "ADD2").with(-1, 0)];
    const running = new Machine([0x100, program]);
    for (let reset = 0; reset < CHANGES; reset++) {
      const share = running.run(LONG / 2);
      assert.ok(share > 0.8, `only ${share} of the fuel was used by compiled code after ${reset} resets`);
      running.restart();
    }
  });
});

test("where nothing could be compiled, other code is compiled after a while", () => {
  // A loop that begins with a port of the interpreter's, and one that does not.
  const loop = (head: number) => [
    ...[0xa0, ...short(TURNS), 0x80, 0x05, head, 0x02, 0xa0, 0x00, 0x01, 0x39, 0x26, 0x1d],
    ...[0x80, 0x05, 0x04, 0x20, 0xff, 0xf2, 0x02, 0x22, 0x6c],
  ];
  const [dei, inc] = [0x16, 0x01];
  const patch = [0x80, inc, 0xa0, ...short(PLACE + 5), 0x15];
  const program = [...called, ...patch, ...called, 0x40, 0xff, 0xf9];
  const running = new Machine([0x100, program], [PLACE, loop(dei)]);
  assert.equal(running.run(LONG), 0);
  running.run(40_000_000);
  assert.ok(running.run(LONG) > 0.8);
});
