/** The parts of the player that need no browser. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BUTTON } from "../../www/player/devices/buttons.js";
import { editOf } from "../../www/player/devices/field.js";
import { isBrowserChord, type Keystroke, keyBytes } from "../../www/player/devices/keyboard.js";
import { WheelSteps } from "../../www/player/devices/mouse.js";
import { crossButtons } from "../../www/player/devices/pad.js";
import { integerScale } from "../../www/player/devices/screen.js";
import { FrameClock } from "../../www/player/emulator/clock.js";
import { type Fantail, preferredBuild } from "../../www/player/emulator/wasm.js";
import { formatArgs, parseArgs } from "../../www/player/program/args.js";
import { fetchRom, RomError } from "../../www/player/program/rom.js";
import { startServer } from "./support/server.js";

describe("clock", () => {
  /** The frames of one second on a display, in a list of those due at each picture. */
  function second(rate: number, jitter = 0): number[] {
    const clock = new FrameClock();
    clock.due(0);
    return Array.from({ length: Math.round(rate) }, (_, i) =>
      clock.due(((i + 1) * 1000) / rate + jitter * Math.sin(i * 7)),
    );
  }
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

  for (const rate of [24, 30, 48, 50, 59.94, 60, 75, 90, 100, 120, 144, 165, 240, 360]) {
    test(`60 frames a second on a display of ${rate} Hz`, () => {
      const frames = second(rate);
      assert.ok(Math.abs(sum(frames) - 60) <= 1, `${sum(frames)} frames`);
      assert.ok(Math.max(...frames) <= Math.ceil(60 / rate), `bursts: ${frames}`);
    });
  }

  test("one frame each time near 60 Hz, however the times waver", () => {
    for (const rate of [59.5, 59.94, 60, 60.05, 60.5]) {
      assert.deepEqual([...new Set(second(rate, 0.1))], [1], `${rate} Hz`);
    }
  });

  test("a hidden page owes nothing when it returns", () => {
    const clock = new FrameClock();
    clock.due(0);
    assert.equal(clock.due(1000 / 60), 1);
    assert.equal(clock.due(3_600_000), 1);
    assert.equal(clock.forgotten, 0, "no time has passed for it");
    assert.equal(clock.due(3_600_000 + 1000 / 60), 1);
  });

  test("a debt is cut", () => {
    const clock = new FrameClock();
    clock.due(0);
    assert.equal(clock.due(240), 6, "of 14");
    assert.equal(clock.forgotten, 8, "time that passes all the same");
    assert.equal(clock.due(240 + 1000 / 60), 1, "the rest is forgotten");
  });

  test("a clock that stands still or goes back owes nothing", () => {
    const clock = new FrameClock();
    clock.due(100);
    assert.equal(clock.due(100), 0);
    assert.equal(clock.due(90), 0);
  });
});

describe("keyboard", () => {
  function stroke(key: string, code: string, modifiers: Partial<Keystroke> = {}): Keystroke {
    return { key, code, ctrlKey: false, altKey: false, shiftKey: false, altGraph: false, ...modifiers };
  }
  const bytes = (...input: Parameters<typeof stroke>) => [...keyBytes(stroke(...input))];
  const ctrlKey = true;
  const altKey = true;
  const shiftKey = true;

  test("characters as typed, in UTF-8", () => {
    assert.deepEqual(bytes("a", "KeyQ"), [0x61]);
    assert.deepEqual(bytes("A", "KeyA", { shiftKey }), [0x41]);
    assert.deepEqual(bytes(" ", "Space"), [0x20]);
    assert.deepEqual(bytes("é", "Digit2"), [0xc3, 0xa9]);
    assert.deepEqual(bytes("😀", ""), [0xf0, 0x9f, 0x98, 0x80]);
  });

  test("keys with a name", () => {
    const names = ["Backspace", "Enter", "Escape", "Delete"];
    assert.deepEqual(
      names.map((name) => bytes(name, name)),
      [[0x08], [0x0d], [0x1b], [0x7f]],
    );
    for (const name of ["Shift", "F1", "Dead", "PageUp", "Unidentified", "Process", "CapsLock"]) {
      assert.deepEqual(bytes(name, name), [], name);
    }
  });

  test("with Ctrl or Alt the key itself, upper-case only with Shift", () => {
    assert.deepEqual(bytes("c", "KeyC", { ctrlKey }), [0x63]);
    assert.deepEqual(bytes("C", "KeyC", { ctrlKey }), [0x63], "with caps lock");
    assert.deepEqual(bytes("C", "KeyC", { ctrlKey, shiftKey }), [0x43]);
    assert.deepEqual(bytes("ç", "KeyC", { altKey }), [0x63], "Option on macOS");
    assert.deepEqual(bytes("с", "KeyC", { ctrlKey }), [0x63], "Cyrillic");
    assert.deepEqual(bytes("!", "Digit1", { ctrlKey, shiftKey }), [0x31]);
  });

  test("AltGr types characters", () => {
    assert.deepEqual(bytes("@", "KeyQ", { ctrlKey, altKey, altGraph: true }), [0x40]);
  });

  test("the browser keeps its chords, programs have those of editors", () => {
    for (const key of "rtwnlfdpu+-0159") assert.ok(isBrowserChord(stroke(key, "", { ctrlKey })), key);
    for (const key of "acvxzs") assert.ok(!isBrowserChord(stroke(key, "", { ctrlKey })), key);
    assert.ok(isBrowserChord(stroke("C", "KeyC", { ctrlKey, shiftKey })), "developer tools");
    assert.ok(!isBrowserChord(stroke("r", "KeyR")));
  });
});

test("the edit of a text at its end", () => {
  const edits: [string, string, number, string][] = [
    ["", "", 0, ""],
    ["so", "so", 0, ""],
    ["so", "some", 0, "me"],
    ["some", "so", 2, ""],
    ["so teh", "so the", 2, "he"],
    ["abc", "xbc", 3, "xbc"],
    // Half of what these are in UTF-16 is the same.
    ["\u{1f600}", "\u{1f601}", 1, "\u{1f601}"],
    ["\u{1f600}", "", 1, ""],
  ];
  for (const [before, after, erased, added] of edits) {
    assert.deepEqual(editOf(before, after), { erased, added }, `${before} to ${after}`);
  }
});

describe("wheel", () => {
  const PIXELS = 0;
  const LINES = 1;

  test("a notch is a step, in every unit", () => {
    for (const [delta, mode] of [
      [100, PIXELS],
      [120, PIXELS],
      [53, PIXELS],
      [3, LINES],
      [1, LINES],
      [1, 2],
    ] as const) {
      const wheel = new WheelSteps();
      assert.equal(wheel.add(delta, mode), 1);
      assert.equal(wheel.add(-delta, mode), -1);
    }
  });

  test("fast turns are several steps", () => {
    assert.equal(new WheelSteps().add(360, PIXELS), 3);
    assert.equal(new WheelSteps().add(-9, LINES), -3);
  });

  test("small amounts add up, and turning back starts anew", () => {
    const wheel = new WheelSteps();
    const steps = [10, 10, 10, 10, 10, 10].map((delta) => wheel.add(delta, PIXELS));
    assert.deepEqual(steps, [0, 0, 1, 0, 0, 1]);
    assert.equal(wheel.add(20, PIXELS), 0);
    assert.equal(wheel.add(-20, PIXELS), 0);
    assert.equal(wheel.add(-10, PIXELS), -1);
  });

  test("parts of lines add up as well", () => {
    const wheel = new WheelSteps();
    assert.deepEqual(
      [0.25, 0.25, 0.5, -0.5, -0.5].map((delta) => wheel.add(delta, LINES)),
      [0, 0, 1, 0, -1],
    );
  });

  test("an axis at rest is not turned, and does not stop the other", () => {
    const wheel = new WheelSteps();
    wheel.add(20, PIXELS);
    wheel.add(0, PIXELS);
    assert.equal(wheel.add(10, PIXELS), 1);
    assert.equal(new WheelSteps().add(0, LINES), 0);
    assert.equal(new WheelSteps().add(0, PIXELS), 0);
  });
});

describe("pad", () => {
  test("an eighth of the turn for each direction, none in the middle, and beyond the edge as before", () => {
    const { up, down, left, right } = BUTTON;
    const round = [right, right | down, down, down | left, left, left | up, up, up | right];
    for (let degrees = 0; degrees < 360; degrees++) {
      for (const [radius, isHeld] of [
        [10, false],
        [30, true],
        [500, true],
      ] as const) {
        const angle = (degrees * Math.PI) / 180;
        const held = crossButtons(75 + radius * Math.cos(angle), 75 + radius * Math.sin(angle), 150, 150);
        assert.equal(held, isHeld ? round[Math.round(degrees / 45) % 8] : 0, `${degrees}°, ${radius} pixels`);
      }
    }
  });

  test("a cross without a size holds nothing", () => {
    assert.equal(crossButtons(0, 0, 0, 0), 0);
  });
});

describe("arguments", () => {
  test("words, quotations, backslashes", () => {
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ["", []],
      ["  ", []],
      [" one  two\tthree ", ["one", "two", "three"]],
      [`"a b" 'c d' e"f g"h`, ["a b", "c d", "ef gh"]],
      [`"" ''`, ["", ""]],
      [`"it's" 'a "b"'`, ["it's", 'a "b"']],
      [String.raw`a\ b "\"" '\' \\`, ["a b", '"', "\\", "\\"]],
      [`"no end`, ["no end"]],
      ["at the end \\", ["at", "the", "end", "\\"]],
      ["é 日本 😀", ["é", "日本", "😀"]],
    ];
    for (const [line, args] of cases) assert.deepEqual(parseArgs(line), args, line);
  });

  test("what is written can be read", () => {
    const signs = ["a", " ", '"', "'", "\\", "\n", "é", "😀", "\t"];
    for (let number = 0; number < 2000; number++) {
      // All words of up to three signs, two by two.
      const word = (n: number): string => (n === 0 ? "" : (signs[n % 9] ?? "") + word(Math.floor(n / 9)));
      const args = [word(number), word((number * 7) % 729)];
      assert.deepEqual(parseArgs(formatArgs(args)), args, JSON.stringify(args));
    }
    assert.deepEqual(formatArgs(["plain", "with space"]), 'plain "with space"');
  });
});

describe("scale", () => {
  test("the largest whole number that fits", () => {
    assert.equal(integerScale(512, 320, 1024, 640), 2);
    assert.equal(integerScale(512, 320, 1023.9999, 640), 2);
    assert.equal(integerScale(512, 320, 2000, 959), 2);
    assert.equal(integerScale(512, 320, 512, 1000), 1);
  });

  test("a fraction when the picture is larger than the room", () => {
    assert.equal(integerScale(512, 320, 256, 1000), 0.5);
  });

  test("an empty picture has a scale", () => {
    assert.equal(integerScale(0, 0, 100, 100), 100);
  });
});

describe("fetching", () => {
  // No emulator is needed to wait.
  const fantail = { maxRomSize: () => 1000, checkRom: () => undefined } as unknown as Fantail;

  test("a server that falls silent is given up, at any point", async () => {
    const server = await startServer();
    server.answer("/nothing", () => {});
    server.answer("/half", (_, response) => response.writeHead(200).write("half"));
    for (const path of ["nothing", "half"]) {
      const url = new URL(path, server.url);
      await assert.rejects(fetchRom(fantail, url, new AbortController().signal, 200), (error) => {
        assert.ok(error instanceof RomError);
        assert.equal(error.message, `${url.host} has not sent anything for 0.2 seconds.`);
        return true;
      });
    }
    await server.close();
  });

  test("a server may be slow as long as it goes on", async () => {
    const server = await startServer();
    server.answer("/slow", async (_, response) => {
      response.writeHead(200);
      for (let i = 0; i < 6; i++) {
        response.write("ab");
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      response.end();
    });
    const rom = await fetchRom(fantail, new URL("slow", server.url), new AbortController().signal, 400);
    assert.equal(new TextDecoder().decode(rom), "abababababab");
    await server.close();
  });

  test("what is no longer wanted is given up without a word of its own", async () => {
    const server = await startServer();
    server.answer("/nothing", () => {});
    const opening = new AbortController();
    const rom = fetchRom(fantail, new URL("nothing", server.url), opening.signal);
    opening.abort();
    await assert.rejects(rom, { name: "AbortError" });
    await server.close();
  });
});

test("the build with tail calls is chosen where they are understood", () => {
  assert.equal(preferredBuild(), "tailcall", "Node has had them since version 20");
  const { validate } = WebAssembly;
  WebAssembly.validate = () => false;
  try {
    assert.equal(preferredBuild(), "switch");
  } finally {
    WebAssembly.validate = validate;
  }
});
