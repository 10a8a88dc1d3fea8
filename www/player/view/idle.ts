/** Notices that nobody is about to use the controls. */

/** After this time in milliseconds without a pointer they are out of the way. */
const IDLE_MS = 2500;

/** Sets `data-idle` on an element while the pointer rests or is elsewhere, and no key is about to press a control. */
export class Idle {
  readonly #root: HTMLElement;
  readonly #bar: HTMLElement;
  #timer = 0;
  #isWanted = false;

  /**
   * @param root The element.
   * @param bar The controls in it.
   */
  constructor(root: HTMLElement, bar: HTMLElement, signal: AbortSignal) {
    this.#root = root;
    this.#bar = bar;
    for (const type of ["pointermove", "pointerdown", "focusin", "focusout"]) {
      root.addEventListener(type, () => this.#wake(), { signal });
    }
    // Keys elsewhere are the program's.
    bar.addEventListener("keyup", () => this.#wake(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** Whether the controls may go away. */
  set isWanted(isWanted: boolean) {
    if (isWanted === this.#isWanted) return;
    this.#isWanted = isWanted;
    this.#wake();
  }

  #wake(): void {
    clearTimeout(this.#timer);
    this.#root.removeAttribute("data-idle");
    if (this.#isWanted) this.#timer = window.setTimeout(() => this.#sleep(), IDLE_MS);
  }

  #sleep(): void {
    if (this.#bar.matches(":hover, :has(:focus-visible)")) this.#wake();
    else this.#root.setAttribute("data-idle", "");
  }
}
