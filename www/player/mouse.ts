/** Pointer and wheel to the Mouse device. */

import type { Screen } from "./screen.js";

/** What the mouse plays on. */
export interface MouseSink {
  /** Whether the program uses the mouse; if not, the page does. */
  readonly usesMouse: boolean;
  move(x: number, y: number): void;
  /** Bits of the state byte, which are those of `MouseEvent.buttons`: left 1, right 2, middle 4. */
  mouseButton(mask: number, down: boolean): void;
  /** Steps of the wheel, right and down positive. */
  scroll(x: number, y: number): void;
}

const BUTTONS = 0x07;

/** Listens to the pointer over one screen. */
export class Mouse {
  readonly #screen: Screen;
  readonly #sink: MouseSink;
  readonly #wheelX = new WheelSteps();
  readonly #wheelY = new WheelSteps();
  #held = 0;

  /** @param signal Ends the listening. */
  constructor(screen: Screen, sink: MouseSink, signal: AbortSignal) {
    this.#screen = screen;
    this.#sink = sink;
    const { canvas } = screen;
    const pointer = (event: PointerEvent) => this.#pointer(event);
    canvas.addEventListener("pointermove", pointer, { signal });
    canvas.addEventListener("pointerup", pointer, { signal });
    canvas.addEventListener(
      "pointerdown",
      (event) => {
        if (!event.isPrimary) return;
        canvas.focus({ preventScroll: true });
        canvas.setPointerCapture(event.pointerId);
        this.#pointer(event);
      },
      { signal },
    );
    for (const end of ["pointercancel", "lostpointercapture"] as const) {
      // A second finger lets go of nothing.
      canvas.addEventListener(end, (event) => event.isPrimary && this.release(), { signal });
    }
    canvas.addEventListener("blur", () => this.release(), { signal });
    // The middle button would start scrolling, the right one open a menu.
    canvas.addEventListener("mousedown", (event) => this.#prevent(event, event.button === 1), { signal });
    canvas.addEventListener("contextmenu", (event) => this.#prevent(event, true), { signal });
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
  }

  /** Releases what is held. */
  release(): void {
    this.#setButtons(0);
  }

  /** Without it pointer and wheel are the page's, as the keys are. */
  get #hasFocus(): boolean {
    return this.#screen.canvas.matches(":focus");
  }

  #prevent(event: Event, condition: boolean): void {
    if (condition && this.#sink.usesMouse) event.preventDefault();
  }

  /** Further buttons that go down or up while one is held arrive as moves, so every event is read alike. */
  #pointer(event: PointerEvent): void {
    if (!event.isPrimary || !this.#hasFocus) return;
    const { x, y } = this.#screen.pixelAt(event.clientX, event.clientY);
    this.#sink.move(x, y);
    this.#setButtons(event.buttons & BUTTONS);
  }

  #setButtons(buttons: number): void {
    const changed = buttons ^ this.#held;
    this.#held = buttons;
    for (let mask = 1; mask <= BUTTONS; mask <<= 1) {
      if (changed & mask) this.#sink.mouseButton(mask, (buttons & mask) !== 0);
    }
  }

  #wheel(event: WheelEvent): void {
    // With Ctrl the wheel, or two fingers, zoom the page.
    if (!this.#sink.usesMouse || !this.#hasFocus || event.ctrlKey) return;
    event.preventDefault();
    // Firefox reports lines to those who ask for the mode first, and pixels to others.
    const { deltaMode, deltaX, deltaY } = event;
    const x = this.#wheelX.add(deltaX, deltaMode);
    const y = this.#wheelY.add(deltaY, deltaMode);
    if (x !== 0 || y !== 0) this.#sink.scroll(x, y);
  }
}

/**
 * Turns what browsers report of one axis of a wheel into steps. A notch of a wheel is one large amount
 * (about 100 pixels or three lines, it differs) and one step; fingers on a pad make many small ones.
 */
export class WheelSteps {
  #rest = 0;

  /** The steps, after `delta` in pixels, lines or pages as `mode` says (`WheelEvent.deltaMode`). */
  add(delta: number, mode: number): number {
    const notch = mode === 0 ? 120 : mode === 1 ? 3 : 1;
    if (mode !== 0 || Math.abs(delta) >= 50) {
      this.#rest = 0;
      return Math.sign(delta) * Math.max(delta === 0 ? 0 : 1, Math.round(Math.abs(delta) / notch));
    }
    if (Math.sign(delta) !== Math.sign(this.#rest)) this.#rest = 0;
    this.#rest += delta / 30;
    const steps = Math.trunc(this.#rest) || 0; // Not -0.
    this.#rest -= steps;
    return steps;
  }
}
