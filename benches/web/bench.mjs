// npm run bench: our engines and uxn.wasm, on the same ROMs in the same browsers. README.md says under which conditions.

import { appendFileSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { browserNames, installBrowsers } from "../../scripts/browsers.mjs";
import { buildWasm } from "../../scripts/build.mjs";
import { Failure, main, must, root } from "../../scripts/run.mjs";
import { setUp } from "../../scripts/setup.mjs";
import { costTable, measureCosts } from "./costs.mjs";
import { measure } from "./measure.mjs";
import { measureNative } from "./native.mjs";
import { hasEngine, servePage } from "./page.mjs";
import { browserTables, historyEntry, nativeTable } from "./report.mjs";

/** The first is what the others are compared with. */
const engineNames = ["uxn.wasm", "blocks", "auto", "tailcall", "switch"];
/** @type {import("./page.mjs").Program[]} */
const programs = JSON.parse(readFileSync(join(root, "benches/programs.json"), "utf8"));

const usage = `\
Usage: npm run bench -- [--browser NAME] [--program NAME] [--engine NAME] [--rounds N] [--cold N]
                        [--baseline DIR] [--native] [--history] [--built]
                        [--json] [--devices [--case TEXT]]

  --browser   ${browserNames.join(" or ")}; may be repeated; default: both
  --program   ${programs.map(({ name }) => name).join(", ")}; may be repeated; default: all
  --engine    ${engineNames.slice(1).join(", ")}, besides ${engineNames[0]}; may be repeated; default: all
  --rounds    timed runs of each engine and program when warm; 0 for none; default: 7
  --cold      runs in fresh pages of each engine and program; 0 for none; default: 3
  --baseline  another checkout, whose wasm modules are built: its engines are measured as well
  --native    runs cargo bench as well
  --history   appends the tables to docs/performance.md
  --built     takes the wasm modules as they are
  --json      prints the medians as JSON instead of tables (npm run --silent bench -- --json)
  --devices   measures what a unit of fuel costs instead, in the programs of benches/devices
  --case      a part of the names of those that are wanted; default: all`;

await main(async () => {
  const options = readOptions();
  if (!options) return;
  await setUp();
  await installBrowsers(options.browsers);
  if (!options.built) await buildWasm();
  if (options.devices) return showCosts(options);
  const reports = await measureInBrowsers(options);
  const [first] = reports;
  const names = options.programs.map(({ name }) => name);
  const native = options.native ? await measureNative(names) : undefined;
  const nativeTables = (/** @type {string} */ heading) =>
    native && first ? [nativeTable(native, first, heading)] : [];
  if (options.json) {
    console.log(JSON.stringify({ browsers: reports, native: native && Object.fromEntries(native) }));
  } else {
    for (const table of nativeTables("")) console.log(`\n${table}`);
  }
  if (options.history) {
    const commit = (await must(["git", "describe", "--always", "--dirty"], { output: "keep" })).trim();
    const tables = [...reports.map((report) => browserTables(report, "#### ")), ...nativeTables("#### ")];
    appendFileSync(join(root, "docs/performance.md"), historyEntry(commit, tables));
  }
});

/** @param {NonNullable<ReturnType<typeof readOptions>>} options */
async function showCosts({ browsers, engines: [, ...engines], filter, json }) {
  const page = await servePage([], undefined, true);
  try {
    for (const name of browsers) {
      const report = await measureCosts(
        name,
        page.url,
        engines.filter((engine) => engine !== "auto"),
        filter,
      );
      console.log(json ? JSON.stringify(report) : `\n${costTable(report, engines)}`);
    }
  } finally {
    await page.close();
  }
}

/**
 * Shows the tables of each browser as soon as there are any.
 * @param {NonNullable<ReturnType<typeof readOptions>>} options
 */
async function measureInBrowsers(options) {
  const page = await servePage(options.programs, options.baseline);
  try {
    /** @type {import("./measure.mjs").Report[]} */
    const reports = [];
    for (const name of options.browsers) {
      const report = await measure(name, page.url, options);
      if (!options.json) console.log(`\n${browserTables(report)}`);
      reports.push(report);
    }
    return reports;
  } finally {
    await page.close();
  }
}

function readOptions() {
  const names = programs.map(({ name }) => name);
  const list = (/** @type {string[]} */ all) => ({
    type: /** @type {const} */ ("string"),
    multiple: /** @type {const} */ (true),
    default: all,
  });
  const parse = () =>
    parseArgs({
      options: {
        browser: list(browserNames),
        program: list(names),
        engine: list(engineNames),
        rounds: { type: "string", default: "7" },
        cold: { type: "string", default: "3" },
        baseline: { type: "string" },
        native: { type: "boolean", default: false },
        history: { type: "boolean", default: false },
        built: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        devices: { type: "boolean", default: false },
        case: { type: "string" },
        help: { type: "boolean", default: false },
      },
    }).values;
  /** @type {ReturnType<typeof parse>} */
  let values;
  try {
    values = parse();
  } catch (error) {
    throw new Failure(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
  if (values.help) {
    console.log(usage);
    return undefined;
  }
  const rounds = Number(values.rounds);
  const coldRounds = Number(values.cold);
  /** @type {[string[], string[]][]} */
  const chosen = [
    [values.browser, browserNames],
    [values.program, names],
    [values.engine, engineNames],
  ];
  const known = chosen.every(([some, all]) => some.every((name) => all.includes(name)));
  if (!known || !isCount(rounds) || !isCount(coldRounds)) throw new Failure(usage);
  if (rounds + coldRounds === 0) throw new Failure("there is nothing to do with neither --rounds nor --cold");
  if (values.native && rounds === 0)
    throw new Failure("--native is compared with warm runs: it needs --rounds");
  const engines = engineNames.filter((name, index) => index === 0 || values.engine.includes(name));
  // npm changes the folder.
  const folder = process.env.INIT_CWD ?? process.cwd();
  const baseline = values.baseline === undefined ? undefined : resolve(folder, values.baseline);
  const theirs = baseline === undefined ? [] : engines.slice(1).filter((name) => hasEngine(baseline, name));
  if (baseline !== undefined && theirs.length === 0) {
    throw new Failure(`${baseline} has none of these engines: run \`cargo xtask wasm\` there`);
  }
  return {
    browsers: browserNames.filter((name) => values.browser.includes(name)),
    programs: programs.filter(({ name }) => values.program.includes(name)),
    engines: [...engines, ...theirs.map((name) => `baseline/${name}`)],
    baseline,
    rounds,
    coldRounds,
    native: values.native,
    history: values.history,
    built: values.built,
    json: values.json,
    devices: values.devices,
    filter: values.case,
  };
}

/** @param {number} value */
function isCount(value) {
  return Number.isInteger(value) && value >= 0;
}
