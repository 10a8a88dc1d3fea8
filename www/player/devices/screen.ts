/** The picture: a canvas whose pixels are whole numbers of the display's pixels. */

import type { Varvara } from "../emulator/wasm.js";
import { placeIn } from "../page/dom.js";
import type { OwnerDocument, OwnerWindow } from "../page/owner.js";

/** A canvas in the middle of an element, as large as fits. */
export class Screen {
  readonly canvas: HTMLCanvasElement;
  readonly #room: HTMLElement;
  readonly #owner: OwnerDocument;
  readonly #context: CanvasRenderingContext2D;
  readonly #resized: (width: number, height: number) => void;
  #image: ImageData | undefined;
  #scale: number | undefined;
  /** Of the room, in its own CSS pixels. */
  #size = { width: 0, height: 0 };
  /** The side of a pixel of the program, in the same. */
  #pixel = 1;

  /**
   * @param room The element to fill. It must be positioned, and its size must not follow from the canvas.
   * @param owner The document of the element.
   * @param resized Is told the size of the program's screen when it has changed.
   */
  constructor(room: HTMLElement, owner: OwnerDocument, resized: (width: number, height: number) => void) {
    this.#room = room;
    this.#owner = owner;
    this.#resized = resized;
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("part", "canvas");
    this.canvas.width = 0; // Nothing to be seen before the first picture.
    this.canvas.height = 0;
    // Where a pixel is follows from the size alone: no page adds to it.
    Object.assign(this.canvas.style, { position: "absolute", padding: "0", border: "0", userSelect: "none" });
    const context = this.canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("This browser has no 2D canvas.");
    this.#context = context;
    room.append(this.canvas);

    // What it tells does not depend on transforms, which may be on their way to another. In pixels of the display it
    // has another size with another `zoom`, too. The room may also move without changing its size.
    owner.watchSize(room, "device-pixel-content-box", (entry) => {
      this.#size = entry?.contentRect ?? this.#size;
      this.#fit();
    });
    owner.follow((window, signal) => this.#watchRatio(window, signal));
    this.canvas.addEventListener("contextrestored", () => this.#put());
  }

  /**
   * How many CSS pixels wide a pixel is, at most: less if there is no room for it. Without it as many as there is
   * room for.
   */
  set scale(scale: number | undefined) {
    this.#scale = scale;
    this.#fit();
  }

  /** Shows the computer's picture. */
  present(varvara: Varvara): void {
    const { width, height } = varvara;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.#image = undefined;
      this.#resized(width, height);
      this.#fit();
    }
    if (width === 0 || height === 0) return;
    this.#image ??= this.#context.createImageData(width, height);
    varvara.drawInto(this.#image.data);
    this.#put();
  }

  /** The pixel of the screen under the pointer of one of the canvas's events; the nearest one if it is outside. */
  pixelAt(event: MouseEvent): { x: number; y: number } {
    const { width, height } = this.canvas;
    const { x, y } = placeIn(this.canvas, event);
    return { x: clamp(Math.floor(x / this.#pixel), width), y: clamp(Math.floor(y / this.#pixel), height) };
  }

  /** A display may have other pixels. */
  #watchRatio(window: OwnerWindow, signal: AbortSignal): void {
    this.#fit();
    const query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    query.addEventListener("change", () => this.#watchRatio(window, signal), { once: true, signal });
  }

  #put(): void {
    if (this.#image) this.#context.putImageData(this.#image, 0, 0);
  }

  #fit(): void {
    const { width, height, style } = this.canvas;
    const room = this.#size;
    const zoom = this.#room.currentCSSZoom ?? 1;
    const ratio = this.#owner.window.devicePixelRatio * zoom;
    const largest = integerScale(width, height, room.width * ratio, room.height * ratio);
    const scale = Math.min(
      largest,
      Math.max(1, Math.round((this.#scale ?? Number.POSITIVE_INFINITY) * ratio)),
    );
    this.#pixel = scale / ratio;
    style.width = `${width * this.#pixel}px`;
    style.height = `${height * this.#pixel}px`;
    // Edges between the display's pixels would blur the picture. Under a transform this does nothing, and no harm.
    const box = this.#room.getBoundingClientRect();
    const align = (edge: number, free: number) =>
      `${Math.round((edge / zoom + free / 2) * ratio) / ratio - edge / zoom}px`;
    style.left = align(box.left, room.width - width * this.#pixel);
    style.top = align(box.top, room.height - height * this.#pixel);
    style.imageRendering = scale >= 1 ? "pixelated" : "auto";
  }
}

/**
 * The largest whole number by which a picture can be enlarged inside a room, in the same pixels; a
 * fraction if the picture is larger than the room.
 */
export function integerScale(width: number, height: number, roomWidth: number, roomHeight: number): number {
  const scale = Math.min(roomWidth / Math.max(1, width), roomHeight / Math.max(1, height));
  // A room of 1024 pixels may measure 1023.99 in fractions of CSS pixels.
  return scale >= 1 ? Math.floor(scale + 0.001) : scale;
}

function clamp(value: number, size: number): number {
  return Number.isFinite(value) ? Math.max(0, Math.min(size - 1, value)) : 0;
}
