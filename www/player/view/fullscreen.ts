/** The whole display for a player, or where a browser gives that to videos alone (iPhone), the whole page. */

import type { OwnerDocument } from "../page/owner.js";

/** Fullscreen of one player. */
export class Fullscreen {
  readonly #host: HTMLElement;
  readonly #root: HTMLElement;
  readonly #owner: OwnerDocument;
  #isFilling = false;
  /** Is called when {@link isOn} has changed. */
  onchange: (() => void) | undefined;

  /**
   * @param host The element that gets the display. It is the page's own: nothing about it changes.
   * @param root All there is inside, which gets the page, while the box around it keeps the place.
   * @param owner The document of the element. Leaving it ends fullscreen.
   */
  constructor(host: HTMLElement, root: HTMLElement, owner: OwnerDocument) {
    this.#host = host;
    this.#root = root;
    this.#owner = owner;
    owner.follow((window, signal) => {
      window.document.addEventListener("fullscreenchange", () => this.onchange?.(), { signal });
      // Only where the browser does not do it by itself: before the program sees the key, and wherever the focus is.
      window.addEventListener("keydown", (event) => this.#leave(event), { signal, capture: true });
      signal.addEventListener("abort", () => {
        this.exit();
        this.onchange?.();
      });
    });
  }

  /** Whether the player has the display or the page. */
  get isOn(): boolean {
    return this.#isFilling || this.#host.matches(":fullscreen");
  }

  /** Takes the display, or the page if that is refused. To be called while the browser handles an act of the visitor's. */
  async enter(options?: FullscreenOptions): Promise<void> {
    if (this.#owner.document.fullscreenEnabled) {
      try {
        await HTMLElement.prototype.requestFullscreen.call(this.#host, options);
        return;
      } catch {
        // It was not the visitor's act, or a frame does not allow it.
      }
    }
    // What has no window any more cannot be shown above its page.
    if (this.#owner.document.defaultView) this.#fill(true);
  }

  /** Gives it back. */
  exit(): void {
    if (this.#isFilling) this.#fill(false);
    else if (this.isOn) this.#owner.document.exitFullscreen().catch(() => {});
  }

  #leave(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.#isFilling) return;
    // It lies above, and the key is its own.
    if (event.composedPath().some((target) => (target as Partial<Element>).localName === "dialog")) return;
    event.stopPropagation();
    event.preventDefault();
    this.#fill(false);
  }

  #fill(fill: boolean): void {
    if (fill === this.#isFilling) return;
    this.#isFilling = fill;
    // The page around keeps its place while we are above it.
    const { offsetWidth, offsetHeight, style } = this.#root.parentElement as HTMLElement;
    style.width = fill ? `${offsetWidth}px` : "";
    style.minHeight = fill ? `${offsetHeight}px` : "";
    // Above everything, whatever is around the player; older browsers have to do with the style sheet's `fixed`.
    this.#root.popover = fill ? "manual" : null;
    this.#root.toggleAttribute("data-filling", fill);
    if (fill) this.#root.showPopover?.();
    this.onchange?.();
  }
}
