/** The engines, behind one interface: each runs a ROM's reset vector to its end. */

import { Uxn } from "uxn.wasm";
import type { Engine as Build } from "../../www/player/types.js";
import { loadFantail } from "../../www/player/wasm.js";
import { Console, Screen } from "./devices.js";

/** What a run came to, for comparison between engines. */
export interface Outcome {
  /** From the entry into the reset vector to its end. */
  ms: number;
  /** What was written to the console. */
  output: Uint8Array<ArrayBuffer>;
  /** The picture: width, height, and four bytes a pixel. */
  width: number;
  height: number;
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

export type Engine = (rom: Uint8Array) => Outcome;

/** An engine of ours, as the page has it: the whole computer is in the wasm module. */
export async function fantail(build: Build): Promise<Engine> {
  const { Files, Varvara, Status } = await loadFantail(build);
  return (rom) => {
    const varvara = new Varvara(rom, [], "2026", new Files());
    const chunks: number[] = [];
    const write = (_isError: boolean, bytes: Uint8Array) => chunks.push(...bytes);
    const start = performance.now();
    while (varvara.run(0xffff_ffff) === Status.Busy) varvara.takeOutput(write);
    varvara.takeOutput(write);
    const ms = performance.now() - start;
    const { width, height } = varvara;
    const rgba = new Uint8ClampedArray(width * height * 4);
    varvara.drawInto(rgba);
    varvara.free();
    return { ms, output: Uint8Array.from(chunks), width, height, rgba };
  };
}

/** `uxn.wasm`, with devices in JavaScript, as its users have it. */
export async function uxnWasm(): Promise<Engine> {
  const uxn = new Uxn();
  let console: Console;
  let screen: Screen;
  await uxn.init({
    deo(port, value) {
      // The System device has nothing to do: the screen reads the palette when it is shown.
      const device = port & 0xf0;
      if (device === 0x20) screen.deo(port, value);
      else if (device === 0x10) console.deo(port, value);
    },
  });
  return (rom) => {
    uxn.load(rom);
    console = new Console();
    screen = new Screen(uxn);
    const start = performance.now();
    uxn.eval();
    const ms = performance.now() - start;
    return { ms, output: Uint8Array.from(console.bytes), ...screen.picture() };
  };
}
