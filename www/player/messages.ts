/**
 * What a page and `embed.html` in a frame of it say to each other by `postMessage`. The names are those of the
 * element's methods and events.
 *
 *     frame.contentWindow.postMessage({ fantail: 1, type: "play" }, "*");
 *     window.addEventListener("message", ({ source, data }) => {
 *       if (source === frame.contentWindow && data?.fantail === 1 && data.type === "exit") …
 *     });
 *
 * The frame hears its parent only, wherever that comes from: whoever embeds a program may as well have it. It answers
 * with the target `*`, as under `sandbox="allow-scripts"` it is of no origin and may not know its parent's. What it
 * says is what the program shows and prints, of which the parent has brought the program; it has nothing else.
 */

/** The version of the interface, which every message bears. */
export const VERSION = 1;

/** What a page says to the frame. Messages that are none of these do nothing. */
export type EmbedCommand = {
  readonly fantail: typeof VERSION;
  /** Asks for an {@link EmbedAnswer} of the same `id`. */
  readonly id?: number | string | undefined;
} & (
  | { readonly type: "play" | "pause" | "reset" | "unload" | "endInput" | "screenshot" }
  /** The bytes of a program, or its address; without either that of `src`. */
  | { readonly type: "load"; readonly source?: ArrayBuffer | Uint8Array | string | undefined }
  | { readonly type: "sendInput"; readonly text: string }
  /** Sets attributes of the element, or with `null` takes them away. */
  | { readonly type: "set"; readonly attributes: Readonly<Partial<Record<EmbedAttribute, string | null>>> }
);

/** Attributes of the element that a page may set in the frame, and give in its address. */
export type EmbedAttribute = (typeof EMBED_ATTRIBUTES)[number];

/** See {@link EmbedAttribute}. */
export const EMBED_ATTRIBUTES = [
  ...(["autoplay", "muted", "controls", "background"] as const),
  ...([
    "volume",
    "scale",
    "args",
    "files",
    "keymap",
    "theme",
    "label",
    "poster",
    "edition",
    "engine",
  ] as const),
] as const;

/** The frame can be spoken to from now on, or something has happened in it. */
export type EmbedEvent = { readonly fantail: typeof VERSION } & (
  | { readonly type: "ready" | "loadstart" | "loadeddata" | "emptied" | "play" | "pause" }
  | { readonly type: "loadedmetadata"; readonly metadata: readonly string[] }
  | { readonly type: "volumechange"; readonly volume: number; readonly muted: boolean }
  /** The size of the program's screen, in its pixels. */
  | { readonly type: "resize"; readonly width: number; readonly height: number }
  | { readonly type: "console"; readonly text: string; readonly stream: "stdout" | "stderr" }
  | { readonly type: "exit"; readonly code: number }
  | { readonly type: "error"; readonly code: number; readonly message: string }
);

/** What has come of a command that had an `id`. */
export interface EmbedAnswer {
  readonly fantail: typeof VERSION;
  readonly type: "answer";
  readonly id: number | string;
  /** Why it failed, if it did. */
  readonly error?: string;
  /** The picture that was asked for, as PNG. */
  readonly picture?: ArrayBuffer;
}

/** What the frame says. */
export type EmbedMessage = EmbedEvent | EmbedAnswer;

/** A message from anywhere as a command, if it is one. */
export function asCommand(data: unknown): EmbedCommand | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const message = data as Record<string, unknown>;
  if (message.fantail !== VERSION) return undefined;
  const { type, id } = message;
  if (id !== undefined && typeof id !== "number" && typeof id !== "string") return undefined;
  switch (type) {
    case "play":
    case "pause":
    case "reset":
    case "unload":
    case "endInput":
    case "screenshot":
      return { fantail: VERSION, id, type };
    case "load": {
      const { source } = message;
      const isSource =
        source === undefined ||
        typeof source === "string" ||
        source instanceof ArrayBuffer ||
        source instanceof Uint8Array;
      return isSource ? { fantail: VERSION, id, type, source } : undefined;
    }
    case "sendInput":
      return typeof message.text === "string"
        ? { fantail: VERSION, id, type, text: message.text }
        : undefined;
    case "set": {
      const { attributes } = message;
      if (typeof attributes !== "object" || attributes === null) return undefined;
      return { fantail: VERSION, id, type, attributes: onlyOurs(attributes as Record<string, unknown>) };
    }
    default:
      return undefined;
  }
}

function onlyOurs(
  attributes: Readonly<Record<string, unknown>>,
): Partial<Record<EmbedAttribute, string | null>> {
  const ours: Partial<Record<EmbedAttribute, string | null>> = {};
  for (const name of EMBED_ATTRIBUTES) {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (typeof value === "string" || value === null) ours[name] = value;
  }
  return ours;
}
