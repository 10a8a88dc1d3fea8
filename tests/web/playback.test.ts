/** What the worklet does with the emulator's predictions, sample by sample and without a browser. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cubic, Playback, type Prediction, SAMPLE_RATE } from "../../www/player/devices/playback.js";

const FRAME = 735;
const AHEAD = 11025;
const HZ = 441;

/** What sounds at a time of the emulator. */
type Signal = (time: number) => number;

const sine: Signal = (time) => 0.5 * Math.sin((2 * Math.PI * HZ * time) / SAMPLE_RATE);

function predict(signal: Signal, time: number, length: number, isLast = false, now = time): Prediction {
  const samples = new Int16Array(2 * length);
  for (let i = 0; i < length; i++) {
    samples[2 * i] = Math.round(signal(time + i) * 0x8000);
    samples[2 * i + 1] = Math.round(-signal(time + i) * 0x8000);
  }
  return { time, now, samples, isLast };
}

/** A page that pushes predictions and loudspeakers that play them, each by its own clock. */
class Simulation {
  readonly playback: Playback;
  readonly left: number[] = [];
  readonly right: number[] = [];
  readonly #rate: number;
  #quantum = 128;

  constructor(rate: number) {
    this.#rate = rate;
    this.playback = new Playback(rate);
  }

  get seconds(): number {
    return this.left.length / this.#rate;
  }

  /** Plays until a time in seconds. */
  until(seconds: number): void {
    while (this.seconds < seconds) {
      const [left, right] = [new Float32Array(this.#quantum), new Float32Array(this.#quantum)];
      this.playback.play(left, right);
      this.left.push(...left);
      this.right.push(...right);
    }
  }

  /** What was played in a span of seconds. */
  span(from: number, to: number): number[] {
    return this.left.slice(Math.floor(from * this.#rate), Math.floor(to * this.#rate));
  }
}

/** Runs frames at a rate of the display from a time on, with some unevenness; returns the emulator's time at the end. */
function frames(
  simulation: Simulation,
  signal: Signal,
  { from = 0, count = 120, hz = 60, first = 1, jitter = 0 } = {},
): number {
  for (let frame = 0; frame < count; frame++) {
    simulation.until(from + (frame + jitter * ((frame * 7) % 5)) / hz);
    simulation.playback.push(predict(signal, (first + frame) * FRAME, AHEAD));
  }
  return first + count;
}

/** The largest step from one sample to the next. */
function steepest(samples: readonly number[]): number {
  return samples.reduce(
    (most, value, i) => Math.max(most, i > 0 ? Math.abs(value - (samples[i - 1] ?? 0)) : 0),
    0,
  );
}

function peak(samples: readonly number[]): number {
  return samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** The distances between rises through zero, in samples. */
function periods(samples: readonly number[]): number[] {
  const rises: number[] = [];
  for (let i = 1; i < samples.length; i++) {
    const [before, after] = [samples[i - 1] ?? 0, samples[i] ?? 0];
    if (before < 0 && after >= 0) rises.push(i - after / (after - before));
  }
  return rises.slice(1).map((rise, i) => rise - (rises[i] ?? 0));
}

/** The largest level of each five milliseconds. */
function levels(samples: readonly number[], rate: number): number[] {
  const window = Math.round(rate * 0.005);
  return Array.from({ length: Math.floor(samples.length / window) }, (_, i) =>
    peak(samples.slice(i * window, (i + 1) * window)),
  );
}

describe("playback", () => {
  test("the curve goes through the samples and reproduces straight lines", () => {
    assert.equal(cubic(9, 2, 5, -4, 0), 2);
    assert.equal(cubic(9, 2, 5, -4, 1), 5);
    assert.equal(cubic(1, 2, 3, 4, 0.25), 2.25);
  });

  for (const rate of [44100, 48000, 96000, 22050]) {
    test(`a tone keeps pitch and level at ${rate} Hz`, () => {
      const simulation = new Simulation(rate);
      frames(simulation, sine, { jitter: 0.05 });
      const played = simulation.span(0.5, 1.9);
      const expected = rate / HZ;
      for (const period of periods(played)) {
        assert.ok(Math.abs(period / expected - 1) < 0.01, `a period of ${period}, not ${expected}`);
      }
      assert.ok(Math.min(...levels(played, rate)) > 0.48);
      assert.ok(peak(played) < 0.51);
      simulation.left.forEach((value, i) => {
        assert.ok(Math.abs(value + (simulation.right[i] ?? 0)) < 1e-6, "the right is the negative left");
      });
    });
  }

  test("nothing pushed, nothing heard", () => {
    const simulation = new Simulation(48000);
    simulation.playback.push({ time: 735, now: 735, samples: new Int16Array(), isLast: true });
    simulation.until(0.1);
    assert.ok(simulation.left.every((value) => value === 0));
    assert.equal(simulation.playback.isPlaying, false);
  });

  test("a note is heard from its beginning, a margin after its frame", () => {
    const simulation = new Simulation(SAMPLE_RATE);
    // Without it the first sound counts as one that begins in the middle.
    simulation.playback.push(predict(() => 0, 0, 10, true));
    simulation.until(0.1);
    const before = simulation.left.length;
    const note = (time: number) => (time >= 7350 ? 0.5 : 0);
    simulation.playback.push(predict(note, 7350, AHEAD));
    simulation.until(0.2);
    const first = simulation.left.findIndex((value) => value > 0.49);
    const margin = first - before;
    assert.ok(margin >= 440 && margin <= 442, `${margin} samples`);
  });

  test("a note of the first of several frames at once is heard from its beginning as well", () => {
    const simulation = new Simulation(SAMPLE_RATE);
    simulation.playback.push(predict(() => 0, 0, 10, true));
    simulation.until(0.1);
    simulation.playback.push(
      predict((time) => (time < 7350 + 735 ? 0.5 : 0.25), 7350, 1470, true, 7350 + 1470),
    );
    simulation.until(0.3);
    const [loud, quiet] = [0.49, 0.24].map(
      (level) => simulation.left.filter((value) => value > level).length,
    );
    assert.ok(loud && Math.abs(loud - 735) < 8 && quiet && Math.abs(quiet - 1470) < 8, `${loud}, ${quiet}`);
  });

  test("the sound goes on while the page is blocked, and after it, without a jump", () => {
    for (const blocked of [0.05, 0.1, 0.15, 0.2]) {
      const simulation = new Simulation(48000);
      const next = frames(simulation, sine, { count: 60 });
      const frame = next + Math.round(blocked * 60);
      frames(simulation, sine, { from: 1 + blocked, first: frame, count: 60 });
      const played = simulation.span(0.5, 1.9);
      assert.ok(Math.min(...levels(played, 48000)) > 0.48, `a gap, blocked for ${blocked} s`);
      for (const period of periods(played)) {
        assert.ok(Math.abs(period / (48000 / HZ) - 1) < 0.01, `a period of ${period} samples`);
      }
    }
  });

  test("several frames in one message are one piece", () => {
    const simulation = new Simulation(48000);
    frames(simulation, sine, { count: 60 });
    // Blocked, then the time of six frames in one.
    simulation.until(1.1);
    simulation.playback.push(predict(sine, 61 * FRAME, AHEAD, false, 66 * FRAME));
    simulation.until(1.2);
    for (const period of periods(simulation.span(0.5, 1.2))) {
      assert.ok(Math.abs(period / (48000 / HZ) - 1) < 0.005, `a period of ${period} samples`);
    }
  });

  test("a frame that bears the time from before the block is no reason to jump", () => {
    const simulation = new Simulation(48000);
    frames(simulation, sine, { count: 60 });
    simulation.until(1.1);
    simulation.playback.push(predict(sine, 61 * FRAME, AHEAD));
    simulation.until(1.105);
    simulation.playback.push(predict(sine, 66 * FRAME, AHEAD));
    simulation.until(1.2);
    for (const period of periods(simulation.span(0.5, 1.2))) {
      assert.ok(Math.abs(period / (48000 / HZ) - 1) < 0.01, `a period of ${period} samples`);
    }
  });

  test("blocked for longer it fades out, and comes back without a click or a burst", () => {
    const simulation = new Simulation(48000);
    const next = frames(simulation, sine, { count: 60 });
    simulation.until(1.5);
    const silent = simulation.span(1.3, 1.5);
    assert.ok(silent.every((value) => value === 0));
    frames(simulation, sine, { from: 1.5, first: next, count: 30 });
    assert.ok(peak(simulation.left) < 0.51);
    assert.ok(steepest(simulation.left) < 0.04, `a step of ${steepest(simulation.left)}`);
    assert.ok(Math.min(...levels(simulation.span(1.6, 1.9), 48000)) > 0.48);
  });

  test("stop fades out within 10 ms and play goes on afterwards", () => {
    const simulation = new Simulation(48000);
    const next = frames(simulation, sine, { count: 30 });
    const before = simulation.seconds;
    simulation.playback.stop();
    simulation.until(before + 0.3);
    assert.ok(simulation.span(before + 0.01, before + 0.3).every((value) => value === 0));
    assert.equal(simulation.playback.isPlaying, false);
    frames(simulation, sine, { from: before + 0.3, first: next, count: 30 });
    assert.ok(Math.min(...levels(simulation.span(before + 0.4, before + 0.7), 48000)) > 0.48);
    assert.ok(steepest(simulation.left) < 0.04, `a step of ${steepest(simulation.left)}`);
  });

  test("a note that ends is followed by silence at once", () => {
    const simulation = new Simulation(SAMPLE_RATE);
    const next = frames(simulation, () => 0.5, { count: 30 });
    simulation.until(0.5);
    simulation.playback.push({
      time: next * FRAME,
      now: next * FRAME,
      samples: new Int16Array(),
      isLast: true,
    });
    simulation.until(0.6);
    const last = simulation.left.findLastIndex((value) => value !== 0);
    const [full, over] = [simulation.left[last - 4] ?? 0, simulation.left[last + 1] ?? 1];
    assert.ok(full > 0.49 && over === 0, "no fade: the program ends its notes itself");
    assert.ok(last / SAMPLE_RATE > 0.5 && last / SAMPLE_RATE < 0.52);
  });

  test("a prediction that comes late goes over into the new one", () => {
    const simulation = new Simulation(SAMPLE_RATE);
    frames(simulation, () => 0.5, { count: 60 });
    // 30 ms late: 0.5 has been played meanwhile.
    simulation.until(1.03);
    simulation.playback.push(predict(() => -0.5, 61 * FRAME, AHEAD));
    simulation.until(1.1);
    assert.ok(simulation.span(1.04, 1.1).every((value) => value < -0.49));
    assert.ok(steepest(simulation.span(0.5, 1.1)) < 0.01, "no step");
  });

  for (const hz of [59, 59.94, 60.6, 61]) {
    test(`follows a display of ${hz} Hz that counts as 60`, () => {
      const simulation = new Simulation(48000);
      frames(simulation, sine, { hz, count: 60 * 25, jitter: 0.05 });
      const played = simulation.span(20, 24);
      assert.ok(Math.min(...levels(played, 48000)) > 0.48, "a gap");
      assert.ok(steepest(played) < 0.04, "a jump");
      const mean = periods(played).reduce((sum, period, _, { length }) => sum + period / length, 0);
      assert.ok(Math.abs(mean / (48000 / HZ) / (60 / hz) - 1) < 0.001, `a mean period of ${mean}`);
      // Where it should be: a margin of 441 samples behind.
      const lag = 60 * 25 * FRAME - simulation.playback.position;
      assert.ok(lag > 150 && lag < 1200, `${lag} samples behind`);
    });
  }

  test("loudspeakers that are a tenth too slow are caught up with, without gaps", () => {
    const simulation = new Simulation(48000);
    frames(simulation, sine, { hz: 66, count: 300 });
    const played = simulation.span(0.5, 4.4);
    assert.ok(Math.min(...levels(played, 48000)) > 0.1, "a gap");
    assert.ok(peak(played) < 0.75 && steepest(played) < 0.06);
    const lag = 300 * FRAME - simulation.playback.position;
    assert.ok(Math.abs(lag) < 0.2 * SAMPLE_RATE, `${lag} samples behind`);
  });

  test("a clock that starts again is followed", () => {
    const simulation = new Simulation(48000);
    frames(simulation, sine, { count: 60, first: 1000 });
    frames(simulation, sine, { from: 1, count: 60, first: 1 });
    assert.ok(steepest(simulation.left) < 0.08, "two sounds fade over each other");
    assert.ok(Math.min(...levels(simulation.span(1.1, 1.9), 48000)) > 0.48);
  });

  test("any times and lengths do no harm", () => {
    const simulation = new Simulation(48000);
    for (let i = 0; i < 2000; i++) {
      const random = (n: number) => Math.floor(Math.abs(Math.sin(i * 12.9898 + n) * 43758.5453) % n);
      const time = random(3) === 0 ? random(1e9) : i * FRAME;
      simulation.playback.push(
        predict(sine, time, random(4) * random(9000), random(2) === 0, time + random(5) * FRAME),
      );
      if (random(5) === 0) simulation.playback.stop();
      simulation.until(simulation.seconds + random(40) / 1000);
    }
    assert.ok(
      simulation.left.every((value) => Math.abs(value) < 2.5),
      "bounded",
    );
  });
});
