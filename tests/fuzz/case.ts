/** What the fuzzer runs, and its form as a file. */

import { assemble, type Label, type Section, type Segment } from "./assembler.js";

/** Where a run begins: an address, the vector in two ports, the vector of an event, or where the last one stopped. */
export type Place =
  | { readonly address: number }
  | { readonly port: number }
  | { readonly event: number }
  | "on";

/** A vector, in slices of fuel. It ends with its `BRK` or with the last slice. */
export interface Run {
  readonly place: Place;
  readonly slices: readonly number[];
}

/** The program from its start once more. What has been compiled stays. */
export interface Round {
  /** Makes the bytes in the stacks and the device page. */
  readonly seed: number;
  /** The pointers of the stacks. */
  readonly wst: number;
  readonly rst: number;
  readonly runs: readonly Run[];
}

/** When code is compiled. */
export interface Compiling {
  /** Jumps to an address that make it hot. */
  readonly hot: number;
  /** Slices from when code is compiled to when it is linked. With 0 everything that is hot is compiled at once. */
  readonly lag: number;
  /** So many units are linked at most. */
  readonly units: number;
  /** The compiler's units are small, as where it works on the page's thread. */
  readonly brief: boolean;
}

/** A program and what is done with it. */
export interface Case {
  /** Where it is from. */
  readonly title: string;
  readonly segments: readonly Segment[];
  /** The program is the ROM of a computer, with Varvara's devices, and its runs are events. Else a CPU runs it. */
  readonly computer: boolean;
  readonly compiling: Compiling;
  readonly rounds: readonly Round[];
  /** What the segments were made from, if they were made here. */
  readonly sections?: readonly Section[];
}

/** A case with other items. Runs that begin at a label follow it. */
export function withSections(original: Case, sections: readonly Section[]): Case {
  const before = assemble(original.sections ?? []).addresses;
  const { segments, addresses } = assemble(sections);
  const labels = new Map<number, Label>();
  for (const [label, address] of before) labels.set(address, label);
  const moved = (place: Place): Place => {
    if (place === "on" || !("address" in place)) return place;
    const label = labels.get(place.address);
    return { address: (label && addresses.get(label)) ?? place.address };
  };
  const rounds = original.rounds.map((round) => ({
    ...round,
    runs: round.runs.map((run) => ({ ...run, place: moved(run.place) })),
  }));
  return { ...original, sections, segments, rounds };
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

function nameOf(place: Place): string {
  if (place === "on") return "on";
  if ("port" in place) return `vector ${hex(place.port, 2)}`;
  return "event" in place ? `event ${hex(place.event, 8)}` : `at ${hex(place.address, 4)}`;
}

/** Bytes on a line of a file. */
const LINE = 16;

/** The text form. `#` begins a comment. */
export function format({ title, segments, computer, compiling, rounds }: Case): string {
  const lines = title.split("\n").map((line) => `# ${line}`.trimEnd());
  for (const { address, bytes } of segments) {
    for (let at = 0; at < bytes.length; at += LINE) {
      const line = bytes.subarray(at, at + LINE);
      // Memory is zero.
      if (line.every((byte) => byte === 0)) continue;
      lines.push(
        `ram ${hex((address + at) & 0xffff, 4)}: ${Array.from(line, (byte) => hex(byte, 2)).join(" ")}`,
      );
    }
  }
  if (computer) lines.push("computer");
  const { hot, lag, units, brief } = compiling;
  lines.push(`compile hot ${hot}, lag ${lag}, units ${units}${brief ? ", brief" : ""}`);
  for (const { seed, wst, rst, runs } of rounds) {
    lines.push(`start seed ${seed}, wst ${hex(wst, 2)}, rst ${hex(rst, 2)}`);
    for (const { place, slices } of runs) {
      const where = nameOf(place);
      lines.push(`run ${where}: ${slices.join(" ")}`.trimEnd());
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Reads the text form. */
export function parse(text: string): Case {
  const title: string[] = [];
  const segments: Segment[] = [];
  let compiling: Compiling = { hot: 1, lag: 0, units: 100, brief: false };
  let computer = false;
  const rounds: { seed: number; wst: number; rst: number; runs: Run[] }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.startsWith("#")) title.push(line.slice(1).trim());
    const content = line.replace(/#.*/, "").trim();
    if (content === "") continue;
    const fail = () => new Error(`line ${index + 1} is not understood: ${line}`);
    const ram = /^ram ([0-9a-f]{1,4}): ((?:[0-9a-f]{2} ?)+)$/.exec(content);
    const compile = /^compile hot (\d+), lag (\d+), units (\d+)(, brief)?$/.exec(content);
    const start = /^start seed (\d+), wst ([0-9a-f]{2}), rst ([0-9a-f]{2})$/.exec(content);
    const run = /^run (?:on|(vector|event|at) ([0-9a-f]{1,8})):((?: \d+)*)$/.exec(content);
    if (ram) {
      const bytes = Uint8Array.from((ram[2] as string).trim().split(" "), (byte) =>
        Number.parseInt(byte, 16),
      );
      segments.push({ address: Number.parseInt(ram[1] as string, 16), bytes });
    } else if (content === "computer") {
      computer = true;
    } else if (compile) {
      const [hot, lag, units] = compile.slice(1, 4).map(Number) as [number, number, number];
      compiling = { hot, lag, units, brief: compile[4] !== undefined };
    } else if (start) {
      const [wst, rst] = [start[2], start[3]].map((pointer) => Number.parseInt(pointer as string, 16));
      rounds.push({ seed: Number(start[1]), wst: wst as number, rst: rst as number, runs: [] });
    } else if (run) {
      const [, kind, number, fuel] = run;
      const value = Number.parseInt(number ?? "", 16);
      const place: Place =
        kind === "vector"
          ? { port: value }
          : kind === "event"
            ? { event: value }
            : kind === "at"
              ? { address: value }
              : "on";
      const slices = (fuel as string).split(" ").slice(1).map(Number);
      const round = rounds.at(-1);
      if (!round) throw fail();
      round.runs.push({ place, slices });
    } else {
      throw fail();
    }
  }
  return { title: title.join("\n"), segments, computer, compiling, rounds };
}
