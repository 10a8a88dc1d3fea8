/**
 * What the emulator says will be heard, at the rate of the loudspeakers.
 *
 * The emulator counts time in samples, 44100 a second, and at each frame of the program it says how it goes on
 * from there if nothing happens: a prediction of some hundred milliseconds, which the next one corrects. Played
 * is what lies a little behind the newest frame, so that a new note is there before its time comes. While
 * the page is blocked the prediction goes on, and where it ends it fades out.
 */

/** The emulator's samples per second. */
export const SAMPLE_RATE = 44100;
/** How far playing is behind the newest frame, in samples: frames come a few milliseconds early or late. */
const MARGIN = 0.01 * SAMPLE_RATE;
/** Being this far from there is not corrected bit by bit, if it lasts. */
const JUMP = 0.06 * SAMPLE_RATE;
/** For so many predictions: the first frame after the page was blocked often bears the time from before. */
const PATIENCE = 6;
/** How long it takes to go over from one sound to another without a click, in samples. */
const FADE = 220;
/** What is kept, a power of two: the longest prediction and what is played of the one before. */
const CAPACITY = 0x8000;
const MASK = CAPACITY - 1;

// The rate follows the emulator's clock, which is the display's: off by a hundredth at most, and uneven.
/** The part of a new deviation that counts at once. */
const SMOOTHING = 0.1;
/** Correction of the rate per second of deviation, and per second and second for which it lasts. */
const PROPORTIONAL = 0.5;
const INTEGRAL = 0.06;
/** What may be corrected for a while: a sixth of a semitone. */
const MAX_PROPORTIONAL = 0.01;
/** What may be corrected for ever. */
const MAX_INTEGRAL = 0.025;

/** What the emulator says will be heard. */
export interface Prediction {
  /** The emulator's time at which it begins, in samples. */
  readonly time: number;
  /** The time of the newest frame: what lies before it is certain. */
  readonly now: number;
  /** Left and right by turns. */
  readonly samples: Int16Array;
  /** Whether there is silence after these samples. If not, it is not known what follows. */
  readonly isLast: boolean;
}

/** Plays predictions. It knows no browser: the worklet gives it the buffers to fill. */
export class Playback {
  /** Samples of the emulator at the remainders of their times. */
  readonly #left = new Float32Array(CAPACITY);
  readonly #right = new Float32Array(CAPACITY);
  /** The emulator's samples per sample of the loudspeakers. */
  readonly #ratio: number;
  /** What fades out after a cut. */
  readonly #tail: { readonly left: Float32Array; readonly right: Float32Array };
  #tailAt: number;
  #isPlaying = false;
  /** The time that is played next. */
  #position = 0;
  /** The time up to which it is known what to play. */
  #end = 0;
  /** Whether after that there is silence, not merely nothing known. */
  #endsInSilence = false;
  /** Whether the next sound begins in the middle. */
  #fadesIn = true;
  #deviation = 0;
  #lasting = 0;
  /** Predictions in a row that were too far away. */
  #strayed = 0;
  #rate = 1;
  #newest = 0;

  /** @param sampleRate Of the loudspeakers. */
  constructor(sampleRate: number) {
    this.#ratio = SAMPLE_RATE / sampleRate;
    const length = Math.round(FADE / this.#ratio);
    this.#tail = { left: new Float32Array(length), right: new Float32Array(length) };
    this.#tailAt = length;
  }

  /** Whether there is something to be heard. */
  get isPlaying(): boolean {
    return this.#isPlaying || this.#tailAt < this.#tail.left.length;
  }

  /** The emulator's time that is played next. */
  get position(): number {
    return this.#position;
  }

  /**
   * Takes the newest prediction.
   *
   * @param prediction What was said before of its time and later holds no more.
   */
  push({ time, now, samples, isLast }: Prediction): void {
    const known = time + Math.min(samples.length / 2, CAPACITY / 2);
    if (this.#isPlaying) {
      const isNear = this.#position < (isLast ? now + JUMP : known) && this.#end >= time;
      if (isNear) this.#steer(now);
      else this.#cut();
    }
    if (!this.#isPlaying) {
      if (samples.length === 0) return;
      this.#start(time, now);
    }
    this.#newest = now;
    // What is being played now stays as it is, and the sound goes over to what is new.
    const first = Math.max(time, Math.floor(this.#position) + 3);
    const fades = this.#fadesIn || first > time;
    this.#fadesIn = false;
    for (let at = this.#end; at < first; at++) this.#put(at, 0, 0);
    const end = Math.max(known, fades ? first + FADE : time);
    for (let at = first; at < end; at++) {
      let left = 0;
      let right = 0;
      if (at < known) {
        left = (samples[2 * (at - time)] ?? 0) / 0x8000;
        right = (samples[2 * (at - time) + 1] ?? 0) / 0x8000;
      }
      if (fades && at < first + FADE) {
        const share = (at - first + 1) / (FADE + 1);
        left = mix(at < this.#end ? (this.#left[at & MASK] ?? 0) : 0, left, share);
        right = mix(at < this.#end ? (this.#right[at & MASK] ?? 0) : 0, right, share);
      }
      this.#put(at, left, right);
    }
    for (let at = end; at < end + 4; at++) this.#put(at, 0, 0);
    this.#end = end;
    this.#endsInSilence = isLast;
  }

  /** Fades out, and forgets what was to come. */
  stop(): void {
    if (this.#isPlaying) this.#cut();
  }

  /** Fills two buffers of the same length with what comes next. */
  play(left: Float32Array, right: Float32Array): void {
    const { left: tailLeft, right: tailRight } = this.#tail;
    for (let i = 0; i < left.length; i++) {
      left[i] = this.#isPlaying ? this.#sound(this.#left) : 0;
      right[i] = this.#isPlaying ? this.#sound(this.#right) : 0;
      if (this.#isPlaying) this.#advance();
      if (this.#tailAt < tailLeft.length) {
        left[i] = (left[i] ?? 0) + (tailLeft[this.#tailAt] ?? 0);
        right[i] = (right[i] ?? 0) + (tailRight[this.#tailAt] ?? 0);
        this.#tailAt += 1;
      }
    }
  }

  /** Begins after silence: where it should be, or earlier, so that nothing is lost of what a late page tells. */
  #start(time: number, now: number): void {
    this.#isPlaying = true;
    this.#position = Math.max(now - JUMP, Math.min(time - 4, now - MARGIN));
    this.#end = Math.floor(this.#position) - 1;
    this.#deviation = 0;
    this.#strayed = 0;
  }

  /** Chooses the rate so that playing stays where it should be, or breaks off if it stays too far away. */
  #steer(now: number): void {
    const deviation = this.#position - (now - MARGIN);
    if (Math.abs(deviation) > JUMP) {
      this.#strayed += 1;
      if (this.#strayed >= PATIENCE) this.#jump(now);
      return;
    }
    this.#strayed = 0;
    const seconds = Math.max(0, now - this.#newest) / SAMPLE_RATE;
    this.#deviation += (deviation / SAMPLE_RATE - this.#deviation) * SMOOTHING;
    this.#lasting = clamp(this.#lasting + INTEGRAL * this.#deviation * seconds, MAX_INTEGRAL);
    this.#rate = 1 - clamp(PROPORTIONAL * this.#deviation, MAX_PROPORTIONAL) - this.#lasting;
  }

  /** Goes to where playing should be, from one place to the other of what is known. */
  #jump(now: number): void {
    this.#cut();
    this.#position = now - MARGIN;
    this.#isPlaying = true;
    this.#fadesIn = false;
    this.#deviation = 0;
    this.#strayed = 0;
    const first = Math.floor(this.#position) - 1;
    for (let at = first; at < first + FADE; at++) {
      const share = (at - first) / FADE;
      this.#put(at, (this.#left[at & MASK] ?? 0) * share, (this.#right[at & MASK] ?? 0) * share);
    }
  }

  /** Moves what is played now into the tail, faded out. */
  #cut(): void {
    const { left, right } = this.#tail;
    const rest = left.length - this.#tailAt;
    left.copyWithin(0, this.#tailAt).fill(0, rest);
    right.copyWithin(0, this.#tailAt).fill(0, rest);
    this.#tailAt = 0;
    for (let i = 0; i < left.length && this.#isPlaying; i++) {
      const share = 1 - (i + 1) / (left.length + 1);
      left[i] = (left[i] ?? 0) + this.#sound(this.#left) * share;
      right[i] = (right[i] ?? 0) + this.#sound(this.#right) * share;
      this.#advance();
    }
    this.#isPlaying = false;
    this.#fadesIn = true;
  }

  #advance(): void {
    this.#position += this.#ratio * this.#rate;
    if (this.#position < this.#end) return;
    this.#isPlaying = false;
    this.#fadesIn = !this.#endsInSilence;
  }

  /** One channel at the position: a curve through the four samples around it. */
  #sound(channel: Float32Array): number {
    const base = Math.floor(this.#position);
    const value = cubic(
      channel[(base - 1) & MASK] ?? 0,
      channel[base & MASK] ?? 0,
      channel[(base + 1) & MASK] ?? 0,
      channel[(base + 2) & MASK] ?? 0,
      this.#position - base,
    );
    const left = this.#end - this.#position;
    return this.#endsInSilence || left > FADE ? value : (value * left) / FADE;
  }

  #put(time: number, left: number, right: number): void {
    this.#left[time & MASK] = left;
    this.#right[time & MASK] = right;
  }
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

function clamp(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}

/** The value at `t`, 0 to 1, between `b` and `c` of a cubic curve whose slopes there follow the neighbours. */
export function cubic(a: number, b: number, c: number, d: number, t: number): number {
  const slope = c - a;
  const bend = 2 * a - 5 * b + 4 * c - d;
  const turn = 3 * (b - c) + d - a;
  return b + (t * (slope + t * (bend + t * turn))) / 2;
}
