/**
 * A controller on a touch screen: directions for the left thumb, buttons for the right one. Its style is
 * `pad.css`; where it stands, and when it is to be seen, is up to the page.
 */

import { placeIn } from "../page/dom.js";
import { BUTTON } from "./buttons.js";

/** Within this part of its radius the cross holds no direction. */
const CENTRE = 0.22;
/** Each of the eight directions has an eighth of the turn: this is the sine of half of that. */
const SECTOR = Math.sin(Math.PI / 8);
/** A thumb this many CSS pixels beside a button still means it. */
const SLOP = 10;

/** What each key of the pad is called, and its bit. */
const DIRECTIONS = { Up: BUTTON.up, Right: BUTTON.right, Down: BUTTON.down, Left: BUTTON.left } as const;
const BUTTONS = { Select: BUTTON.select, Start: BUTTON.start, B: BUTTON.b, A: BUTTON.a } as const;

/** The pad of one computer. */
export class Pad {
  /** To be put into the page. Hidden at first. */
  readonly element = document.createElement("div");
  readonly #hold: (buttons: number) => void;
  readonly #keys = new Map<number, HTMLElement>();
  /** What each touch holds, by `pointerId`. */
  readonly #touches = new Map<number, number>();

  /** @param hold Is told which buttons are held, whenever that changes. */
  constructor(hold: (buttons: number) => void) {
    this.#hold = hold;
    this.element.className = "pad";
    this.element.hidden = true;
    const cross = this.#group("directions", "Directions", DIRECTIONS);
    this.#listen(cross, (x, y) => crossButtons(x, y, cross.clientWidth, cross.clientHeight));
    const buttons = this.#group("buttons", "Buttons", BUTTONS);
    this.#listen(buttons, (x, y) => this.#buttonAt(x, y));
    this.element.append(cross, buttons);
  }

  /** Releases what is held. Thumbs that rest there count again once they move. */
  release(): void {
    if (this.#touches.size === 0) return;
    this.#touches.clear();
    this.#changed();
  }

  #group(name: string, label: string, keys: Readonly<Record<string, number>>): HTMLElement {
    const group = document.createElement("div");
    group.className = `pad-${name}`;
    group.role = "group";
    group.ariaLabel = label;
    for (const [label, mask] of Object.entries(keys)) {
      const key = document.createElement("button");
      key.type = "button";
      // Who has a keyboard has the keys.
      key.tabIndex = -1;
      key.className = `pad-key pad-${label.toLowerCase()}`;
      if (name === "directions") key.ariaLabel = label;
      else key.textContent = label;
      this.#keys.set(mask, key);
      group.append(key);
    }
    return group;
  }

  #listen(group: HTMLElement, buttonsAt: (x: number, y: number) => number): void {
    const touch = (event: PointerEvent) => {
      const { x, y } = placeIn(group, event);
      this.#touches.set(event.pointerId, buttonsAt(x, y));
      this.#changed();
    };
    const end = ({ pointerId }: PointerEvent) => {
      if (this.#touches.delete(pointerId)) this.#changed();
    };
    group.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse" && event.button !== 0) return;
      // The thumb may slide off and back on: the group hears of it wherever it is.
      group.setPointerCapture(event.pointerId);
      touch(event);
    });
    group.addEventListener("pointermove", (event) => {
      if (group.hasPointerCapture(event.pointerId)) touch(event);
    });
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
      group.addEventListener(type, end);
    }
    // No magnifier, no selection, no zoom by a double tap, no menu by a long one; and the focus stays.
    for (const type of ["touchstart", "mousedown", "contextmenu"] as const) {
      group.addEventListener(type, (event) => event.preventDefault(), { passive: false });
    }
  }

  #buttonAt(x: number, y: number): number {
    let nearest = SLOP;
    let found = 0;
    for (const mask of Object.values(BUTTONS)) {
      const key = this.#keys.get(mask);
      if (!key) continue;
      const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = key;
      const beside = Math.max(left - x, x - left - width, top - y, y - top - height);
      if (beside < nearest) {
        nearest = beside;
        found = mask;
      }
    }
    return found;
  }

  #changed(): void {
    const held = [...this.#touches.values()].reduce((all, buttons) => all | buttons, 0);
    for (const [mask, key] of this.#keys) key.toggleAttribute("data-held", (held & mask) !== 0);
    this.#hold(held);
  }
}

/** The directions under a point of a cross. */
export function crossButtons(x: number, y: number, width: number, height: number): number {
  const right = (x * 2) / width - 1;
  const down = (y * 2) / height - 1;
  const distance = Math.hypot(right, down);
  if (!(distance > CENTRE)) return 0;
  let buttons = 0;
  if (Math.abs(right) > distance * SECTOR) buttons |= right < 0 ? BUTTON.left : BUTTON.right;
  if (Math.abs(down) > distance * SECTOR) buttons |= down < 0 ? BUTTON.up : BUTTON.down;
  return buttons;
}
