/** What lies over the screen: the poster with the button that starts the program, and words for what went wrong. */

import { icon, make } from "../page/dom.js";

/** The poster and its button. */
export class Cover {
  /** A click anywhere on it starts the program. */
  readonly element = make("button", { type: "button", id: "cover", part: "play-button" });
  readonly #poster = make("img", { id: "poster", part: "poster", alt: "", hidden: true, decoding: "async" });
  readonly #caption = make("span", { id: "caption" });

  /** @param showsPoster Is told the size of the poster, once it is there. */
  constructor(showsPoster: (width: number, height: number) => void) {
    const disc = make("span", { id: "disc" });
    disc.append(icon("play"));
    this.element.append(this.#poster, disc, this.#caption);
    this.#poster.addEventListener("load", () => {
      showsPoster(this.#poster.naturalWidth, this.#poster.naturalHeight);
    });
    // Without it the button stands for itself.
    this.#poster.addEventListener("error", () => {
      this.#poster.hidden = true;
    });
  }

  /** The address of a picture, none if it is empty. */
  set poster(address: string) {
    this.#poster.hidden = address === "";
    if (address === "") this.#poster.removeAttribute("src");
    else this.#poster.src = address;
  }

  /** What the program is called, if that is known. */
  set name(name: string) {
    this.element.ariaLabel = name === "" ? "Play" : `Play ${name}`;
    this.#caption.textContent = name;
  }

  /** Whether the program is on its way. */
  set isLoading(isLoading: boolean) {
    this.element.toggleAttribute("data-loading", isLoading);
    this.element.ariaBusy = String(isLoading);
  }
}

/** A message that can be put away. */
export class Problem {
  readonly element = make("div", { id: "problem", part: "error", role: "alert", hidden: true });
  readonly #text = make("p", { id: "problem-text" });
  readonly #retry = make("button", { type: "button", id: "retry", textContent: "Try again" });
  readonly #close = make(
    "button",
    { type: "button", id: "problem-close", ariaLabel: "Close" },
    icon("close"),
  );

  /** @param retry Is called when the visitor wants to try again. */
  constructor(retry: () => void) {
    this.element.append(this.#text, this.#retry, this.#close);
    this.#retry.addEventListener("click", retry);
    this.#close.addEventListener("click", () => this.hide());
  }

  /** Whether there is one. */
  get isShown(): boolean {
    return !this.element.hidden;
  }

  show(message: string, canRetry: boolean): void {
    this.#text.textContent = message;
    this.#retry.hidden = !canRetry;
    this.element.hidden = false;
  }

  hide(): void {
    this.element.hidden = true;
  }
}
