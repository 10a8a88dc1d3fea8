/** The page's colours, which programs read from `.theme`. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "puppeteer-core";
import type { UxnPlayer } from "../../www/player/element/element.js";
import { POLICY } from "./support/server.js";
import { describeSite, frames, type Site } from "./support/site.js";

/** What the program shows without a theme. */
const OWN = "#f00 #0f0 #00f #888";

/** How colours are to be had from the outside. */
const STYLE = `
  html { color-scheme: light dark }
  .page { --uxn-color-0: #fff; --uxn-color-1: #fc0; --uxn-color-2: #123; --uxn-color-3: #f0f }
  .page.dark { --uxn-color-0: #000; --uxn-color-2: #eee }
`;

describeSite("theme", (site: Site) => {
  const warnings: string[] = [];

  /** A page with the program in it. */
  async function play(theme: string | undefined, name = ""): Promise<Page> {
    await site.offer("theme");
    const attribute = theme === undefined ? "" : `theme="${theme}"`;
    const files: Record<string, [type: string, body: string]> = {
      "/theme.css": ["text/css", STYLE],
      "/theme.html": [
        "text/html; charset=utf-8",
        `<!doctype html><title>Theme</title><link rel="stylesheet" href="theme.css">
        <script type="module" src="fantail.js"></script>
        <body><div><uxn-player src="test/theme.rom#${name}" autoplay ${attribute}></uxn-player></div>`,
      ],
    };
    for (const [path, [type, body]] of Object.entries(files)) {
      site.server.answer(path, (_, response) => {
        response.writeHead(200, { "content-type": type, "content-security-policy": POLICY }).end(body);
      });
    }
    const page = await site.tab();
    page.on("console", (message) => {
      if (message.type() === "warn") warnings.push(message.text());
    });
    await page.goto(`${site.server.url}theme.html`);
    await page.waitForFunction(() => document.querySelector("uxn-player")?.screenWidth === 4);
    return page;
  }

  /** Lets the page do something with the player. */
  const change = (page: Page, action: (player: UxnPlayer) => unknown) => page.$eval("uxn-player", action);

  /** Waits until the screen shows these colours. */
  async function shows(page: Page, expected: string): Promise<void> {
    const colours = () =>
      page.$eval("uxn-player", ({ shadowRoot }) => {
        const canvas = shadowRoot?.querySelector("canvas");
        const data = canvas?.getContext("2d")?.getImageData(0, 0, 4, 1).data ?? [];
        const digits = Array.from(data, (byte) => (byte / 17).toString(16));
        return [0, 4, 8, 12].map((at) => `#${digits.slice(at, at + 3).join("")}`).join(" ");
      });
    for (let tries = 0; tries < 60; tries++) {
      if ((await colours()) === expected) return;
      await frames(page, 2);
    }
    assert.equal(await colours(), expected);
  }

  /** Waits until there is a file, or none. */
  const hasFile = (page: Page, wanted: boolean) =>
    page.waitForFunction(
      (isThere) => {
        const files = document.querySelector("uxn-player")?.storage;
        return isThere === (files?.read(".theme") !== undefined);
      },
      { timeout: 20_000 },
      wanted,
    );

  /** Waits until the program answers this. */
  async function answers(page: Page, command: string, expected: string): Promise<void> {
    const answer = await page.$eval(
      "uxn-player",
      async (player, input) => {
        let text = "";
        await new Promise<void>((resolve) => {
          player.addEventListener("console", ({ detail }) => {
            text += detail.text;
            if (text.endsWith("\n")) resolve();
          });
          player.sendInput(input);
        });
        return text;
      },
      command,
    );
    assert.equal(answer, `${expected}\n`);
  }

  test("there is none unless the page has one", async () => {
    const page = await play(undefined);
    await shows(page, OWN);
    await answers(page, "r", "!");
    await page.close();
  });

  test("three words are those of the file", async () => {
    const page = await play("0a6f 05cf 0caf");
    await shows(page, "#000 #a5c #6ca #fff");
    await answers(page, "r", "0a6f05cf0caf");
    await page.close();
  });

  test("four colours of any kind", async () => {
    const page = await play("#000 #a5c #6ca #fff");
    await shows(page, "#000 #a5c #6ca #fff");
    const known: Record<string, string> = {
      "#000 #a5c #6ca #fff": "0a6f 05cf 0caf",
      "  0A6F\t05cf\n 0caf ": "0a6f 05cf 0caf",
      "black rebeccapurple rgb(102 204 170) hsl(0deg 100% 50%)": "066f 03c0 09a0",
      // Rounded, not cut.
      "#080808 #090909 #f6f6f6 #f7f7f7": "01ef 01ef 01ef",
      "rgb(0 0 0 / 50%) #ff000080 color-mix(in srgb, red, blue) color(srgb 1 0.5 0)": "0f8f 0008 0080",
      // More than sRGB has, and less.
      "color(display-p3 0 1 0) color(rec2020 1 0 0) oklch(150% 0 0) lab(50% 200 200)": "0fff f0f0 00f0",
      "oklch(none none none) lab(none none none) #fff #fff": "00ff 00ff 00ff",
      "light-dark(#fff, #000) light-dark(#000, #fff) #123 Canvas": "f01f f02f f03f",
    };
    await page.evaluate(() => {
      document.documentElement.style.colorScheme = "light";
    });
    for (const [theme, expected] of Object.entries(known)) {
      const file = await page.$eval(
        "uxn-player",
        (player, value) => {
          player.theme = value;
          const bytes = player.storage?.read(".theme");
          return Array.from(bytes ?? [], (byte) => byte.toString(16).padStart(2, "0")).join("");
        },
        theme,
      );
      assert.equal(file.replace(/(....)(?=.)/g, "$1 "), expected, theme);
    }
    await page.close();
  });

  test("what cannot be understood is left out, and the browser's console says so", async () => {
    const page = await play("#000 #fff");
    await shows(page, OWN);
    const bad = [
      ...["", " ", "red", "#000 #fff #000", "red red red red red", "inherit", "var(--a) red red red"],
      ...["0a6f 05cf", "0a6f 05cf 0caf 0000", "0a6f 05cf 0cag", "#0a6f #05cf #0caf", "0a6f05cf0caf"],
      ...["red red red red; color: red", "red red red banana", "url(x) red red red", "<b> red red red"],
    ];
    for (const theme of bad) {
      warnings.length = 0;
      const hasFile = await page.$eval(
        "uxn-player",
        async (player, value) => {
          player.theme = value;
          const hasFile = player.storage?.read(".theme");
          // Valid ones come between, so that each is a change.
          player.theme = "#000 #000 #000 #000";
          await new Promise((resolve) => setTimeout(resolve, 20));
          return hasFile !== undefined;
        },
        theme,
      );
      assert.equal(hasFile, false, theme);
      const words = theme.trim() === "" ? 0 : 1;
      assert.equal(warnings.length, words, `${theme}: ${warnings}`);
    }
    await page.close();
  });

  test("custom properties, from wherever they come", async () => {
    const page = await play(undefined);
    await shows(page, OWN);
    await page.evaluate(() => document.body.classList.add("page"));
    await hasFile(page, true);
    await shows(page, OWN);
    await change(page, (player) => player.reset());
    await shows(page, "#fff #fc0 #123 #f0f");
    await answers(page, "r", "ff1ffc20f03f");
    // Three are not enough.
    await change(page, (player) => player.style.setProperty("--uxn-color-3", "initial"));
    await hasFile(page, false);
    await shows(page, "#fff #fc0 #123 #f0f");
    // It shows them still, and so it follows what comes next.
    await change(page, (player) => player.style.setProperty("--uxn-color-3", "oklch(0 0 0)"));
    await shows(page, "#fff #fc0 #123 #000");
    // The attribute is nearer.
    await change(page, (player) => {
      player.theme = "#111 #222 #333 #444";
    });
    await shows(page, "#111 #222 #333 #444");
    await page.close();
  });

  test("a program that shows the theme follows it", async () => {
    const page = await play(undefined);
    await page.evaluate(() => document.body.classList.add("page"));
    await hasFile(page, true);
    await change(page, (player) => player.reset());
    await shows(page, "#fff #fc0 #123 #f0f");
    await page.evaluate(() => document.body.classList.add("dark"));
    await shows(page, "#000 #fc0 #eee #f0f");
    await answers(page, "r", "0fef0ce000ef");
    await page.evaluate(() => document.body.classList.remove("dark"));
    await shows(page, "#fff #fc0 #123 #f0f");
    await page.close();
  });

  test("a program with colours of its own keeps them, and finds the new ones in the file", async () => {
    const page = await play("#000 #a5c #6ca #fff");
    await shows(page, "#000 #a5c #6ca #fff");
    await change(page, (player) => player.sendInput("o"));
    await shows(page, OWN);
    await change(page, (player) => {
      player.theme = "#fff #a5c #6ca #000";
    });
    await answers(page, "r", "fa60f5c0fca0");
    await shows(page, OWN);
    await change(page, (player) => player.reset());
    await shows(page, "#fff #a5c #6ca #000");
    await page.close();
  });

  test("it follows the page's color-scheme", async () => {
    const page = await play("light-dark(#fff, #000) #f00 #0f0 light-dark(#000, #fff)");
    const scheme = (value: string) =>
      page.evaluate((scheme) => {
        document.documentElement.style.colorScheme = scheme;
      }, value);
    await scheme("light");
    await shows(page, "#fff #f00 #0f0 #000");
    await scheme("dark");
    await shows(page, "#000 #f00 #0f0 #fff");
    await change(page, (player) => {
      (player.parentElement as HTMLElement).style.colorScheme = "light";
    });
    await shows(page, "#fff #f00 #0f0 #000");
    await page.close();
  });

  // puppeteer can do that in Chromium alone.
  if (site.browserName === "chromium") {
    test("it follows the visitor's dark mode", async () => {
      const page = await play("Canvas #f00 #0f0 light-dark(#000, #fff)");
      const mode = (value: string) => page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
      await mode("light");
      await shows(page, "#fff #f00 #0f0 #000");
      await mode("dark");
      await shows(page, "#111 #f00 #0f0 #fff");
      await page.close();
    });
  }

  test("a picture that stands still follows, too", async () => {
    const page = await play("#000 #a5c #6ca #fff");
    await shows(page, "#000 #a5c #6ca #fff");
    await change(page, (player) => player.pause());
    await change(page, (player) => {
      player.theme = "#fff #a5c #6ca #000";
    });
    await shows(page, "#fff #a5c #6ca #000");
    await change(page, (player) => player.play());
    await shows(page, "#fff #a5c #6ca #000");
    await page.close();
  });

  test("what has changed while the player was not displayed", async () => {
    const page = await play(undefined);
    await page.evaluate(() => document.body.classList.add("page"));
    await hasFile(page, true);
    await change(page, (player) => player.reset());
    await shows(page, "#fff #fc0 #123 #f0f");
    await change(page, (player) => {
      player.style.display = "none";
    });
    await frames(page, 3);
    await page.evaluate(() => document.body.classList.add("dark"));
    await frames(page, 3);
    await change(page, (player) => {
      player.style.display = "";
    });
    await shows(page, "#000 #fc0 #eee #f0f");
    await page.close();
  });

  test("a program's own file stays", async () => {
    const page = await play("#000 #a5c #6ca #fff");
    await answers(page, "wr", "f0080f0800f8");
    await change(page, (player) => {
      player.theme = "#fff #a5c #6ca #000";
    });
    await answers(page, "r", "f0080f0800f8");
    await shows(page, "#fff #a5c #6ca #000");
    await change(page, (player) => player.reset());
    await shows(page, OWN);
    // Without its own it has the page's, from the next time that one is given.
    await answers(page, "dr", "!");
    await change(page, (player) => player.load());
    await shows(page, "#fff #a5c #6ca #000");
    await page.close();
  });

  test("each player of a page has its own", async () => {
    const page = await play("#000 #a5c #6ca #fff");
    await page.evaluate(() => {
      const other = document.createElement("uxn-player");
      other.id = "other";
      other.theme = "#111 #222 #333 #444";
      other.autoplay = true;
      other.src = "test/theme.rom";
      document.body.prepend(other);
    });
    await shows(page, "#111 #222 #333 #444");
    await page.$eval("#other", (player) => player.remove());
    await shows(page, "#000 #a5c #6ca #fff");
    await page.close();
  });

  // Only Chromium can be told.
  for (const scheme of site.browserName === "chromium" ? ["light", "dark"] : []) {
    test(`with our own page's colours, ${scheme}, everything can be read`, async () => {
      const page = await site.tab();
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.goto(`${site.server.url}?rom=${await site.offer("theme")}`);
      await hasFile(page, true);
      const theme = await page.$eval("uxn-player", ({ storage }) =>
        Array.from(storage?.read(".theme") ?? []),
      );
      const [background = 0, quiet = 0, accent = 0, text = 0] = luminances(theme);
      assert.ok(contrast(background, text) > 7, "text");
      assert.ok(contrast(background, accent) > 4.5, "what matters now");
      assert.ok(contrast(background, quiet) > 3, "quiet text");
      assert.ok(contrast(quiet, text) > 3, "text over the second colour, as behind a list");
      await page.close();
    });
  }
});

/** The relative luminance (WCAG) of each of the four colours in a `.theme`. */
function luminances(theme: readonly number[]): number[] {
  return [0, 1, 2, 3].map((colour) => {
    const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
      const byte = theme[at + (colour >> 1)] ?? 0;
      const channel = (colour % 2 === 0 ? byte >> 4 : byte & 15) / 15;
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  });
}

/** The contrast of two luminances. */
function contrast(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}
