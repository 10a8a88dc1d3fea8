/** Making elements, without markup: what strict security policies allow, and nothing of which text can become part. */

/** What {@link make} sets: properties of the element, and attributes that have none. */
type Settings<E extends HTMLElement> = Partial<Omit<E, "style" | "dataset" | "classList" | "part">> & {
  readonly part?: string;
};

/** An element with properties and children. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { part, ...properties }: Settings<HTMLElementTagNameMap[Tag]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  Object.assign(element, properties);
  if (part) element.setAttribute("part", part);
  element.append(...children);
  return element;
}

/**
 * The place of a pointer in the element that has its events, from the corner inside of the border, in CSS pixels of that
 * element: however it is turned, mirrored, enlarged or seen in perspective, and also when the pointer is outside.
 */
export function placeIn(element: Element, { offsetX, offsetY }: MouseEvent): { x: number; y: number } {
  // Browsers leave transforms out of account, and the property `zoom` not.
  const zoom = element.currentCSSZoom ?? 1;
  return { x: offsetX / zoom, y: offsetY / zoom };
}

/** The shapes of the icons, as paths in a square of 20 units. Those named twice are for the two states of a button. */
const ICONS = {
  play: "M6 3.5v13l10.5-6.5z",
  pause: "M5.5 4h3v12h-3zM11.5 4h3v12h-3z",
  reset: "M15.5 6.5A6.5 6.5 0 1 0 16.4 11M16 2.5v4.2h-4.2",
  sound: "M2.5 7.5h3l4-3.5v12l-4-3.5h-3zM12.5 7.5q1.8 2.5 0 5M14.8 5.2q3.6 4.8 0 9.6",
  mute: "M2.5 7.5h3l4-3.5v12l-4-3.5h-3zM13 7.8l4.4 4.4M17.4 7.8L13 12.2",
  console: "M2.5 4h15v12h-15zM5.5 7.5l2.5 2.5-2.5 2.5M10 12.5h4",
  keyboard: "M2 5.5h16v9H2zM5 8.5h.1M8.3 8.5h.1M11.6 8.5h.1M15 8.5h.1M6.5 11.7h7",
  pad: "M6.5 6h7a4 4 0 0 1 0 8h-7a4 4 0 0 1 0-8zM6.7 8.3v3.4M5 10h3.4M12.3 11h.1M14.2 9h.1",
  camera: "M2.5 6.5h3.6l1.3-2h5.2l1.3 2h3.6v9h-15zM10 8.2a2.6 2.6 0 1 0 .01 0",
  share: "M10 12.5V3M6.7 5.8L10 2.5l3.3 3.3M5.5 9.5h-2v8h13v-8h-2",
  fullscreen: "M3 7.5V3h4.5M12.5 3H17v4.5M17 12.5V17h-4.5M7.5 17H3v-4.5",
  shrink: "M7.5 3v4.5H3M17 7.5h-4.5V3M12.5 17v-4.5H17M3 12.5h4.5V17",
  close: "M5 5l10 10M15 5L5 15",
} as const;

/** The name of an icon. */
export type IconName = keyof typeof ICONS;

const SVG = "http://www.w3.org/2000/svg";

/** An icon, of the colour and the size of the text around it. */
export function icon(name: IconName): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Hands a file to the visitor. */
export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  make("a", { href: url, download: name }).click();
  // The browser needs a while to begin.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
