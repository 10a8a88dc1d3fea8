/** QR codes. */

import { correction, generate } from "lean-qr";
import { toSvgPath } from "lean-qr/extras/svg";

/** The most that fits into a QR code, in characters. */
export const MAX_QR_LENGTH = 2953;

const SVG = "http://www.w3.org/2000/svg";
/** Modules that stay light around a code, as readers expect. */
const QUIET = 4;

/**
 * The code of an ASCII text, dark on light whatever the page's colours are. It is as small as it can be, with as
 * much error correction as then fits.
 *
 * @param text At most {@link MAX_QR_LENGTH} characters.
 */
export function drawQr(text: string): SVGSVGElement {
  const code = generate(text, { minCorrectionLevel: correction.L });
  const side = code.size + 2 * QUIET;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `${-QUIET} ${-QUIET} ${side} ${side}`);
  svg.setAttribute("shape-rendering", "crispEdges");
  const ground = document.createElementNS(SVG, "rect");
  const rectangle = { x: -QUIET, y: -QUIET, width: side, height: side, fill: "#fff" };
  for (const [name, value] of Object.entries(rectangle)) ground.setAttribute(name, String(value));
  const modules = document.createElementNS(SVG, "path");
  modules.setAttribute("d", toSvgPath(code));
  modules.setAttribute("fill", "#000");
  svg.append(ground, modules);
  // Whole CSS pixels for a module, or the edges blur.
  const scale = Math.max(2, Math.floor(MIN_SIDE / side));
  svg.style.width = `${side * scale}px`;
  return svg;
}

/** CSS pixels of a side, about, of a code that is not large. */
const MIN_SIDE = 200;
