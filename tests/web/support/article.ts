/** A page of somebody else's, of an origin of its own, with players in it: the built script and nothing around it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import type { Page } from "puppeteer-core";
import { root } from "../../../scripts/run.mjs";
import type { UxnPlayer } from "../../../www/player/index.js";
import { assembled } from "./command.js";
import { startServer, type TestServer } from "./server.js";
import type { Site } from "./site.js";

/** An event of a player, and how it stood with the player when the event came. */
export interface Heard {
  readonly type: string;
  readonly paused: boolean;
  readonly readyState: number;
  readonly bubbles: boolean;
  readonly detail?: unknown;
}

declare global {
  /** In an article: the first player. */
  var player: UxnPlayer;
  /** In an article: all events of the first player that have come. */
  var heard: Heard[];
}

/** The types of the events that players tell of: what the element's types declare. */
export const EVENTS: readonly string[] = declaredEvents();

function declaredEvents(): string[] {
  const source = readFileSync(join(root, "www/player/types.ts"), "utf8");
  const [, body = ""] = /interface UxnPlayerEventMap \{\n(.*?)\n\}/s.exec(source) ?? [];
  return Array.from(body.matchAll(/^ {2}(\w+): /gm), ([, name = ""]) => name);
}

/** Listens before the element is defined. What bubbles is heard twice. */
const LISTEN = `
  globalThis.heard = [];
  document.addEventListener("readystatechange", () => {
    globalThis.player = document.querySelector("uxn-player");
    if (document.readyState !== "interactive") return;
    const hear = ({ type, bubbles, detail }) => {
      const { paused, readyState } = player;
      heard.push({ type, paused, readyState, bubbles, detail: detail ?? undefined });
    };
    for (const type of ${JSON.stringify(EVENTS)}) {
      player?.addEventListener(type, hear);
      document.body.addEventListener(type, hear);
    }
  });
`;

/** How a page is served. */
export interface Serving {
  /** Its content security policy. */
  readonly policy?: string;
  /** Its style sheet. */
  readonly style?: string;
  /** A module that runs before the player's. */
  readonly script?: string;
  /** What its script does before any other, whatever the policy. */
  readonly prepare?: string;
  /** Default: that of today's pages. */
  readonly doctype?: string;
  readonly width?: number;
  readonly height?: number;
}

const STYLE = `
  :root { color-scheme: light dark; }
  body { max-width: 40rem; margin: 1.5rem auto; padding: 0 1rem; font: 1.0625rem/1.6 Georgia, serif; }
`;

/** Articles around one suite of tests. */
export class Articles {
  readonly #site: Site;
  readonly #isForeign: boolean;
  #server: TestServer | undefined;
  #count = 0;

  /** @param isForeign Whether articles are of another origin than the player's script. */
  constructor(site: Site, isForeign = true) {
    this.#site = site;
    this.#isForeign = isForeign;
    before(async () => {
      this.#server = isForeign ? await startServer() : site.server;
    });
    after(async () => {
      if (isForeign) await this.#server?.close();
    });
  }

  /** The server of the articles, and of the programs in them. */
  get server(): TestServer {
    if (!this.#server) throw new Error("there is no server yet");
    return this.#server;
  }

  /** Serves one of the programs in `tests/web/roms`, or other bytes; the address. */
  async offer(name: string, bytes?: Uint8Array): Promise<string> {
    const rom = bytes ?? (await assembled(name));
    this.server.answer(`/${name}.rom`, (_, response) => {
      response.writeHead(200, { "content-type": "application/octet-stream" }).end(rom);
    });
    return `${name}.rom`;
  }

  /** Opens an article with this markup, once the player's script has run. */
  async open(markup: string, serving: Serving = {}): Promise<Page> {
    const { policy, style = STYLE, script, prepare, width = 1000, height = 800 } = serving;
    const { doctype = "<!doctype html>" } = serving;
    const name = `article-${++this.#count}`;
    const serve = (path: string, type: string, body: string) =>
      this.server.answer(path, (_, response) => {
        const headers = { "content-type": `${type}; charset=utf-8` };
        response
          .writeHead(200, policy ? { ...headers, "content-security-policy": policy } : headers)
          .end(body);
      });
    serve(`/${name}.css`, "text/css", style);
    serve(`/${name}.js`, "text/javascript", script ?? "");
    const fantail = this.#isForeign ? `${this.#site.server.url}fantail.js` : "fantail.js";
    serve(
      `/${name}.html`,
      "text/html",
      `${doctype}<html lang="en"><head><meta charset="utf-8"><title>An article</title>` +
        `<meta name="viewport" content="width=device-width">` +
        `<link rel="stylesheet" href="${name}.css">` +
        `<script type="module" src="${name}.js"></script>` +
        `<script type="module" src="${fantail}"></script></head><body><main>${markup}</main></body></html>`,
    );
    const page = await this.#site.tab();
    await page.setViewport({ width, height });
    await page.evaluateOnNewDocument(LISTEN);
    if (prepare) await page.evaluateOnNewDocument(prepare);
    await page.goto(`${this.server.url}${name}.html`);
    await page.waitForFunction(() => customElements.get("uxn-player"));
    return page;
  }
}

/** What the program does, and when, is its own business. */
const PROGRAMS = ["console", "usechange", "filechange"];

/** The types of the events that the first player has told of but for {@link PROGRAMS}, and forgets them. */
export async function types(page: Page): Promise<string[]> {
  const all = await page.evaluate(() => heard.splice(0).map(({ type }) => type));
  return all.filter((type) => !PROGRAMS.includes(type));
}

/** Waits until the first player has told of this. */
export async function hears(page: Page, type: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => heard.some((event) => event.type === wanted),
    { timeout: 10_000 },
    type,
  );
}
