/** Gamepads, touch, the pad on the screen, the other key map, composed characters, and releases. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "puppeteer-core";
import {
  appears,
  canvasCentre,
  describeSite,
  frames,
  hasState,
  prints,
  type Site,
  text,
} from "./support/site.js";

/** Waits until the program listens to the controller, and gives it the keys. */
async function focusScreen(page: Page): Promise<void> {
  await appears(page, "#room textarea:not([hidden])");
  await page.focus(">>> canvas");
}

/** The console's text from now on. */
async function startLog(page: Page): Promise<() => Promise<string>> {
  // What was printed before is shown by then.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = (await text(page, ">>> #log")).length;
  return async () => (await text(page, ">>> #log")).slice(before);
}

/** Waits until the console has shown exactly this since a log was started. */
async function logs(log: () => Promise<string>, expected: string): Promise<void> {
  let seen = await log();
  for (const end = Date.now() + 3000; seen.length < expected.length && Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    seen = await log();
  }
  // What should not come has had its chance.
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(await log(), expected);
}

/** What a fake gamepad holds. */
interface Held {
  readonly buttons?: readonly number[];
  readonly axes?: readonly number[];
  readonly mapping?: string;
}

/** Connects gamepads in a page that was made by {@link playWithGamepads}; `null` is an empty place. */
async function setPads(page: Page, ...pads: readonly (Held | null)[]): Promise<void> {
  await page.evaluate((all) => {
    const fakes = all.map((pad, index) =>
      pad === null
        ? null
        : {
            id: `Pad ${index}`,
            index,
            connected: true,
            mapping: pad.mapping ?? "standard",
            axes: pad.axes ?? [0, 0, 0, 0],
            buttons: Array.from({ length: 17 }, (_, i) => {
              const pressed = pad.buttons?.includes(i) ?? false;
              return { pressed, touched: pressed, value: Number(pressed) };
            }),
          },
    );
    Object.assign(window, { fakePads: fakes });
  }, pads);
  await frames(page, 3);
}

describeSite("input devices", (site: Site) => {
  async function playWithGamepads(name: string): Promise<Page> {
    const rom = await site.offer(name);
    const page = await site.tab();
    await page.evaluateOnNewDocument(() => {
      const faked = window as unknown as { fakePads: (Gamepad | null)[]; looks: number };
      faked.fakePads = [];
      faked.looks = 0;
      navigator.getGamepads = () => {
        faked.looks += 1;
        return faked.fakePads;
      };
    });
    await page.goto(`${site.server.url}?rom=${rom}`);
    await hasState(page, "running");
    return page;
  }

  /** The program that prints buttons, started anew, with no gamepad and the keys. Many tests share its page. */
  let shared: Page | undefined;
  async function playPads(): Promise<Page> {
    shared ??= await playWithGamepads("pads");
    await setPads(shared);
    await shared.$eval(">>> #reset", (reset) => (reset as HTMLElement).click());
    await focusScreen(shared);
    return shared;
  }

  test("gamepads: four players, their buttons, and places that stay", async () => {
    const page = await playPads();
    const log = await startLog(page);
    // The first two places of the browser's list need not be those of players 1 and 2.
    await setPads(page, null, { buttons: [0] }, {}, {}, { buttons: [12] });
    await logs(log, "01000000\n01000010\n");
    assert.equal(await text(page, "#gamepads"), "1: Pad 1\n2: Pad 2\n3: Pad 3\n4: Pad 4");
    // A fifth one waits.
    await setPads(page, { buttons: [1] }, { buttons: [0] }, { buttons: [8, 13] }, { buttons: [9] }, {});
    await logs(log, "01000000\n01000010\n01040010\n01240010\n01240810\n01240800\n");
    // The second one goes: its buttons are released, the others stay where they are, and the fifth moves up.
    const fifth = await startLog(page);
    await setPads(page, { buttons: [1] }, { buttons: [0] }, null, { buttons: [9] }, {});
    await logs(fifth, "01200800\n01000800\n01020800\n");
    assert.equal(await text(page, "#gamepads"), "1: Pad 1\n2: Pad 0\n3: Pad 3\n4: Pad 4");
  });

  test("gamepads: sticks, both of them, and a dead zone that does not waver", async () => {
    const page = await playPads();
    const log = await startLog(page);
    await setPads(page, { axes: [0.3, 0, 0, 0] });
    await setPads(page, { axes: [0.5, 0, 0, 0] });
    await setPads(page, { axes: [0.4, 0, 0, 0] });
    await setPads(page, { axes: [0.3, 0, 0, 0] });
    await setPads(page, { axes: [0.4, 0, 0, 0] });
    await setPads(page, { axes: [0, 0, -1, 1] });
    // From one side to the other: never both.
    await setPads(page, { axes: [0, 0, 1, 0] });
    await setPads(page, { axes: [] });
    await logs(log, "80\n00\n20\n60\n40\n00\n80\n00\n".replaceAll("\n", "000000\n"));
  });

  test("gamepads: one the browser does not know", async () => {
    const page = await playPads();
    const log = await startLog(page);
    const mapping = "";
    const rest = 9 / 7;
    await setPads(page, { mapping, axes: [0, -1], buttons: [5] });
    await setPads(page, { mapping, axes: [0, 0, -1, 0, 0, -1, 0, 0, 0, rest] });
    await setPads(page, { mapping, axes: [0, 0, -1, 0, 0, -1, 0, 0, 0, -5 / 7] });
    await setPads(page, { mapping, axes: [0, 0, -1, 0, 0, -1, 0, 0, 0, 0] });
    await setPads(page, { mapping, axes: [0, 0, -1, 0, 0, -1, 0, 1] });
    await logs(log, "02\n12\n10\n00\n10\n90\n80\n00\n20\n".replaceAll("\n", "000000\n"));
  });

  test("gamepads: released by a pause, by another window, and looked at only if the program listens", async () => {
    const page = await playPads();
    await setPads(page, { buttons: [0] });
    const log = await startLog(page);
    await page.locator(">>> #play").click();
    await page.locator(">>> #play").click();
    await logs(log, "00000000\n01000000\n");
    await page.evaluate(() => {
      document.hasFocus = () => false;
      window.dispatchEvent(new Event("blur"));
    });
    await logs(log, "00000000\n01000000\n00000000\n");
    await page.evaluate(() => {
      document.hasFocus = () => true;
    });
    await logs(log, "00000000\n01000000\n00000000\n01000000\n");

    const other = await playWithGamepads("frames");
    await frames(other, 5);
    assert.equal(await other.evaluate(() => (window as unknown as { looks: number }).looks), 0);
    await other.close();
  });

  test("a button that key and gamepad hold is down until both let go", async () => {
    const page = await playPads();
    const log = await startLog(page);
    await page.keyboard.down("ArrowUp");
    await setPads(page, { buttons: [12] });
    await page.keyboard.up("ArrowUp");
    await frames(page, 3);
    await setPads(page, {});
    await logs(log, "10000000\n00000000\n");
  });

  test("both Ctrl and both Shift are buttons, each until both sides are up", async () => {
    const page = await playPads();
    const log = await startLog(page);
    // Firefox's automation takes both sides for one key.
    await page.evaluate(() => {
      const send = (type: string, code: string, ctrlKey: boolean, shiftKey: boolean) => {
        const key = code.startsWith("C") ? "Control" : "Shift";
        const event = new KeyboardEvent(type, { bubbles: true, code, key, ctrlKey, shiftKey });
        focusedElement()?.dispatchEvent(event);
      };
      send("keydown", "ControlRight", true, false);
      send("keydown", "ShiftRight", true, true);
      send("keydown", "ShiftLeft", true, true);
      send("keyup", "ShiftRight", true, true);
      send("keydown", "ControlLeft", true, true);
      send("keyup", "ControlRight", true, true);
      send("keyup", "ShiftLeft", true, false);
      send("keyup", "ControlLeft", false, false);
    });
    await logs(log, "01\n05\n01\n00\n".replaceAll("\n", "000000\n"));
  });

  test("releases that the page never hears of", async () => {
    const page = await playPads();
    const log = await startLog(page);
    const send = (type: string, init: KeyboardEventInit) =>
      page.evaluate(
        (kind, options) => {
          const event = new KeyboardEvent(kind, { bubbles: true, cancelable: true, ...options });
          focusedElement()?.dispatchEvent(event);
        },
        type,
        init,
      );
    // The release of Ctrl went elsewhere: the next event says that it is up.
    await send("keydown", { code: "ControlLeft", key: "Control", ctrlKey: true });
    await send("keydown", { code: "KeyA", key: "a" });
    await logs(log, "01000000\n00000000\nk61\n");
    // A chord of macOS, which reports no releases.
    await send("keydown", { code: "ArrowUp", key: "ArrowUp" });
    await send("keydown", { code: "MetaLeft", key: "Meta", metaKey: true });
    await logs(log, "01000000\n00000000\nk61\n10000000\n00000000\n");
    // Another window, a hidden page, a menu, a pause.
    const ways = [
      () => page.evaluate(() => window.dispatchEvent(new Event("blur"))),
      () =>
        page.evaluate(() => {
          Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
          Reflect.deleteProperty(document, "hidden");
          document.dispatchEvent(new Event("visibilitychange"));
        }),
      () =>
        page.$eval(">>> canvas", (canvas) =>
          canvas.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true })),
        ),
      async () => {
        await page.locator(">>> #play").click();
        await page.locator(">>> #play").click();
        await page.focus(">>> canvas");
      },
    ];
    for (const release of ways) {
      const since = await startLog(page);
      await page.keyboard.down("ArrowDown");
      await release();
      await logs(since, "20000000\n00000000\n");
      await page.keyboard.up("ArrowDown");
    }
  });

  test("the other key map: letters are buttons, chords are the browser's, and the choice is remembered", async () => {
    const page = await site.play("pads");
    await focusScreen(page);
    await page.locator("#controls summary").click();
    await page.select("#keymap", "letters");
    assert.deepEqual(await page.$$eval(".keys dd", (keys) => keys.map((key) => key.textContent)), [
      ...["Arrows", "Z", "X", "C", "V"],
    ]);
    await page.reload();
    await focusScreen(page);
    assert.equal(await page.$eval("#keymap", (list) => (list as HTMLSelectElement).value), "letters");
    const log = await startLog(page);
    for (const key of ["KeyZ", "KeyX", "KeyC", "KeyV"] as const) await page.keyboard.down(key);
    for (const key of ["KeyZ", "KeyX", "KeyC", "KeyV"] as const) await page.keyboard.up(key);
    let expected = "01\n03\n07\n0f\n0e\n0c\n08\n00\n".replaceAll("\n", "000000\n");
    await logs(log, expected);
    await page.evaluate(() => {
      window.addEventListener("keydown", (event) => {
        document.title += ` ${event.code}=${event.defaultPrevented}`;
      });
    });
    await page.keyboard.down("ControlLeft");
    for (const key of ["KeyZ", "KeyB"] as const) await page.keyboard.press(key);
    await page.keyboard.up("ControlLeft");
    await page.keyboard.press("a");
    await page.keyboard.press("Home");
    expected += "k61\n";
    await logs(log, expected);
    assert.match(await page.title(), /ControlLeft=false KeyZ=false KeyB=false KeyA=true/);
    await page.evaluate(() => localStorage.clear());
    await page.close();
  });

  test("characters of every layout: composed, with AltGr, with the right Option key", async () => {
    const page = await playPads();
    const log = await startLog(page);
    const composed = await page.evaluate(() => {
      const field = focusedElement();
      if (!(field instanceof HTMLTextAreaElement)) throw new Error("the focus is not in the field");
      const key = (init: KeyboardEventInit & { keyCode?: number }) => {
        const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init });
        field.dispatchEvent(event);
        return event.defaultPrevented;
      };
      const input = (data: string, inputType: string, isComposing = false) => {
        field.value += data;
        field.dispatchEvent(new InputEvent("input", { bubbles: true, data, inputType, isComposing }));
      };
      const compose = (type: string, data: string) =>
        field.dispatchEvent(new CompositionEvent(type, { bubbles: true, data }));
      // A dead key, as Firefox and Chromium have it.
      const prevented = [key({ key: "Dead", code: "Equal" })];
      compose("compositionstart", "");
      input("\u00b4", "insertCompositionText", true);
      prevented.push(key({ key: "\u00e9", code: "KeyE", isComposing: true }));
      compose("compositionend", "\u00e9");
      input("\u00e9", "insertCompositionText"); // Firefox only
      // An input method.
      prevented.push(key({ key: "Process", code: "KeyN", keyCode: 229 }));
      compose("compositionstart", "");
      input("\u306b", "insertCompositionText", true);
      compose("compositionend", "\u65e5");
      // The release of a dead key on Windows, where nothing is composed.
      prevented.push(key({ key: "\u00ea", code: "KeyE" }));
      prevented.push(key({ key: "AltGraph", code: "AltRight", ctrlKey: true, altKey: true }));
      prevented.push(key({ key: "@", code: "KeyQ", ctrlKey: true, altKey: true }));
      field.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true, key: "AltGraph", code: "AltRight" }));
      prevented.push(key({ key: "Alt", code: "AltRight", altKey: true }));
      prevented.push(key({ key: "@", code: "KeyL", altKey: true }));
      field.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true, key: "Alt", code: "AltRight" }));
      // From a list of emoji, or by dictation.
      input("\u{1f600}", "insertText");
      return prevented;
    });
    assert.deepEqual(composed, [false, false, false, true, false, true, false, true]);
    const bytes = "kc3 ka9 ke6 k97 ka5 kc3 kaa k40 k40 kf0 k9f k98 k80 ".replaceAll(" ", "\n");
    await logs(log, bytes);
    assert.equal(await page.$eval(">>> #room textarea", (field) => (field as HTMLTextAreaElement).value), "");
    // What is inserted without any key.
    await page.keyboard.sendCharacter("\u00fc");
    let expected = `${bytes}kc3\nkbc\n`;
    if (site.browserName === "chromium") {
      const session = await page.createCDPSession();
      const selection = { selectionStart: 1, selectionEnd: 1 };
      await session.send("Input.imeSetComposition", { text: "\u306b", ...selection });
      await session.send("Input.insertText", { text: "\u65e5" });
      await page.keyboard.press("a");
      expected += "ke6\nk97\nka5\nk61\n";
    }
    await logs(log, expected);
  });

  test("pen: its far end and its button are the right button; a second pointer does not interfere", async () => {
    const page = await site.play("events");
    await page.waitForFunction(() => document.querySelector("uxn-player")?.uses.mouse);
    await page.focus(">>> canvas");
    const log = await startLog(page);
    await page.$eval(">>> canvas", (canvas) => {
      const box = canvas.getBoundingClientRect();
      // There is no such pointer that could be captured.
      canvas.setPointerCapture = () => {};
      const point = (type: string, pointerId: number, buttons: number, x: number) =>
        canvas.dispatchEvent(
          new PointerEvent(type, {
            bubbles: true,
            pointerId,
            pointerType: "pen",
            buttons,
            clientX: box.left + ((x + 0.5) * box.width) / canvas.width,
            clientY: box.top + (1.5 * box.height) / canvas.height,
          }),
        );
      point("pointerdown", 77, 32, 4);
      point("pointerdown", 78, 1, 9);
      point("pointermove", 78, 1, 10);
      point("pointerup", 78, 0, 10);
      point("pointermove", 77, 32, 5);
      point("pointerup", 77, 0, 5);
      point("pointerdown", 78, 2, 6);
      point("pointercancel", 78, 0, 6);
    });
    const expected = "4:00 4:02 5:02 5:00 6:00 6:02 6:00 ";
    await logs(log, expected.replaceAll(/(.):(..) /g, "m000$1,0001:$2\n"));
    await page.close();
  });

  test("wheel: sideways with Shift", async () => {
    const page = await site.play("events");
    await page.waitForFunction(() => document.querySelector("uxn-player")?.uses.mouse);
    const { x, y } = await canvasCentre(page);
    await page.mouse.click(x, y);
    // In Firefox the wheel turns where the mouse was moved to, wherever it was clicked.
    await page.mouse.move(x, y);
    await page.keyboard.down("ShiftLeft");
    await page.mouse.wheel({ deltaY: 120 });
    await page.keyboard.up("ShiftLeft");
    await prints(page, "s0001,0000\n");
    await page.close();
  });
});

describeSite(
  "touch",
  (site: Site) => {
    /** A page on a phone. */
    async function playOnPhone(name: string, landscape = false): Promise<Page> {
      const rom = await site.offer(name);
      const page = await site.tab();
      const [width, height] = landscape ? [844, 390] : [390, 844];
      const isChromium = site.browserName === "chromium";
      await page.setViewport({ width, height, ...(isChromium ? { isMobile: true, hasTouch: true } : {}) });
      await page.goto(`${site.server.url}?rom=${rom}`);
      await hasState(page, "running");
      return page;
    }

    /** The middle of an element in pixels of the window. */
    async function middle(page: Page, selector: string): Promise<{ x: number; y: number }> {
      return page.$eval(selector, (element) => {
        const box = element.getBoundingClientRect();
        return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
      });
    }

    test("a finger is the mouse: it presses where it lands, and a second one does nothing", async () => {
      const page = await playOnPhone("events");
      await page.waitForFunction(() => document.querySelector("uxn-player")?.uses.mouse);
      const { x, y } = await canvasCentre(page);
      await page.focus(">>> canvas");
      await page.waitForFunction(() => inPlayer("canvas")?.style.touchAction === "none");
      const log = await startLog(page);
      const finger = await page.touchscreen.touchStart(x, y);
      await finger.move(x + 20, y);
      const second = await page.touchscreen.touchStart(x - 50, y - 30);
      await second.move(x - 60, y - 30);
      await second.end();
      await finger.end();
      await new Promise((resolve) => setTimeout(resolve, 200));
      const events = (await log()).trim().split("\n");
      const y0 = events[0]?.slice(6, 10);
      assert.deepEqual(events.slice(0, 2), [`m0100,${y0}:00`, `m0100,${y0}:01`], "first there, then pressed");
      assert.match(events.at(-1) ?? "", new RegExp(`^m01[1-9a-f].,${y0}:00$`), "lifted where it was");
      // The last but one is that of the lift before the release.
      for (const event of events.slice(1, -1)) assert.match(event, new RegExp(`^m01..,${y0}:01$`));
      assert.equal(await page.evaluate(() => scrollY), 0, "the page does not scroll");
      await page.close();
    });

    test("a finger that swipes over a program without the focus scrolls the page, and one that taps is a click", async () => {
      const page = await playOnPhone("events");
      await page.waitForFunction(() => document.querySelector("uxn-player")?.uses.mouse);
      await page.evaluate(() => {
        document.body.style.minHeight = "3000px";
        document.querySelector("uxn-player")?.scrollIntoView();
      });
      assert.equal(await page.$eval(">>> canvas", (canvas) => getComputedStyle(canvas).touchAction), "auto");
      const before = await page.evaluate(() => scrollY);
      let { x, y } = await canvasCentre(page);
      // Firefox's automation does not scroll by touches.
      if (site.browserName === "chromium") {
        const log = await startLog(page);
        const finger = await page.touchscreen.touchStart(x, y);
        for (let step = 1; step <= 10; step++) await finger.move(x, y - 10 * step);
        await finger.end();
        await page.waitForFunction((before) => scrollY > before + 40, {}, before);
        assert.equal(await log(), "", "and the program knows nothing of it");
        assert.equal(await page.evaluate(() => document.activeElement?.localName), "body");
        ({ x, y } = await canvasCentre(page));
      }
      const log = await startLog(page);
      await page.touchscreen.tap(x, y);
      await page.waitForFunction(() => document.activeElement?.localName === "uxn-player");
      await prints(page, ":01\n");
      assert.match(await log(), /^(m....,....:00\n)+m....,....:01\nm....,....:00\n/);
      assert.equal(await page.$eval(">>> canvas", (canvas) => getComputedStyle(canvas).touchAction), "none");
      await page.close();
    });

    test("the pad is there when the program listens to the controller, and can be put away", async () => {
      const mouse = await playOnPhone("frames");
      assert.equal(await mouse.$eval(">>> .pad", (pad) => pad.checkVisibility()), false);
      assert.equal(await mouse.$eval(">>> #pad-toggle", (toggle) => toggle.checkVisibility()), false);
      await mouse.close();
      const page = await playOnPhone("pads");
      await appears(page, ".pad:not([hidden])");
      const names = await page.$$eval(">>> .pad-key", (keys) =>
        keys.map((key) => key.ariaLabel ?? key.textContent),
      );
      assert.deepEqual(names, ["Up", "Right", "Down", "Left", "Select", "Start", "B", "A"]);
      for (const size of await page.$$eval(">>> .pad-key", (keys) =>
        keys.map((key) => Math.min(key.getBoundingClientRect().width, key.getBoundingClientRect().height)),
      )) {
        assert.ok(size >= 44, `${size} pixels`);
      }
      await page.locator(">>> #pad-toggle").click();
      assert.equal(await page.$eval(">>> .pad", (pad) => pad.checkVisibility()), false);
      await page.reload();
      await appears(page, "#pad-toggle:not([hidden])");
      assert.equal(await page.$eval(">>> #pad-toggle", (toggle) => toggle.ariaPressed), "false");
      await page.locator(">>> #pad-toggle").click();
      assert.equal(await page.$eval(">>> .pad", (pad) => pad.checkVisibility()), true);
      await page.evaluate(() => localStorage.clear());
      await page.close();
    });

    for (const landscape of [false, true]) {
      test(`the pad leaves the screen free, ${landscape ? "landscape" : "portrait"}`, async () => {
        const page = await playOnPhone("pads", landscape);
        await appears(page, ".pad:not([hidden])");
        const box = (selector: string) =>
          page.$eval(selector, (element) => {
            const { left, top, right, bottom } = element.getBoundingClientRect();
            return { left, top, right, bottom };
          });
        const [screen, directions, buttons] = await Promise.all(
          [">>> #stage", ">>> .pad-directions", ">>> .pad-buttons"].map(box),
        );
        assert.ok(screen && directions && buttons);
        if (landscape) {
          assert.ok(directions.right <= screen.left && screen.right <= buttons.left, "at both sides");
          assert.ok(screen.bottom - screen.top > 300, "nearly the whole height");
          assert.ok(screen.top >= 0 && screen.bottom <= 390, "without scrolling");
        } else {
          assert.ok(screen.bottom <= directions.top && screen.bottom <= buttons.top, "below");
          assert.ok(directions.bottom <= 844 && buttons.bottom <= 844, "within reach");
        }
        assert.ok(directions.left >= 0 && buttons.right <= (landscape ? 844 : 390), "within the window");
        await page.close();
      });
    }

    test("the pad: a thumb slides over directions and diagonals, the other one presses", async () => {
      const page = await playOnPhone("pads");
      await appears(page, ".pad:not([hidden])");
      const log = await startLog(page);
      const cross = await middle(page, ">>> .pad-directions");
      const a = await middle(page, ">>> .pad-a");
      const b = await middle(page, ">>> .pad-b");
      const left = await page.touchscreen.touchStart(cross.x, cross.y - 50);
      await left.move(cross.x + 40, cross.y - 40);
      const right = await page.touchscreen.touchStart(a.x, a.y);
      await right.move(b.x, b.y);
      // Beyond the edge of the cross the thumb still holds.
      await left.move(cross.x + 120, cross.y);
      assert.deepEqual(
        await page.$$eval(">>> .pad-key[data-held]", (keys) => keys.map((key) => key.className)),
        ["pad-key pad-right", "pad-key pad-b"],
      );
      await right.end();
      await left.move(cross.x, cross.y);
      await left.end();
      await logs(log, "10\n90\n91\n90\n92\n82\n80\n00\n".replaceAll("\n", "000000\n"));
      assert.equal(await page.evaluate(() => String(getSelection())), "");
      assert.equal(await page.evaluate(() => scrollY), 0, "the page does not scroll");
      await page.close();
    });

    /** Touches an element. */
    async function tap(page: Page, selector: string): Promise<void> {
      await page.$eval(selector, (element) => element.scrollIntoView({ block: "nearest" }));
      const { x, y } = await middle(page, selector);
      await page.touchscreen.tap(x, y);
    }

    /** The program that prints events, with the on-screen keyboard. */
    async function playTyping(): Promise<Page> {
      const page = await playOnPhone("events");
      await appears(page, "#keyboard-toggle:not([hidden])");
      await tap(page, ">>> #keyboard-toggle");
      await appears(page, "#keyboard-toggle[aria-pressed=true]");
      return page;
    }

    /** Which on-screen keyboard the browser would show for what has the focus; of the button, what it says. */
    const keyboardShown = (page: Page) =>
      page.evaluate(() => {
        const toggle = inPlayer("#keyboard-toggle");
        const focused = focusedElement();
        const isField = focused instanceof HTMLTextAreaElement && focused.closest("#room") !== null;
        return `${isField ? focused.inputMode : focused?.id} ${toggle?.ariaPressed}`;
      });

    test("the on-screen keyboard: asked for, put away, gone with the focus", async () => {
      const other = await playOnPhone("frames");
      assert.equal(await other.$eval(">>> #keyboard-toggle", (toggle) => toggle.checkVisibility()), false);
      await other.close();
      const page = await playTyping();
      assert.equal(await keyboardShown(page), "text true");
      await tap(page, ">>> #keyboard-toggle");
      assert.equal(await keyboardShown(page), "none false", "the keys are still the program's");
      await tap(page, ">>> #keyboard-toggle");
      assert.equal(await keyboardShown(page), "text true");
      await page.focus(">>> #reset");
      assert.equal(await keyboardShown(page), "reset false");
      await tap(page, ">>> canvas");
      assert.equal(await keyboardShown(page), "none false", "the screen alone does not bring it");
      await tap(page, ">>> #keyboard-toggle");
      assert.equal(await keyboardShown(page), "text true");
      await page.$eval(">>> #play", (stop) => (stop as HTMLElement).click());
      assert.equal(await page.$eval(">>> #keyboard-toggle", (toggle) => toggle.ariaPressed), "false");
      await page.close();
    });

    test("the on-screen keyboard stays while the screen is touched, and the touch is the mouse's", async () => {
      const page = await playTyping();
      await page.evaluate(() => {
        focusedElement()?.addEventListener("blur", () => {
          document.title = "blurred";
        });
      });
      const log = await startLog(page);
      await tap(page, ">>> canvas");
      for (let end = Date.now() + 3000; Date.now() < end && !/:01\n.*:00\n$/s.test(await log()); ) {
        await frames(page, 1);
      }
      assert.match(await log(), /^m(....,....):00\nm\1:01\n(m\1:01\n)*m\1:00\n$/);
      assert.equal(await keyboardShown(page), "text true");
      assert.notEqual(await page.title(), "blurred");
      await page.keyboard.press("a");
      await prints(page, "k61\n");
      await page.close();
    });

    test("the on-screen keyboard: letters, Backspace, Enter, corrections", async () => {
      const page = await playTyping();
      let log = await startLog(page);
      const keys = (characters: string) =>
        Array.from(Buffer.from(characters), (byte) => `k${byte.toString(16).padStart(2, "0")}\n`).join("");
      // A keyboard that says what it types; more is deleted than was typed.
      for (const key of ["h", "i", "Backspace", "Backspace", "Backspace", "Backspace"] as const) {
        await page.keyboard.press(key);
      }
      await page.keyboard.press("o");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Backspace");
      await logs(log, keys("hi\b\b\b\bo\r\b"));
      // A word is replaced by another, of which the field tells only that it has changed.
      log = await startLog(page);
      await page.keyboard.type("so teh");
      await page.$eval(">>> #room textarea", (element) => {
        const field = element as HTMLTextAreaElement;
        const at = field.value.indexOf("teh");
        field.setRangeText("the ", at, at + 3, "end");
        const inputType = "insertReplacementText";
        field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType, data: null }));
      });
      await page.keyboard.type("\u00fc");
      await page.keyboard.press("Backspace");
      await logs(log, keys("so teh\b\bhe \u00fc\b"));
      // What was typed is left alone once the cursor may be elsewhere.
      log = await startLog(page);
      await page.keyboard.press("ArrowLeft");
      assert.equal(
        await page.$eval(">>> #room textarea", (field) => (field as HTMLTextAreaElement).value),
        "\n",
      );
      await page.keyboard.type("ab");
      await page.keyboard.press("Escape");
      await logs(log, `b40\nb00\n${keys("ab\u001b")}`);
      await page.close();
    });

    test("the on-screen keyboard: words composed as they grow, and what is written in their place", async () => {
      const page = await playTyping();
      const log = await startLog(page);
      await page.evaluate(() => {
        const field = focusedElement();
        if (!(field instanceof HTMLTextAreaElement)) throw new Error("the focus is not in the field");
        const write = (
          value: string,
          inputType: string,
          isComposing: boolean,
          data: string | null = null,
        ) => {
          field.value = value;
          field.dispatchEvent(new InputEvent("input", { bubbles: true, data, inputType, isComposing }));
        };
        const compose = (type: string, data: string) =>
          field.dispatchEvent(new CompositionEvent(type, { bubbles: true, data }));
        const key = (keyCode: number) =>
          field.dispatchEvent(
            new KeyboardEvent("keydown", {
              bubbles: true,
              key: "Unidentified",
              keyCode,
            } as KeyboardEventInit),
          );
        // Android: every word is composed, and its keys have no names.
        key(229);
        compose("compositionstart", "");
        for (const part of ["w", "wr", "wrl"]) write(`\n${part}`, "insertCompositionText", true, part);
        key(229);
        write("\nwr", "insertCompositionText", true, "wr");
        write("\nworld", "insertCompositionText", true, "world");
        compose("compositionend", "world");
        write("\nworld ", "insertText", false, " ");
        // Backspace takes the word up again.
        write("\nworld", "deleteContentBackward", false);
        compose("compositionstart", "world");
        write("\nworl", "insertCompositionText", true, "worl");
        compose("compositionend", "worl");
        // Safari: the composed text goes before it comes.
        compose("compositionstart", "");
        write("\nworl\u306b", "insertCompositionText", true, "\u306b");
        write("\nworl", "deleteCompositionText", true);
        write("\nworl\u65e5", "insertFromComposition", true, "\u65e5");
        compose("compositionend", "\u65e5");
        write("\nworl\u65e5\n", "insertLineBreak", false);
        if (field.value !== "\n") throw new Error("the line is still there");
        // Before what was typed.
        write("", "deleteContentBackward", false);
        if (field.value !== "\n") throw new Error("nothing to delete is left");
      });
      const bytes = "77 72 6c 08 08 6f 72 6c 64 20 08 08 e3 81 ab 08 e6 97 a5 0d 08";
      let expected = bytes.replaceAll(/(..) ?/g, "k$1\n");
      await logs(log, expected);
      if (site.browserName === "chromium") {
        const session = await page.createCDPSession();
        for (const part of ["o", "om", "om"]) {
          const end = part.length;
          await session.send("Input.imeSetComposition", {
            text: part,
            selectionStart: end,
            selectionEnd: end,
          });
        }
        await session.send("Input.insertText", { text: "am" });
        await page.keyboard.press("Space");
        expected += "6f 6d 08 08 61 6d 20".replaceAll(/(..) ?/g, "k$1\n");
        await logs(log, expected);
        // Left in the middle of a word.
        await session.send("Input.imeSetComposition", { text: "x", selectionStart: 1, selectionEnd: 1 });
        await page.focus(">>> #reset");
        await logs(log, `${expected}k78\n`);
      }
      await page.close();
    });

    for (const landscape of [false, true]) {
      const name = landscape ? "landscape" : "portrait";
      test(`the on-screen keyboard leaves the screen in sight, ${name}`, async () => {
        const page = await playTyping();
        const viewport = { ...page.viewport(), width: landscape ? 844 : 390 };
        const full = landscape ? 390 : 844;
        await page.setViewport({ ...viewport, height: full });
        const covered = landscape ? 190 : 420;
        await page.setViewport({ ...viewport, height: covered });
        await page.waitForFunction(
          () =>
            inPlayer("#root")?.style.getPropertyValue("--visible-height") === `${visualViewport?.height}px`,
        );
        const { top, bottom } = await page.$eval(">>> #stage", (stage) => {
          const box = stage.getBoundingClientRect();
          return { top: box.top, bottom: box.bottom };
        });
        assert.ok(top >= 0 && bottom <= covered, `${top} to ${bottom} of ${covered}`);
        assert.equal(await keyboardShown(page), "text true");
        // Put away by the system: the button brings it back.
        await page.setViewport({ ...viewport, height: full });
        await appears(page, "#keyboard-toggle[aria-pressed=false]");
        await tap(page, ">>> #keyboard-toggle");
        assert.equal(await keyboardShown(page), "text true");
        await page.close();
      });
    }

    test("the pad's buttons are where they are seen, also when it is turned or mirrored", async () => {
      const page = await playOnPhone("pads");
      await appears(page, ".pad:not([hidden])");
      const log = await startLog(page);
      let expected = "";
      for (const style of ["transform: scaleX(-1)", "transform: rotate(90deg)", "zoom: 0.8; rotate: 8deg"]) {
        await page.evaluate((style) => {
          const player = document.querySelector("uxn-player") as HTMLElement;
          player.style.cssText = `${style}; width: 370px; margin: 0`;
          player.scrollIntoView({ block: "center" });
        }, style);
        for (const [key, code] of [
          ["a", "01"],
          ["b", "02"],
          ["start", "08"],
          ["up", "10"],
          ["left", "40"],
          ["right", "80"],
        ]) {
          const { x, y } = await middle(page, `>>> .pad-${key}`);
          const thumb = await page.touchscreen.touchStart(x, y);
          await thumb.end();
          expected += `${code}000000\n00000000\n`;
        }
      }
      await logs(log, expected);
      await page.close();
    });

    test("the pad lets go when the program is stopped", async () => {
      const page = await playOnPhone("pads");
      await appears(page, ".pad:not([hidden])");
      const log = await startLog(page);
      const a = await middle(page, ">>> .pad-a");
      const thumb = await page.touchscreen.touchStart(a.x, a.y);
      await page.$eval(">>> #play", (stop) => (stop as HTMLElement).click());
      assert.equal((await page.$$("[data-held]")).length, 0);
      await page.$eval(">>> #play", (stop) => (stop as HTMLElement).click());
      await logs(log, "01000000\n00000000\n");
      await thumb.end();
      await page.close();
    });
  },
  undefined,
  // Firefox cannot play a phone; it can be told what it is pointed at with.
  { extraPrefsFirefox: { "ui.primaryPointerCapabilities": 1, "ui.allPointerCapabilities": 1 } },
);
