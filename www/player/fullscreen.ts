/** The whole display for a player, or where a browser gives that to videos alone (iPhone), the whole page. */

/** Fullscreen of one player. */
export class Fullscreen {
  readonly #host: HTMLElement;
  readonly #root: HTMLElement;
  #isFilling = false;
  /** Is called when {@link isOn} has changed. */
  onchange: (() => void) | undefined;

  /**
   * @param host The element that gets the display.
   * @param root All there is inside, which gets the page.
   */
  constructor(host: HTMLElement, root: HTMLElement, signal: AbortSignal) {
    this.#host = host;
    this.#root = root;
    document.addEventListener("fullscreenchange", () => this.onchange?.(), { signal });
    // Only where the browser does not do it by itself: before the program sees the key, and wherever the focus is.
    window.addEventListener("keydown", (event) => this.#leave(event), { signal, capture: true });
    signal.addEventListener("abort", () => this.exit());
  }

  /** Whether the player has the display or the page. */
  get isOn(): boolean {
    return this.#isFilling || this.#host.matches(":fullscreen");
  }

  /** Takes the display, or the page if that is refused. To be called while the browser handles an act of the visitor's. */
  async enter(options?: FullscreenOptions): Promise<void> {
    if (document.fullscreenEnabled) {
      try {
        await HTMLElement.prototype.requestFullscreen.call(this.#host, options);
        return;
      } catch {
        // It was not the visitor's act, or a frame does not allow it.
      }
    }
    this.#fill(true);
  }

  /** Gives it back. */
  exit(): void {
    if (this.#isFilling) this.#fill(false);
    else if (this.isOn) document.exitFullscreen().catch(() => {});
  }

  #leave(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.#isFilling) return;
    // It lies above, and the key is its own.
    if (event.composedPath().some((target) => target instanceof HTMLDialogElement)) return;
    event.stopPropagation();
    event.preventDefault();
    this.#fill(false);
  }

  #fill(fill: boolean): void {
    if (fill === this.#isFilling) return;
    this.#isFilling = fill;
    const { style } = this.#host;
    // The page around keeps its place while we are above it.
    style.minHeight = fill ? `${this.#host.offsetHeight}px` : "";
    // Above everything, whatever is around the player; older browsers have to do with the style sheet's `fixed`.
    this.#root.popover = fill ? "manual" : null;
    this.#root.toggleAttribute("data-filling", fill);
    if (fill) this.#root.showPopover?.();
    this.onchange?.();
  }
}
