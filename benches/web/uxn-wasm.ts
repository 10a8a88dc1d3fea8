/** `uxn.wasm`, with devices in JavaScript, as its users have it. */

import { Uxn } from "uxn.wasm";
import { Clock, Console, expand, Screen } from "./devices.js";
import type { Engine, Machine, Outcome, Work } from "./engine.js";

// Ports, and what Console/type says.
const EXPANSION_LOW = 0x03;
const STATE = 0x0f;
const STDIN = 1;
const ARGUMENT = 2;
const ARGUMENT_END = 3;
const END = 4;

/** Loads `uxn.wasm`. It has one machine. */
export async function uxnWasm(): Promise<Engine> {
  const uxn = new Uxn();
  const machine = new UxnWasmMachine(uxn);
  await uxn.init({
    dei: (port) => machine.dei(port),
    deo: (port, value) => machine.deo(port, value),
  });
  return {
    load(work) {
      machine.load(work);
      return machine;
    },
  };
}

class UxnWasmMachine implements Machine {
  readonly #uxn: Uxn;
  readonly #clock = new Clock();
  #work: Work = { rom: new Uint8Array(0), args: [], input: undefined, frames: 0 };
  #dev: Uint8Array = new Uint8Array(0);
  #console = new Console(this.#dev);
  #screen: Screen | undefined;

  constructor(uxn: Uxn) {
    this.#uxn = uxn;
  }

  load(work: Work): void {
    this.#work = work;
    this.reset();
  }

  reset(): void {
    const uxn = this.#uxn;
    uxn.load(this.#work.rom);
    this.#dev = uxn.dev;
    this.#console = new Console(uxn.dev);
    this.#screen = new Screen(uxn);
    this.#console.type = this.#work.args.length > 0 ? STDIN : 0;
  }

  step(): boolean {
    const { args, input, frames } = this.#work;
    this.#uxn.eval();
    const encoder = new TextEncoder();
    args.forEach((arg, index) => {
      for (const byte of encoder.encode(arg)) this.#send(byte, ARGUMENT);
      this.#send(0x0a, index === args.length - 1 ? END : ARGUMENT_END);
    });
    if (input) {
      for (const byte of input) this.#send(byte, STDIN);
      this.#send(0, END);
    }
    for (let frame = 0; frame < frames && !this.#hasEnded(); frame++) {
      const vector = this.#screen?.vector;
      if (vector) this.#uxn.eval(vector);
    }
    return false;
  }

  outcome(): Outcome {
    if (!this.#screen) throw new Error("nothing has been loaded");
    const exitCode = this.#hasEnded() ? (this.#dev[STATE] ?? 0) & 0x7f : undefined;
    return { output: Uint8Array.from(this.#console.bytes), exitCode, ...this.#screen.picture() };
  }

  free(): void {
    // The next one to be loaded is this one.
  }

  dei(port: number): number {
    return port >> 4 === 0xc ? this.#clock.dei(port) : (this.#dev[port] as number);
  }

  deo(port: number, value: number): void {
    const device = port & 0xf0;
    // The palette and the end of the program are looked up when they matter.
    if (device === 0x20) this.#screen?.deo(port, value);
    else if (device === 0x10) this.#console.deo(port, value);
    else if (port === EXPANSION_LOW) expand(this.#uxn);
  }

  #hasEnded(): boolean {
    return this.#dev[STATE] !== 0;
  }

  #send(byte: number, type: number): void {
    const { vector } = this.#console;
    if (vector === 0 || this.#hasEnded()) return;
    this.#console.read = byte;
    this.#console.type = type;
    this.#uxn.eval(vector);
  }
}
