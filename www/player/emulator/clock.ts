/**
 * Sixty frames a second on a display of any rate.
 *
 * The display calls whenever it wants a picture; the clock says how many frames of the program are due by
 * then: one each time at 60 Hz, 0 or 1 at 144 Hz, 2 at 30 Hz.
 */

/** Frames of the program per millisecond. */
const RATE = 60 / 1000;
/** What is owed beyond this is forgotten: a slow machine slows down instead of working off a debt. */
const MAX_DUE = 6;
/** A longer gap in milliseconds is a pause (hidden tab, sleep, debugger): nothing is owed for it. */
const PAUSE_MS = 250;
/** The same where the browser itself calls but once a second: in hidden pages. */
const BACKGROUND_PAUSE_MS = 2000;
/** Displays within 2 % of a whole or half frame count as exactly that, or they would stutter now and then. */
const SNAP = 0.02;

/** Counts the frames that are due. */
export class FrameClock {
  #last: number | undefined;
  #owed = 0;
  #forgotten = 0;

  /** Frames that the last {@link due} left out of a debt that was too large. They are time that has passed. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /**
   * How many frames are due.
   *
   * @param now Milliseconds of any clock that only moves forward.
   * @param isBackground Whether the page is hidden, and the browser calls seldom.
   */
  due(now: number, isBackground = false): number {
    const elapsed = now - (this.#last ?? Number.NEGATIVE_INFINITY);
    this.#last = now;
    this.#forgotten = 0;
    if (elapsed > (isBackground ? BACKGROUND_PAUSE_MS : PAUSE_MS)) {
      this.#owed = 0;
      return 1;
    }
    this.#owed += snap(Math.max(0, elapsed) * RATE);
    // The sum of many fractions may stay a hair below the whole that it is.
    const due = Math.floor(this.#owed + 1e-6);
    this.#owed -= due;
    this.#forgotten = isBackground ? 0 : Math.max(0, due - MAX_DUE);
    return due - this.#forgotten;
  }
}

function snap(frames: number): number {
  const halves = Math.round(frames * 2) / 2;
  return Math.abs(frames - halves) < SNAP * halves ? halves : frames;
}
