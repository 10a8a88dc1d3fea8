// The same programs natively: what `cargo bench` measures.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { must, root, say } from "../../scripts/run.mjs";

/** The engines of `benches/cpu.rs`. */
const engines = ["tailcall", "switch"];

/**
 * Medians in milliseconds, by program and engine.
 * @param {string[]} programs
 * @returns {Promise<Map<string, import("./measure.mjs").Results>>}
 */
export async function measureNative(programs) {
  say("cargo bench");
  // Criterion keeps there what it has measured.
  const home = join(root, "target/criterion");
  const filter = `^(${programs.join("|")})/`;
  await must(["cargo", "bench", "--quiet", "--locked", "--bench", "cpu", "--", filter], {
    env: { CRITERION_HOME: home },
  });
  return new Map(
    programs.map((program) => {
      const results = engines.map((engine) => {
        const file = join(home, program, engine, "new/estimates.json");
        const { median } = JSON.parse(readFileSync(file, "utf8"));
        return [engine, { ms: median.point_estimate / 1e6 }];
      });
      return [program, Object.fromEntries(results)];
    }),
  );
}
