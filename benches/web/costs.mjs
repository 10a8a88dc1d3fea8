// What a unit of fuel costs in a browser, device by device: the cases of `benches/devices/cases.json`.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launch } from "../../scripts/browsers.mjs";
import { buildCommand } from "../../scripts/roms.mjs";
import { must, root, say } from "../../scripts/run.mjs";
import { markdown } from "./report.mjs";

/** Nanoseconds that a unit may cost. */
export const MOST = 10;

/**
 * @typedef {object} Case Something that a program does again and again.
 * @property {string} name
 * @property {string} setup Uxntal that comes first.
 * @property {string} step What is done again and again.
 * @property {string} [data] What stands behind the code.
 * @property {"2023"} [edition] If it is not the default.
 *
 * @typedef {Record<string, number>} Costs Nanoseconds for a unit, by engine.
 * @typedef {{ browser: string, version: string, cases: { name: string, costs: Costs }[] }} CostReport
 */

/** @type {Case[]} */
const cases = JSON.parse(readFileSync(join(root, "benches/devices/cases.json"), "utf8"));

/**
 * Assembles the programs into a folder, as `benches/devices.rs` does.
 * @param {string} folder
 */
export async function assembleCases(folder) {
  mkdirSync(folder, { recursive: true });
  const command = await buildCommand();
  for (const [index, { setup, step, data = "" }] of cases.entries()) {
    const source = join(folder, `${index}.tal`);
    const loop = Array(8).fill(step).join(" ");
    writeFileSync(
      source,
      `${setup} ;loop #20 DEO2 BRK @loop ${loop} !loop ${data} ~benches/devices/common.tal`,
    );
    await must([command, "asm", source, join(folder, `${index}.rom`)], { output: "keep" });
  }
}

/**
 * Measures in one browser, each case in the same page.
 * @param {import("../../scripts/browsers.mjs").BrowserName} name
 * @param {string} url
 * @param {string[]} engines
 * @param {string | undefined} filter A part of the names of the cases that are wanted.
 * @returns {Promise<CostReport>}
 */
export async function measureCosts(name, url, engines, filter) {
  const browser = await launch(name);
  try {
    const version = (await browser.version()).replace(/^.*\//, "");
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction(() => "measureCost" in globalThis);
    const measured = [];
    for (const [index, { name: title, edition }] of cases.entries()) {
      if (filter !== undefined && !title.includes(filter)) continue;
      say(`${name} ${version}: ${title}`);
      /** @type {Costs} */
      const costs = {};
      for (const engine of engines) {
        costs[engine] = await page.evaluate(
          (engine, rom, edition) => measureCost(engine, rom, edition ?? "2026"),
          engine,
          `cases/${index}.rom`,
          edition,
        );
      }
      measured.push({ name: title, costs });
    }
    return { browser: name, version, cases: measured };
  } finally {
    await browser.close();
  }
}

/**
 * A line for each case.
 * @param {CostReport} report
 * @param {string[]} engines
 */
export function costTable({ browser, version, cases }, engines) {
  const rows = cases.map(({ name, costs }) => [
    name,
    ...engines.map((engine) => {
      const cost = costs[engine] ?? Number.NaN;
      return `${cost.toFixed(1)}${cost > MOST ? " !" : ""}`;
    }),
  ]);
  return `${browser} ${version}: ns for a unit of fuel\n\n${markdown([["", ...engines], ...rows])}`;
}
