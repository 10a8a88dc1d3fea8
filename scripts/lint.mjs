// npm run lint: every check that runs no test.

import { buildFuzz, buildWasm } from "./build.mjs";
import { checks, typeChecks } from "./checks.mjs";
import { Failure, main, run, say } from "./run.mjs";
import { setUp } from "./setup.mjs";

await main(async () => {
  await setUp();
  await buildWasm();
  await buildFuzz();
  const failed = [];
  for (const { name, command, env = {} } of [...checks, ...typeChecks]) {
    say(name);
    if ((await run(command, { env })).code !== 0) failed.push(name);
  }
  if (failed.length > 0) throw new Failure(`failed: ${failed.join("; ")}`);
});
