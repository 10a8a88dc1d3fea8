/**
 * Listeners that call the player back. A listener of any event may call any method: the player is then as after the
 * same call a moment later. Later than the event is as soon as all scripts have returned.
 */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Page } from "puppeteer-core";
import type { UxnPlayer } from "../../www/player/index.js";
import { Articles, EVENTS } from "./support/article.js";
import { assembled } from "./support/command.js";
import { describeSite, type Site } from "./support/site.js";

/** Players at once whose listeners do anything, how many times, and the seed of the first. More: `LISTENERS=100`. */
const PLAYERS = 40;
const ROUNDS = Number(process.env.LISTENERS ?? 1);
const SEED = Number(process.env.LISTENERS_SEED ?? 1);

/** What there is to call, by the name of the method or the property, and some things that pages do to elements. */
const ACTIONS: Readonly<Record<string, (player: UxnPlayer) => unknown>> = {
  play: (player) => player.play(),
  pause: (player) => player.pause(),
  reset: (player) => player.reset(),
  load: (player) => player.load(),
  unload: (player) => player.unload(),
  focus: (player) => player.focus(),
  requestFullscreen: (player) => player.requestFullscreen(),
  screenshot: (player) => player.screenshot(),
  sendInput: (player) => player.sendInput("?"),
  endInput: (player) => player.endInput(),
  src: (player) => Object.assign(player, { src: "frames.rom" }),
  autoplay: (player) => Object.assign(player, { autoplay: true }),
  muted: (player) => Object.assign(player, { muted: true }),
  volume: (player) => Object.assign(player, { volume: 0.9 }),
  controls: (player) => Object.assign(player, { controls: true }),
  poster: (player) => Object.assign(player, { poster: "data:," }),
  scale: (player) => Object.assign(player, { scale: 2 }),
  args: (player) => Object.assign(player, { args: "?" }),
  files: (player) => Object.assign(player, { files: "frames.rom" }),
  keymap: (player) => Object.assign(player, { keymap: "letters" }),
  theme: (player) => Object.assign(player, { theme: "0a6f 05cf 0caf" }),
  label: (player) => Object.assign(player, { label: "Another name" }),
  background: (player) => Object.assign(player, { background: false }),
  stats: (player) => Object.assign(player, { stats: true }),
  edition: (player) => Object.assign(player, { edition: "2023" }),
  page: (player) => Object.assign(player, { page: "elsewhere/" }),
  engine: (player) => Object.assign(player, { engine: "switch" }),
  "(remove)": (player) => player.remove(),
  "(move)": (player) => player.parentElement?.prepend(player),
  "(replaceWith itself)": (player) => player.replaceWith(player),
  "(remove, append)": (player) => {
    const { parentElement } = player;
    player.remove();
    parentElement?.append(player);
  },
  "(autoplay, src)": (player) => Object.assign(player, { autoplay: true, src: "frames.rom" }),
  "(pause, play)": (player) => {
    player.pause();
    return player.play();
  },
  "(unload, play)": (player) => {
    player.unload();
    return player.play();
  },
  "(reset, pause)": (player) => {
    player.reset();
    player.pause();
  },
  "(storage.write)": (player) => player.storage?.write("by the page", Uint8Array.of(1)),
  "(key)": (player) => {
    const canvas = player.shadowRoot?.querySelector("canvas");
    canvas?.dispatchEvent(new KeyboardEvent("keydown", { key: "a", code: "KeyA", bubbles: true }));
  },
};

/** How an event comes about, by its type: what is done before there are listeners, and what is done then. */
interface Scenario {
  readonly isPlaying?: boolean;
  readonly trigger: (player: UxnPlayer) => unknown;
  /** Whether the players have it one after the other. */
  readonly isSerial?: boolean;
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  loadstart: { trigger: (player) => player.play() },
  loadeddata: { trigger: (player) => player.play() },
  loadedmetadata: { trigger: (player) => player.play() },
  play: { trigger: (player) => player.play() },
  playing: { trigger: (player) => player.play() },
  resize: { trigger: (player) => player.play() },
  usechange: { trigger: (player) => player.play() },
  console: { trigger: (player) => player.play() },
  error: { trigger: (player) => Object.assign(player, { src: "missing.rom" }).play() },
  emptied: { isPlaying: true, trigger: (player) => player.unload() },
  pause: { isPlaying: true, trigger: (player) => player.pause() },
  volumechange: { isPlaying: true, trigger: (player) => Object.assign(player, { volume: 0.4 }) },
  exit: { isPlaying: true, trigger: (player) => player.sendInput("x") },
  filechange: { isPlaying: true, trigger: (player) => player.storage?.write("told", Uint8Array.of(2)) },
  waiting: {
    isPlaying: true,
    trigger: (player) => {
      player.addEventListener("waiting", () => leap(-1), { once: true });
      leap(1);
      player.sendInput("w");
    },
  },
  gamepadchange: {
    isPlaying: true,
    trigger: (player) => {
      player.focus();
      connectGamepad();
    },
    isSerial: true,
  },
};

declare global {
  /** In the page: one more wants that time passes faster, or one fewer. */
  function leap(change: 1 | -1): void;
  /** In the page: replaces the gamepad by another one. */
  function connectGamepad(): void;
  /** In the page: computers that have been made and not freed. */
  function computers(): number;
  /** In the page: messages of errors that nobody has caught. */
  var errors: string[];
  /** In the page: has the first player's listener of an event throw. */
  function throwFrom(type: string): void;
  /** In the page: bytes of the emulator's memory. */
  function emulatorBytes(): number;
  var ACTIONS_IN_PAGE: typeof ACTIONS;
  var SCENARIOS_IN_PAGE: typeof SCENARIOS;
}

const PREPARE = `
  {
    const now = performance.now.bind(performance);
    let leaping = 0;
    let ahead = 0;
    performance.now = () => now() + (ahead += leaping > 0 ? 7 : 0);
    globalThis.leap = (change) => { leaping += change; };

    let pads = [null, null, null, null];
    let count = 0;
    navigator.getGamepads = () => pads;
    globalThis.connectGamepad = () => {
      pads = [{ index: ++count, id: "Pad " + count, connected: true, mapping: "standard", axes: [], buttons: [] }];
    };
    document.hasFocus = () => true;

    let made = 0;
    globalThis.computers = () => made;
    let memory;
    globalThis.emulatorBytes = () => memory.buffer.byteLength;
    const { instantiateStreaming } = WebAssembly;
    WebAssembly.instantiateStreaming = async (...args) => {
      const { instance, module } = await instantiateStreaming(...args);
      memory = instance.exports.memory;
      const exports = Object.fromEntries(Object.entries(instance.exports).map(([name, value]) => {
        const change = name === "varvara_new" ? 1 : name === "__wbg_varvara_free" ? -1 : 0;
        if (change === 0) return [name, value];
        return [name, (...values) => { const result = value(...values); made += change; return result; }];
      }));
      return { instance: { exports }, module };
    };
    // What fails by intention, such as the play() of a program that is not there, tells so by itself.
    addEventListener("unhandledrejection", (event) => event.preventDefault());
  }
`;

/** A script of the page: browsers report the errors of such ones only. */
const SCRIPT = `
  globalThis.errors = [];
  addEventListener("error", (event) => {
    errors.push(event.error?.message ?? event.message);
    if (globalThis.areErrorsExpected) event.preventDefault();
  });
  globalThis.throwFrom = (type) => {
    globalThis.areErrorsExpected = true;
    player.addEventListener(type, () => {
      throw new Error(type);
    });
  };
`;

const inPage = (table: Readonly<Record<string, unknown>>): string =>
  `{ ${Object.entries(table).map(([name, value]) => {
    const source = typeof value === "object" ? inPage(value as Record<string, unknown>) : String(value);
    return `${JSON.stringify(name)}: ${source}`;
  })} }`;

const TABLES = `
  globalThis.ACTIONS_IN_PAGE = ${inPage(ACTIONS)};
  globalThis.SCENARIOS_IN_PAGE = ${inPage(SCENARIOS as never)};
`;

/** How it stands with a player in the end. */
interface Outcome {
  readonly action: string;
  readonly when: "inside" | "later";
  readonly state: Readonly<Record<string, unknown>>;
  readonly events: readonly string[];
}

describeSite("listeners that call the player", (site: Site) => {
  const articles = new Articles(site);
  before(async () => {
    for (const name of ["teller", "frames", "echo", "events"]) await articles.offer(name);
  });
  const open = (markup = ""): Promise<Page> =>
    articles.open(markup, { prepare: PREPARE + TABLES, script: SCRIPT });

  /** Plays a scenario with a player for each action, called from a listener, and another, called later. */
  async function sweep(page: Page, type: string, actions: readonly string[]): Promise<Outcome[]> {
    return page.evaluate(
      async (type, actions, all) => {
        const { isPlaying = false, isSerial = false, trigger } = SCENARIOS_IN_PAGE[type] ?? {};
        const frame = () => new Promise(requestAnimationFrame);
        const place = document.querySelector("main") ?? document.body;
        const cases = actions.flatMap((action) =>
          (["inside", "later"] as const).map((when) => {
            const player = document.createElement("uxn-player");
            player.src = "teller.rom";
            player.background = true;
            place.append(player);
            return { action, when, player, events: [] as string[], dots: 0 };
          }),
        );
        if (isPlaying) {
          const play = async ({ player }: (typeof cases)[number]) => {
            const printed = new Promise((resolve) =>
              player.addEventListener("console", resolve, { once: true }),
            );
            await player.play();
            await printed;
          };
          await Promise.all(cases.map(play));
        }
        const told = cases.map((each) => {
          const { player, when, action, events } = each;
          const act = () => {
            const result = ACTIONS_IN_PAGE[action]?.(player);
            if (result instanceof Promise) result.catch(() => {});
          };
          for (const name of all) player.addEventListener(name, () => events.push(name));
          player.addEventListener("console", () => each.dots++);
          return () =>
            new Promise<void>((resolve) => {
              player.addEventListener(
                type as "play",
                () => {
                  events.length = 0;
                  if (when === "inside") act();
                  else queueMicrotask(act);
                  resolve();
                },
                { once: true },
              );
              const result = trigger?.(player);
              if (result instanceof Promise) result.catch(() => {});
            });
        });
        if (isSerial) for (const tell of told) await tell();
        else await Promise.all(told.map((tell) => tell()));
        // Until what they have caused has come to rest: loading, above all.
        const isLoading = () =>
          cases.some(({ player }) => player.shadowRoot?.querySelector("#root[data-loading]"));
        for (let rest = 0; rest < 4; rest++) {
          while (isLoading()) await frame();
          await frame();
        }
        for (const each of cases) each.dots = 0;
        for (let count = 0; count < 8; count++) await frame();
        const outcomes = cases.map(({ action, when, player, events, dots }) => {
          const { paused, readyState, suspended, error, exitCode, isConnected, programName } = player;
          const { volume, muted, uses, metadata } = player;
          const state = {
            ...{ paused, readyState, suspended, error: error?.code, exitCode, isConnected, programName },
            ...{
              volume,
              muted,
              uses: JSON.stringify(uses),
              metadata: metadata.length,
              isAdvancing: dots > 0,
            },
            shown: player.shadowRoot?.querySelector("#status")?.getAttribute("data-state"),
          };
          return { action, when, state, events: events.slice() };
        });
        const there = outcomes.filter(({ state: { shown } }) => shown && shown !== "empty").length;
        if (computers() !== there) throw new Error(`${computers()} computers for ${there} programs`);
        for (const { player } of cases) player.remove();
        await new Promise((resolve) => setTimeout(resolve));
        if (computers() !== 0) throw new Error(`${computers()} computers without a player`);
        return outcomes;
      },
      type,
      actions as string[],
      EVENTS as string[],
    );
  }

  test("every event has a scenario, and every method and property an action", async () => {
    assert.ok(EVENTS.length > 10);
    assert.deepEqual(Object.keys(SCENARIOS).sort(), Array.from(EVENTS).sort());
    const page = await open();
    const names = await page.evaluate(() => {
      const { prototype } = customElements.get("uxn-player") as CustomElementConstructor;
      return Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value, set }]) =>
        name !== "constructor" && !name.endsWith("Callback") && (set || typeof value === "function")
          ? name
          : [],
      );
    });
    const actions = Object.keys(ACTIONS).filter((name) => !name.startsWith("("));
    assert.deepEqual(actions.sort(), names.sort());
    await page.close();
  });

  let shared: Promise<Page> | undefined;
  for (const type of EVENTS) {
    test(`${type}: a call from its listener is the same call a moment later`, async () => {
      shared ??= open();
      const page = await shared;
      await page.bringToFront();
      const outcomes = await sweep(page, type, Object.keys(ACTIONS));
      const problems = [];
      for (let at = 0; at < outcomes.length; at += 2) {
        const [inside, later] = outcomes.slice(at, at + 2);
        assert.ok(inside && later && inside.when === "inside");
        const { action } = inside;
        try {
          assert.deepEqual(inside.state, later.state);
          for (const { state, events } of [inside, later]) assertConsistent(type, state, events);
        } catch (error) {
          problems.push(`${action}: ${(error as Error).message}\n${inside.events}\n${later.events}`);
        }
      }
      assert.equal(problems.join("\n\n"), "");
    });
  }

  /** How it stands with the first player, and how many frames the program gets from now on. */
  const standing = (page: Page) =>
    page.evaluate(async () => {
      let dots = 0;
      const count = () => dots++;
      player.addEventListener("console", count);
      for (let frames = 0; frames < 6; frames++) await new Promise(requestAnimationFrame);
      player.removeEventListener("console", count);
      const { paused, readyState } = player;
      return { paused, readyState, isAdvancing: dots > 0, computers: computers() };
    });
  const TELLER = `<uxn-player src="teller.rom" background></uxn-player>`;

  for (const type of ["console", "usechange"] as const) {
    test(`pause() in a listener of ${type}: paused, and play() goes on`, async () => {
      const page = await open(TELLER);
      await page.evaluate(async (type) => {
        const told = new Promise((resolve) => player.addEventListener("pause", resolve, { once: true }));
        player.addEventListener(type, () => player.pause(), { once: true });
        await player.play();
        await told;
      }, type);
      assert.deepEqual(await standing(page), {
        ...{ paused: true, readyState: 4, isAdvancing: false, computers: 1 },
      });
      const seen = await page.evaluate(() => heard.splice(0).map(({ type }) => type));
      const changes = seen.filter((type) => ["play", "playing", "pause"].includes(type));
      assert.deepEqual(changes, ["play", "playing", "pause"]);
      await page.evaluate(() => player.play());
      assert.deepEqual(await standing(page), {
        ...{ paused: false, readyState: 4, isAdvancing: true, computers: 1 },
      });
      await page.close();
    });
  }

  test("unload() in a listener of console: nothing goes on, and nothing more is told of it", async () => {
    const page = await open(TELLER);
    const seen = await page.evaluate(async () => {
      const told = new Promise((resolve) => player.addEventListener("emptied", resolve, { once: true }));
      player.addEventListener("console", () => player.unload(), { once: true });
      await player.play();
      await told;
      return heard.splice(0).map(({ type }) => type);
    });
    assert.deepEqual(seen.slice(seen.indexOf("console")), ["console", "usechange", "emptied"]);
    assert.deepEqual(await standing(page), { paused: true, readyState: 0, isAdvancing: false, computers: 0 });
    assert.deepEqual(await page.evaluate(() => heard), []);
    await page.close();
  });

  test("a hundred resets in listeners of console: one computer, and no memory", async () => {
    const page = await open(TELLER);
    const reset = (times: number) =>
      page.evaluate(async (times) => {
        for (let time = 0; time < times; time++) {
          await new Promise<void>((resolve) => {
            const act = () => {
              player.reset();
              resolve();
            };
            player.addEventListener("console", act, { once: true });
          });
        }
        return { computers: computers(), bytes: emulatorBytes() };
      }, times);
    await page.evaluate(() => player.play());
    const before = await reset(10);
    assert.equal(before.computers, 1);
    assert.ok(before.bytes > 0);
    assert.deepEqual(await reset(100), before);
    assert.deepEqual(await standing(page), { paused: false, readyState: 4, isAdvancing: true, computers: 1 });
    await page.close();
  });

  test("keys and input in a listener of console reach the program", async () => {
    const page = await open(`<uxn-player src="events.rom" background></uxn-player>`);
    const printed = await page.evaluate(async () => {
      const press = (key: string) => {
        const canvas = player.shadowRoot?.querySelector("canvas");
        canvas?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      };
      let text = "";
      const all = new Promise<void>((resolve) => {
        player.addEventListener("console", ({ detail }) => {
          text += detail.text;
          const next = "abc".charAt((text.match(/\n/g) ?? []).length);
          if (text.endsWith("\n") && next) press(next);
          else if (text.endsWith("\n")) resolve();
        });
      });
      await player.play();
      press("a");
      await all;
      // There would be one of a call into the emulator from the emulator.
      return text + errors.join("\n");
    });
    assert.equal(printed, "k61\nk62\nk63\n");
    await page.close();
  });

  test("listeners that answer each other for ever leave the page alive", async () => {
    const page = await open(TELLER);
    const counts = await page.evaluate(async () => {
      let [plays, pauses] = [0, 0];
      const end = new AbortController();
      const { signal } = end;
      const onPlay = () => {
        plays++;
        player.pause();
      };
      const onPause = () => {
        pauses++;
        void player.play();
      };
      player.addEventListener("play", onPlay, { signal });
      player.addEventListener("pause", onPause, { signal });
      await player.play();
      for (let time = 0; time < 3; time++) await new Promise((resolve) => setTimeout(resolve));
      end.abort();
      return [plays, pauses] as const;
    });
    assert.ok(counts[0] > 100 && counts[1] > 100, String(counts));
    await page.evaluate(() => player.play());
    assert.equal((await standing(page)).isAdvancing, true);
    await page.close();
  });

  test("a listener that throws breaks nothing, and the page hears of its error", async () => {
    const page = await open(TELLER);
    const messages = await page.evaluate(async (all) => {
      for (const type of all) throwFrom(type);
      await player.play();
      const played = new Promise((resolve) => player.addEventListener("console", resolve, { once: true }));
      await played;
      player.pause();
      await player.play();
      return Array.from(new Set(errors)).sort();
    }, EVENTS as string[]);
    assert.deepEqual(messages, [
      ...["console", "loadeddata", "loadedmetadata", "loadstart", "pause", "play", "playing", "resize"],
      "usechange",
    ]);
    assert.equal((await standing(page)).isAdvancing, true);
    await page.close();
    // Those that come before the page's own listener, or after its end.
    site.errors.length = 0;
  });

  test("all listeners get the events in one order", async () => {
    const page = await open(TELLER);
    const orders = await page.evaluate(async () => {
      const orders: string[][] = [[], []];
      for (const order of orders) {
        for (const type of ["play", "pause", "playing", "volumechange"]) {
          player.addEventListener(type, () => order.push(type));
        }
        player.addEventListener("volumechange", () => player.pause());
        player.addEventListener("pause", () => player.muted || Object.assign(player, { muted: true }));
      }
      await player.play();
      player.volume = 0.2;
      return orders;
    });
    const order = ["play", "playing", "volumechange", "pause", "volumechange"];
    assert.deepEqual(orders, [order, order]);
    await page.close();
  });

  test("what a listener of a focus event does counts, also in the middle of a turn", async () => {
    const page = await open(TELLER);
    await page.bringToFront();
    await page.evaluate(async () => {
      player.focus();
      // The focus moves to the field for text as soon as the program uses the keyboard.
      const moved = new Promise((resolve) => {
        player.shadowRoot?.addEventListener(
          "focusin",
          ({ target }) => {
            if (!(target instanceof HTMLTextAreaElement)) return;
            player.unload();
            resolve(undefined);
          },
          { capture: true },
        );
      });
      await player.play();
      player.focus();
      await moved;
    });
    assert.deepEqual(await standing(page), { paused: true, readyState: 0, isAdvancing: false, computers: 0 });
    await page.close();
  });

  test("a player that is put back by a listener of its own end lives", async () => {
    const page = await open(TELLER);
    await page.evaluate(async () => {
      await player.play();
      const { parentElement } = player;
      const told = new Promise<void>((resolve) => {
        player.addEventListener("emptied", () => {
          parentElement?.append(player);
          resolve();
        });
      });
      player.remove();
      await told;
      await player.play();
    });
    assert.deepEqual(await standing(page), { paused: false, readyState: 4, isAdvancing: true, computers: 1 });
    await page.close();
  });

  test("an error: its listener can try again", async () => {
    const page = await open(`<uxn-player background></uxn-player>`);
    let requests = 0;
    articles.server.answer("/late.rom", async (_, response) => {
      if (requests++ === 0) response.writeHead(500).end();
      else response.writeHead(200).end(await assembled("teller"));
    });
    await page.evaluate(async () => {
      const playing = new Promise((resolve) => player.addEventListener("playing", resolve, { once: true }));
      player.addEventListener("error", () => player.play());
      player.src = "late.rom";
      await player.play().catch(() => {});
      await playing;
    });
    assert.deepEqual(await standing(page), { paused: false, readyState: 4, isAdvancing: true, computers: 1 });
    await page.close();
  });

  /** The text that a program has printed on both outputs, once it ends so. */
  const prints = async (page: Page, end: string): Promise<string> => {
    const text = () =>
      page.evaluate(() => heard.map(({ detail }) => (detail as { text?: string })?.text ?? "").join(""));
    await page.waitForFunction(
      (end) =>
        heard
          .map(({ detail }) => (detail as { text?: string })?.text ?? "")
          .join("")
          .endsWith(end),
      { timeout: 20_000 },
      end,
    );
    return text();
  };

  test("input that is sent before the program starts is the beginning of its input", async () => {
    const page = await open(`<uxn-player src="echo.rom" background></uxn-player>`);
    await page.evaluate(async () => {
      player.sendInput("a");
      await player.load();
      player.sendInput("b");
      await player.play();
      player.sendInput("c");
      player.pause();
      player.sendInput("d");
      await player.play();
    });
    assert.equal(await prints(page, "64 "), "161 162 163 164 ");
    // After the end it waits for the next run; also its end does.
    await page.evaluate(async () => {
      const ended = new Promise((resolve) => player.addEventListener("exit", resolve, { once: true }));
      player.endInput();
      await ended;
      heard.length = 0;
      player.sendInput("e");
      player.endInput();
      await player.play();
    });
    assert.equal(await prints(page, "!"), "165 400 !");
    // What waits goes with the program, and with nothing else.
    await page.evaluate(async () => {
      heard.length = 0;
      player.sendInput("for the one before");
      player.unload();
      player.sendInput("f");
      player.src = "echo.rom?another";
      await player.play();
      player.sendInput("g");
    });
    assert.equal(await prints(page, "67 "), "166 167 ");
    await page.close();
  });

  test("play() on an element that is in no page, then unload(), pause() or another source", async () => {
    const page = await open();
    const results = await page.evaluate(async () => {
      const results: unknown[] = [];
      for (const change of ["unload", "pause", "src", "nothing"]) {
        const player = document.createElement("uxn-player");
        player.src = "teller.rom";
        player.background = true;
        await player.load();
        const playing = player.play().then(
          () => "fulfilled",
          ({ name }) => name,
        );
        if (change === "unload") player.unload();
        if (change === "pause") player.pause();
        if (change === "src") player.src = "frames.rom";
        document.body.append(player);
        results.push(change, await playing);
        for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame);
        results.push(player.paused);
        player.remove();
        await new Promise((resolve) => setTimeout(resolve));
      }
      return results;
    });
    assert.deepEqual(results, [
      ...["unload", "AbortError", true, "pause", "AbortError", true, "src", "AbortError", true],
      ...["nothing", "fulfilled", false],
    ]);
    await page.close();
  });

  test("play() on a player that is removed while its program is on its way", async () => {
    const page = await open(TELLER);
    const name = await page.evaluate(async () => {
      const playing = player.play();
      player.remove();
      return playing.then(
        () => "fulfilled",
        ({ name }) => name,
      );
    });
    assert.equal(name, "AbortError");
    await page.close();
  });

  test(`${PLAYERS * ROUNDS} players whose listeners do anything at any time, from seed ${SEED}`, async () => {
    const page = await open();
    await page.bringToFront();
    for (let round = 0; round < ROUNDS; round++) {
      const problems = await page.evaluate(romp, SEED + round * PLAYERS, PLAYERS, EVENTS as string[]);
      assert.deepEqual(problems, []);
    }
    await page.close();
  });
});

/**
 * Runs in the page: plays programs in players whose listeners call a method, or two, now and then, and are called again
 * by what comes of it. Returns what is wrong in the end, with the seed of the player.
 */
async function romp(seed: number, players: number, types: readonly string[]): Promise<string[]> {
  const frame = () => new Promise(requestAnimationFrame);
  const frames = async (count: number) => {
    for (let at = 0; at < count; at++) await frame();
  };
  const place = document.querySelector("main") ?? document.body;
  const names = Object.keys(ACTIONS_IN_PAGE);
  const problems: string[] = [];
  const cases = Array.from({ length: players }, (_, index) => {
    // xorshift
    let state = (seed + index) * 2654435761 || 1;
    const random = (below: number) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % below;
    };
    for (let warmUp = 0; warmUp < 8; warmUp++) random(1);
    const player = document.createElement("uxn-player");
    const each = { player, seed: seed + index, dots: 0, told: "pause", actions: 20, log: [] as string[] };
    const act = () => {
      each.actions--;
      const name = names[random(names.length)] ?? "";
      each.log.push(`${name}()`);
      const result = ACTIONS_IN_PAGE[name]?.(player);
      if (result instanceof Promise) result.catch(() => {});
    };
    for (const type of types) {
      player.addEventListener(type, () => {
        each.log.push(type);
        if (type === "console") each.dots++;
        if (["play", "pause", "emptied"].includes(type)) {
          if (type === each.told) problems.push(`${seed + index}: ${type} twice: ${each.log}`);
          each.told = type === "emptied" ? "pause" : type;
        }
        while (each.actions > 0 && random(3) === 0) act();
      });
    }
    player.src = "teller.rom";
    player.background = true;
    place.append(player);
    return each;
  });
  const quiet = (promise: Promise<unknown>) => promise.catch(() => {});
  for (const { player } of cases) void quiet(player.play());
  for (const text of ["f", "?", "x", "f"]) {
    await frames(8);
    for (const { player } of cases) {
      player.sendInput(text);
      if (player.paused) void quiet(player.play());
    }
  }
  for (const each of cases) each.actions = 0;
  const isLoading = () => cases.some(({ player }) => player.shadowRoot?.querySelector("#root[data-loading]"));
  for (let rest = 0; rest < 4; rest++) {
    while (isLoading()) await frame();
    await frame();
  }
  for (const each of cases) each.dots = 0;
  await frames(8);
  let programs = 0;
  for (const { player, seed, dots, told, log } of cases) {
    const shown = player.shadowRoot?.querySelector("#status")?.getAttribute("data-state");
    if (shown && shown !== "empty") programs++;
    const isAdvancing = !player.paused && !player.suspended && player.isConnected;
    const wrong = [
      dots > 0 !== isAdvancing && `paused ${player.paused}, but ${dots} frames`,
      (told === "play") === player.paused && `paused ${player.paused}, but the last event was ${told}`,
      player.readyState === 0 && !player.paused && "plays without a program",
    ].filter(Boolean);
    if (wrong.length > 0) problems.push(`${seed}: ${wrong.join("; ")}: ${log}`);
  }
  if (computers() !== programs) problems.push(`${seed}: ${computers()} computers for ${programs} programs`);
  // And each of them still works.
  const playing = cases.map(async ({ player, log, seed }) => {
    place.append(player);
    player.unload();
    player.background = true;
    player.src = "teller.rom?again";
    const printed = new Promise((resolve) => player.addEventListener("console", resolve, { once: true }));
    await player.play().then(
      () => printed,
      (error) => problems.push(`${seed}: ${error} afterwards: ${log}`),
    );
  });
  await Promise.all(playing);
  if (computers() !== players) problems.push(`${seed}: ${computers()} computers for ${players} programs`);
  for (const { player } of cases) player.remove();
  await new Promise((resolve) => setTimeout(resolve));
  if (computers() !== 0) problems.push(`${seed}: ${computers()} computers without a player`);
  return problems;
}

/** The events of playing alternate, and the last one is true. */
function assertConsistent(first: string, state: Outcome["state"], events: readonly string[]): void {
  const changes = [first, ...events].filter((type) => ["play", "pause", "emptied"].includes(type));
  const last = changes.at(-1);
  if (last) assert.equal(last !== "play", state.paused, `last: ${last}`);
  for (const [at, type] of changes.entries()) {
    if (at > 0 && type !== "emptied") assert.notEqual(type, changes[at - 1], `${type} twice`);
  }
  assert.equal(state.isAdvancing, !state.paused && !state.suspended && state.isConnected, "advancing");
  if (state.readyState === 0) assert.equal(state.paused, true, "plays without a program");
}
