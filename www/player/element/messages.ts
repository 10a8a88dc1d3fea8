/**
 * What a page and `embed.html` in a frame of it say to each other by `postMessage`. The names are those of the
 * element's methods and events.
 *
 *     window.addEventListener("message", ({ source, data }) => {
 *       if (source !== frame.contentWindow || data?.fantail !== 1) return;
 *       if (data.type === "ready") frame.contentWindow.postMessage({ fantail: 1, type: "play" }, "*");
 *       if (data.type === "exit") …
 *     });
 *
 * What is said before `ready` is lost. Whoever has begun to listen too late for that asks for the `state`.
 *
 * The frame hears its parent only, wherever that comes from: whoever embeds a program may as well have it. It speaks
 * to its parent only, and with the target `*`: it cannot know where its parent comes from, and need not. What it says
 * is what the program shows and prints and how it is set, which is the parent's own choice; the program's files, other
 * programs' files and the address of the frame are not in it. What is typed into the frame stays there, unless the
 * program prints it: a program that asks for secrets should not be embedded by somebody else, and its server can
 * forbid that (`frame-ancestors`).
 */

import type { UxnPlayer } from "./element.js";

/** The version of the interface, which every message bears. */
export const VERSION = 1;

/** What a page says to the frame. Messages that are none of these do nothing. */
export type EmbedCommand = {
  readonly fantail: typeof VERSION;
  /** Asks for an {@link EmbedAnswer} of the same `id`. */
  readonly id?: number | string | undefined;
} & (
  | { readonly type: "play" | "pause" | "reset" | "unload" | "endInput" | "screenshot" | "state" }
  | {
      readonly type: "load";
      /** The program, or its address, which is relative to `embed.html`; without it that of the frame's own address. */
      readonly source?: ArrayBuffer | Uint8Array | Blob | string | undefined;
      /** Files for the program, by name. */
      readonly files?: Readonly<Record<string, ArrayBuffer | Uint8Array>> | undefined;
    }
  | { readonly type: "sendInput"; readonly text: string }
  | {
      readonly type: "set";
      /** Values as in the frame's address; `null` is as if there were none. */
      readonly attributes: Readonly<Partial<Record<EmbedAttribute, EmbedValue>>>;
    }
);

/** Attributes of the element that a page may set in the frame, and give in its address. */
export type EmbedAttribute = (typeof EMBED_ATTRIBUTES)[number];

/** See {@link EmbedAttribute}. */
export const EMBED_ATTRIBUTES = [
  ...(["autoplay", "muted", "controls", "background", "volume", "scale", "args", "files"] as const),
  ...(["keymap", "theme", "label", "poster", "edition", "engine", "stats"] as const),
] as const;

/** The value of an attribute. */
export type EmbedValue = string | number | boolean | null;

/** The frame can be spoken to from now on, or something has happened in it. */
export type EmbedEvent = { readonly fantail: typeof VERSION } & (
  | { readonly type: "ready" | "loadstart" | "loadeddata" | "emptied" }
  | { readonly type: "play" | "playing" | "waiting" | "pause" }
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
  /** Why it failed, if it did, in words. */
  readonly error?: string;
  /** The picture that was asked for, as PNG. */
  readonly picture?: ArrayBuffer;
  /** The state that was asked for. */
  readonly state?: EmbedState;
}

/** What the properties of the element are. */
export type EmbedState = Readonly<Pick<UxnPlayer, (typeof EMBED_STATE)[number]>>;

/** See {@link EmbedState}. */
export const EMBED_STATE = [
  ...(["paused", "suspended", "readyState", "error", "exitCode", "metadata", "programName"] as const),
  ...(["volume", "muted", "screenWidth", "screenHeight"] as const),
] as const;

/** What the frame says. */
export type EmbedMessage = EmbedEvent | EmbedAnswer;

/** A message from anywhere as a command, if it is one. */
export function asCommand(data: unknown): EmbedCommand | undefined {
  if (!isRecord(data) || data.fantail !== VERSION) return undefined;
  const { type, id } = data;
  if (id !== undefined && typeof id !== "number" && typeof id !== "string") return undefined;
  const head = { fantail: VERSION, id } as const;
  switch (type) {
    case "play":
    case "pause":
    case "reset":
    case "unload":
    case "endInput":
    case "screenshot":
    case "state":
      return { ...head, type };
    case "load": {
      const { source, files } = data;
      const isSource = source === undefined || typeof source === "string" || source instanceof Blob;
      if (!isSource && !isBytes(source)) return undefined;
      return files === undefined || areFiles(files) ? { ...head, type, source, files } : undefined;
    }
    case "sendInput":
      return typeof data.text === "string" ? { ...head, type, text: data.text } : undefined;
    case "set":
      return isRecord(data.attributes) ? { ...head, type, attributes: onlyOurs(data.attributes) } : undefined;
    default:
      return undefined;
  }
}

type Unknown = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Unknown {
  return typeof value === "object" && value !== null;
}

function isBytes(value: unknown): value is ArrayBuffer | Uint8Array {
  return value instanceof ArrayBuffer || value instanceof Uint8Array;
}

function areFiles(value: unknown): value is Readonly<Record<string, ArrayBuffer | Uint8Array>> {
  return isRecord(value) && Object.values(value).every(isBytes);
}

function onlyOurs(attributes: Unknown): Partial<Record<EmbedAttribute, EmbedValue>> {
  const ours: Partial<Record<EmbedAttribute, EmbedValue>> = {};
  for (const name of EMBED_ATTRIBUTES) {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (value === null || ["string", "number", "boolean"].includes(typeof value)) {
      ours[name] = value as EmbedValue;
    }
  }
  return ours;
}
