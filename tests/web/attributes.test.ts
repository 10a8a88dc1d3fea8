/** Attributes with values that they cannot have: a word in the console, no exception, and no control that is dead. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { Articles } from "./support/article.js";
import { describeSite, type Site } from "./support/site.js";

/** What pages write, or a stranger has them write. */
const HOSTILE = [
  ...[
    "http://[",
    "javascript:alert(1)",
    "data:text/html,x",
    "blob:x",
    "//",
    "http://",
    "\u0000",
    " ",
    "false",
    "NaN",
  ],
  ...[
    "-1",
    "1e999",
    "0x10",
    "Infinity",
    "constructor",
    "__proto__",
    "<img src=x onerror=alert(1)>",
    "x".repeat(1e5),
  ],
  ...['"', "%", "#z=", "\ud800", "0", "2", "AUTO", "standard letters", "= = =", "a=b c=%zz", "var(--x)"],
];

/** Attributes by what is said of a value that they cannot have; nothing is said of the others. */
const WORDS: Readonly<Record<string, RegExp | undefined>> = {
  src: undefined,
  autoplay: /autoplay="false": this is on/,
  controls: /controls="false": this is on/,
  muted: /muted="false": this is on/,
  background: /background="0": this is on/,
  stats: /stats="false": this is on/,
  volume: /volume="1e999": this is a number from 0 to 1/,
  poster: /poster="http:\/\/\[": this is an address/,
  scale: /scale="AUTO": this is auto or a whole number/,
  args: undefined,
  files: undefined,
  keymap: /keymap="constructor": this is standard or letters/,
  theme: /theme="http:\/\/\[" is neither/,
  label: undefined,
  edition: /edition="2": this is 2023 or 2026/,
  engine: /engine="__proto__": this is auto, blocks, tailcall or switch/,
  page: /page="javascript:alert\(1\)": this is an address with http or https/,
};

describeSite("attributes", (site: Site) => {
  const articles = new Articles(site, false);
  before(() => articles.offer("events"));

  test("the sweep knows every attribute", async () => {
    const page = await articles.open('<uxn-player src="events.rom"></uxn-player>');
    const observed = await page.evaluate(
      () => (player.constructor as unknown as { observedAttributes: string[] }).observedAttributes,
    );
    assert.deepEqual([...observed].sort(), Object.keys(WORDS).sort());
    await page.close();
  });

  for (const [name, words] of Object.entries(WORDS)) {
    test(`${name}: nothing throws, everything can be pressed, and the console says so once`, async () => {
      const page = await articles.open('<uxn-player src="events.rom" controls></uxn-player>');
      const warnings: string[] = [];
      page.on("console", (message) => {
        if (message.text().startsWith("<uxn-player>")) warnings.push(message.text());
      });
      await page.evaluate(() => player.play());
      const problems = await page.evaluate(
        async (name, values) => {
          const problems: string[] = [];
          for (const event of ["error", "unhandledrejection"]) {
            window.addEventListener(event, (error) =>
              problems.push(`${name}: ${"message" in error ? error.message : error}`),
            );
          }
          for (const value of values) {
            // Twice is said once. A new player has it from the beginning.
            player.setAttribute(name, value);
            player.setAttribute(name, value);
            const other = document.createElement("uxn-player");
            other.setAttribute(name, value);
            document.body.append(other);
            void other.offsetHeight;
            other.remove();
            await new Promise(requestAnimationFrame);
          }
          return problems;
        },
        name,
        HOSTILE,
      );
      assert.deepEqual(problems, []);
      if (name !== "src") {
        // It plays on, and starts anew.
        await page.evaluate(async (name) => {
          player.setAttribute(name, "http://[");
          player.reset();
          await player.play();
          player.shadowRoot?.querySelector<HTMLElement>("#share")?.click();
        }, name);
        await page.waitForFunction(() => player.shadowRoot?.querySelector("dialog[open]"), {
          timeout: 10_000,
        });
        const lines = await page.$eval("uxn-player >>> dialog", (dialog) => dialog.textContent ?? "");
        if (name === "page") assert.match(lines, /knows no page that a link could lead to/);
        await page.evaluate(() => player.shadowRoot?.querySelector("dialog")?.close());
        await page.waitForFunction(() => !player.shadowRoot?.querySelector("dialog"));
        for (const control of ["#mute", "#mute", "#reset", "#screenshot", "#play"]) {
          await page.evaluate(
            (control) => player.shadowRoot?.querySelector<HTMLElement>(control)?.click(),
            control,
          );
        }
        await page.waitForFunction(() => player.paused);
      } else {
        // The visitor is told.
        await page.evaluate(() => player.shadowRoot?.querySelector<HTMLElement>("#cover")?.click());
        await page.waitForFunction(() => player.error?.code === 4 || player.error?.code === 2);
        await page.waitForFunction(() => player.shadowRoot?.querySelector("#problem:not([hidden])"));
      }
      if (words)
        assert.equal(warnings.filter((warning) => words.test(warning)).length, 1, warnings.join("\n"));
      assert.equal(new Set(warnings).size, warnings.length, "once");
      await page.close();
    });
  }
});
