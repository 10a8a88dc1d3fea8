/**
 * Keys to the Controller device: buttons by their place on the keyboard (`code`), characters as typed
 * (`key`). Only keys pressed on the focused element are seen. Tab is never taken, so that the keyboard
 * always leaves.
 */

/** What the keyboard plays on. */
export interface KeySink {
  /** Whether the program uses the keyboard; if not, the page does as well. */
  readonly usesKeys: boolean;
  /** One byte of a character. */
  key(byte: number): void;
  /** A bit of the button byte. */
  button(mask: number, down: boolean): void;
}

/** The parts of a `KeyboardEvent` that decide which character it is. */
export type Keystroke = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "altKey" | "shiftKey"> & {
  /** Whether AltGr is held: a shift for characters, although some systems report it as Ctrl and Alt. */
  readonly altGraph: boolean;
};

const A = 0x01;

/** Bits of the button byte by `KeyboardEvent.code`. */
const BUTTONS: ReadonlyMap<string, number> = new Map([
  ["ControlLeft", A],
  ["AltLeft", 0x02],
  ["ShiftLeft", 0x04],
  ["Home", 0x08],
  ["ArrowUp", 0x10],
  ["ArrowDown", 0x20],
  ["ArrowLeft", 0x40],
  ["ArrowRight", 0x80],
]);

/** Characters of keys that have a name instead of a character. */
const NAMED_KEYS: ReadonlyMap<string, number> = new Map([
  ["Backspace", 0x08],
  ["Enter", 0x0d],
  ["Escape", 0x1b],
  ["Delete", 0x7f],
]);

/**
 * Letters that with Ctrl are an editor's commands (all, copy, open, save, paste, cut, redo, undo) and do
 * nothing for a focused canvas in the browser but get in the way. Other chords keep their meaning there.
 */
const EDITING = "acosvxyz";

const encoder = new TextEncoder();

/** The bytes of the character that a key types, none if it types nothing. */
export function keyBytes(stroke: Keystroke): Uint8Array {
  const named = NAMED_KEYS.get(stroke.key);
  if (named !== undefined) return Uint8Array.of(named);
  const character = isChord(stroke) ? chordKey(stroke) : stroke.key;
  // Other names (`F1`, `Dead`, `PageUp`) are longer than one code point.
  return [...character].length === 1 ? encoder.encode(character) : new Uint8Array();
}

/** Whether the browser keeps the key's meaning although the program sees it. */
export function isBrowserChord(stroke: Keystroke): boolean {
  if (!stroke.ctrlKey || stroke.altGraph) return false;
  return stroke.shiftKey || !EDITING.includes(chordKey(stroke));
}

function isChord({ ctrlKey, altKey, altGraph }: Keystroke): boolean {
  return (ctrlKey || altKey) && !altGraph;
}

/** With Ctrl or Alt held a key stands for itself: a lower-case letter, upper-case with Shift. */
function chordKey({ key, code, shiftKey }: Keystroke): string {
  // The code helps where Alt or another script makes the letter something else.
  const letter = /^[a-z]$/i.test(key) ? key : /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return shiftKey ? letter.toUpperCase() : letter.toLowerCase();
  return /^Digit([0-9])$/.exec(code)?.[1] ?? key;
}

/** Listens to the keys of one element. */
export class Keyboard {
  readonly #sink: KeySink;
  #held = 0;

  /** @param signal Ends the listening. */
  constructor(element: HTMLElement, sink: KeySink, signal: AbortSignal) {
    this.#sink = sink;
    element.addEventListener("keydown", (event) => this.#down(event), { signal });
    element.addEventListener("keyup", (event) => this.#up(event), { signal });
    element.addEventListener("blur", () => this.release(), { signal });
  }

  /** Releases what is held. */
  release(): void {
    for (let mask = 1; mask <= 0x80; mask <<= 1) this.#release(mask);
  }

  #down(event: KeyboardEvent): void {
    if (event.isComposing || event.key === "Tab") return;
    if (event.metaKey) {
      // Chords of the system, during which macOS reports no releases.
      this.release();
      return;
    }
    // Windows reports AltGr as left Ctrl followed by right Alt.
    if (event.key === "AltGraph") this.#release(A);
    const button = BUTTONS.get(event.code);
    if (button !== undefined) {
      this.#held |= button;
      this.#sink.button(button, true);
      if (this.#sink.usesKeys) event.preventDefault();
      return;
    }
    const stroke = keystroke(event);
    const bytes = keyBytes(stroke);
    for (const byte of bytes) this.#sink.key(byte);
    if (bytes.length > 0 && this.#sink.usesKeys && !isBrowserChord(stroke)) event.preventDefault();
  }

  #up(event: KeyboardEvent): void {
    const button = BUTTONS.get(event.code);
    if (button === undefined) return;
    // Alt alone would open the browser's menu.
    if (this.#sink.usesKeys) event.preventDefault();
    this.#release(button);
  }

  #release(mask: number): void {
    if (!(this.#held & mask)) return;
    this.#held &= ~mask;
    this.#sink.button(mask, false);
  }
}

function keystroke(event: KeyboardEvent): Keystroke {
  const { key, code, ctrlKey, altKey, shiftKey } = event;
  return { key, code, ctrlKey, altKey, shiftKey, altGraph: event.getModifierState("AltGraph") };
}
