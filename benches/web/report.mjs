// The tables of the benchmark, in Markdown: on the terminal, and in docs/performance.md.

import { availableParallelism, cpus } from "node:os";

/** @typedef {import("./measure.mjs").Report} Report */
/** @typedef {import("./measure.mjs").Results} Results */
/** @typedef {string[]} Row */

/**
 * What was measured in one browser.
 * @param {Report} report
 * @param {string} [heading] What stands before the browser's name.
 */
export function browserTables(report, heading = "") {
  const { engines, programs, rounds, coldRounds } = report;
  const states = /** @type {const} */ ([
    ["warm", rounds],
    ["cold", coldRounds],
  ]);
  const tables = states
    .filter(([, count]) => count > 0)
    .map(([state, count]) => {
      const results = programs.map((program) => ({ name: program.name, results: program[state] }));
      return `${heading}${nameOf(report)}, ${state} (median of ${count})\n\n${comparison(engines, results)}`;
    });
  return tables.join("\n\n");
}

/**
 * Native results, next to those of the first engine in a browser.
 * @param {Map<string, Results>} native By program.
 * @param {Report} report
 * @param {string} [heading]
 */
export function nativeTable(native, report, heading = "") {
  const [first = ""] = report.engines;
  const rows = report.programs.map(({ name, warm }) => ({
    name,
    results: { [first]: warm[first], ...native.get(name) },
  }));
  const engines = [first, ...Object.keys(native.values().next().value ?? {})];
  return `${heading}Native, next to ${first} in ${nameOf(report)}\n\n${comparison(engines, rows)}`;
}

/**
 * An entry of the history.
 * @param {string} commit
 * @param {string[]} tables With level 4 headings.
 */
export function historyEntry(commit, tables) {
  const date = new Date().toISOString().slice(0, 10);
  const model = cpus()[0]?.model ?? "an unknown processor";
  const machine = `${model}, ${availableParallelism()} cores, ${process.platform}`;
  return `\n### ${date}, ${commit}\n\n${machine}.\n\n${tables.join("\n\n")}\n`;
}

/** @param {Report} report */
function nameOf({ browser, version }) {
  return `${browser.replace(/^./, (first) => first.toUpperCase())} ${version}`;
}

/**
 * Milliseconds, and how many times faster than the first engine: above 1 is faster.
 * @param {string[]} engines
 * @param {{ name: string, results: Record<string, Results[string] | undefined> }[]} programs
 */
function comparison(engines, programs) {
  const [first = "", ...others] = engines;
  const gains = others.map((engine) =>
    programs.map(({ name, results }) => ({
      name,
      gain: (results[first]?.ms ?? Number.NaN) / (results[engine]?.ms ?? Number.NaN),
    })),
  );
  /** @type {Row[]} */
  const rows = programs.map(({ name, results }, row) => [
    name,
    milliseconds(results[first]?.ms),
    ...others.map(
      (engine, column) => `${milliseconds(results[engine]?.ms)} (${times(gains[column]?.[row]?.gain)})`,
    ),
  ]);
  const slowest = gains.map((of) =>
    of.reduce((a, b) => (b.gain < a.gain ? b : a), { name: "", gain: Infinity }),
  );
  rows.push(
    ["geometric mean", "", ...gains.map((of) => times(geometricMean(of.map(({ gain }) => gain))))],
    ["slowest", "", ...slowest.map(({ name, gain }) => `${name} ${times(gain)}`)],
  );
  const pauses = engines.map((engine) => programs.map(({ results }) => results[engine]?.pause ?? Number.NaN));
  if (pauses.flat().every(Number.isFinite)) {
    rows.push(["longest pause", ...pauses.map((of) => milliseconds(Math.max(...of)))]);
    for (const [row, of] of /** @type {const} */ ([
      ["longest for compiling", "longest"],
      ["... in a median run", "median"],
    ])) {
      const compiling = engines.map((engine) =>
        programs.flatMap(({ results }) => results[engine]?.compiling ?? []),
      );
      rows.push([
        row,
        ...compiling.map((all) =>
          all.length ? milliseconds(Math.max(...all.map((one) => one[of])), 2) : "",
        ),
      ]);
    }
  }
  return markdown([["", ...engines], ...rows]);
}

/** @param {number[]} values */
function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/**
 * @param {number} [ms]
 * @param {number} [digits] Behind the point.
 */
function milliseconds(ms = Number.NaN, digits = ms < 100 ? 1 : 0) {
  return `${ms.toFixed(digits)} ms`;
}

/** @param {number} [factor] */
function times(factor = Number.NaN) {
  return `${factor.toFixed(2)}x`;
}

/**
 * The first row is the heading; all but the first column are numbers.
 * @param {Row[]} rows
 */
export function markdown(rows) {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (/** @type {Row} */ row) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  const [heading = [], ...body] = rows.map(line);
  return [heading, rule, ...body].join("\n");
}
