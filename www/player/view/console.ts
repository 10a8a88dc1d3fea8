/**
 * The console: what the program prints, and a line for its input. Printed text is only ever text, and only
 * the newest is kept.
 */

import { make } from "../page/dom.js";
import { formatArgs, parseArgs } from "../program/args.js";

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
  /** The control that has the focus cannot be used any more: `move` moves the focus to one that can. */
  refocus(move: () => void): void;
}

/** How much text is kept: what browsers lay out in a few milliseconds, see {@link weight}. */
const SCROLL_BACK = 100_000;
/** What a line, and a piece, weighs besides its characters. */
const LINE = 40;
/** Text is kept in pieces of at most this many characters, and dropped piece by piece. */
const PIECE = 1_000;
/** Programs print faster than browsers lay text out: text is shown at this interval in milliseconds. */
const UPDATE_MS = 60;

/** The console of a player. */
export class Console {
  /** Hidden at first. */
  readonly element: HTMLElement;
  readonly #log = make("pre", { id: "log", role: "log", ariaLabel: "Console output", tabIndex: 0 });
  readonly #line = field("line", "Type a line");
  readonly #send = button("send", "Send");
  readonly #end = button("end-input", "End of input");
  readonly #args = field("args", 'one "and another"');
  readonly #start = button("start", "Start anew");
  /** Text not yet shown, oldest first. */
  #pending: { readonly source: Source; text: string }[] = [];
  #pendingWeight = 0;
  #shownWeight = 0;
  #timer: number | undefined;
  #live = false;
  #ended = false;
  readonly #refocus: ConsoleEvents["refocus"];

  constructor(events: ConsoleEvents) {
    this.#refocus = events.refocus;
    this.element = make(
      "section",
      { id: "console", part: "console", ariaLabel: "Console", hidden: true },
      this.#log,
      make("div", { className: "entry" }, label("Input", this.#line), this.#line, this.#send, this.#end),
      make("div", { className: "entry" }, label("Arguments", this.#args), this.#args, this.#start),
    );
    // No forms: sandboxed frames may not submit any.
    onEnter(this.#line, this.#send, () => {
      const text = `${this.#line.value}\n`;
      this.#line.value = "";
      this.write(text, "input");
      events.line(text);
    });
    this.#end.addEventListener("click", () => {
      this.#ended = true;
      this.#enable();
      events.end();
    });
    onEnter(this.#args, this.#start, () => events.start(parseArgs(this.#args.value)));
    this.#line.enterKeyHint = "send";
    this.#args.disabled = true;
    this.#start.disabled = true;
    this.#enable();
  }

  /** Whether it is to be seen. */
  get isOpen(): boolean {
    return !this.element.hidden;
  }

  set isOpen(open: boolean) {
    this.element.hidden = !open;
  }

  /** Whether the focus is in it. */
  get hasFocus(): boolean {
    return this.element.matches(":focus-within");
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
    (this.#line.disabled ? this.#log : this.#line).focus({ preventScroll: true });
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
    const controls = [this.#line, this.#send, this.#end];
    const hadFocus = controls.some((control) => control.matches(":focus"));
    for (const control of controls) control.disabled = isDisabled;
    if (isDisabled && hadFocus) this.#refocus(() => this.focus());
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
    if (last?.className === source && node && (node as Text).length + text.length <= PIECE) {
      (node as Text).appendData(text);
      return;
    }
    this.#shownWeight += LINE;
    const piece = document.createElement("span");
    piece.className = source;
    piece.textContent = text;
    this.#log.append(piece);
  }
}

function field(id: string, placeholder: string): HTMLInputElement {
  const settings = { type: "text", spellcheck: false, autocapitalize: "off", autocomplete: "off" } as const;
  return make("input", { id, placeholder, ...settings });
}

function button(id: string, text: string): HTMLButtonElement {
  return make("button", { type: "button", id, textContent: text });
}

function label(text: string, input: HTMLInputElement): HTMLLabelElement {
  return make("label", { htmlFor: input.id, textContent: text });
}

/** Enter in a field is a click on its button. */
function onEnter(input: HTMLInputElement, button: HTMLButtonElement, act: () => void): void {
  button.addEventListener("click", act);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || button.disabled) return;
    event.preventDefault();
    act();
  });
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
