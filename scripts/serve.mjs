// Serves the built site on this machine.

import { join } from "node:path";
import { preview } from "vite";
import { root as repository } from "./run.mjs";

/**
 * @param {{ port?: number, root?: string, outDir?: string, headers?: Record<string, string> }} [options] `port`:
 *   the first to try, the next free one is taken. `root` and `outDir`: another built page than the site.
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve({ port = 4173, root, outDir, headers = {} } = {}) {
  const server = await preview({
    ...(root
      ? { root, configFile: false, appType: "mpa" }
      : { configFile: join(repository, "vite.config.ts") }),
    ...(outDir ? { build: { outDir } } : {}),
    logLevel: "warn",
    // Other pages embed what is here, and sandboxed frames are of no origin.
    preview: { port, host: "localhost", cors: { origin: "*" }, headers },
  });
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error("the server has no address");
  return { url, close: () => server.close() };
}
