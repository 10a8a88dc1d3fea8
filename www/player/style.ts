/** The style of the player's parts, made once for all players of a page. */

import pad from "./pad.css?inline";
import player from "./player.css?inline";

let sheet: CSSStyleSheet | undefined;

/** The style sheet, for shadow roots to adopt: security policies that forbid inline styles allow it. */
export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(pad + player);
  }
  return sheet;
}
