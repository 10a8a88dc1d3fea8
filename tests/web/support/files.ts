/** Pages of a program with files, and what their scripts do with these. */

import type { Page } from "puppeteer-core";
import type { UxnPlayer } from "../../../www/player/index.js";
import { assembled } from "./command.js";
import type { Site } from "./site.js";

declare global {
  /** In a page with files: the players that {@link added} has made. */
  var ours: UxnPlayer[];
  /** In a page with files: a new player of its program, in the page and loaded. */
  function added(element?: string): Promise<UxnPlayer>;
  /** In a page with files: the contents of a file as text without the zeros behind it; nothing for nothing. */
  function contents(player: UxnPlayer, path: string): string | undefined;
  /** In a page with files: writes a file that begins with a text and is as long as said. */
  function put(player: UxnPlayer, path: string, text: string, length?: number): void;
  /** In a page with files: waits for a condition, at most for ten seconds. */
  function until(condition: () => unknown): Promise<void>;
  /** In a page with files: what it saves sticks from now on, as on a disk that is busy, or is saved after all. */
  function holdSaves(isHeld: boolean): void;
}

const IN_PAGE = `
  globalThis.ours = [];
  globalThis.added = async (element = "uxn-player") => {
    const player = document.createElement(element);
    player.src = location.pathname.replace(/html$/, "rom");
    // A tab that is not in front works all the same.
    player.background = true;
    document.body.append(player);
    ours.push(player);
    await player.load();
    return player;
  };
  globalThis.contents = ({ storage }, path) => {
    const bytes = storage.read(path);
    if (!bytes) return undefined;
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  };
  globalThis.put = ({ storage }, path, text, length = text.length) => {
    const bytes = new Uint8Array(length);
    new TextEncoder().encodeInto(text, bytes);
    storage.write(path, bytes);
  };
  const { transaction } = IDBDatabase.prototype;
  const stuck = [];
  let areHeld = false;
  globalThis.holdSaves = (isHeld) => {
    areHeld = isHeld;
    if (!isHeld) for (const save of stuck.splice(0)) save();
  };
  IDBDatabase.prototype.transaction = function (names, mode, ...rest) {
    if (!areHeld || mode !== "readwrite") return transaction.call(this, names, mode, ...rest);
    const calls = [];
    const later = { error: null, commit() {}, objectStore: () => store };
    const store = { transaction: later };
    for (const name of ["put", "delete"]) store[name] = (...args) => void calls.push([name, args]);
    stuck.push(() => {
      try {
        const now = transaction.call(this, names, mode, ...rest);
        now.oncomplete = () => later.oncomplete?.();
        now.onabort = () => later.onabort?.();
        for (const [name, args] of calls) now.objectStore("files")[name](...args);
        now.commit();
      } catch (error) {
        later.error = error;
        later.onabort?.();
      }
    });
    return later;
  };
  globalThis.until = async (condition) => {
    for (const start = performance.now(); !condition(); ) {
      if (performance.now() - start > 10_000) throw new Error("It does not come about: " + condition);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
`;

/** The address of a page with a program of its own, and so with files of its own. */
export async function filesPage(site: Site, name: string): Promise<string> {
  const rom = Buffer.concat([await assembled("files"), Buffer.from(`\0a page: ${name}`)]);
  site.server.answer(`/${name}.rom`, (_, response) => response.end(rom));
  site.server.answer(`/${name}.html`, (_, response) => {
    response
      .writeHead(200, { "content-type": "text/html; charset=utf-8" })
      .end(`<!doctype html><title>${name}</title><script type="module" src="fantail.js"></script><body>`);
  });
  return `${site.server.url}${name}.html`;
}

/** Opens such a page in a tab, without a player. */
export async function openFilesPage(site: Site, url: string, prepare?: () => void): Promise<Page> {
  const page = await site.tab();
  await page.evaluateOnNewDocument(IN_PAGE);
  if (prepare) await page.evaluateOnNewDocument(prepare);
  await page.goto(url);
  await page.evaluate(() => until(() => customElements.get("uxn-player")));
  return page;
}
