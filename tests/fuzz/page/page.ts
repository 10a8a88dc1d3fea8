/** The fuzzer in a browser. Beside this page is what it works with: the contents of target/web/fuzz. */

import type { EngineName, Source } from "../bench.js";
import { Fuzzer } from "../fuzzer.js";

/** What the page is asked for. */
export interface Order {
  readonly seed: number;
  /** The number of the first case. */
  readonly first: number;
  readonly engines: readonly EngineName[];
  readonly milliseconds: number;
  readonly roms: readonly { readonly name: string; readonly bytes: readonly number[] }[];
}

/** What it came to. */
export interface Result {
  readonly programs: number;
  readonly rounds: number;
  readonly compiled: number;
  /** The report on a case that failed. */
  readonly report?: string;
}

declare global {
  /** Fuzzes for some time, or until a case fails. */
  function fuzz(order: Order): Promise<Result>;
}

/** The page is let live in between. */
const TURN = 100;

async function source(): Promise<Source> {
  const file = (name: string) => new URL(name, document.baseURI).href;
  const module = await WebAssembly.compileStreaming(fetch(file("fantail_bg.wasm")));
  let copies = 0;
  const bindings = () => {
    copies += 1;
    return import(/* @vite-ignore */ file(`fantail.js?copy=${copies}`));
  };
  return { module, bindings };
}

globalThis.fuzz = async ({ seed, first, engines, milliseconds, roms }) => {
  const programs = roms.map(({ name, bytes }) => ({ name, bytes: Uint8Array.from(bytes) }));
  const plan = { seed, engines, roms: programs, first, step: 1 };
  const fuzzer = await Fuzzer.create(await source(), plan);
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    const turn = performance.now() + TURN;
    while (performance.now() < turn) {
      const finding = await fuzzer.next();
      if (finding) return { ...fuzzer.counts, report: finding.report };
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { ...fuzzer.counts };
};
