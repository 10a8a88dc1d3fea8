/**
 * The page's own address, which says what plays, and the browser's history of it: `?rom=ADDRESS&args=LINE`, or a
 * link that holds the program. `&engine=blocks`, `tailcall` or `switch` asks for an engine, `&stats` for numbers about it.
 */

import { formatArgs, parseArgs } from "../player/program/args.js";
import { joinLink, linkIn, splitParameters, splitQuery, trimEnd } from "../player/program/link.js";
import { IGNORABLE } from "../player/program/unpack.js";

/**
 * A program at an address, maybe relative to the page, and its arguments. What a link holds is at `#z=...`, an
 * address in this page.
 */
export interface Place {
  readonly address: string;
  readonly args: readonly string[];
}

/** What the page's address asks for, if for anything. */
export function requestedPlace(): Place | undefined {
  return placeIn(location.href);
}

/**
 * What an address of this page asks for: the program in it, or the one at `?rom=`. Of what cannot be understood behind
 * `#` the player says so when it is to open that.
 */
export function placeIn(href: string): Place | undefined {
  const link = linkIn(href);
  if (link) return { address: `#${link.program}`, args: link.args };
  const { hash, search } = new URL(href);
  const query = splitQuery(search.slice(1));
  const args = parseArgs(query.find(({ name }) => name === "args")?.value ?? "");
  const program = query.find(({ isProgram }) => isProgram);
  if (program) return { address: `#${program.name}=${program.value}`, args };
  const rom = query.find(({ name }) => name === "rom")?.value ?? "";
  // What was put around the whole address is at its end alone.
  if (rom !== "") return { address: cleanEnd(rom), args };
  return isNothing(hash) ? undefined : { address: hash, args: [] };
}

/**
 * What a text asks for that a visitor has typed, pasted or dropped: a link or an address, maybe with something around it.
 *
 * @param here The address of this page.
 */
export function placeOf(text: string, here: string = location.href): Place {
  const link = linkIn(text);
  if (link) return { address: `#${link.program}`, args: link.args };
  const address = cleanAddress(text);
  const url = URL.canParse(address, here) ? new URL(address, here) : undefined;
  const page = new URL(here);
  const isHere = url?.origin === page.origin && url.pathname === page.pathname;
  return (isHere && placeIn(url.href)) || { address, args: [] };
}

/** An address without what is around it in a text. */
function cleanAddress(text: string): string {
  return cleanEnd(text.replaceAll(IGNORABLE, "").replace(/^[\s<>"'“”‘’«»([{]+/, ""));
}

/** An address without what was put behind it, or into it. */
function cleanEnd(text: string): string {
  const clean = text.replaceAll(IGNORABLE, "").replaceAll(/\\(?=[\\_*~.()[\]-])/g, "");
  // A closing bracket belongs to an opening one.
  const marks = clean.includes("(") ? /[\s<>"'“”‘’«»\]}.,;:!?*…]/ : /[\s<>"'“”‘’«»\]}.,;:!?*…)]/;
  return trimEnd(clean, marks);
}

/**
 * Whether a fragment is empty but for marks, and for what others count visitors by. An ellipsis is what is left of a
 * link.
 */
function isNothing(hash: string): boolean {
  const [fragment = ""] = hash.split(":~:");
  return splitParameters(fragment.slice(1)).every(({ name }) => {
    return /^(utm_\w+|\w+clid|mc_[ce]id|_gl|_ga)$/i.test(name) || !/[\p{L}\p{N}…]/u.test(name);
  });
}

/** The engine that the page's address asks for. */
export function requestedEngine(): string | null {
  return new URLSearchParams(location.search).get("engine");
}

/** Whether the page's address asks for numbers about the emulator, if it says something of them. */
export function requestedStats(): boolean | undefined {
  const stats = new URLSearchParams(location.search).get("stats");
  return stats === null ? undefined : stats !== "0" && stats !== "false";
}

/** The address of this page with a program in it, or with none. */
export function pageAddress(place: Place | undefined): string {
  const url = new URL(location.href);
  url.searchParams.delete("rom");
  url.searchParams.delete("args");
  if (place?.address.startsWith("#")) {
    return `${url.pathname}${url.search}#${joinLink({ program: place.address.slice(1), args: place.args })}`;
  }
  if (place) url.searchParams.set("rom", place.address);
  if (place && place.args.length > 0) url.searchParams.set("args", formatArgs(place.args));
  return url.search === "" ? url.pathname : url.search.replaceAll("%2F", "/").replaceAll("%3A", ":");
}

/** How it went to open a program. Another may have been asked for meanwhile. */
export type Outcome = "opened" | "failed" | "superseded";

/** What the page does when the visitor goes Back or Forward. */
export interface PageHistoryEvents {
  /** Opens a program, or the one with which the page starts. */
  open(place: Place | undefined): Promise<Outcome>;
  /** Gives up what is being opened: the program that plays is the right one. */
  cancel(): void;
}

/** Back and Forward go from program to program, as far as these can be opened. */
export class PageHistory {
  readonly #events: PageHistoryEvents;
  /** Which entry of the history is that of the program that plays. Entries know their numbers. */
  #shown = entry();
  #place = requestedPlace();

  constructor(events: PageHistoryEvents) {
    this.#events = events;
    history.replaceState({ entry: this.#shown }, "");
    window.addEventListener("popstate", () => void this.#move());
  }

  /** Makes an entry for a program that plays now, unless the page has the address already. */
  push(place: Place | undefined): void {
    const isNew = !isSame(place, requestedPlace());
    this.#shown = entry() + (isNew ? 1 : 0);
    this.#place = place;
    if (!isNew) return;
    try {
      history.pushState({ entry: this.#shown }, "", pageAddress(place));
    } catch {
      // Browsers keep no addresses as long as the largest programs make them.
      history.pushState({ entry: this.#shown }, "", pageAddress(undefined));
    }
  }

  /** Returns to the entry of the program that plays, after another could not be opened. */
  settle(): void {
    if (entry() !== this.#shown) history.go(this.#shown - entry());
  }

  async #move(): Promise<void> {
    const place = requestedPlace();
    if (typeof history.state?.entry !== "number") {
      // Somebody has changed the part behind #, which makes an entry.
      history.replaceState({ entry: this.#shown + 1 }, "");
    }
    const moved = entry();
    if (isSame(place, this.#place)) {
      this.#events.cancel();
    } else {
      const outcome = await this.#events.open(place);
      if (outcome === "failed") this.settle();
      if (outcome !== "opened") return;
    }
    this.#shown = moved;
    this.#place = place;
  }
}

function entry(): number {
  return history.state?.entry ?? 0;
}

function isSame(one: Place | undefined, other: Place | undefined): boolean {
  return one?.address === other?.address && formatArgs(one?.args ?? []) === formatArgs(other?.args ?? []);
}
