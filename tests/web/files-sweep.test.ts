/**
 * Files come through whatever players, pages and tabs do, in any order and at any pace: random operations against a
 * simple model. What was written last is read, and nothing deleted comes back.
 *
 * `FILES_SWEEP=100-200 node --import tsx --test tests/web/files-sweep.test.ts` runs other seeds than the usual ones.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "puppeteer-core";
import { filesPage, openFilesPage } from "./support/files.js";
import { describeSite, type Site } from "./support/site.js";

const [FIRST = 1, LAST = FIRST + 1] = (process.env.FILES_SWEEP ?? "").split("-").filter(Boolean).map(Number);
/** Operations for each seed. */
const STEPS = 50;
const MAX_TABS = 3;
const MAX_PLAYERS = 3;

/** What the program reads and writes. */
const NOTE = "notes/today.txt";
const PATHS = ["a", "b", "d/x", "d/e/y", NOTE];
/** Here files and directories stand in each other's way: all have to agree, on whatever. */
const ODD_PATHS = ["k", "k/z"];

/** What a file contains, by its first bytes; nothing for nothing. */
type Value = string | undefined;

interface Tab {
  page: Page;
  players: number;
  /** Whether what it saves sticks. */
  isHeld: boolean;
  /** Of each path, how much of its {@link Model.history} this tab has to know. */
  readonly known: Map<string, number>;
}

/** What has been done to each path, in order. */
class Model {
  readonly #history = new Map<string, Value[]>(PATHS.map((path) => [path, [undefined]]));

  #of(path: string): Value[] {
    return this.#history.get(path) ?? [];
  }

  do(tab: Tab, path: string, value: Value): void {
    tab.known.set(path, this.#of(path).push(value) - 1);
  }

  isThere(path: string): boolean {
    return this.#of(path).at(-1) !== undefined;
  }

  /** Takes what a tab reads; says what is wrong with it. */
  read(tab: Tab, values: Record<string, Value>, isNewest: boolean): string | undefined {
    for (const path of PATHS) {
      const history = this.#of(path);
      const least = isNewest ? history.length - 1 : (tab.known.get(path) ?? 0);
      const at = history.indexOf(values[path], least);
      if (at < 0) {
        const expected = history.slice(least).map((value) => value ?? "nothing");
        return `${path} is ${values[path] ?? "nothing"}, expected ${expected.join(" or ")}`;
      }
      tab.known.set(path, at);
    }
    return undefined;
  }
}

/** Numbers from 0 to 1 that are the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The most that a seed takes, in milliseconds. It is some ten seconds usually. */
const SEED_MS = 120_000;

function sweep(site: Site): void {
  for (let seed = FIRST; seed <= LAST; seed++) {
    test(`seed ${seed}`, { timeout: SEED_MS }, async () => {
      const run = new Run(site, seed, await filesPage(site, `sweep-${seed}`));
      try {
        await run.all();
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : error}\n${run.log.join("\n")}`);
      }
    });
  }
}

describeSite("sweep of files", sweep, undefined, undefined, SEED_MS * (LAST - FIRST + 1));

/** One run of operations. */
class Run {
  readonly log: string[] = [];
  readonly #site: Site;
  readonly #random: () => number;
  readonly #url: string;
  readonly #model = new Model();
  readonly #tabs: Tab[] = [];
  readonly #start = Date.now();
  #count = 0;

  constructor(site: Site, seed: number, url: string) {
    this.#site = site;
    this.#random = generator(seed);
    this.#url = url;
  }

  async all(): Promise<void> {
    // One alone sees nothing of what the other has to be told.
    for (let tabs = 0; tabs < 2; tabs++) await this.#open();
    for (let step = 0; step < STEPS; step++) {
      await this.#step();
      await sleep(this.#delay());
    }
    await this.#settle();
    // And so it stays, whoever comes next.
    for (let round = 0; round < 2; round++) {
      for (const tab of this.#tabs.splice(0)) await tab.page.close();
      await this.#open();
      await this.#settle();
    }
    for (const { page } of this.#tabs) await page.close();
  }

  #say(what: string): void {
    this.log.push(`${String(Date.now() - this.#start).padStart(6)} ${what}`);
  }

  /** Mostly short. */
  #delay(): number {
    const kind = this.#random();
    const most = kind < 0.4 ? 0 : kind < 0.8 ? 60 : kind < 0.97 ? 300 : 2000;
    // Two tabs do not write in the same millisecond: nobody could say which was the last.
    return 5 + most * this.#random();
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)] as T;
  }

  async #open(known = new Map<string, number>()): Promise<Tab> {
    const page = await openFilesPage(this.#site, this.#url);
    await page.evaluate(() => added());
    const tab = { page, players: 1, isHeld: false, known };
    this.#tabs.push(tab);
    return tab;
  }

  async #step(): Promise<void> {
    const tab = this.#pick(this.#tabs);
    const at = Math.floor(this.#random() * tab.players);
    const name = `tab ${this.#tabs.indexOf(tab)}, player ${at}`;
    const kind = this.#random() * 100;
    if (kind < 28) await this.#write(tab, at, name);
    else if (kind < 36) await this.#runProgram(tab, at, name);
    else if (kind < 48) await this.#remove(tab, at, name);
    else if (kind < 82) await this.#move(tab, at, name);
    else if (kind < 88) await this.#reload(tab, name);
    else if (kind < 93) await this.#openOrClose(tab, name);
    else if (kind < 97) await this.#hold(tab, name);
    else await this.#settle();
    await Promise.all(this.#tabs.map((each) => this.#check(each)));
  }

  async #write(tab: Tab, at: number, name: string): Promise<void> {
    const path = this.#random() < 0.15 ? this.#pick(ODD_PATHS) : this.#pick(PATHS.slice(0, -1));
    const value = `w${++this.#count}`;
    // Of what sticks not much can be noted.
    const isLarge = this.#random() < 0.2 && path.length === 1 && !tab.isHeld;
    const length = isLarge ? 1 << 20 : value.length;
    this.#say(`${name}: writes ${path} = ${value}, ${length} bytes`);
    const isDone = await tab.page.evaluate(
      (number, ...what) => {
        try {
          put(ours[number] as (typeof ours)[0], ...what);
          return true;
        } catch {
          return false;
        }
      },
      at,
      path,
      value,
      length,
    );
    if (PATHS.includes(path)) {
      assert.ok(isDone, "nothing was in the way");
      this.#model.do(tab, path, value);
    }
  }

  async #remove(tab: Tab, at: number, name: string): Promise<void> {
    const path = this.#pick([...PATHS, ...ODD_PATHS, "d", "notes"]);
    // A tab deletes what it sees.
    const gone = await tab.page.evaluate(
      (number, wanted, all) => {
        const player = ours[number] as (typeof ours)[0];
        const inside = all.filter((each) => each === wanted || each.startsWith(`${wanted}/`));
        const there = inside.filter((each) => contents(player, each) !== undefined);
        player.storage?.remove(wanted);
        return there;
      },
      at,
      path,
      PATHS,
    );
    this.#say(`${name}: deletes ${path}: ${gone.join(", ") || "nothing there"}`);
    for (const each of gone) this.#model.do(tab, each, undefined);
  }

  /** Has the program write its note, or delete it. */
  async #runProgram(tab: Tab, at: number, name: string): Promise<void> {
    const value = this.#random() < 0.7 ? `p${++this.#count}` : undefined;
    await tab.page.bringToFront();
    const printed = await tab.page.evaluate(
      async (number, line) => {
        const player = ours[number] as (typeof ours)[0];
        let text = "";
        const hear = ({ detail }: CustomEvent<{ text: string }>) => {
          text += detail.text;
        };
        player.addEventListener("console", hear);
        await player.play();
        player.sendInput(line);
        await until(() => /^000[0-9]\n$/m.test(text.replace(/000.\n\[[^\]]*\]\n/g, "")));
        player.removeEventListener("console", hear);
        return text;
      },
      at,
      value === undefined ? "d\n" : `w${value}\n`,
    );
    this.#say(`${name}: program ${value ? `writes ${value}` : "deletes"}: ${JSON.stringify(printed)}`);
    const success = printed.replace(/000.\n\[[^\]]*\]\n/g, "");
    if (value !== undefined) assert.equal(success, `000${value.length}\n`);
    if (!success.startsWith("0000")) this.#model.do(tab, NOTE, value);
  }

  /** Players come and go. */
  async #move(tab: Tab, at: number, name: string): Promise<void> {
    const names = ["unload", "reconnect", "replace", "load", "add", "drop"] as const;
    let what: (typeof names)[number] = this.#pick(names);
    if (what === "add" && tab.players === MAX_PLAYERS) what = "drop";
    if (what === "drop" && tab.players === 1) what = "add";
    const pause = this.#random() < 0.5 ? undefined : this.#delay();
    this.#say(`${name}: ${what}${pause === undefined ? "" : `, ${Math.round(pause)} ms between`}`);
    tab.players = await tab.page.evaluate(
      async (number, action, ms) => {
        const player = ours[number] as (typeof ours)[0];
        const wait = async () => {
          if (ms !== undefined) await new Promise((resolve) => setTimeout(resolve, ms));
        };
        if (action === "unload") {
          player.unload();
          await wait();
          await player.load();
        } else if (action === "reconnect") {
          player.remove();
          await wait();
          document.body.append(player);
          await player.load();
        } else if (action === "replace") {
          const next = document.createElement("uxn-player");
          next.src = player.src;
          next.background = true;
          player.replaceWith(next);
          ours[number] = next;
          await wait();
          await next.load();
        } else if (action === "load") {
          await player.load();
        } else if (action === "add") {
          await added();
        } else {
          player.remove();
          ours.splice(number, 1);
        }
        return ours.length;
      },
      at,
      what,
      pause,
    );
  }

  async #reload(tab: Tab, name: string): Promise<void> {
    this.#say(`${name}: reloads`);
    await tab.page.reload();
    await tab.page.evaluate(async () => {
      await until(() => customElements.get("uxn-player"));
      await added();
    });
    tab.players = 1;
    tab.isHeld = false;
  }

  async #hold(tab: Tab, name: string): Promise<void> {
    this.#say(`${name}: ${tab.isHeld ? "saves after all" : "what it saves sticks"}`);
    tab.isHeld = !tab.isHeld;
    await tab.page.evaluate((isHeld) => holdSaves(isHeld), tab.isHeld);
  }

  async #openOrClose(tab: Tab, name: string): Promise<void> {
    const kind = this.#random();
    if (this.#tabs.length < MAX_TABS && kind < 0.4) {
      this.#say("opens a tab");
      await this.#open();
      return;
    }
    const isLast = this.#tabs.length === 1 || kind < 0.7;
    this.#say(`${name}: closes${isLast ? ", and another is opened" : ""}`);
    // Firefox drops what a page writes that is closed in the background, and tells the page only afterwards.
    await tab.page.bringToFront();
    await tab.page.close();
    this.#tabs.splice(this.#tabs.indexOf(tab), 1);
    const next = isLast ? await this.#open() : (this.#tabs[0] as Tab);
    // Whoever comes, or is there, has what the one had that is gone.
    await this.#agrees(next, () => this.#problem({ ...next, known: tab.known }, false));
  }

  /** All tabs come to have the newest, and the same. */
  async #settle(): Promise<void> {
    this.#say("all settle");
    for (const tab of this.#tabs) if (tab.isHeld) await this.#hold(tab, `tab ${this.#tabs.indexOf(tab)}`);
    const lists = async () =>
      new Set((await Promise.all(this.#tabs.map(({ page }) => page.evaluate(listed)))).flat());
    for (const tab of this.#tabs) await this.#agrees(tab, () => this.#problem(tab, true));
    await this.#agrees(undefined, async () => {
      const all = await lists();
      return all.size === 1 ? undefined : `they differ: ${Array.from(all).join(" | ")}`;
    });
  }

  async #agrees(tab: Tab | undefined, problem: () => Promise<string | undefined>): Promise<void> {
    let wrong = await problem();
    for (const start = Date.now(); wrong && Date.now() - start < 5000; wrong = await problem())
      await sleep(20);
    assert.equal(wrong, undefined, tab && `tab ${this.#tabs.indexOf(tab)}`);
  }

  async #check(tab: Tab): Promise<void> {
    assert.equal(await this.#problem(tab, false), undefined, `tab ${this.#tabs.indexOf(tab)}`);
  }

  /** What is wrong with what the players of a tab read. */
  async #problem(tab: Tab, isNewest: boolean): Promise<string | undefined> {
    const read = await tab.page.evaluate(
      (paths) => ours.map((player) => paths.map((path) => [path, contents(player, path) ?? null])),
      PATHS,
    );
    const [one, ...others] = read.map((values) => JSON.stringify(values));
    if (others.some((other) => other !== one)) return `players differ: ${[one, ...others].join(" | ")}`;
    const values = Object.fromEntries((read[0] ?? []).map(([path, value]) => [path, value ?? undefined]));
    return this.#model.read(tab, values, isNewest);
  }
}

/** In a page: everything that each of its players has. */
function listed(): string[] {
  const name = (path: Uint8Array) => new TextDecoder().decode(path);
  return ours.map(({ storage }) =>
    (storage?.list() ?? []).map(({ path, size }) => `${name(path)} ${size ?? "directory"}`).join(", "),
  );
}
