/// <reference types="vite/client" />
/**
 * Sound: what the computer says will be heard, handed to the audio thread. All players of a page share one
 * `AudioContext`; browsers allow it to sound once the visitor has touched the page or pressed a key.
 */

import type { Varvara } from "../emulator/wasm.js";
import type { OwnerDocument } from "../page/owner.js";
import { explain } from "../page/policy.js";
import { SAMPLE_RATE } from "./playback.js";
import type { SoundMessage } from "./worklet.js";
import workletUrl from "./worklet.ts?worker&url";

/** How far ahead the computer is asked, in samples: what sounds on while the page is blocked. */
const PREDICTION = 0.25 * SAMPLE_RATE;
/** Samples in a frame of the program. */
const FRAME = SAMPLE_RATE / 60;
/** Seconds in which the volume comes two thirds of its way, so that it does not click. */
const VOLUME_SECONDS = 0.01;
/** A browser that has not begun to play after this time in milliseconds has no loudspeakers for us. */
const START_MS = 3000;
/** After this time in milliseconds without anything to be heard the loudspeakers rest. Waking them takes a moment. */
const SILENCE_MS = 10_000;
/** What may be the visitor's first act. A touch allows sound when the finger is lifted. */
const GESTURES = ["pointerdown", "pointerup", "keydown"] as const;

/** The page's context, which is suspended while no player is to be heard: a running one costs power. */
class Output {
  static #shared: Promise<Output> | undefined;

  readonly context: AudioContext;
  readonly #sounding = new Set<Sound>();
  #isWanted = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(context: AudioContext) {
    this.context = context;
    // A phone interrupts it for a call. Where this is too early, the visitor's next act is not.
    context.addEventListener("statechange", () => {
      if (this.#isWanted && context.state !== "running") context.resume().catch(() => {});
    });
  }

  /** The one that all players share. After a failure the next call tries again. */
  static open(): Promise<Output> {
    if (!Output.#shared) {
      Output.#shared = createContext().then((context) => new Output(context));
      Output.#shared.catch(() => {
        Output.#shared = undefined;
      });
    }
    return Output.#shared;
  }

  /** Whether it runs, or has been asked to. */
  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** Has it run until all have been silent for a while. Where it may not, the promise may never be resolved. */
  wake(): Promise<void> {
    this.#isWanted = true;
    this.#await();
    return this.context.resume();
  }

  /** Says whether a player is to be heard. */
  setSounding(sound: Sound, isSounding: boolean): void {
    if (isSounding === this.#sounding.has(sound)) return;
    if (isSounding) this.#sounding.add(sound);
    else this.#sounding.delete(sound);
    this.#await();
  }

  #await(): void {
    clearTimeout(this.#timer);
    if (this.#sounding.size > 0 || !this.#isWanted) return;
    this.#timer = setTimeout(() => {
      this.#isWanted = false;
      this.context.suspend().catch(() => {});
    }, SILENCE_MS);
  }
}

async function createContext(): Promise<AudioContext> {
  if (!globalThis.AudioContext) throw new Error("this browser has none for programs.");
  if (!globalThis.isSecureContext) throw new Error("browsers play programs' sound on pages with https only.");
  if (!globalThis.AudioWorkletNode) throw new Error("this browser is too old.");
  const context = new AudioContext({ latencyHint: "interactive" });
  try {
    await context.audioWorklet.addModule(workletUrl);
  } catch (cause) {
    void context.close();
    throw new Error(await explain(import.meta.url, "a part of the player could not be loaded."), { cause });
  }
  return context;
}

/** The sound of one player. */
export class Sound {
  readonly #report: (problem: string | undefined) => void;
  readonly #owner: OwnerDocument;
  #isStarted = false;
  #isClosed = false;
  #isOpening = false;
  #isWaking = false;
  /** Whether the program has been heard since it was started. */
  #hasSounded = false;
  #output: Output | undefined;
  #node: AudioWorkletNode | undefined;
  #gain: GainNode | undefined;
  /** Whether the audio thread has been told that there is silence. */
  #isSilent = true;
  /** What {@link keep} has kept, and the time of its beginning. */
  #parts: Int16Array[] = [];
  #time: number | undefined;
  #volume = 1;
  #muted = false;

  /**
   * @param owner The document in which the visitor acts.
   * @param report Is called with words for the visitor when there can be no sound, and with nothing when it
   *   has come after all.
   * @param signal Ends everything.
   */
  constructor(owner: OwnerDocument, report: (problem: string | undefined) => void, signal: AbortSignal) {
    this.#owner = owner;
    this.#report = report;
    // A program that has never been heard does not keep the loudspeakers awake.
    const wake = () => {
      if (!this.#output || this.#output.isWanted || this.#hasSounded) void this.#wake();
    };
    owner.follow(({ document }, stay) => {
      for (const gesture of GESTURES) {
        document.addEventListener(gesture, wake, { capture: true, signal: AbortSignal.any([signal, stay]) });
      }
    });
    signal.addEventListener("abort", () => this.#close());
  }

  /** 0 to 1. */
  get volume(): number {
    return this.#volume;
  }

  set volume(volume: number) {
    this.#volume = volume;
    this.#setGain();
  }

  get muted(): boolean {
    return this.#muted;
  }

  set muted(muted: boolean) {
    this.#muted = muted;
    this.#setGain();
  }

  /** A program is about to run: from now on the visitor's acts start the sound. */
  start(): void {
    this.#isStarted = true;
    this.#hasSounded = false;
    if (this.#hasBeenActive) void this.#wake();
  }

  /** Keeps what is heard during a frame, before its time passes: for those that are followed by another at once. */
  keep(varvara: Varvara): void {
    if (!this.#canPlay || (!varvara.isSounding && this.#isSilent && this.#parts.length === 0)) return;
    this.#time ??= varvara.soundTime;
    this.#parts.push(varvara.sound(FRAME));
  }

  /** Hands over what has been kept, and what will be heard after the newest frame. */
  play(varvara: Varvara): void {
    const { soundTime: now, isSounding } = varvara;
    const time = this.#time ?? now;
    const parts = this.#parts;
    this.#time = undefined;
    this.#parts = [];
    this.#hear(isSounding && this.#level > 0);
    if (!this.#canPlay || (!isSounding && this.#isSilent && parts.length === 0)) return;
    if (isSounding) parts.push(varvara.sound(PREDICTION));
    this.#isSilent = !isSounding;
    const samples = joined(parts);
    this.#post({ time, now, samples, isLast: !isSounding }, [samples.buffer]);
  }

  /** Silence, after a short fade. What was kept is not handed over any more: the next program has another time. */
  stop(): void {
    this.#isStarted = false;
    this.#output?.setSounding(this, false);
    this.#time = undefined;
    this.#parts = [];
    if (this.#isSilent) return;
    this.#isSilent = true;
    this.#post("stop");
  }

  get #canPlay(): boolean {
    return this.#output?.context.state === "running";
  }

  #post(message: SoundMessage, transfer: Transferable[] = []): void {
    this.#node?.port.postMessage(message, transfer);
  }

  /** Whether the visitor has done something here, or in the page around; not every browser can say. */
  get #hasBeenActive(): boolean | undefined {
    const activations = [window, this.#owner.window].map(({ navigator }) => navigator.userActivation);
    return activations[0] && activations.some((activation) => activation?.hasBeenActive);
  }

  #hear(isAudible: boolean): void {
    this.#output?.setSounding(this, isAudible);
    if (!isAudible) return;
    this.#hasSounded = true;
    if (this.#output && !this.#canPlay && !this.#isWaking) void this.#wake();
  }

  /** Gets or continues the context; at first while the browser takes it for an act of the visitor's. */
  async #wake(): Promise<void> {
    if (!this.#isStarted || this.#isClosed || this.#isOpening) return;
    if (this.#hasBeenActive === false) return;
    this.#isOpening = true;
    try {
      this.#output ??= await this.#open();
      // It may have been paused meanwhile, and the context closed.
      if (this.#isStarted && !this.#isClosed) this.#resume(this.#output).catch(() => {});
    } catch (error) {
      this.#report(error instanceof Error ? error.message : String(error));
    } finally {
      this.#isOpening = false;
    }
  }

  async #open(): Promise<Output> {
    const output = await Output.open();
    const { context } = output;
    if (this.#isClosed) return output;
    this.#gain = new GainNode(context, { gain: this.#level });
    this.#node = new AudioWorkletNode(context, "fantail", { numberOfInputs: 0, outputChannelCount: [2] });
    this.#node.connect(this.#gain).connect(context.destination);
    return output;
  }

  async #resume(output: Output): Promise<void> {
    this.#isWaking = true;
    // Where it is not allowed, or there is no device, the answer may never come.
    const late = setTimeout(() => this.#report("the browser does not play any for this page."), START_MS);
    try {
      await output.wake();
    } finally {
      clearTimeout(late);
      this.#isWaking = false;
    }
    this.#report(undefined);
  }

  get #level(): number {
    return this.#muted ? 0 : this.#volume;
  }

  #setGain(): void {
    this.#gain?.gain.setTargetAtTime(this.#level, this.#gain.context.currentTime, VOLUME_SECONDS);
  }

  #close(): void {
    this.#isClosed = true;
    this.#output?.setSounding(this, false);
    this.#post("close");
    const nodes = [this.#node, this.#gain];
    // After the fade.
    setTimeout(() => {
      for (const node of nodes) node?.disconnect();
    }, 100);
  }
}

function joined(parts: readonly Int16Array[]): Int16Array<ArrayBuffer> {
  const samples = new Int16Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    samples.set(part, end);
    end += part.length;
  }
  return samples;
}
