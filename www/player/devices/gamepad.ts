/**
 * Gamepads to the Controller device. The Gamepad API has no events for buttons: whoever wants to know looks,
 * once for each picture of the display.
 */

import type { OwnerWindow } from "../page/owner.js";
import { BUTTON, PLAYERS } from "./buttons.js";

/** The parts of a `Gamepad` that decide which buttons are held. */
export type PadState = Pick<Gamepad, "mapping" | "axes"> & {
  readonly buttons: readonly Pick<GamepadButton, "pressed">[];
};

/** A stick this far out holds a direction, and holds it until it is back below the second: worn sticks waver. */
const STICK_ON = 0.45;
const STICK_OFF = 0.35;

/** A, B, Select and Start, for buttons by their number modulo 4. */
const BY_NUMBER = [BUTTON.a, BUTTON.b, BUTTON.select, BUTTON.start] as const;

/** Buttons of the standard mapping by number. Triggers, pressed stick and logo are nobody's. */
const STANDARD: readonly number[] = [
  ...BY_NUMBER, // the four under the right thumb: bottom, right, left, top
  BUTTON.a, // shoulders
  BUTTON.b,
  0, // triggers
  0,
  BUTTON.select,
  BUTTON.start,
  0, // sticks
  0,
  BUTTON.up,
  BUTTON.down,
  BUTTON.left,
  BUTTON.right,
];

/** Directions of a hat that is one axis: clockwise from up, in eighths of a turn, from -1 to 1. */
const HAT = [
  BUTTON.up,
  BUTTON.up | BUTTON.right,
  BUTTON.right,
  BUTTON.right | BUTTON.down,
  BUTTON.down,
  BUTTON.down | BUTTON.left,
  BUTTON.left,
  BUTTON.left | BUTTON.up,
] as const;

/** The button byte for a gamepad, given the one before. */
export function padButtons(pad: PadState, before: number): number {
  return pad.mapping === "standard" ? standardButtons(pad, before) : unknownButtons(pad, before);
}

function standardButtons({ buttons, axes }: PadState, before: number): number {
  let held = stick(axes[0], axes[1], before) | stick(axes[2], axes[3], before);
  for (const [number, mask] of STANDARD.entries()) if (buttons[number]?.pressed) held |= mask;
  return held;
}

/**
 * Of a gamepad that the browser does not know only this much can be said: the first two axes are a stick or
 * the directions, and the buttons are numbered. The directions may be a hat as well: two axes where the
 * system is Linux, one elsewhere. Other axes may be triggers, which rest at the end of their way.
 */
function unknownButtons({ buttons, axes }: PadState, before: number): number {
  let held = stick(axes[0], axes[1], before);
  if (axes.length === 8) held |= stick(axes[6], axes[7], before);
  if (axes.length === 10) held |= hat(axes[9]);
  for (const [number, { pressed }] of buttons.entries()) if (pressed) held |= BY_NUMBER[number % 4] ?? 0;
  return held;
}

function stick(x = 0, y = 0, before: number): number {
  const holds = (way: number, mask: number) => (way > (before & mask ? STICK_OFF : STICK_ON) ? mask : 0);
  return holds(-x, BUTTON.left) | holds(x, BUTTON.right) | holds(-y, BUTTON.up) | holds(y, BUTTON.down);
}

function hat(value = Number.NaN): number {
  const eighth = ((value + 1) * 7) / 2;
  const nearest = Math.round(eighth);
  // At rest it is beyond 1, and before its first report 0, which lies between two directions.
  return Math.abs(eighth - nearest) < 0.25 ? (HAT[nearest] ?? 0) : 0;
}

/** What gamepads play on. */
export interface GamepadSink {
  /** Says which buttons of a player are held from now on. */
  hold(player: number, buttons: number): void;
  /** Says which gamepads play, by player: what each calls itself. */
  assigned(names: readonly (string | undefined)[]): void;
}

/** The gamepads of one computer. */
export class Gamepads {
  /** Whose gamepads they are, where several computers are on one page. */
  static #owner: Gamepads | undefined;

  readonly #sink: GamepadSink;
  /** Who plays with which gamepad (`Gamepad.index`). It stays so until that one is disconnected. */
  readonly #pads: (number | undefined)[] = Array(PLAYERS).fill(undefined);
  readonly #held: number[] = Array(PLAYERS).fill(0);

  constructor(sink: GamepadSink) {
    this.#sink = sink;
  }

  /** Takes the gamepads from whichever computer has them. */
  claim(): void {
    if (Gamepads.#owner === this) return;
    Gamepads.#owner?.leave();
    Gamepads.#owner = this;
  }

  /** Leaves the gamepads to whichever computer looks next. */
  leave(): void {
    this.release();
    if (Gamepads.#owner === this) Gamepads.#owner = undefined;
  }

  /** Looks at the gamepads that a window may see, and reports what has changed. */
  poll(window: OwnerWindow): void {
    Gamepads.#owner ??= this;
    if (Gamepads.#owner !== this) return;
    const pads = connected(window);
    this.#assign(pads);
    for (const [player, index] of this.#pads.entries()) {
      const pad = pads.find((candidate) => candidate.index === index);
      this.#hold(player, pad ? padButtons(pad, this.#held[player] ?? 0) : 0);
    }
  }

  /** Releases what is held. */
  release(): void {
    for (let player = 0; player < PLAYERS; player++) this.#hold(player, 0);
  }

  #hold(player: number, buttons: number): void {
    if (this.#held[player] === buttons) return;
    this.#held[player] = buttons;
    this.#sink.hold(player, buttons);
  }

  #assign(pads: readonly Gamepad[]): void {
    let changed = false;
    for (const [player, index] of this.#pads.entries()) {
      if (index === undefined || pads.some((pad) => pad.index === index)) continue;
      this.#pads[player] = undefined;
      changed = true;
    }
    for (const { index } of pads) {
      const free = this.#pads.indexOf(undefined);
      if (free < 0 || this.#pads.includes(index)) continue;
      this.#pads[free] = index;
      changed = true;
    }
    if (!changed) return;
    this.#sink.assigned(this.#pads.map((index) => pads.find((pad) => pad.index === index)?.id));
  }
}

function connected({ navigator }: OwnerWindow): readonly Gamepad[] {
  try {
    return (navigator.getGamepads?.() ?? []).filter((pad) => pad?.connected) as Gamepad[];
  } catch {
    // A frame's permissions policy may forbid it.
    return [];
  }
}
