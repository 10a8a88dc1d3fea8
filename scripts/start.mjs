// npm start: sets everything up, builds the site and serves it.

import { parseArgs } from "node:util";
import { buildSite, buildWasm } from "./build.mjs";
import { Failure, main, say } from "./run.mjs";
import { setUp } from "./setup.mjs";

await main(async () => {
  const { values } = parseArgs({ options: { port: { type: "string" } } });
  const port = Number(values.port ?? process.env.PORT ?? 4173);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Failure("the port must be a number from 1 to 65535: npm start -- --port 8080");
  }
  await setUp();
  await buildWasm();
  await buildSite();
  // Installed only now.
  const { serve } = await import("./serve.mjs");
  const { url } = await serve({ port });
  say(`fantail is at ${url}`);
  console.error("  Ctrl+C stops it; after a change start it again.");
});
