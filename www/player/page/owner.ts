/**
 * The document of an element, which may change: a page moves a player into a frame, or into a window of its own such as
 * that of document picture-in-picture, and back. Events, observers and pictures of the display are those of a document
 * or its window, so everything that needs them follows.
 */

/** A window with its interfaces. */
export type OwnerWindow = Window & typeof globalThis;

/** Attaches something to a window. The signal ends that when the element leaves the window. */
export type Follower = (window: OwnerWindow, signal: AbortSignal) => void;

/** The document that an element is in. */
export class OwnerDocument {
  readonly #host: Element;
  readonly #followers: Follower[] = [];
  #document: Document;
  #stay = new AbortController();

  /** @param signal Ends what has been attached. */
  constructor(host: Element, signal: AbortSignal) {
    this.#host = host;
    this.#document = host.ownerDocument;
    signal.addEventListener("abort", () => this.#stay.abort());
  }

  /** Ends when the element leaves the document it is in now. */
  get signal(): AbortSignal {
    return this.#stay.signal;
  }

  get document(): Document {
    return this.#document;
  }

  /** The window of the document; that of this script if it has been closed, or has never had one. */
  get window(): OwnerWindow {
    return this.#document.defaultView ?? window;
  }

  /** Calls back now, and whenever the element has come to another document. */
  follow(follower: Follower): void {
    this.#followers.push(follower);
    follower(this.window, this.#stay.signal);
  }

  /** Notices that the element has come to another document. To be called when it is connected. */
  update(): void {
    const { ownerDocument } = this.#host;
    if (ownerDocument === this.#document) return;
    this.#stay.abort();
    this.#stay = new AbortController();
    this.#document = ownerDocument;
    for (const follower of this.#followers) follower(this.window, this.#stay.signal);
  }

  /**
   * Calls when an element has another size, and when the window has.
   *
   * @param box The size of which box it is.
   */
  watchSize(
    element: Element,
    box: ResizeObserverBoxOptions,
    call: (entry?: ResizeObserverEntry) => void,
  ): void {
    this.follow((window, signal) => {
      const observer = new window.ResizeObserver(([entry]) => call(entry));
      try {
        observer.observe(element, { box });
      } catch {
        observer.observe(element); // Safari knows no device pixels.
      }
      signal.addEventListener("abort", () => observer.disconnect());
      window.addEventListener("resize", () => call(), { signal });
    });
  }
}
