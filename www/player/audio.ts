/// <reference types="vite/client" />
/**
 * Sound: what the computer says will be heard, handed to the audio thread. All players of a page share one
 * `AudioContext`; browsers allow it to sound once the visitor has touched the page or pressed a key.
 */

import { SAMPLE_RATE } from "./playback.js";
import type { Varvara } from "./wasm.js";
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
/** What may be the visitor's first act. A touch allows sound when the finger is lifted. */
const GESTURES = ["pointerdown", "pointerup", "keydown"] as const;

let shared: Promise<AudioContext> | undefined;

/** The page's context with our module in it. After a failure the next call tries again. */
function openContext(): Promise<AudioContext> {
  if (!shared) {
    shared = createContext();
    shared.catch(() => {
      shared = undefined;
    });
  }
  return shared;
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
    throw new Error("a part of the player could not be loaded.", { cause });
  }
  return context;
}

/** The sound of one player. */
export class Sound {
  readonly #report: (problem: string | undefined) => void;
  #isStarted = false;
  #isClosed = false;
  #isOpening = false;
  #context: AudioContext | undefined;
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
   * @param report Is called with words for the visitor when there can be no sound, and with nothing when it
   *   has come after all.
   * @param signal Ends everything.
   */
  constructor(report: (problem: string | undefined) => void, signal: AbortSignal) {
    this.#report = report;
    const wake = () => void this.#wake();
    for (const gesture of GESTURES) document.addEventListener(gesture, wake, { capture: true, signal });
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
    if (navigator.userActivation?.hasBeenActive) void this.#wake();
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
    if (!this.#canPlay || (!isSounding && this.#isSilent && parts.length === 0)) return;
    if (isSounding) parts.push(varvara.sound(PREDICTION));
    this.#isSilent = !isSounding;
    const samples = joined(parts);
    this.#post({ time, now, samples, isLast: !isSounding }, [samples.buffer]);
  }

  /** Silence, after a short fade. What was kept is not handed over any more: the next program has another time. */
  stop(): void {
    this.#time = undefined;
    this.#parts = [];
    if (this.#isSilent) return;
    this.#isSilent = true;
    this.#post("stop");
  }

  get #canPlay(): boolean {
    return this.#context?.state === "running";
  }

  #post(message: SoundMessage, transfer: Transferable[] = []): void {
    this.#node?.port.postMessage(message, transfer);
  }

  /** Gets or continues the context; to be called while the browser takes it for an act of the visitor's. */
  async #wake(): Promise<void> {
    if (!this.#isStarted || this.#isClosed || this.#isOpening) return;
    if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return;
    if (this.#context?.state === "running") return;
    this.#isOpening = true;
    try {
      this.#context ??= await this.#open();
      this.#resume(this.#context).catch(() => {}); // It has been closed.
    } catch (error) {
      this.#report(error instanceof Error ? error.message : String(error));
    } finally {
      this.#isOpening = false;
    }
  }

  async #open(): Promise<AudioContext> {
    const context = await openContext();
    if (this.#isClosed) return context;
    this.#gain = new GainNode(context, { gain: this.#level });
    this.#node = new AudioWorkletNode(context, "fantail", { numberOfInputs: 0, outputChannelCount: [2] });
    this.#node.connect(this.#gain).connect(context.destination);
    return context;
  }

  async #resume(context: AudioContext): Promise<void> {
    // Where it is not allowed, or there is no device, the answer may never come.
    const late = setTimeout(() => this.#report("the browser does not play any for this page."), START_MS);
    await context.resume().finally(() => clearTimeout(late));
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
