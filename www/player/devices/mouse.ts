/** Pointer and wheel to the Mouse device. */

import type { Screen } from "./screen.js";

/** What the mouse plays on. */
export interface MouseSink {
  /** Whether the program uses the mouse; if not, the page does. */
  readonly usesMouse: boolean;
  /** Without it pointer and wheel are the page's, as the keys are. */
  readonly hasFocus: boolean;
  move(x: number, y: number): void;
  /** Bits of the state byte, which are those of `MouseEvent.buttons`: left 1, right 2, middle 4. */
  mouseButton(mask: number, down: boolean): void;
  /** Steps of the wheel, right and down positive. */
  scroll(x: number, y: number): void;
}

const BUTTONS = 0x07;
/** The far end of a pen in `MouseEvent.buttons`. Programs that draw erase with the right button. */
const ERASER = 0x20;
const LEFT = 0x01;
const RIGHT = 0x02;

/** Listens to the pointer over one screen: a mouse, a pen, or one finger. */
export class Mouse {
  readonly #screen: Screen;
  readonly #sink: MouseSink;
  readonly #wheelX = new WheelSteps();
  readonly #wheelY = new WheelSteps();
  #held = 0;
  /** The pointer that has pressed (`pointerId`). Until it lifts, others do nothing. */
  #pressing: number | undefined;
  /** A finger, or a pen, that may be about to tap a screen without the focus, or to scroll the page (`pointerId`). */
  #tapping: number | undefined;

  /** @param signal Ends the listening. */
  constructor(screen: Screen, sink: MouseSink, signal: AbortSignal) {
    this.#screen = screen;
    this.#sink = sink;
    const { canvas } = screen;
    const pointer = (event: PointerEvent) => this.#pointer(event);
    canvas.addEventListener("pointermove", pointer, { signal });
    canvas.addEventListener(
      "pointerup",
      (event) => {
        if (event.pointerId === this.#tapping) this.#tap(event);
        else this.#pointer(event);
      },
      { signal },
    );
    canvas.addEventListener(
      "pointerdown",
      (event) => {
        if (this.#isOther(event)) return;
        if (event.pointerType !== "mouse" && !this.#sink.hasFocus) {
          this.#tapping = event.pointerId;
          return;
        }
        canvas.setPointerCapture(event.pointerId);
        this.#pressing = event.pointerId;
        // The focus may be in the field for text and stays there: an on-screen keyboard goes with it. Listeners of the
        // page may then do anything, such as remove the player.
        if (!this.#sink.hasFocus) canvas.focus({ preventScroll: true });
        this.#pointer(event);
      },
      { signal },
    );
    for (const end of ["pointercancel", "lostpointercapture"] as const) {
      canvas.addEventListener(
        end,
        (event) => {
          if (event.pointerId === this.#tapping) this.#tapping = undefined;
          if (!this.#isOther(event)) this.release();
        },
        { signal },
      );
    }
    // The middle button would start scrolling, the right one or a long press open a menu.
    canvas.addEventListener("mousedown", (event) => this.#prevent(event, event.button === 1), { signal });
    canvas.addEventListener("contextmenu", (event) => this.#prevent(event, true), { signal });
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
  }

  /** Releases what is held. */
  release(): void {
    this.#pressing = undefined;
    this.#setButtons(0);
  }

  #isOther({ pointerId }: PointerEvent): boolean {
    return this.#pressing !== undefined && this.#pressing !== pointerId;
  }

  #prevent(event: Event, condition: boolean): void {
    if (condition && this.#sink.usesMouse) event.preventDefault();
  }

  /** The first tap gives the focus, and is a click like any other. */
  #tap(event: PointerEvent): void {
    this.#tapping = undefined;
    this.#screen.canvas.focus({ preventScroll: true });
    const { x, y } = this.#screen.pixelAt(event);
    this.#sink.move(x, y);
    this.#setButtons(LEFT);
    this.#setButtons(0);
  }

  /** Further buttons that go down or up while one is held arrive as moves, so every event is read alike. */
  #pointer(event: PointerEvent): void {
    if (this.#isOther(event) || !this.#sink.hasFocus) return;
    const { x, y } = this.#screen.pixelAt(event);
    this.#sink.move(x, y);
    const eraser = event.buttons & ERASER ? RIGHT : 0;
    this.#setButtons((event.buttons | eraser) & BUTTONS);
    if (event.buttons === 0) this.#pressing = undefined;
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
    if (!this.#sink.usesMouse || !this.#sink.hasFocus || event.ctrlKey) return;
    event.preventDefault();
    // Firefox reports lines to those who ask for the mode first, and pixels to others.
    const { deltaMode, deltaX, deltaY } = event;
    // With Shift a wheel turns sideways; not every browser does that itself.
    const isSideways = event.shiftKey && deltaX === 0;
    const x = this.#wheelX.add(isSideways ? deltaY : deltaX, deltaMode);
    const y = this.#wheelY.add(isSideways ? 0 : deltaY, deltaMode);
    if (x !== 0 || y !== 0) this.#sink.scroll(x, y);
  }
}

/**
 * By `WheelEvent.deltaMode`, pixels, lines and pages: how much a notch of a wheel usually is, from where on
 * an amount is one, and how much of less makes a step.
 */
const UNITS = [
  { notch: 120, whole: 50, step: 30 },
  { notch: 3, whole: 1, step: 1 },
  { notch: 1, whole: 1, step: 1 },
] as const;

/**
 * Turns what browsers report of one axis of a wheel into steps. A notch of a wheel is one large amount
 * (about 100 pixels or three lines, it differs) and one step; fingers on a pad make many small ones.
 */
export class WheelSteps {
  #rest = 0;

  /** The steps, after `delta` in pixels, lines or pages as `mode` says (`WheelEvent.deltaMode`). */
  add(delta: number, mode: number): number {
    if (delta === 0) return 0;
    const { notch, whole, step } = UNITS[mode] ?? UNITS[0];
    if (Math.abs(delta) >= whole) {
      this.#rest = 0;
      return Math.sign(delta) * Math.max(1, Math.round(Math.abs(delta) / notch));
    }
    if (Math.sign(delta) !== Math.sign(this.#rest)) this.#rest = 0;
    this.#rest += delta / step;
    const steps = Math.trunc(this.#rest) || 0; // Not -0.
    this.#rest -= steps;
    return steps;
  }
}
