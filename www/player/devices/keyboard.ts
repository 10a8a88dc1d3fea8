/**
 * Keys to the Controller device: buttons by their place on the keyboard (`code`), characters as typed
 * (`key`), or as composed in a field. Only keys pressed inside one element are seen. Tab is never taken, so
 * that the keyboard always leaves.
 */

import type { KeymapName } from "../types.js";
import { BUTTON } from "./buttons.js";
import { TextField } from "./field.js";

/** What the keyboard plays on. */
export interface KeySink {
  /** Whether the program uses the keyboard; if not, the page does as well. */
  readonly usesKeys: boolean;
  /** One byte of a character. */
  key(byte: number): void;
  /** Says which buttons are held from now on. */
  hold(buttons: number): void;
  /** A held button's key repeats. */
  repeat(mask: number): void;
  /** The on-screen keyboard is wanted, or no longer. */
  virtualKeyboard(isOn: boolean): void;
}

/** The parts of a `KeyboardEvent` that decide which character it is. */
export type Keystroke = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "altKey" | "shiftKey"> & {
  /**
   * Whether the right Alt key is held. It is AltGr, or Option on macOS, and a shift for characters, although
   * some systems report it as Ctrl and Alt.
   */
  readonly altGraph: boolean;
};

/** Which keys are buttons. */
export interface Keymap {
  /** Bits of the button byte by `KeyboardEvent.code`. */
  readonly buttons: ReadonlyMap<string, number>;
  /** Whether the program has keys pressed with Ctrl or Alt. If not, the browser has them all. */
  readonly hasChords: boolean;
}

const ARROWS = [
  ["ArrowUp", BUTTON.up],
  ["ArrowDown", BUTTON.down],
  ["ArrowLeft", BUTTON.left],
  ["ArrowRight", BUTTON.right],
] as const;

/** The key maps there are. */
export const KEYMAPS = {
  /** That of the specification. Whether left or right makes no difference, but for Alt. */
  standard: {
    buttons: new Map<string, number>([
      ...ARROWS,
      ["ControlLeft", BUTTON.a],
      ["ControlRight", BUTTON.a],
      ["AltLeft", BUTTON.b],
      ["ShiftLeft", BUTTON.select],
      ["ShiftRight", BUTTON.select],
      ["Home", BUTTON.start],
    ]),
    hasChords: true,
  },
  /**
   * The left of the bottom row, which with no arrow key makes a shortcut of a browser or a system (Ctrl+W,
   * Alt+Left, five times Shift). Other web players have it so, too. These keys then type nothing.
   */
  letters: {
    buttons: new Map<string, number>([
      ...ARROWS,
      ["KeyZ", BUTTON.a],
      ["KeyX", BUTTON.b],
      ["KeyC", BUTTON.select],
      ["KeyV", BUTTON.start],
    ]),
    hasChords: false,
  },
} as const satisfies Readonly<Record<KeymapName, Keymap>>;

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

/** Whether the key edits a field for text in a way that the field tells of. */
function isEdit(stroke: Keystroke): boolean {
  const { key } = stroke;
  return !isChord(stroke) && (key === "Backspace" || key === "Enter" || [...key].length === 1);
}

/** With Ctrl or Alt held a key stands for itself: a lower-case letter, upper-case with Shift. */
function chordKey({ key, code, shiftKey }: Keystroke): string {
  // The code helps where Alt or another script makes the letter something else.
  const letter = /^[a-z]$/i.test(key) ? key : /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return shiftKey ? letter.toUpperCase() : letter.toLowerCase();
  return /^Digit([0-9])$/.exec(code)?.[1] ?? key;
}

/** The modifiers: the start of their codes, and whether an event has been made with one of them held. */
const MODIFIERS = [
  ["Control", "ctrlKey"],
  ["Alt", "altKey"],
  ["Shift", "shiftKey"],
] as const;

/** `KeyboardEvent.keyCode` of keys that an input method has taken. Nothing newer tells in every browser. */
const TAKEN = 229;

/** Listens to the keys of one element. */
export class Keyboard {
  /** The field for composed text. Its element is inside ours. */
  readonly field: TextField;
  readonly #sink: KeySink;
  #keymap: Keymap = KEYMAPS.standard;
  /** Codes of the keys that are held: those of buttons, and the right Alt key. */
  readonly #held = new Set<string>();

  /**
   * @param room The element. It must be positioned.
   * @param signal Ends the listening.
   */
  constructor(room: HTMLElement, sink: KeySink, signal: AbortSignal) {
    this.#sink = sink;
    room.addEventListener("keydown", (event) => this.#down(event), { signal });
    room.addEventListener("keyup", (event) => this.#up(event), { signal });
    // A menu sees the releases instead of us.
    const menu = (event: Event) => event.defaultPrevented || this.release();
    room.addEventListener("contextmenu", menu, { signal });
    this.field = new TextField(
      (text) => this.#type(text),
      (isOn) => sink.virtualKeyboard(isOn),
    );
    // A touch would take the focus from the field for a moment, and the on-screen keyboard would go.
    room.addEventListener("mousedown", (event) => this.field.isVirtual && event.preventDefault(), { signal });
    room.addEventListener("pointerdown", () => this.field.forget(), { signal });
    room.append(this.field.element);
  }

  /** Which keys are buttons. */
  set keymap(name: KeymapName) {
    this.release();
    this.#keymap = KEYMAPS[name];
  }

  /** Releases what is held. */
  release(): void {
    this.#held.clear();
    this.#hold();
  }

  #type(text: string): void {
    for (const byte of encoder.encode(text)) this.#sink.key(byte);
  }

  #down(event: KeyboardEvent): void {
    if (event.key === "Tab") return;
    if (event.metaKey) {
      // Chords of the system, during which macOS reports no releases.
      this.release();
      return;
    }
    this.#dropReleased(event);
    // What it is will be an event of the field.
    if (event.isComposing || event.keyCode === TAKEN) return;
    if (event.code === "AltRight") {
      // Windows reports AltGr as left Ctrl followed by right Alt.
      if (event.key === "AltGraph") this.#held.delete("ControlLeft");
      this.#held.add(event.code);
      this.#hold();
      return;
    }
    const stroke = this.#keystroke(event);
    if (this.field.isVirtual && isEdit(stroke)) return;
    if (!this.#keymap.hasChords && isChord(stroke)) return;
    const button = this.#keymap.buttons.get(event.code);
    if (button !== undefined) {
      if (this.#held.has(event.code)) this.#sink.repeat(button);
      this.#held.add(event.code);
      this.#hold();
      if (this.#sink.usesKeys) event.preventDefault();
      return;
    }
    const bytes = keyBytes(stroke);
    for (const byte of bytes) this.#sink.key(byte);
    if (bytes.length > 0) this.field.forget();
    if (bytes.length > 0 && this.#sink.usesKeys && !isBrowserChord(stroke)) event.preventDefault();
  }

  #up(event: KeyboardEvent): void {
    this.#dropReleased(event);
    // Alt alone would open the browser's menu.
    if (this.#keymap.buttons.has(event.code) && this.#sink.usesKeys) event.preventDefault();
    if (this.#held.delete(event.code)) this.#hold();
  }

  /** Every event tells of the modifiers, and so of releases that were not reported. */
  #dropReleased(event: KeyboardEvent): void {
    for (const [name, isHeld] of MODIFIERS) {
      if (event[isHeld]) continue;
      for (const side of ["Left", "Right"]) {
        if (this.#held.delete(name + side)) this.#hold();
      }
    }
  }

  #hold(): void {
    const { buttons } = this.#keymap;
    this.#sink.hold([...this.#held].reduce((all, code) => all | (buttons.get(code) ?? 0), 0));
  }

  #keystroke(event: KeyboardEvent): Keystroke {
    const { key, code, ctrlKey, altKey, shiftKey } = event;
    const altGraph = event.getModifierState("AltGraph") || this.#held.has("AltRight");
    return { key, code, ctrlKey, altKey, shiftKey, altGraph };
  }
}
