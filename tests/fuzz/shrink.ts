/** Makes a failing case small: leaves out what it fails without. */

import type { Item, Section, Segment } from "./assembler.js";
import { type Case, type Round, type Run, withSections } from "./case.js";

/** Whether a case still fails. */
export type Fails = (candidate: Case) => Promise<boolean>;

/** Tries until nothing more can be left out, or until the time is over. */
export async function shrink(failing: Case, fails: Fails, milliseconds: number): Promise<Case> {
  const end = performance.now() + milliseconds;
  const timed: Fails = async (candidate) => performance.now() < end && (await fails(candidate));
  let best = failing;
  for (let before = ""; before !== size(best); ) {
    before = size(best);
    best = await fewerRounds(best, timed);
    best = await fewerItems(best, timed);
    best = await fewerBytes(best, timed);
    best = await simplerStart(best, timed);
  }
  return best;
}

function size({ segments, rounds }: Case): string {
  const bytes = segments.map((segment) => segment.bytes.filter((byte) => byte !== 0).length);
  const items = segments.map((segment) => segment.bytes.length);
  const slices = rounds.flatMap((round) => round.runs.flatMap((run) => run.slices));
  return JSON.stringify([bytes, items, slices]);
}

/** The list with as much left out as can be, in ever smaller parts. */
async function fewer<T>(
  list: readonly T[],
  fails: (rest: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let best = list;
  for (let part = best.length; part >= 1; part = Math.floor(part / 2)) {
    for (let at = best.length - part; at >= 0; at -= part) {
      const rest = [...best.slice(0, at), ...best.slice(at + part)];
      if (await fails(rest)) best = rest;
      at = Math.min(at, best.length);
    }
  }
  return best;
}

async function fewerRounds(failing: Case, fails: Fails): Promise<Case> {
  let best = failing;
  const set = (rounds: readonly Round[]) => ({ ...best, rounds });
  best = set(await fewer(best.rounds, (rounds) => fails(set(rounds))));
  for (const [index, round] of best.rounds.entries()) {
    const withRuns = (runs: readonly Run[]) =>
      set(best.rounds.map((old, i) => (i === index ? { ...round, runs } : old)));
    let runs = await fewer(round.runs, (runs) => fails(withRuns(runs)));
    for (const [at, run] of runs.entries()) {
      const withSlices = (slices: readonly number[]) =>
        runs.map((old, i) => (i === at ? { ...run, slices } : old));
      runs = withSlices(await fewer(run.slices, (slices) => fails(withRuns(withSlices(slices)))));
      const { slices } = runs[at] as Run;
      for (const [i, fuel] of slices.entries()) {
        for (const less of [1, 10, 100, Math.ceil(fuel / 2), fuel - 1]) {
          const changed = slices.with(i, less);
          if (less < fuel && less > 0 && (await fails(withRuns(withSlices(changed))))) {
            runs = withSlices(changed);
            break;
          }
        }
      }
    }
    best = withRuns(runs);
  }
  return best;
}

/** Works on what the program was made from. */
async function fewerItems(failing: Case, fails: Fails): Promise<Case> {
  let best = failing;
  for (const index of (failing.sections ?? []).keys()) {
    const sections = best.sections as readonly Section[];
    const section = sections[index] as Section;
    const labels = section.items.flatMap((item) => (item.label ? [item] : []));
    const build = (kept: readonly Item[]) => {
      const set = new Set([...kept, ...labels]);
      const items = section.items.filter((item) => set.has(item));
      return withSections(best, sections.with(index, { ...section, items }));
    };
    const items = section.items.filter((item) => !item.label);
    best = build(await fewer(items, (kept) => fails(build(kept))));
  }
  return best;
}

/** Works on the bytes: leaves them out, or makes them zero. */
async function fewerBytes(failing: Case, fails: Fails): Promise<Case> {
  let best = failing;
  const attempt = async (index: number, segment: Segment) => {
    const { sections: _, ...rest } = best;
    const candidate = { ...rest, segments: best.segments.with(index, segment) };
    if (!(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (const index of failing.segments.keys()) {
    const { address } = best.segments[index] as Segment;
    const current = () => (best.segments[index] as Segment).bytes;
    for (let part = current().length; part >= 1; part = Math.floor(part / 2)) {
      for (let at = current().length - part; at >= 0; at -= part) {
        if (at + part > current().length) continue;
        const bytes = current();
        const piece = bytes.subarray(at, at + part);
        // The end, without which nothing else moves.
        if (at + part === bytes.length && (await attempt(index, { address, bytes: bytes.slice(0, at) })))
          continue;
        if (piece.every((byte) => byte === 0)) continue;
        const zeroed = bytes.slice();
        zeroed.fill(0, at, at + part);
        if (await attempt(index, { address, bytes: zeroed })) continue;
        if (part === 1 && bytes[at] !== 1) {
          // `INC` is the plainest instruction.
          const plain = bytes.with(at, 1);
          await attempt(index, { address, bytes: plain });
        }
      }
    }
  }
  return best;
}

async function simplerStart(failing: Case, fails: Fails): Promise<Case> {
  let best = failing;
  for (const change of [
    { brief: false },
    { hot: 1 },
    { lag: 0 },
    { hot: 1, lag: 0 },
    { units: 1 },
    { units: 2 },
  ]) {
    const candidate = { ...best, compiling: { ...best.compiling, ...change } };
    if (JSON.stringify(candidate) !== JSON.stringify(best) && (await fails(candidate))) best = candidate;
  }
  for (const [index, round] of best.rounds.entries()) {
    for (const change of [{ seed: 7 }, { seed: 8 }, { seed: 9 }, { wst: 0 }, { rst: 0 }]) {
      const simpler = { ...(best.rounds[index] ?? round), ...change };
      const candidate = { ...best, rounds: best.rounds.with(index, simpler) };
      if (JSON.stringify(candidate.rounds) !== JSON.stringify(best.rounds) && (await fails(candidate)))
        best = candidate;
    }
  }
  return best;
}
