/**
 * The console: what the program prints, and a line for its input. Printed text is only ever text, and only
 * the newest is kept.
 */

import { formatArgs, parseArgs } from "./args.js";
import { byId } from "./dom.js";

/** Who wrote a piece of text. */
export type Source = "output" | "error" | "input";

/** What the visitor does. */
export interface ConsoleEvents {
  /** A line was entered; it has its newline. */
  line(text: string): void;
  /** There is no more input. */
  end(): void;
  /** The program shall start anew, with these arguments. */
  start(args: string[]): void;
}

/** How much text is kept: what browsers lay out in a few milliseconds, see {@link weight}. */
const SCROLL_BACK = 100_000;
/** What a line, and a piece, weighs besides its characters. */
const LINE = 40;
/** Text is kept in pieces of at most this many characters, and dropped piece by piece. */
const PIECE = 1_000;
/** Programs print faster than browsers lay text out: text is shown at this interval in milliseconds. */
const UPDATE_MS = 60;

/** The console's part of the page. */
export class Console {
  readonly #details = byId("console", HTMLDetailsElement);
  readonly #log = byId("log", HTMLElement);
  readonly #form = byId("input", HTMLFormElement);
  readonly #line = byId("line", HTMLInputElement);
  readonly #args = byId("args", HTMLInputElement);
  readonly #start = byId("start", HTMLButtonElement);
  readonly #fields: readonly (HTMLInputElement | HTMLButtonElement)[];
  /** Text not yet shown, oldest first. */
  #pending: { readonly source: Source; text: string }[] = [];
  #pendingWeight = 0;
  #shownWeight = 0;
  #timer: number | undefined;
  #live = false;
  #ended = false;

  constructor(events: ConsoleEvents) {
    const end = byId("end-input", HTMLButtonElement);
    this.#fields = [this.#line, byId("send", HTMLButtonElement), end];
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = `${this.#line.value}\n`;
      this.#line.value = "";
      this.write(text, "input");
      events.line(text);
    });
    end.addEventListener("click", () => {
      this.#ended = true;
      this.#enable();
      events.end();
    });
    byId("arguments", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      events.start(parseArgs(this.#args.value));
    });
    this.#enable();
  }

  /** Whether the console is unfolded. */
  get isOpen(): boolean {
    return this.#details.open;
  }

  set isOpen(open: boolean) {
    this.#details.open = open;
  }

  /** Whether the focus is on one of its parts that are folded with it. */
  get hasFocus(): boolean {
    return this.#details.matches(":has(:not(summary):focus)");
  }

  /** Whether there is a program that can take input. */
  set isLive(live: boolean) {
    this.#live = live;
    this.#enable();
  }

  /** The arguments of the program, once there is one. */
  set args(args: readonly string[]) {
    this.#args.value = formatArgs(args);
    this.#args.disabled = false;
    this.#start.disabled = false;
  }

  /** Takes the focus, as well as it can. */
  focus(): void {
    const open = this.#line.disabled ? this.#log : this.#line;
    const target = this.isOpen ? open : this.#details.querySelector("summary");
    target?.focus({ preventScroll: true });
  }

  /** Appends text. */
  write(text: string, source: Source): void {
    const last = this.#pending.at(-1);
    if (last?.source === source && last.text.length + text.length <= PIECE) {
      last.text += text;
    } else {
      for (const piece of pieces(text)) {
        this.#pending.push({ source, text: piece });
        this.#pendingWeight += LINE;
      }
    }
    this.#pendingWeight += weight(text);
    while (this.#pendingWeight > SCROLL_BACK) {
      this.#pendingWeight -= LINE + weight(this.#pending.shift()?.text ?? "");
    }
    this.#timer ??= window.setTimeout(() => this.#update(), UPDATE_MS);
  }

  /** Makes everything as for a new program. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#pending = [];
    this.#pendingWeight = 0;
    this.#shownWeight = 0;
    this.#log.replaceChildren();
    this.#ended = false;
    this.#enable();
  }

  #enable(): void {
    const isDisabled = !this.#live || this.#ended;
    const hadFocus = this.#fields.some((field) => field === document.activeElement);
    for (const field of this.#fields) field.disabled = isDisabled;
    // It would be nowhere.
    if (isDisabled && hadFocus) this.#log.focus({ preventScroll: true });
    this.#line.placeholder = this.#ended ? "The input has ended" : "Type a line";
  }

  #update(): void {
    this.#timer = undefined;
    const log = this.#log;
    const wasAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
    for (const { source, text } of this.#pending) this.#append(source, text);
    this.#pending = [];
    this.#pendingWeight = 0;
    while (this.#shownWeight > SCROLL_BACK && log.firstChild) {
      this.#shownWeight -= LINE + weight(log.firstChild.textContent ?? "");
      log.firstChild.remove();
    }
    if (wasAtEnd) log.scrollTop = log.scrollHeight;
  }

  #append(source: Source, text: string): void {
    this.#shownWeight += weight(text);
    const last = this.#log.lastElementChild;
    const node = last?.firstChild;
    if (last?.className === source && node instanceof Text && node.length + text.length <= PIECE) {
      node.appendData(text);
      return;
    }
    this.#shownWeight += LINE;
    const piece = document.createElement("span");
    piece.className = source;
    piece.textContent = text;
    this.#log.append(piece);
  }
}

/** Text in pieces, no character of which is cut in two. */
function* pieces(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = start + PIECE;
    if (/[\ud800-\udbff]/.test(text.charAt(end - 1))) end -= 1;
    yield text.slice(start, end);
    start = end;
  }
}

/** What text costs to lay out: its characters, and its lines, which cost more. */
function weight(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return text.length + LINE * lines;
}
