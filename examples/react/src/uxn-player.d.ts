// Tells TypeScript that <uxn-player> may be written in JSX. React 19 sets properties of custom elements, and listens
// to their events as `on` with the event's very name.

import type { UxnPlayer, UxnPlayerEventMap } from "fantail-player";
import type { DetailedHTMLProps, HTMLAttributes } from "react";

type Properties = Partial<
  Pick<
    UxnPlayer,
    | ("src" | "autoplay" | "muted" | "volume" | "controls" | "poster" | "scale" | "args" | "files")
    | ("keymap" | "theme" | "label" | "background" | "stats" | "engine" | "edition" | "page")
  >
>;

type Listeners = {
  [Name in keyof UxnPlayerEventMap as `on${Name}`]?: (event: UxnPlayerEventMap[Name]) => void;
};

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "uxn-player": DetailedHTMLProps<HTMLAttributes<UxnPlayer>, UxnPlayer> & Properties & Listeners;
    }
  }
}
