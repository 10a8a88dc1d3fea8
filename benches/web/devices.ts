/**
 * The devices that `uxn.wasm` leaves to its users, as far as the measured programs use them. Written for speed, so
 * that the comparison is with the core at its best.
 */

import type { Uxn } from "uxn.wasm";

/** The console: output as bytes, input for its vector. */
export class Console {
  readonly bytes: number[] = [];
  readonly #dev: Uint8Array;

  constructor(dev: Uint8Array) {
    this.#dev = dev;
  }

  get vector(): number {
    return ((this.#dev[0x10] as number) << 8) | (this.#dev[0x11] as number);
  }

  set read(byte: number) {
    this.#dev[0x12] = byte;
  }

  set type(type: number) {
    this.#dev[0x17] = type;
  }

  deo(port: number, value: number): void {
    if (port === 0x18 || port === 0x19) this.bytes.push(value);
  }
}

/** Does what the record says that System/expansion points to. */
export function expand({ ram, dev }: Uxn): void {
  const short = (bytes: Uint8Array, at: number) =>
    ((bytes[at & 0xffff] as number) << 8) | (bytes[(at + 1) & 0xffff] as number);
  const record = short(dev, 0x02);
  const length = short(ram, record + 1);
  // A bank and an address; typed arrays end behind the last bank.
  const place = (at: number) => short(ram, at) * 0x10000 + short(ram, at + 2);
  const first = place(record + 3);
  if (ram[record] === 0) ram.fill(ram[(record + 7) & 0xffff] as number, first, first + length);
  else ram.copyWithin(place(record + 7), first, first + length);
}

/** The ports of Datetime. */
export class Clock {
  dei(port: number): number {
    const now = new Date();
    switch (port) {
      case 0xc0:
        return now.getFullYear() >> 8;
      case 0xc1:
        return now.getFullYear() & 0xff;
      case 0xc2:
        return now.getMonth();
      case 0xc3:
        return now.getDate();
      case 0xc4:
        return now.getHours();
      case 0xc5:
        return now.getMinutes();
      case 0xc6:
        return now.getSeconds();
      case 0xc7:
        return now.getDay();
      case 0xc8:
        return yearday(now) >> 8;
      case 0xc9:
        return yearday(now) & 0xff;
      default:
        return 0;
    }
  }
}

function yearday(now: Date): number {
  const year = now.getFullYear();
  return (Date.UTC(year, now.getMonth(), now.getDate()) - Date.UTC(year, 0, 1)) / 86_400_000;
}

/** In {@link BLENDS}: the pixel stays as it is. */
const KEEP = 0xff;

/** For each blend the colours of the four values of a sprite's pixel. */
const BLENDS = Array.from({ length: 16 }, (_, blend) =>
  Uint8Array.of(
    blend % 5 === 0 ? KEEP : blend >> 2,
    blend & 3,
    [1, 2, 3, 1][blend & 3] as number,
    [2, 3, 1, 2][blend & 3] as number,
  ),
);

/** The screen: two layers of pixels. The ports keep the position. */
export class Screen {
  readonly #dev: Uint8Array;
  readonly #ram: Uint8Array;
  #width = 512;
  #height = 320;
  #background = new Uint8Array(0);
  #foreground = new Uint8Array(0);

  constructor({ dev, ram }: Uxn) {
    this.#dev = dev;
    this.#ram = ram;
    this.#set(0x22, this.#width);
    this.#set(0x24, this.#height);
    this.#resize(this.#width, this.#height);
  }

  get vector(): number {
    return this.#get(0x20);
  }

  deo(port: number, value: number): void {
    switch (port) {
      case 0x23:
        this.#resize(this.#get(0x22), this.#height);
        break;
      case 0x25:
        this.#resize(this.#width, this.#get(0x24));
        break;
      case 0x2e:
        if (value & 0x80) this.#fill(value);
        else this.#pixel(value);
        break;
      case 0x2f:
        this.#sprites(value);
        break;
    }
  }

  /** What is on the screen, in the colours of the palette. */
  picture() {
    const [width, height] = [this.#width, this.#height];
    const rgba = new Uint8ClampedArray(width * height * 4);
    for (let i = 0; i < width * height; i++) {
      const colour = this.#foreground[i] || this.#background[i] || 0;
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
    return ((this.#dev[port] as number) << 8) | (this.#dev[port + 1] as number);
  }

  #set(port: number, value: number): void {
    this.#dev[port] = value >> 8;
    this.#dev[port + 1] = value;
  }

  #layer(control: number): Uint8Array {
    return control & 0x40 ? this.#foreground : this.#background;
  }

  #resize(width: number, height: number): void {
    const size = width * height;
    const same = width === this.#width && height === this.#height && size === this.#background.length;
    if (same) return;
    this.#width = width;
    this.#height = height;
    this.#background = new Uint8Array(size);
    this.#foreground = new Uint8Array(size);
  }

  #pixel(control: number): void {
    const x = this.#get(0x28);
    const y = this.#get(0x2a);
    const layer = this.#layer(control);
    if (x < this.#width && y < this.#height) layer[y * this.#width + x] = control & 3;
    const auto = this.#dev[0x26] as number;
    if (auto & 1) this.#set(0x28, control & 0x10 ? x - 1 : x + 1);
    if (auto & 2) this.#set(0x2a, control & 0x20 ? y - 1 : y + 1);
  }

  #fill(control: number): void {
    const [left, right] = reach(this.#get(0x28), this.#width, control & 0x10);
    const [top, bottom] = reach(this.#get(0x2a), this.#height, control & 0x20);
    const layer = this.#layer(control);
    for (let y = top; y < bottom; y++) {
      layer.fill(control & 3, y * this.#width + left, y * this.#width + right);
    }
  }

  #sprites(control: number): void {
    const auto = this.#dev[0x26] as number;
    const x = this.#get(0x28);
    const y = this.#get(0x2a);
    const stepX = control & 0x10 ? -8 : 8;
    const stepY = control & 0x20 ? -8 : 8;
    // Crosswise: what moves the position in x lays the extra sprites out in y.
    const extraX = auto & 2 ? stepX : 0;
    const extraY = auto & 1 ? stepY : 0;
    const extraAddr = auto & 4 ? (control & 0x80 ? 16 : 8) : 0;
    let addr = this.#get(0x2c);
    for (let i = 0; i <= auto >> 4; i++) {
      this.#tile(control, addr, x + i * extraX, y + i * extraY);
      addr = (addr + extraAddr) & 0xffff;
    }
    if (auto & 1) this.#set(0x28, x + stepX);
    if (auto & 2) this.#set(0x2a, y + stepY);
    if (auto & 4) this.#set(0x2c, addr);
  }

  #tile(control: number, addr: number, x: number, y: number): void {
    const ram = this.#ram;
    const layer = this.#layer(control);
    const blend = BLENDS[control & 0xf] as Uint8Array;
    const width = this.#width;
    const height = this.#height;
    // Positions are signed.
    const left = (x << 16) >> 16;
    const top = (y << 16) >> 16;
    for (let row = 0; row < 8; row++) {
      const py = top + row;
      if (py >>> 0 >= height) continue;
      const at = addr + (control & 0x20 ? 7 - row : row);
      const low = ram[at] as number;
      const high = control & 0x80 ? (ram[at + 8] as number) : 0;
      const start = py * width;
      for (let column = 0; column < 8; column++) {
        const px = left + column;
        const bit = control & 0x10 ? column : 7 - column;
        const colour = blend[((low >> bit) & 1) | (((high >> bit) & 1) << 1)] as number;
        if (colour !== KEEP && px >>> 0 < width) layer[start + px] = colour;
      }
    }
  }
}

/** The pixels that a fill covers from a position to one edge, or with `flip` to the other. */
function reach(position: number, size: number, flip: number): [number, number] {
  const at = Math.max(0, Math.min(size, (position << 16) >> 16));
  return flip ? [0, at] : [at, size];
}
