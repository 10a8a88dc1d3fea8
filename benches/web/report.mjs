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
export function tables(report, heading = "") {
  const { browser, version, rounds, coldRounds } = report;
  const name = `${heading}${browser.replace(/^./, (first) => first.toUpperCase())} ${version}`;
  return [
    `${name}, warm (median of ${rounds})`,
    table(report, "warm"),
    `${name}, cold (median of ${coldRounds})`,
    table(report, "cold"),
  ].join("\n\n");
}

/**
 * An entry of the history.
 * @param {Report[]} reports
 * @param {string} commit
 */
export function historyEntry(reports, commit) {
  const date = new Date().toISOString().slice(0, 10);
  const model = cpus()[0]?.model ?? "an unknown processor";
  const heading = `\n### ${date}, ${commit}\n\n${model}, ${availableParallelism()} cores, ${process.platform}.\n\n`;
  return `${heading}${reports.map((report) => tables(report, "#### ")).join("\n\n")}\n`;
}

/**
 * Milliseconds, and how many times faster than the first engine: above 1 is faster.
 * @param {Report} report
 * @param {"warm" | "cold"} state
 */
function table({ engines, programs }, state) {
  const [first = "", ...others] = engines;
  const results = programs.map((program) => ({ name: program.name, results: program[state] }));
  const gain = (/** @type {Results} */ results, /** @type {string} */ engine) =>
    (results[first]?.ms ?? Number.NaN) / (results[engine]?.ms ?? Number.NaN);
  /** @type {Row[]} */
  const rows = results.map(({ name, results }) => [
    name,
    milliseconds(results[first]?.ms),
    ...others.map((engine) => `${milliseconds(results[engine]?.ms)} (${times(gain(results, engine))})`),
  ]);
  const gains = others.map((engine) =>
    results.map(({ name, results }) => ({ name, gain: gain(results, engine) })),
  );
  const slowest = gains.map((of) =>
    of.reduce((a, b) => (b.gain < a.gain ? b : a), { name: "", gain: Infinity }),
  );
  rows.push(
    ["geometric mean", "", ...gains.map((of) => times(geometricMean(of.map(({ gain }) => gain))))],
    ["slowest", "", ...slowest.map(({ name, gain }) => `${name} ${times(gain)}`)],
    [
      "longest pause",
      ...engines.map((engine) =>
        milliseconds(Math.max(...results.map(({ results }) => results[engine]?.pause ?? 0))),
      ),
    ],
  );
  return markdown([["", ...engines], ...rows]);
}

/** @param {number[]} values */
function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** @param {number} [ms] */
function milliseconds(ms = Number.NaN) {
  return `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
}

/** @param {number} factor */
function times(factor) {
  return `${factor.toFixed(2)}x`;
}

/**
 * The first row is the heading; all but the first column are numbers.
 * @param {Row[]} rows
 */
function markdown(rows) {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (/** @type {Row} */ row) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  const [heading = [], ...body] = rows.map(line);
  return [heading, rule, ...body].join("\n");
}
