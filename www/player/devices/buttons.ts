/**
 * The buttons of the four controllers. A button may be held by several things at once, the keyboard, a
 * gamepad and a thumb on the screen: it is down as long as one of them holds it.
 */

/** Bits of a button byte, as in the Controller device. */
export const BUTTON = {
  a: 0x01,
  b: 0x02,
  select: 0x04,
  start: 0x08,
  up: 0x10,
  down: 0x20,
  left: 0x40,
  right: 0x80,
} as const;

/** How many controllers there are. */
export const PLAYERS = 4;

/** What can hold buttons. */
export type Holder = "keyboard" | "gamepad" | "pad";

/** Takes one button, a bit of a player's button byte, that goes down or up. Players count from 0. */
export type ButtonSink = (player: number, mask: number, down: boolean) => void;

/** Who holds what, and what follows for the program. */
export class Buttons {
  readonly #send: ButtonSink;
  /** Button bytes by player. */
  readonly #held: Readonly<Record<Holder, number[]>> = {
    keyboard: Array(PLAYERS).fill(0),
    gamepad: Array(PLAYERS).fill(0),
    pad: Array(PLAYERS).fill(0),
  };

  constructor(send: ButtonSink) {
    this.#send = send;
  }

  /** Says which buttons of a player something holds from now on. Changes are sent, a button at a time. */
  hold(holder: Holder, player: number, buttons: number): void {
    const before = this.#down(player);
    this.#held[holder][player] = buttons;
    const after = this.#down(player);
    // Releases first: a thumb that slides from left to right never holds both.
    this.#sendEach(player, before & ~after, false);
    this.#sendEach(player, after & ~before, true);
  }

  /** Sends a button that is down once more, as a keyboard does that repeats a held key. */
  repeat(player: number, mask: number): void {
    if (this.#down(player) & mask) this.#send(player, mask, true);
  }

  /** Releases everything. */
  release(): void {
    for (let player = 0; player < PLAYERS; player++) {
      const down = this.#down(player);
      for (const held of Object.values(this.#held)) held[player] = 0;
      this.#sendEach(player, down, false);
    }
  }

  #down(player: number): number {
    return Object.values(this.#held).reduce((all, held) => all | (held[player] ?? 0), 0);
  }

  #sendEach(player: number, buttons: number, down: boolean): void {
    for (let mask = 1; mask <= 0x80; mask <<= 1) {
      if (buttons & mask) this.#send(player, mask, down);
    }
  }
}
