/** Runs in the browser's audio thread: a module of its own, in which there is no page. */

import { Playback, type Prediction } from "./playback.js";

/** What the page sends: a prediction, an end with a short fade, or the end of the player. */
export type SoundMessage = Prediction | "stop" | "close";

// The scope of a worklet, which TypeScript's libraries do not have.
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, type: new () => AudioWorkletProcessor): void;

class Processor extends AudioWorkletProcessor {
  readonly #playback = new Playback(sampleRate);
  #isOpen = true;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<SoundMessage>) => {
      if (typeof data === "object") this.#playback.push(data);
      else this.#playback.stop();
      if (data === "close") this.#isOpen = false;
    };
  }

  /** The browser asks for the next samples; false ends it. */
  process(_: unknown, [output]: readonly (readonly Float32Array[])[]): boolean {
    const [left, right] = output ?? [];
    if (left && right) this.#playback.play(left, right);
    return this.#isOpen || this.#playback.isPlaying;
  }
}

registerProcessor("fantail", Processor);
