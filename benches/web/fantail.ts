/**
 * The engines of fantail, as the page has them: the whole computer is in the wasm module. This file is built twice
 * when there is another checkout to compare with; the emulator and its loader are then those of that checkout.
 */

import type { Engine as EngineName } from "../../www/player/types.js";
import { type Fantail, loadFantail, type Varvara } from "../../www/player/wasm.js";
import type { Engine, Machine, Outcome, Work } from "./engine.js";

/** More than any run needs: slices are for pages that others use. */
const FUEL = 0xffff_ffff;

/** Bytes of input that are sent at once, as the player does. */
const INPUT_CHUNK = 64;

/** Loads an engine of ours. */
export async function fantail(name: EngineName): Promise<Engine> {
  const module = await loadFantail(name);
  return { load: (work) => new FantailMachine(module, work) };
}

class FantailMachine implements Machine {
  readonly #work: Work;
  readonly #varvara: Varvara;
  readonly #status: Fantail["Status"];
  #chunks: Uint8Array[] = [];
  #sent = 0;
  #inputEnded = false;
  #frames = 0;

  constructor({ Varvara, Files, Status }: Fantail, work: Work) {
    this.#work = work;
    const encoder = new TextEncoder();
    const args = work.args.map((arg) => encoder.encode(arg));
    this.#varvara = new Varvara(work.rom, args, "2026", new Files());
    this.#status = Status;
  }

  reset(): void {
    this.#varvara.reset();
    this.#chunks = [];
    this.#sent = 0;
    this.#inputEnded = false;
    this.#frames = 0;
  }

  step(): boolean {
    const varvara = this.#varvara;
    const { Busy, Exited } = this.#status;
    const write = (_isError: boolean, bytes: Uint8Array) => this.#chunks.push(bytes);
    let status: number;
    do {
      status = varvara.run(FUEL);
      // Output is taken at the end, and when it is what the machine waits for.
      if (status === Busy) varvara.takeOutput(write);
    } while (status !== Exited && (status === Busy || this.#send()));
    varvara.takeOutput(write);
    return false;
  }

  outcome(): Outcome {
    const varvara = this.#varvara;
    const output = new Uint8Array(this.#chunks.reduce((length, chunk) => length + chunk.length, 0));
    let at = 0;
    for (const chunk of this.#chunks) {
      output.set(chunk, at);
      at += chunk.length;
    }
    const { width, height, exitCode } = varvara;
    const rgba = new Uint8ClampedArray(width * height * 4);
    varvara.drawInto(rgba);
    return { output, exitCode, width, height, rgba };
  }

  free(): void {
    this.#varvara.free();
  }

  /** Sends what comes next: input, its end, a frame. False when everything has been sent. */
  #send(): boolean {
    const { input, frames } = this.#work;
    if (input && this.#sent < input.length) {
      const end = Math.min(this.#sent + INPUT_CHUNK, input.length);
      while (this.#sent < end) this.#varvara.sendInput(input[this.#sent++] as number);
      return true;
    }
    if (input && !this.#inputEnded) {
      this.#inputEnded = true;
      this.#varvara.sendInputEnd();
      return true;
    }
    if (this.#frames === frames) return false;
    this.#frames += 1;
    this.#varvara.sendFrame();
    return true;
  }
}
