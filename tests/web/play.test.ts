/** Programs in the page: their pictures, and keyboard, mouse and console input. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "puppeteer-core";
import { root } from "../../scripts/run.mjs";
import { assemble, shot } from "./support/command.js";
import {
  appears,
  canvasCentre,
  describeSite,
  frames,
  hasState,
  picture,
  prints,
  type Site,
  text,
} from "./support/site.js";

const BUILDS = ["tailcall", "switch"] as const;

async function assertPicture(page: Page, rom: string, count: number): Promise<void> {
  const { width, height, rgb_sha256 } = await shot(rom, count);
  const wanted = { width, height, sha256: rgb_sha256 };
  let seen = await picture(page);
  for (let waited = 0; seen.sha256 !== wanted.sha256 && waited < 20; waited++) {
    await frames(page, 30);
    seen = await picture(page);
  }
  assert.deepEqual(seen, wanted);
}

describeSite("pictures", (site: Site) => {
  for (const build of BUILDS) {
    test(`the test picture is the native one, ${build} build`, async () => {
      const page = await site.play("picture", `engine=${build}`);
      await assertPicture(page, await assemble("picture"), 2);
      const loaded = await page.evaluate(
        () => performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".wasm")).length,
      );
      assert.equal(loaded, 1, "one build is fetched, not both");
      await page.close();
    });

    test(`mandelbrot draws the native picture, ${build} build`, async () => {
      const page = await site.open(`rom=roms/mandelbrot.rom&engine=${build}`);
      await hasState(page, "running", "working");
      await assertPicture(page, join(root, "target/public/roms/mandelbrot.rom"), 600);
      await page.close();
    });
  }

  test("a moving picture is that of a native frame", async () => {
    const page = await site.open("rom=roms/hello.rom");
    await hasState(page, "running");
    await frames(page, 30);
    await page.locator(">>> #play").click();
    const { sha256 } = await picture(page);
    const seen = new Set<string>();
    for (let count = 10; count < 200 && !seen.has(sha256); count++) {
      seen.add((await shot(join(root, "target/public/roms/hello.rom"), count)).rgb_sha256);
    }
    assert.ok(seen.has(sha256), "none of the native frames is the one shown");
    assert.ok(seen.size > 2, "the picture moves");
    await page.close();
  });

  test("without tail calls in the engine the page takes the other build", async () => {
    const rom = await site.offer("picture");
    const page = await site.tab();
    await page.evaluateOnNewDocument(() => {
      WebAssembly.validate = () => false;
    });
    await page.goto(`${site.server.url}?rom=${rom}`);
    await hasState(page, "running");
    await assertPicture(page, await assemble("picture"), 2);
    await page.close();
  });

  test("a pixel of the program is a whole number of pixels of the display", async () => {
    const page = await site.play("picture");
    for (const deviceScaleFactor of [1, 1.25, 1.5, 2]) {
      // Another size each time: Chromium tells the page of no other change when it only plays a display.
      await page.setViewport({ width: 1000 + 4 * deviceScaleFactor, height: 700, deviceScaleFactor });
      await frames(page, 3);
      const { scale, rendering, left } = await page.$eval(">>> canvas", (canvas) => {
        const box = canvas.getBoundingClientRect();
        return {
          scale: (box.width * devicePixelRatio) / canvas.width,
          left: box.left * devicePixelRatio,
          rendering: getComputedStyle(canvas).imageRendering,
        };
      });
      assert.ok(
        scale >= 1 && Math.abs(scale - Math.round(scale)) < 0.01,
        `scale ${scale} at ${deviceScaleFactor}`,
      );
      assert.ok(Math.abs(left - Math.round(left)) < 0.05, `left edge at ${left}`);
      assert.equal(rendering, "pixelated");
    }
    await page.close();
  });
});

describeSite("input", (site: Site) => {
  /** The events program, its canvas focused by a click, and its console empty of what the click did. */
  async function playEvents(): Promise<Page> {
    const page = await site.play("events");
    await page.waitForFunction(() => document.querySelector("uxn-player")?.uses.mouse);
    const { x, y } = await canvasCentre(page);
    await page.mouse.click(x, y);
    await prints(page, ":01\nm0100,00a0:00\n");
    return page;
  }

  test("characters and buttons", async () => {
    const page = await playEvents();
    await page.keyboard.press("a");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await prints(page, "k61\nk0d\nk1b\n");
    await page.keyboard.down("ArrowUp");
    await page.keyboard.down("ArrowRight");
    await page.keyboard.up("ArrowUp");
    await page.keyboard.up("ArrowRight");
    await prints(page, "b10\nb90\nb80\nb00\n");
    await page.keyboard.press("Home");
    await prints(page, "b08\nb00\n");
    await page.keyboard.down("ControlLeft");
    await page.keyboard.press("c");
    await page.keyboard.up("ControlLeft");
    await prints(page, "b01\nk63\nb00\n");
    await page.close();
  });

  test("a held button is reported again and again", async () => {
    const page = await playEvents();
    await page.keyboard.down("ArrowLeft");
    await page.keyboard.down("ArrowLeft");
    await page.keyboard.up("ArrowLeft");
    await prints(page, "b40\nb40\nb00\n");
    await page.close();
  });

  test("keys are for the focused canvas only, and Tab leaves it", async () => {
    const page = await playEvents();
    const inside = () => page.$eval(">>> #room", (room) => room.matches(":focus-within"));
    await page.keyboard.press("Tab");
    assert.ok(!(await inside()), "the focus has moved on");
    await page.keyboard.down("Shift");
    await page.keyboard.press("Tab");
    assert.ok(await inside(), "and back");
    await page.keyboard.press("Tab");
    await page.keyboard.up("Shift");
    assert.ok(!(await inside()), "and on to what is before the screen");
    await page.focus("#url");
    await page.keyboard.type("qq");
    await page.focus(">>> canvas");
    await page.keyboard.press("z");
    await prints(page, "k7a\n");
    assert.doesNotMatch(await text(page, ">>> #log"), /k71|k09/);
    assert.equal(await page.$eval("#url", (field) => (field as HTMLInputElement).value), "qq");
    await page.close();
  });

  test("what is held is released when the focus leaves", async () => {
    const page = await playEvents();
    await page.keyboard.down("ArrowDown");
    await prints(page, "b20\n");
    await page.focus("#url");
    await prints(page, "b20\nb00\n");
    await page.keyboard.up("ArrowDown");
    await page.close();
  });

  test("keys that the program uses do not move the page, others are the browser's", async () => {
    const page = await playEvents();
    await page.evaluate(() => {
      window.addEventListener("keydown", (event) => {
        document.title += ` ${event.code}=${event.defaultPrevented}`;
      });
    });
    for (const key of ["ArrowDown", " ", "Home", "KeyA", "F6"] as const) await page.keyboard.press(key);
    await page.keyboard.down("ControlLeft");
    await page.keyboard.press("KeyB");
    await page.keyboard.up("ControlLeft");
    const title = await page.title();
    for (const key of ["ArrowDown", "Space", "Home", "KeyA"]) assert.match(title, new RegExp(`${key}=true`));
    for (const key of ["F6", "KeyB"]) assert.match(title, new RegExp(`${key}=false`));
    await page.close();
  });

  test("mouse: position, buttons, dragging beyond the edge", async () => {
    const page = await playEvents();
    const box = await page.$eval(">>> canvas", (canvas) => {
      const { left, top, width } = canvas.getBoundingClientRect();
      return { left, top, pixel: width / canvas.width };
    });
    const at = (x: number, y: number) =>
      [Math.floor(box.left + (x + 0.5) * box.pixel), Math.floor(box.top + (y + 0.5) * box.pixel)] as const;
    await page.mouse.move(...at(0x10, 0x20));
    await prints(page, "m0010,0020:00\n");
    await page.mouse.down();
    await page.mouse.move(...at(0x1ff, 0x13f));
    await prints(page, "m0010,0020:01\nm01ff,013f:01\n");
    await page.mouse.move(box.left - 20, box.top - 20);
    await prints(page, "m0000,0000:01\n");
    await page.mouse.up();
    await prints(page, "m0000,0000:00\n");
    await page.mouse.move(...at(2, 2));
    await page.mouse.down({ button: "right" });
    await page.mouse.up({ button: "right" });
    await prints(page, "m0002,0002:02\n");
    await prints(page, "m0002,0002:00\n");
    await page.mouse.down({ button: "middle" });
    await page.mouse.up({ button: "middle" });
    await prints(page, "m0002,0002:04\n");
    await page.close();
  });

  test("wheel: steps in both directions, up is ffff", async () => {
    const page = await playEvents();
    const { x, y } = await canvasCentre(page);
    await page.mouse.move(x, y);
    await page.mouse.wheel({ deltaY: 120 });
    await prints(page, "s0000,0001\n");
    await page.mouse.wheel({ deltaY: -120 });
    await prints(page, "s0000,ffff\n");
    await page.mouse.wheel({ deltaX: 120 });
    await prints(page, "s0001,0000\n");
    assert.equal(await page.evaluate(() => scrollY), 0, "the page does not scroll");

    const cursor = () => page.$eval(">>> canvas", (canvas) => canvas.style.cursor);
    const isHinted = () => page.$eval(">>> #hint", (hint) => hint.checkVisibility());
    assert.deepEqual([await cursor(), await isHinted()], ["none", false]);
    await page.focus(">>> #play");
    assert.deepEqual([await cursor(), await isHinted()], ["", true]);
    const before = await text(page, ">>> #log");
    await page.evaluate(() => {
      window.addEventListener("wheel", (event) => {
        document.body.dataset.wheel = String(event.defaultPrevented);
      });
    });
    await page.mouse.wheel({ deltaY: 120 });
    await page.waitForSelector("[data-wheel]", { timeout: 20_000 });
    const taken = await page.$eval("body", (body) => body.dataset.wheel);
    assert.equal(taken, "false", "without focus the wheel is the page's");
    await page.mouse.move(x + 20, y);
    await frames(page, 10);
    assert.equal(await text(page, ">>> #log"), before, "without focus the mouse is the page's");
    await page.close();
  });

  test("a program that has no vector but reads the ports has keyboard and mouse as well", async () => {
    const page = await site.play("poll");
    const { x, y } = await canvasCentre(page);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await prints(page, "0001\n");
    await page.mouse.up();
    await prints(page, "0000\n");
    await page.keyboard.down("ArrowUp");
    await prints(page, "1000\n");
    await page.keyboard.up("ArrowUp");
    assert.equal(await page.$eval(">>> canvas", (canvas) => canvas.style.cursor), "none");
    await page.close();
  });

  test("arguments, lines of input, the end of input, the exit code", async () => {
    const page = await site.play("echo", "args=ab+c");
    await prints(page, "261 262 30a 263 40a ");
    await appears(page, "[data-text-only]");
    await page.type(">>> #line", "é");
    await page.keyboard.press("Enter");
    await prints(page, "1c3 1a9 10a ");
    await page.locator(">>> #end-input").click();
    await hasState(page, "exited");
    assert.equal(await text(page, ">>> #status"), "Ended with exit code 3");
    await prints(page, "400 !");
    assert.equal(await text(page, ">>> #log .error"), "!");
    assert.equal(await text(page, ">>> #log .input"), "é\n");
    assert.ok(await page.$eval(">>> #line", (field) => (field as HTMLInputElement).disabled));
    await page.locator(">>> #reset").click();
    await hasState(page, "running");
    assert.ok(await page.$eval(">>> #line", (field) => !(field as HTMLInputElement).disabled));
    await page.close();
  });
});

describeSite("console programs", (site: Site) => {
  test("one that only prints is shown without a screen, however late it prints", async () => {
    const page = await site.open("rom=roms/primes32.rom");
    await hasState(page, "exited");
    await prints(page, "3432");
    await appears(page, "[data-text-only]");
    assert.equal(await page.$eval(">>> canvas", (canvas) => canvas.checkVisibility()), false);
    await page.locator("#menu-screen a").click();
    await appears(page, "#root:not([data-text-only]) canvas");
    await page.close();
  });
});
