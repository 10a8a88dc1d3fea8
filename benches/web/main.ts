/** The page of the benchmark: one run of one engine at a time, when `bench.mjs` asks for it. */

import { type Engine, fantail, uxnWasm } from "./engines.js";

/** What `bench.mjs` learns of a run. */
export interface Run {
  ms: number;
  /** Bytes of console output: a program that did its work has printed its result. */
  printed: number;
  /** Console output and picture, hashed: equal for engines that did the same. */
  digest: string;
}

declare global {
  /** Runs a program; engines and ROMs are loaded on first use. */
  function runProgram(engine: string, program: string): Promise<Run>;
}

const engines: Record<string, () => Promise<Engine>> = {
  "uxn.wasm": uxnWasm,
  tailcall: () => fantail("tailcall"),
  switch: () => fantail("switch"),
};

const loadedEngines = new Map<string, Engine>();
const roms = new Map<string, Uint8Array>();

globalThis.runProgram = async (engineName, program) => {
  let engine = loadedEngines.get(engineName);
  if (!engine) {
    const load = engines[engineName];
    if (!load) throw new Error(`no engine ${engineName}`);
    engine = await load();
    loadedEngines.set(engineName, engine);
  }
  let rom = roms.get(program);
  if (!rom) {
    const response = await fetch(`roms/${program}.rom`);
    if (!response.ok) throw new Error(`no program ${program}`);
    rom = new Uint8Array(await response.arrayBuffer());
    roms.set(program, rom);
  }
  const { ms, output, width, height, rgba } = engine(rom);
  const evidence = new Blob([output, `${width} ${height}`, rgba]);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await evidence.arrayBuffer()));
  return {
    ms,
    printed: output.length,
    digest: Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
};
