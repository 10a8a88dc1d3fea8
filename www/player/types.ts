/** The types of the element's interface. */

/** Where a program comes from: its bytes, a file, or an address, which may be a link that holds the program. */
export type Source = Uint8Array | ArrayBuffer | Blob | URL | string;

/** How to load a program. */
export interface LoadOptions {
  /** Files for it by name, besides those of the attribute `files` and before these. They are given as those are. */
  readonly files?: ReadonlyMap<string, Uint8Array> | undefined;
  /** Gives it up. */
  readonly signal?: AbortSignal | undefined;
}

/** The keys that are buttons: `standard` has those of the specification, `letters` has Z, X, C and V. */
export type KeymapName = "standard" | "letters";

/** Behaviour of the reference emulator, which has changed: as it is, or as it was in 2023. */
export type Edition = "2026" | "2023";

/**
 * What runs programs: functions that tail-call each other, with hot code compiled (`blocks`) or without (`tailcall`), or
 * one loop, for browsers without tail calls (`switch`).
 */
export type Engine = "blocks" | "tailcall" | "switch";

/** Which devices that concern the visitor a program uses. */
export interface Uses {
  readonly console: boolean;
  readonly controller: boolean;
  readonly mouse: boolean;
  /** It has named a file. */
  readonly files: boolean;
}

/** Whether files outlast the page. */
export type Keeping =
  /** The browser keeps them. */
  | "kept"
  /** The browser keeps nothing for this page. */
  | "denied"
  /** The browser has refused to keep the newest, for want of room or for a reason of its own. */
  | "failed";

/**
 * The path of a file: bytes, which are whatever a program has chosen, or text for their UTF-8. Names are separated
 * by `/`.
 */
export type Path = Uint8Array | string;

/** A file or a directory. */
export interface FileEntry {
  /** Bytes by the program, not to be trusted. */
  readonly path: Uint8Array;
  /** Bytes in the file; `undefined` for a directory. */
  readonly size: number | undefined;
  /** Whether it is one that the page has given, and that is not kept. */
  readonly isGiven: boolean;
}

/**
 * The files of a program, which every run of it finds, in whatever player or tab. This view of them ends with `emptied`,
 * and must not be used then.
 */
export interface ProgramStorage {
  readonly keeping: Keeping;
  /** Bytes in all files together. */
  readonly bytes: number;
  /** How many bytes all files together may have. */
  readonly quota: number;
  /** Everything there is, sorted, a directory before what it contains. */
  list(): FileEntry[];
  /** What a file contains: `null` for a directory, `undefined` for nothing. */
  read(path: Path): Uint8Array | null | undefined;
  /**
   * Makes or replaces a file.
   *
   * @throws Error, or text, when no file can have the name, or there is no room.
   */
  write(path: Path, contents: Uint8Array): void;
  /**
   * Makes a directory.
   *
   * @throws As {@link write}.
   */
  createDirectory(path: Path): void;
  /** Deletes a file, or a directory with all that it contains. */
  remove(path: Path): void;
}

/** Why there is no program, or why it has stopped; `code` is one of those of `MediaError`. */
export interface PlayerError {
  /** `ERR_NETWORK`, `ERR_DECODE` or `ERR_SRC_NOT_SUPPORTED`. */
  readonly code: 2 | 3 | 4;
  /** Words for the visitor. */
  readonly message: string;
}

/** {@link PlayerError.code}: the program could not be fetched. */
export const ERR_NETWORK = 2;
/** {@link PlayerError.code}: the emulator itself has failed. */
export const ERR_DECODE = 3;
/** {@link PlayerError.code}: what there is is not a program, or not at an address from which programs are loaded. */
export const ERR_SRC_NOT_SUPPORTED = 4;

/** What the program wrote. */
export interface ConsoleDetail {
  /** Text by the program, not to be trusted. */
  readonly text: string;
  readonly stream: "stdout" | "stderr";
}

/** How the program ended. */
export interface ExitDetail {
  /** 0 to 127; 0 if all is well. */
  readonly code: number;
}

/** The events of the element. None of them bubbles. */
export interface UxnPlayerEventMap {
  /** A program is being loaded. */
  loadstart: Event;
  /** The program is there. */
  loadeddata: Event;
  /** The program has said what it is called. */
  loadedmetadata: Event;
  /** The program has been unloaded, or another one is about to take its place. */
  emptied: Event;
  /** The program is no longer paused. */
  play: Event;
  /** Time passes for the program: after `play`, after a reset, and after `waiting`. */
  playing: Event;
  /** The program has been working on one frame for so long that its picture stands still. */
  waiting: Event;
  /** The program has been paused, has ended (`exit` follows) or has failed (`error` follows). */
  pause: Event;
  /** `volume` or `muted` has changed. */
  volumechange: Event;
  /** The program's screen has another size. */
  resize: Event;
  /** The program has written something. */
  console: CustomEvent<ConsoleDetail>;
  /** The program has ended. */
  exit: CustomEvent<ExitDetail>;
  /** Files of the program have changed: by itself, the page, or another player or tab. */
  filechange: Event;
  /** The program has begun or ceased to use a device. */
  usechange: Event;
  /** Gamepads have been connected or disconnected. */
  gamepadchange: Event;
  /** See `error`. */
  error: Event;
}
