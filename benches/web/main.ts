/** The page of the benchmark: one run of one program on one engine at a time, when `bench.mjs` asks for it. */

import type { Engine, Machine, Work } from "./engine.js";

/** A program as `benches/programs.json` has it. */
export interface Program {
  readonly name: string;
  readonly args?: readonly string[];
  readonly input?: string;
  readonly frames?: number;
}

/** What `bench.mjs` learns of a run. */
export interface Run {
  /** Milliseconds from the entry into the reset vector to the end of the work. */
  ms: number;
  /** How long the event loop stood still at most, for a step or for what the engine did between two. */
  pause: number;
  /** The same, only for compiling: to hand over hot code, and to link what has been made of it. */
  compiling: number | undefined;
  exitCode: number | undefined;
  /** Console output and picture, hashed: equal for engines that did the same. */
  digest: string;
}

declare global {
  /** Loads an engine, so that no run waits for it. */
  function loadEngine(engine: string): Promise<void>;
  /**
   * Does all the work of a program. A machine is made when an engine has another program before; else it starts
   * again.
   */
  function runProgram(engine: string, program: Program): Promise<Run>;
  /** Nanoseconds for a unit of fuel in a program that does one thing again and again. */
  function measureCost(engine: string, rom: string, edition: "2026" | "2023"): Promise<number>;
}

/** Programs that ask for the time get this one, on every engine. */
const NOW = new Date(2026, 9, 10, 10, 9, 36).getTime();
globalThis.Date = class extends Date {
  constructor(...args: unknown[]) {
    super(...((args.length === 0 ? [NOW] : args) as [number]));
  }
} as DateConstructor;

/** The engines of this checkout or, as the baseline, of another. */
function ours(folder: "fantail" | "baseline"): Promise<typeof import("./fantail.js")> {
  return import(/* @vite-ignore */ new URL(`./${folder}/fantail.js`, document.baseURI).href);
}

/** `uxn.wasm`, an engine of ours, or as `baseline/NAME` one of the checkout that we are compared with. */
async function load(name: string): Promise<Engine> {
  if (name === "uxn.wasm") {
    const { uxnWasm } = await import("./uxn-wasm.js");
    return uxnWasm();
  }
  const { fantail } = await ours(name.startsWith("baseline/") ? "baseline" : "fantail");
  return fantail(name.replace("baseline/", "") as Parameters<typeof fantail>[0]);
}

const engines = new Map<string, Promise<Engine>>();

function engineOf(name: string): Promise<Engine> {
  const engine = engines.get(name) ?? load(name);
  engines.set(name, engine);
  return engine;
}

async function fetchBytes(path: string): Promise<Uint8Array> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`there is no ${path}`);
  return new Uint8Array(await response.arrayBuffer());
}

const works = new Map<string, Work>();

async function workOf({ name, args = [], input, frames = 0 }: Program): Promise<Work> {
  let work = works.get(name);
  if (!work) {
    const rom = await fetchBytes(`programs/${name}.rom`);
    work = { rom, args, input: input ? await fetchBytes(`programs/${name}.input`) : undefined, frames };
    works.set(name, work);
  }
  return work;
}

/** The machine of each engine, and its program. */
const machines = new Map<string, { program: string; machine: Machine }>();

async function machineOf(engineName: string, program: Program): Promise<Machine> {
  const engine = await engineOf(engineName);
  const work = await workOf(program);
  const before = machines.get(engineName);
  if (before?.program === program.name) {
    before.machine.reset();
    return before.machine;
  }
  before?.machine.free();
  const machine = engine.load(work);
  machines.set(engineName, { program: program.name, machine });
  return machine;
}

/** Milliseconds that an answer of a compiler took at most: to receive it, and to link what it brings. */
let answering = 0;

const { set: listen, ...onmessage } = Object.getOwnPropertyDescriptor(
  Worker.prototype,
  "onmessage",
) as PropertyDescriptor;
Object.defineProperty(Worker.prototype, "onmessage", {
  ...onmessage,
  set(this: Worker, listener: (event: MessageEvent) => void) {
    listen?.call(this, (event: MessageEvent) => {
      const start = performance.now();
      listener(event);
      answering = Math.max(answering, performance.now() - start);
    });
  },
});

const channel = new MessageChannel();
channel.port1.start();

/** A turn of the event loop. Unlike a timer's, it comes at once. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    channel.port1.addEventListener("message", () => resolve(), { once: true });
    channel.port2.postMessage(null);
  });
}

globalThis.loadEngine = async (engine) => {
  await engineOf(engine);
};

globalThis.runProgram = async (engine, program) => {
  const machine = await machineOf(engine, program);
  // What loading has left to do is not part of the run.
  await turn();
  let pause = 0;
  answering = 0;
  const start = performance.now();
  let last = start;
  const lap = () => {
    const now = performance.now();
    pause = Math.max(pause, now - last);
    last = now;
  };
  while (machine.step()) {
    lap();
    await turn();
    lap();
  }
  lap();
  const { handingOver } = machine;
  const compiling = handingOver === undefined ? undefined : Math.max(handingOver, answering);
  const { output, exitCode, width, height, rgba } = machine.outcome();
  const evidence = new Blob([output, `${width} ${height}`, rgba]);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await evidence.arrayBuffer()));
  return {
    ms: last - start,
    pause,
    compiling,
    exitCode,
    digest: Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
};

globalThis.measureCost = async (engine, rom, edition) => {
  const { costOf } = await ours("fantail");
  return costOf(engine as Parameters<typeof costOf>[0], await fetchBytes(rom), edition, turn);
};
