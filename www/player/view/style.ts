/** Style sheets for shadow roots to adopt: security policies that forbid inline styles allow them. */

import pad from "./pad.css?inline";
import player from "./player.css?inline";

/** A style sheet that is made once for each document, as a document adopts only its own. */
export class SharedSheet {
  readonly #css: string;
  readonly #sheets = new WeakMap<Document, CSSStyleSheet>();

  constructor(css: string) {
    this.#css = css;
  }

  /** Has a shadow root adopt it, besides what that has already. */
  style(root: ShadowRoot): void {
    const { ownerDocument } = root;
    // Without a window nothing is shown.
    if (!ownerDocument.defaultView) return;
    let sheet = this.#sheets.get(ownerDocument);
    if (!sheet) {
      sheet = new ownerDocument.defaultView.CSSStyleSheet();
      sheet.replaceSync(this.#css);
      this.#sheets.set(ownerDocument, sheet);
    }
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  }
}

/** The style of the player's parts. */
export const playerSheet = new SharedSheet(pad + player);
