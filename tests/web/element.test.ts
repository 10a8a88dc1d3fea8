/** The interface of `<uxn-player>`: attributes and properties, methods, state, and the order of events. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Page } from "puppeteer-core";
import type { UxnPlayer } from "../../www/player/index.js";
import { Articles, hears, types } from "./support/article.js";
import { assemble, assembled, shot } from "./support/command.js";
import { describeSite, picture, type Site } from "./support/site.js";

/** What a rejected promise says, or that it was not rejected. */
const FAILS = `
  globalThis.fails = (promise) => promise.then(() => "fulfilled", ({ name, message }) => name + ": " + message);
  globalThis.settled = async () => { await new Promise((resolve) => setTimeout(resolve)); };
`;

declare global {
  function fails(promise: Promise<unknown>): Promise<string>;
  /** Waits for what other tasks have been put off to. */
  function settled(): Promise<void>;
}

describeSite("the element", (site: Site) => {
  const articles = new Articles(site);
  before(async () => {
    for (const name of ["frames", "echo", "events", "picture", "hostile"]) await articles.offer(name);
  });

  const open = (markup: string, script = "") => articles.open(markup, { script, prepare: FAILS });

  /** A page with a player that is not asked for a program. */
  let shared: Page | undefined;
  const empty = async () => {
    shared ??= await open(`<uxn-player></uxn-player>`);
    await shared.bringToFront();
    await shared.evaluate(async () => {
      document.querySelector("uxn-player")?.remove();
      await settled();
      globalThis.player = document.createElement("uxn-player");
      globalThis.heard = [];
      for (const type of ["volumechange", "error"]) {
        player.addEventListener(type, () => {
          const { paused, readyState } = player;
          heard.push({ type, paused, readyState, bubbles: false });
        });
      }
      document.querySelector("main")?.append(player);
    });
    return shared;
  };

  test("attributes are properties, and the other way round", async () => {
    const page = await empty();
    const values = await page.evaluate(() => {
      const texts = ["src", "poster", "args", "files", "theme", "label"] as const;
      const flags = ["autoplay", "controls", "background", "stats"] as const;
      const seen: unknown[] = [texts.map((name) => player[name]), flags.map((name) => player[name])];
      for (const name of texts) player[name] = `${name} 1`;
      for (const name of flags) player[name] = true;
      seen.push([...texts, ...flags].map((name) => player.getAttribute(name)));
      for (const name of texts) player.setAttribute(name, `${name} 2`);
      for (const name of flags) player[name] = false;
      seen.push(
        texts.map((name) => player[name]),
        flags.map((name) => player.hasAttribute(name)),
      );
      return seen;
    });
    const names = ["src", "poster", "args", "files", "theme", "label"];
    assert.deepEqual(values, [
      names.map(() => ""),
      [false, false, false, false],
      [...names.map((name) => `${name} 1`), "", "", "", ""],
      names.map((name) => `${name} 2`),
      [false, false, false, false],
    ]);
  });

  test("attributes of few values: the defaults, and what anything else means", async () => {
    const page = await empty();
    const values = await page.evaluate(() => {
      const tries = {
        scale: ["auto", "3", "1", "16", "17", "0", "-1", "1.5", "abc", ""],
        keymap: ["standard", "letters", "Letters", "toString", ""],
        edition: ["2026", "2023", "1999", ""],
        engine: ["auto", "switch", "tailcall", "blocks", "other"],
      } as const;
      return Object.entries(tries).map(([name, all]) => {
        const key = name as keyof typeof tries;
        const read = all.map((value) => {
          player.setAttribute(key, value);
          return player[key];
        });
        player.removeAttribute(key);
        return [player[key], ...read];
      });
    });
    assert.deepEqual(values, [
      ["auto", "auto", "3", "1", "16", "16", "auto", "auto", "auto", "auto", "auto"],
      ["standard", "standard", "letters", "standard", "standard", "standard"],
      ["2026", "2026", "2023", "2026", "2026"],
      ["auto", "auto", "switch", "tailcall", "blocks", "auto"],
    ]);
    const [scale, page1, page2] = await page.evaluate(() => {
      player.scale = 2;
      const before = player.page;
      player.page = "elsewhere/";
      return [player.getAttribute("scale"), before, player.page];
    });
    assert.deepEqual([scale, page1, page2], ["2", site.server.url, "elsewhere/"]);
  });

  test("a scale is a width; without one, or a bad one, the page gives it", async () => {
    const page = await open(`<uxn-player src="frames.rom" style="height: 500px"></uxn-player>`);
    const widths = await page.evaluate(async () => {
      player.background = true;
      await player.play();
      const widths = [];
      for (const scale of ["auto", "1", "abc", "0", "9"]) {
        player.scale = scale;
        widths.push(player.offsetWidth);
      }
      return [player.parentElement?.offsetWidth, ...widths];
    });
    const [all] = widths;
    assert.deepEqual(widths, [all, all, 512, all, all, all]);
    await page.close();
  });

  test("volume and muted: the attribute gives the value to begin with, bad ones the default", async () => {
    const page = await empty();
    const read = (name: "volume" | "muted", value: string) =>
      page.evaluate(
        (name, value) => {
          const player = document.createElement("uxn-player");
          player.setAttribute(name, value);
          return player[name];
        },
        name,
        value,
      );
    assert.equal(await read("muted", ""), true);
    for (const [value, expected] of [
      ...[["0.25", 0.25] as const, ["0", 0] as const, ["1", 1] as const, ["1e-1", 0.1] as const],
      ...["", "1.1", "-0.1", "loud", "NaN", "Infinity"].map((value) => [value, 0.7] as const),
    ]) {
      assert.equal(await read("volume", value), expected, value);
    }
    const states = await page.evaluate(() => {
      const state = () => [player.volume, player.muted, heard.splice(0).length].join(" ");
      const seen = [state()];
      player.volume = 0.5;
      seen.push(state());
      player.volume = "0.25" as never;
      seen.push(`${typeof player.volume} ${state()}`);
      player.volume = 0.25;
      seen.push(state());
      for (const bad of [-0.1, 1.1, Number.NaN, "x", undefined]) {
        try {
          player.volume = bad as number;
        } catch (error) {
          seen.push((error as Error).name);
        }
      }
      seen.push(state());
      player.muted = true;
      seen.push(state());
      player.muted = true;
      seen.push(state());
      player.muted = 0 as never;
      seen.push(state());
      player.setAttribute("muted", "");
      player.setAttribute("volume", "1");
      seen.push(state());
      seen.push(String(player.getAttribute("volume")), String(player.hasAttribute("muted")));
      return seen;
    });
    assert.deepEqual(states, [
      ...["0.7 false 0", "0.5 false 1", "number 0.25 false 1", "0.25 false 0"],
      ...Array(5).fill("IndexSizeError"),
      ...["0.25 false 0", "0.25 true 1", "0.25 true 0", "0.25 false 1", "1 true 2", "1", "true"],
    ]);
  });

  test("properties that were set before there was an element count; bad ones break nothing", async () => {
    const page = await open(
      `<uxn-player></uxn-player>`,
      `const early = document.querySelector("uxn-player");
      Object.assign(early, { volume: 5, paused: false, src: "frames.rom", controls: true, label: "Early", muted: true, extra: 1 });`,
    );
    const { upgraded, values } = await page.evaluate(() => ({
      upgraded: Boolean(player.shadowRoot),
      values: [player.src, player.controls, player.label, player.muted, player.volume, player.paused],
    }));
    assert.equal(upgraded, true);
    assert.deepEqual(values, ["frames.rom", true, "Early", true, 0.7, true]);
    const attributes = await page.evaluate(() => [player.getAttribute("src"), player.getAttribute("label")]);
    assert.deepEqual(attributes, ["frames.rom", "Early"]);
    assert.equal(await page.evaluate(() => (player as never as { extra: number }).extra), 1);
    // They are reported, as errors in listeners are.
    assert.match(site.errors.splice(0).join(" "), /IndexSizeError|volume is from 0 to 1/);
    await page.close();
  });

  test("one life: its events, each once and with the state it tells of", async () => {
    const page = await open(`<uxn-player src="echo.rom"></uxn-player>`);
    assert.deepEqual(await types(page), []);
    await page.evaluate(() => player.play());
    assert.deepEqual(
      await page.evaluate(() =>
        heard
          .splice(0)
          .filter(({ type }) => type !== "usechange")
          .map(({ type, paused, readyState }) => [type, paused, readyState]),
      ),
      [
        ["loadstart", true, 0],
        ["loadeddata", true, 4],
        ["resize", false, 4],
        ["play", false, 4],
        ["playing", false, 4],
      ],
    );
    await page.evaluate(() => player.pause());
    assert.equal(await page.evaluate(() => player.paused), true);
    await page.evaluate(() => player.play());
    assert.deepEqual(await types(page), ["pause", "play", "playing"]);
    await page.evaluate(() => player.sendInput("a"));
    await page.evaluate(() => player.endInput());
    await hears(page, "exit");
    const seen = await page.evaluate(() => heard.splice(0));
    const said = seen
      .filter(({ type }) => type === "console")
      .map(({ detail }) => detail as { stream: string });
    const out = (stream: string) =>
      said
        .flatMap((detail) => (detail.stream === stream ? (detail as unknown as { text: string }).text : []))
        .join("");
    assert.equal(out("stdout"), "161 400 ");
    assert.equal(out("stderr"), "!");
    assert.deepEqual(
      seen
        .filter(({ type }) => !["console", "usechange"].includes(type))
        .map(({ type, paused }) => [type, paused]),
      [
        ["pause", true],
        ["exit", true],
      ],
      "as with media, the end is a pause",
    );
    assert.deepEqual(seen.at(-1)?.detail, { code: 3 });
    assert.equal(await page.evaluate(() => player.exitCode), 3);
    // It starts again.
    await page.evaluate(() => player.play());
    assert.deepEqual(await types(page), ["play", "playing"]);
    assert.equal(await page.evaluate(() => player.exitCode), null);
    await page.evaluate(() => player.unload());
    const last = await page.evaluate(() => heard.splice(0).filter(({ type }) => type !== "usechange"));
    assert.deepEqual(
      last.map(({ detail: _, ...event }) => event),
      [{ type: "emptied", paused: true, readyState: 0, bubbles: false }],
    );
    assert.equal(await page.evaluate(() => player.screenWidth), 0);
    await page.close();
  });

  test("metadata: told once, and the program's name follows it", async () => {
    const page = await open(`<uxn-player src="hostile.rom"></uxn-player>`);
    const names = await page.evaluate(async () => {
      const names = [player.programName];
      await player.load();
      names.push(player.programName);
      const told = new Promise((resolve) =>
        player.addEventListener("loadedmetadata", resolve, { once: true }),
      );
      await player.play();
      await told;
      names.push(player.programName, ...player.metadata);
      player.label = "By the page";
      names.push(player.programName);
      player.unload();
      names.push(...player.metadata, "none");
      return names;
    });
    const markup = "<img src=x onerror=document.title='owned'>";
    assert.deepEqual(names, ["", "hostile", markup, markup, "<b>bold</b>", "By the page", "none"]);
    assert.equal((await types(page)).filter((type) => type === "loadedmetadata").length, 1);
    await page.close();
  });

  test("play, pause and reset: what they do twice, too early, and with another listening", async () => {
    const page = await open(`<uxn-player></uxn-player>`);
    assert.deepEqual(
      await page.evaluate(async () => {
        player.pause();
        player.reset();
        player.unload();
        player.sendInput("nobody hears it");
        player.endInput();
        return [await fails(player.screenshot()), await fails(player.play()), player.error?.code];
      }),
      ["InvalidStateError: There is no picture.", "RomError: This player has no program.", 4],
    );
    assert.deepEqual(await types(page), ["loadstart", "error"]);
    const values = await page.evaluate(async () => {
      player.src = "frames.rom";
      const cleared = player.error;
      await Promise.all([player.play(), player.play()]);
      await player.play();
      const playing = player.paused;
      player.reset();
      player.pause();
      player.pause();
      return [cleared, playing, player.paused, player.error];
    });
    assert.deepEqual(values, [null, false, true, null]);
    const seen = await types(page);
    assert.deepEqual(seen, ["loadstart", "loadeddata", "resize", "play", "playing", "playing", "pause"]);
    // A reset starts it, also from a pause.
    const isPaused = await page.evaluate(() => {
      player.reset();
      return player.paused;
    });
    assert.equal(isPaused, false);
    // Whoever listens may think better of it.
    const paused = await page.evaluate(async () => {
      player.pause();
      player.addEventListener("play", () => player.pause(), { once: true });
      await player.play();
      let prints = 0;
      await new Promise((resolve) => setTimeout(resolve, 50));
      player.addEventListener("console", () => prints++);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return [player.paused, prints];
    });
    assert.deepEqual(paused, [true, 0]);
    await page.close();
  });

  test("a pause while the program is on its way holds", async () => {
    const page = await open(`<uxn-player src="frames.rom"></uxn-player>`);
    const [message, paused, readyState] = await page.evaluate(async () => {
      const playing = fails(player.play());
      player.pause();
      return [await playing, player.paused, player.readyState] as const;
    });
    assert.match(message, /^AbortError/);
    assert.deepEqual([paused, readyState], [true, 4]);
    assert.deepEqual(await types(page), ["loadstart", "loadeddata"]);
    // Also of one that starts by itself.
    const autoplay = await page.evaluate(async () => {
      player.unload();
      player.autoplay = true;
      const loading = player.load();
      player.pause();
      await loading;
      return player.paused;
    });
    assert.equal(autoplay, true);
    await page.close();
  });

  test("load: bytes, a buffer, a file, an address, and a link that holds a program", async () => {
    const page = await empty();
    const rom = Array.from(await assembled("picture"));
    const { width, height } = await shot(await assemble("picture"), 2);
    const results = await page.evaluate(async (numbers) => {
      const bytes = Uint8Array.from(numbers);
      const compressed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
      const packed = new Uint8Array(await new Response(compressed).arrayBuffer());
      const base64 = btoa(String.fromCharCode(...packed))
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .replaceAll("=", "");
      const padded = new Uint8Array(bytes.length + 8);
      padded.set(bytes, 5);
      const sources = [
        bytes,
        bytes.buffer,
        padded.subarray(5, 5 + bytes.length),
        new Blob([bytes]),
        new File([bytes], "A file.rom"),
        "picture.rom",
        new URL("picture.rom", document.baseURI),
        `https://nowhere.invalid/#z=${base64}`,
      ];
      // The program changes the size of its screen when it begins.
      const size = async () => {
        await player.play();
        while (player.screenWidth === 512) {
          await new Promise((resolve) => player.addEventListener("resize", resolve, { once: true }));
        }
        return `${player.screenWidth},${player.screenHeight}`;
      };
      const seen: string[] = [];
      for (const source of sources) {
        await player.load(source);
        const { readyState, paused, programName } = player;
        seen.push([readyState, paused, programName, await size()].join());
      }
      // What a page does with its bytes afterwards is its own business.
      await player.load(bytes);
      bytes.fill(0);
      seen.push(await size());
      return seen;
    }, rom);
    const size = `${width},${height}`;
    assert.deepEqual(results, [
      ...[`4,true,,${size}`, `4,true,,${size}`, `4,true,,${size}`, `4,true,,${size}`],
      ...[`4,true,A file,${size}`, `4,true,picture,${size}`, `4,true,picture,${size}`, `4,true,,${size}`],
      size,
    ]);
  });

  test("load: the newest wins, and a signal gives it up", async () => {
    const page = await open(`<uxn-player src="echo.rom"></uxn-player>`);
    const results = await page.evaluate(async () => {
      const first = fails(player.load("frames.rom"));
      const second = fails(player.load("picture.rom"));
      const results = [await first, await second, player.programName];
      const end = new AbortController();
      const third = fails(player.load("frames.rom", { signal: end.signal }));
      end.abort();
      results.push(await third, player.programName, String(player.error));
      results.push(await fails(player.load("frames.rom", { signal: AbortSignal.abort() })));
      const fourth = fails(player.load("frames.rom"));
      player.unload();
      results.push(await fourth, String(player.readyState));
      // Not what was given up.
      const fifth = fails(player.load("frames.rom"));
      player.src = "events.rom";
      const sixth = fails(player.play());
      results.push(await fifth, await sixth, player.programName);
      return results.map((text) => text.replace(/(AbortError):.*/, "$1"));
    });
    assert.deepEqual(results, [
      ...["AbortError", "fulfilled", "picture"],
      ...["AbortError", "picture", "null", "AbortError"],
      ...["AbortError", "0"],
      ...["AbortError", "fulfilled", "events"],
    ]);
    assert.ok(!(await types(page)).includes("error"));
    await page.close();
  });

  test("src: a new one takes the program away, and with autoplay the next one starts", async () => {
    const page = await open(`<uxn-player src="frames.rom" autoplay></uxn-player>`);
    await hears(page, "console");
    await page.evaluate(() => {
      heard.length = 0;
      player.src = "frames.rom";
    });
    assert.deepEqual(await types(page), [], "the same: nothing happens");
    const name = await page.evaluate(async () => {
      heard.length = 0;
      const played = new Promise((resolve) => player.addEventListener("play", resolve, { once: true }));
      // Both are on their way; the last one counts.
      player.src = "events.rom";
      player.src = "picture.rom";
      await played;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return player.programName;
    });
    assert.equal(name, "picture");
    const seen = await types(page);
    assert.deepEqual(seen, [
      ...["emptied", "loadstart", "loadstart", "loadeddata", "resize", "play", "playing", "resize"],
    ]);
    await page.evaluate(() => player.removeAttribute("src"));
    assert.deepEqual(await types(page), ["emptied"]);
    assert.equal(await page.evaluate(() => player.src), "");
    await page.close();
  });

  test("a program that is replaced is unloaded, once the next one is there", async () => {
    const page = await open(`<uxn-player src="frames.rom"></uxn-player>`);
    await page.evaluate(() => player.play());
    await types(page);
    const states = await page.evaluate(async () => {
      const seen: string[] = [];
      const note = ({ type }: Event) =>
        seen.push(`${type} ${player.paused} ${player.readyState} ${player.programName}`);
      for (const type of ["loadstart", "emptied", "loadeddata"]) player.addEventListener(type, note);
      await player.load("echo.rom");
      return seen;
    });
    assert.deepEqual(states, ["loadstart false 4 frames", "emptied true 0 ", "loadeddata true 4 echo"]);
    // One that cannot be had replaces nothing.
    const [message, readyState, code] = await page.evaluate(async () => [
      await fails(player.load("missing.rom")),
      player.readyState,
      player.error?.code,
    ]);
    assert.match(String(message), /404/);
    assert.deepEqual([readyState, code], [4, 2]);
    await page.close();
  });

  test("errors: 2 for the network, 4 for what is no program, and another attempt", async () => {
    const page = await empty();
    articles.server.answer("/page.html", (_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><p>Not a program.");
    });
    const errors = await page.evaluate(async () => {
      const seen: string[] = [];
      const sources = [
        ...["missing.rom", "http://127.0.0.1:9/x.rom", "ftp://host/x.rom", "javascript:alert(1)", "data:,x"],
        ...["page.html", "#z=%%%", "#z=AAAA", "http://[/"],
      ];
      for (const source of [...sources, new Uint8Array(), new Uint8Array(2e7)]) {
        player.unload();
        const message = await fails(player.load(source));
        seen.push(`${player.error?.code} ${player.readyState}`);
        if (message !== `RomError: ${player.error?.message}`) seen.push(message);
      }
      return seen;
    });
    assert.deepEqual(errors, [
      ...["2 0", "2 0", "4 0", "4 0", "4 0", "4 0", "4 0", "4 0", "4 0", "4 0", "4 0"],
    ]);
    assert.equal(
      (await page.evaluate(() => heard.filter(({ type }) => type === "error"))).length,
      errors.length,
    );
    // Nothing stays of it.
    const after = await page.evaluate(async () => {
      await player.load("echo.rom");
      return [player.error, player.readyState];
    });
    assert.deepEqual(after, [null, 4]);
  });

  test("error 3: the emulator itself fails, says so, and the program can be started again", async () => {
    const page = await articles.open(`<uxn-player src="frames.rom" controls></uxn-player>`, {
      prepare: `const { instantiateStreaming } = WebAssembly;
        globalThis.broken = false;
        const watch = ({ instance, module }) => {
          const exports = Object.fromEntries(Object.entries(instance.exports).map(([name, value]) =>
            [name, /sendFrame/i.test(name) ? (...args) => { if (broken) throw new WebAssembly.RuntimeError("unreachable"); return value(...args); } : value]));
          return { instance: { exports }, module };
        };
        WebAssembly.instantiateStreaming = async (...args) => watch(await instantiateStreaming(...args));`,
    });
    await page.evaluate(() => player.play());
    await hears(page, "console");
    site.errors.length = 0;
    await page.evaluate("broken = true; heard.length = 0");
    await hears(page, "error");
    const seen = await page.evaluate(() =>
      heard
        .splice(0)
        .filter(({ type }) => ["pause", "error"].includes(type))
        .map(({ type, paused }) => `${type} ${paused}`),
    );
    assert.deepEqual(seen, ["pause true", "error true"]);
    const { code, message } = await page.evaluate(() => ({ ...player.error }));
    assert.equal(code, 3);
    assert.match(String(message), /unreachable/);
    assert.equal(await page.$eval(">>> #problem-text", (text) => text.textContent), message);
    // Developers see it as well.
    assert.equal(site.errors.splice(0).length, 1);
    await page.evaluate("broken = false");
    await page.locator(">>> #retry").click();
    await hears(page, "play");
    assert.deepEqual(await page.evaluate(() => [player.error, player.paused]), [null, false]);
    await page.close();
  });

  test("screenshot: the picture that the command draws", async () => {
    const page = await open(`<uxn-player src="picture.rom"></uxn-player>`);
    const { width, height, rgb_sha256 } = await shot(await assemble("picture"), 2);
    await page.evaluate(() => player.play());
    const drawn = await page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const blob = await player.screenshot();
      const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" });
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext("2d");
      context?.drawImage(bitmap, 0, 0);
      const pixels = context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? [];
      const rgb = Uint8Array.from(pixels.filter((_, index) => index % 4 !== 3));
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", rgb));
      const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
      return { type: blob.type, width: bitmap.width, height: bitmap.height, sha256 };
    });
    assert.deepEqual(drawn, { type: "image/png", width, height, sha256: rgb_sha256 });
    assert.equal((await picture(page)).sha256, rgb_sha256);
    await page.close();
  });

  test("args, keymap, label, background and controls change while it plays", async () => {
    const page = await open(`<uxn-player src="echo.rom" args="one 'two three'" controls></uxn-player>`);
    const printed = (from: number) =>
      page.evaluate(
        (from) =>
          heard
            .slice(from)
            .flatMap(({ detail }) => (detail as { text?: string })?.text ?? [])
            .join(""),
        from,
      );
    const arrives = async (from: number, expected: string) => {
      await page.waitForFunction(
        (from, length) =>
          heard
            .slice(from)
            .flatMap(({ detail }) => (detail as { text?: string })?.text ?? [])
            .join("").length >= length,
        { timeout: 20_000 },
        from,
        expected.length,
      );
      assert.equal(await printed(from), expected);
    };
    const bytes = (text: string, type: number, last: number) =>
      Array.from(text, (character) => `${type}${character.charCodeAt(0).toString(16)} `).join("") +
      `${last}0a `;
    await page.evaluate(() => player.play());
    await arrives(0, bytes("one", 2, 3) + bytes("two three", 2, 4));
    const from = await page.evaluate(() => {
      player.args = "x";
      return heard.length;
    });
    await page.evaluate(() => player.reset());
    await arrives(from, bytes("x", 2, 4));

    const bar = () =>
      page.evaluate(() => {
        const bar = inPlayer("#bar");
        return [bar?.checkVisibility(), bar?.ariaLabel, inPlayer("canvas")?.ariaLabel];
      });
    assert.deepEqual(await bar(), [true, "Controls of echo", "Screen of echo"]);
    await page.evaluate(() => {
      player.controls = false;
      player.label = "Another";
    });
    assert.deepEqual(await bar(), [false, "Controls of Another", "Screen of Another"]);
    await page.evaluate(() => {
      player.controls = true;
    });
    assert.deepEqual((await bar())[0], true);
    await page.close();
  });

  test("a player that is not in the page plays once it is", async () => {
    const page = await empty();
    const seen = await page.evaluate(async () => {
      const other: UxnPlayer = document.createElement("uxn-player");
      other.src = "frames.rom";
      const playing = other.play();
      await other.load();
      const seen: unknown[] = [other.readyState, other.paused];
      document.body.append(other);
      await playing.catch(() => {});
      await other.play();
      seen.push(other.paused);
      other.remove();
      // Given a program elsewhere, and to start by itself.
      const third = document.createElement("uxn-player");
      third.autoplay = true;
      third.background = true;
      await third.load("frames.rom");
      seen.push(third.paused);
      const starts = new Promise((resolve) => third.addEventListener("play", resolve));
      document.body.append(third);
      await starts;
      seen.push(third.paused);
      third.remove();
      return seen;
    });
    assert.deepEqual(seen, [4, true, false, true, false]);
  });
});
