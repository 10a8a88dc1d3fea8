/** The types of the element's interface. */

/** Where a program comes from: its bytes, a file, or an address, which may be a link that holds the program. */
export type Source = Uint8Array | ArrayBuffer | Blob | URL | string;

/** How to load a program. */
export interface LoadOptions {
  /** Gives it up. */
  readonly signal?: AbortSignal | undefined;
}

/** Why there is no program, or why it has stopped; `code` is one of those of `MediaError`. */
export interface PlayerError {
  /** It could not be fetched. */
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
  /** The program has been unloaded. */
  emptied: Event;
  /** The program runs from now on. */
  play: Event;
  /** The program has been paused. */
  pause: Event;
  /** `volume` or `muted` has changed. */
  volumechange: Event;
  /** The program's screen has another size. */
  resize: Event;
  /** The program has written something. */
  console: CustomEvent<ConsoleDetail>;
  /** The program has ended. */
  exit: CustomEvent<ExitDetail>;
  /** Files of the program have changed. */
  filechange: Event;
  /** The program has begun or ceased to use a device. */
  usechange: Event;
  /** Gamepads have been connected or disconnected. */
  gamepadchange: Event;
  /** See `error`. */
  error: Event;
}
