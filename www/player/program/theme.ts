/**
 * The page's colours for programs, which look for them in the file `.theme`: from the attribute `theme`, or from the
 * custom properties `--uxn-color-0` to `--uxn-color-3`.
 *
 * Colours are the browser's business: an invisible element has them on the four sides of its border, so they may be
 * whatever CSS knows as colours, and is asked what they have come to. Another one tells when they change, whatever
 * the cause, be it dark mode, a class on an element around or a style sheet: by a transition of its border.
 */

import { warnOnce } from "../page/warn.js";

/** System/r, g and b as hexadecimal numbers, each with a digit for each of the four colours. */
const WORDS = /^[0-9a-f]{4}(\s+[0-9a-f]{4}){2}$/i;

const PROPERTIES = [0, 1, 2, 3].map((number) => `--uxn-color-${number}`);

/**
 * The bytes of the file `.theme` for an element. Nothing if it says nothing of colours, or nothing that can be
 * understood, of which the browser's console tells. How opaque colours are does not matter.
 */
export function themeOf(element: HTMLElement): Uint8Array<ArrayBuffer> | undefined {
  const attribute = attributeOf(element);
  if (WORDS.test(attribute)) return fromWords(attribute);
  if (areFour(attribute)) return resolve(element, attribute);
  if (attribute) warnOnce(`theme="${attribute}" is neither three hexadecimal words nor four colours.`);
  const style = getComputedStyle(element);
  const values = PROPERTIES.map((name) => style.getPropertyValue(name).trim());
  if (values.includes("")) return undefined;
  const colours = values.join(" ");
  if (areFour(colours)) return resolve(element, colours);
  warnOnce(`${PROPERTIES.join(", ")} are not four colours: ${colours}`);
  return undefined;
}

/**
 * Tells the theme of an element, now and when it changes. That is noticed while the element is displayed.
 *
 * @param signal Ends it.
 * @returns Looks for a change: to be called when the attribute has changed, and when the element is displayed again.
 */
export function watchTheme(
  element: HTMLElement,
  signal: AbortSignal,
  changed: (theme: Uint8Array<ArrayBuffer> | undefined) => void,
): () => void {
  const probe = appendProbe(element);
  probe.style.transition = "border-color 1ms";
  let known: string | undefined;
  const check = () => {
    const attribute = attributeOf(element);
    probe.style.borderColor = areFour(attribute)
      ? attribute
      : PROPERTIES.map((name) => `var(${name}, transparent)`).join(" ");
    const theme = themeOf(element);
    if (String(theme) === known) return;
    known = String(theme);
    changed(theme);
  };
  probe.addEventListener("transitionrun", check, { signal });
  signal.addEventListener("abort", () => probe.remove());
  check();
  return check;
}

function attributeOf(element: HTMLElement): string {
  return element.getAttribute("theme")?.trim() ?? "";
}

/** Whether a text is four colours, and not fewer, of which a border would make four. */
function areFour(text: string): boolean {
  const isBorder = (value: string) => CSS.supports("border-color", value);
  return isBorder(text) && !isBorder(`${text} red`) && !CSS.supports("color", text);
}

function fromWords(words: string): Uint8Array<ArrayBuffer> {
  return bytesOf(words.split(/\s+/).map((word) => Number.parseInt(word, 16)));
}

/** What is written to ports, as in a file. */
function bytesOf(ports: readonly number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(ports.flatMap((port) => [port >> 8, port & 0xff]));
}

/** What four colours come to in an element: 4 bits for each of red, green and blue. */
function resolve(element: HTMLElement, colours: string): Uint8Array<ArrayBuffer> | undefined {
  const probe = appendProbe(element);
  probe.style.borderColor = colours;
  const computed = getComputedStyle(probe);
  const { borderTopColor, borderRightColor, borderBottomColor, borderLeftColor } = computed;
  const ports = [0, 0, 0];
  for (const colour of [borderTopColor, borderRightColor, borderBottomColor, borderLeftColor]) {
    // Whatever it is of, this makes it one of sRGB.
    probe.style.color = `color-mix(in srgb, ${colour}, ${colour})`;
    const [, ...channels] = computed.color.match(/^color\(srgb (\S+) (\S+) ([^\s)]+)/) ?? [];
    channels.forEach((text, index) => {
      // A channel may be missing (`none`), or beyond what sRGB has.
      const channel = Math.min(1, Math.max(0, Number(text) || 0));
      ports[index] = ((ports[index] ?? 0) << 4) | Math.round(channel * 15);
    });
  }
  probe.remove();
  // The style of an element that is not in a page is empty.
  if (borderTopColor === "") return undefined;
  return bytesOf(ports);
}

/** An invisible element that has an element's colours. */
function appendProbe(element: HTMLElement): HTMLElement {
  const probe = document.createElement("span");
  Object.assign(probe.style, {
    position: "absolute",
    visibility: "hidden",
    // With colours that the visitor has forced upon the page we would see those.
    forcedColorAdjust: "none",
  });
  (element.shadowRoot ?? element).append(probe);
  return probe;
}
