/** The picture: a canvas whose pixels are whole numbers of the display's pixels. */

import type { Varvara } from "./wasm.js";

/** A canvas in the middle of an element, as large as fits. */
export class Screen {
  readonly canvas: HTMLCanvasElement;
  readonly #room: HTMLElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #resized: (width: number, height: number) => void;
  #image: ImageData | undefined;
  #scale: number | undefined;

  /**
   * @param room The element to fill. It must be positioned, and its size must not follow from the canvas.
   * @param signal Ends the watching of sizes.
   * @param resized Is told the size of the program's screen when it has changed.
   */
  constructor(room: HTMLElement, signal: AbortSignal, resized: (width: number, height: number) => void) {
    this.#room = room;
    this.#resized = resized;
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("part", "canvas");
    this.canvas.width = 0; // Nothing to be seen before the first picture.
    this.canvas.height = 0;
    this.canvas.style.position = "absolute";
    this.canvas.style.userSelect = "none";
    const context = this.canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("This browser has no 2D canvas.");
    this.#context = context;
    room.append(this.canvas);

    const observer = new ResizeObserver(() => this.#fit());
    observer.observe(room);
    signal.addEventListener("abort", () => observer.disconnect());
    // The room may move without changing its size, and a display may have other pixels.
    window.addEventListener("resize", () => this.#fit(), { signal });
    const watchRatio = () => {
      this.#fit();
      const query = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
      query.addEventListener("change", watchRatio, { once: true, signal });
    };
    watchRatio();
    this.canvas.addEventListener("contextrestored", () => this.#put(), { signal });
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

  /** The pixel of the screen under a point of the window; the nearest one if the point is outside. */
  pixelAt(clientX: number, clientY: number): { x: number; y: number } {
    const { width, height } = this.canvas;
    const box = this.canvas.getBoundingClientRect();
    const x = Math.floor(((clientX - box.left) * width) / box.width);
    const y = Math.floor(((clientY - box.top) * height) / box.height);
    return { x: clamp(x, width), y: clamp(y, height) };
  }

  #put(): void {
    if (this.#image) this.#context.putImageData(this.#image, 0, 0);
  }

  #fit(): void {
    const { width, height, style } = this.canvas;
    const room = this.#room.getBoundingClientRect();
    const ratio = window.devicePixelRatio;
    const largest = integerScale(width, height, room.width * ratio, room.height * ratio);
    const scale = Math.min(
      largest,
      Math.max(1, Math.round((this.#scale ?? Number.POSITIVE_INFINITY) * ratio)),
    );
    style.width = `${(width * scale) / ratio}px`;
    style.height = `${(height * scale) / ratio}px`;
    // Edges between the display's pixels would blur the picture.
    const align = (edge: number, free: number) => Math.round((edge + free / 2) * ratio) / ratio - edge;
    style.left = `${align(room.left, room.width - (width * scale) / ratio)}px`;
    style.top = `${align(room.top, room.height - (height * scale) / ratio)}px`;
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
