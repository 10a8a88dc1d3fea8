/**
 * The devices that `uxn.wasm` leaves to its users, as far as the measured programs use them: the console's
 * output and the screen's pixels. Written for speed, so that the comparison is with the core at its best;
 * a port that they lack throws instead of being wrong.
 */

import type { Uxn } from "uxn.wasm";

/** Console output. */
export class Console {
  readonly bytes: number[] = [];

  deo(port: number, value: number): void {
    if (port === 0x18) this.bytes.push(value);
  }
}

/** The screen: two layers of pixels. The ports keep the position. */
export class Screen {
  readonly #dev: Uint8Array;
  #width = 512;
  #height = 320;
  #layers = [new Uint8Array(0), new Uint8Array(0)] as [Uint8Array, Uint8Array];

  constructor(uxn: Uxn) {
    this.#dev = uxn.dev;
    this.#set(0x22, this.#width);
    this.#set(0x24, this.#height);
    this.#resize();
  }

  deo(port: number, value: number): void {
    switch (port) {
      case 0x23:
        this.#width = this.#get(0x22);
        this.#resize();
        break;
      case 0x25:
        this.#height = this.#get(0x24);
        this.#resize();
        break;
      case 0x2e:
        this.#pixel(value);
        break;
      case 0x2f:
        throw new Error("there are no sprites");
    }
  }

  /** What is on the screen, in the colours of the palette. */
  picture() {
    const [width, height] = [this.#width, this.#height];
    const [background, foreground] = this.#layers;
    const rgba = new Uint8ClampedArray(width * height * 4);
    for (let i = 0; i < width * height; i++) {
      const colour = foreground[i] || background[i] || 0;
      // Red, green and blue are shorts of four nibbles, a colour each.
      for (let channel = 0; channel < 3; channel++) {
        const nibble = (this.#get(0x08 + 2 * channel) >> (12 - 4 * colour)) & 0xf;
        rgba[4 * i + channel] = nibble * 0x11;
      }
      rgba[4 * i + 3] = 0xff;
    }
    return { width, height, rgba };
  }

  #get(port: number): number {
    return ((this.#dev[port] ?? 0) << 8) | (this.#dev[port + 1] ?? 0);
  }

  #set(port: number, value: number): void {
    this.#dev[port] = value >> 8;
    this.#dev[port + 1] = value;
  }

  #resize(): void {
    const size = this.#width * this.#height;
    this.#layers = [new Uint8Array(size), new Uint8Array(size)];
  }

  #pixel(value: number): void {
    const layer = this.#layers[value & 0x40 ? 1 : 0];
    const x = this.#get(0x28);
    const y = this.#get(0x2a);
    if (value & 0x80) throw new Error("there is no fill");
    if (x < this.#width && y < this.#height) layer[y * this.#width + x] = value & 3;
    const auto = this.#dev[0x26] ?? 0;
    if (auto & 1) this.#set(0x28, x + 1);
    if (auto & 2) this.#set(0x2a, y + 1);
  }
}
