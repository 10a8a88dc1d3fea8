/**
 * Text that is composed: by dead keys, input methods, and the on-screen keyboards of phones. Browsers do
 * that only in fields for text, so there is an invisible one to have the focus while a program uses the
 * keyboard.
 */

/**
 * What the field holds in front of the text. Without it there would be nothing to delete, and then some
 * on-screen keyboards do not report their Backspace. A line break begins a word, like a program's line.
 */
const START = "\n";

/** How one text becomes another at its end. */
export interface Edit {
  /** How many characters (code points) are erased, from the end. */
  readonly erased: number;
  /** What is written then. */
  readonly added: string;
}

/** The shortest edit of `before` that leaves `after`. */
export function editOf(before: string, after: string): Edit {
  const old = [...before];
  const now = [...after];
  let same = 0;
  while (same < old.length && old[same] === now[same]) same++;
  return { erased: old.length - same, added: now.slice(same).join("") };
}

/** The field. It hands on text in which a line break is `\r` and what erases a character is `\b`. */
export class TextField {
  /** To be focused while a program uses the keyboard. */
  readonly element = document.createElement("textarea");
  readonly #type: (text: string) => void;
  readonly #virtual: (isOn: boolean) => void;
  #isVirtual = false;
  /** The text that the program has of what the on-screen keyboard edits. */
  #typed = "";
  /** Whether the text being composed is handed on when it is complete, and not as it grows. */
  #isHeld = false;

  /**
   * @param type Is handed the text.
   * @param virtual Is told when the on-screen keyboard is wanted, and when no longer.
   */
  constructor(type: (text: string) => void, virtual: (isOn: boolean) => void) {
    this.#type = type;
    this.#virtual = virtual;
    this.#make();
    this.#listen();
  }

  /** Whether the on-screen keyboard is wanted. It never is once the field has lost the focus. */
  get isVirtual(): boolean {
    return this.#isVirtual;
  }

  /** Shows the on-screen keyboard, if called while the browser handles a touch, and types on it. */
  showKeyboard(): void {
    if (this.element.hidden) return;
    // For a field that has the focus already, some browsers show none.
    this.element.blur();
    this.#setVirtual(true);
    this.element.focus({ preventScroll: true });
  }

  /** Puts the on-screen keyboard away. The focus stays. */
  hideKeyboard(): void {
    if (!this.#isVirtual) return;
    this.element.blur();
    this.element.focus({ preventScroll: true });
  }

  /**
   * To be called when the program's cursor may be elsewhere: a correction must not erase what is there.
   */
  forget(): void {
    if (!this.#isVirtual || (this.#typed === "" && this.element.value === START)) return;
    this.#typed = "";
    this.element.value = START;
  }

  #make(): void {
    const { element } = this;
    Object.assign(element.style, {
      position: "absolute",
      inset: "0",
      width: "100%",
      height: "100%",
      padding: "0",
      border: "0",
      opacity: "0",
      resize: "none",
      overflow: "hidden",
      // Smaller ones make phones zoom.
      fontSize: "16px",
      pointerEvents: "none",
    });
    element.hidden = true;
    element.spellcheck = false;
    element.autocapitalize = "off";
    for (const name of ["autocomplete", "autocorrect"]) element.setAttribute(name, "off");
    // Touching the screen is playing, not typing.
    element.inputMode = "none";
  }

  #listen(): void {
    const { element } = this;
    element.addEventListener("blur", () => this.#setVirtual(false));
    element.addEventListener("compositionstart", () => {
      this.#isHeld = !this.#isVirtual;
    });
    element.addEventListener("compositionend", ({ data }) => {
      if (!this.#isHeld) {
        this.#follow(false);
        return;
      }
      this.#type(data.replaceAll(/\r?\n/g, "\r"));
      // Now some browsers would still write into it.
      setTimeout(() => {
        if (!this.#isVirtual) element.value = "";
      });
    });
    element.addEventListener("input", (event) => {
      // Of whatever window: no `instanceof`.
      if (!("inputType" in event)) return;
      const { inputType, isComposing, data } = event as InputEvent;
      if (this.#isVirtual) {
        // The composed text follows.
        if (inputType !== "deleteCompositionText") this.#follow(isComposing);
        return;
      }
      if (isComposing || inputType.includes("Composition")) return;
      this.#type((data ?? "").replaceAll(/\r?\n/g, "\r"));
      element.value = "";
    });
  }

  #setVirtual(isOn: boolean): void {
    if (isOn === this.#isVirtual) return;
    this.#isVirtual = isOn;
    this.#typed = "";
    this.element.value = isOn ? START : "";
    this.element.inputMode = isOn ? "text" : "none";
    this.#virtual(isOn);
  }

  /**
   * Edits the program's text as the on-screen keyboard has edited the field's. Keyboards of phones compose
   * every word and replace words by others, so what an event says was typed is not to be relied on.
   */
  #follow(isComposing: boolean): void {
    if (!this.#isVirtual) return;
    const { element } = this;
    const hasStart = element.value.startsWith(START);
    const text = element.value.slice(hasStart ? START.length : 0);
    const { erased, added } = editOf(this.#typed, text);
    // The program may have text before this.
    const isErasedBefore = !hasStart && text === "" && this.#typed === "";
    this.#type("\b".repeat(isErasedBefore ? 1 : erased) + added.replaceAll("\n", "\r"));
    this.#typed = text;
    if (isComposing) return;
    if (!hasStart || text.includes("\n")) {
      this.#typed = "";
      element.value = START;
    }
  }
}
