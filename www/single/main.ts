/** The script of the page that plays one program by itself: `scripts/single.mjs` puts everything into it. */

import "../player/index.js";
