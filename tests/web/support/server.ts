/** A static server for a built page, under a strict content security policy. */

import { readFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

/** What pages have to get along with. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src http: https:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** A server on a port of its own, and so an origin of its own. */
export interface TestServer {
  /** Ends with a slash. */
  readonly url: string;
  /** The paths that have been asked for, in order. */
  readonly requests: readonly string[];
  /** Answers requests for a path of this origin from now on. */
  answer(path: string, listener: RequestListener): void;
  close(): Promise<void>;
}

/** Serves a folder, if there is one, and whatever {@link TestServer.answer} is told. Port 0 is any. */
export async function startServer(folder?: string, port = 0): Promise<TestServer> {
  const answers = new Map<string, RequestListener>();
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    requests.push(pathname);
    const answer = answers.get(pathname);
    if (answer) {
      answer(request, response);
      return;
    }
    const path = normalize(pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    try {
      if (!folder) throw new Error("no folder");
      const body = await readFile(join(folder, path));
      const type = TYPES[extname(path)] ?? "application/octet-stream";
      const headers = {
        "content-type": type,
        "content-security-policy": POLICY,
        // A sandboxed frame is of no origin.
        "access-control-allow-origin": "*",
      };
      response.writeHead(200, headers).end(body);
    } catch {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found");
    }
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}/`,
    requests,
    answer: (path, listener) => answers.set(path, listener),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
