/** The module that pages load: it defines `<uxn-player>`. */

import { UxnPlayer } from "./element/element.js";

export type * from "./types.js";
export { ERR_DECODE, ERR_NETWORK, ERR_SRC_NOT_SUPPORTED } from "./types.js";
export { UxnPlayer };

// Another copy on the same page may have been faster.
if (globalThis.customElements && !customElements.get("uxn-player")) {
  customElements.define("uxn-player", UxnPlayer);
}
