// npm run format: rewrites every source file as the checks want it.

import { formatters } from "./checks.mjs";
import { main, must } from "./run.mjs";
import { setUp } from "./setup.mjs";

await main(async () => {
  await setUp();
  for (const command of formatters) await must(command);
});
