/** The pages of the documentation, and the gallery: complete, readable by everyone, and without a dead link. */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, test } from "node:test";
import type { AxeResults } from "axe-core";
import GithubSlugger from "github-slugger";
import type { Page } from "puppeteer-core";
import { root } from "../../scripts/run.mjs";
import { EVENTS } from "./support/article.js";
import { describeSite, type Site } from "./support/site.js";

const dist = join(root, "dist");
const pages = readdirSync(join(dist, "docs")).filter((name) => name.endsWith(".html"));

declare global {
  /** In the page: what its policy has refused. */
  var refused: string[];
}

/** What a link in a file leads to: a path, and a fragment. Nothing for links to other places. */
function target(file: string, href: string): { path: string; fragment: string } | undefined {
  if (/^[a-z]+:/.test(href)) return undefined;
  const url = new URL(href, "http://site/");
  const path = /^[?#]|^$/.test(href) ? file : resolve(dirname(file), decodeURI(href.replace(/[?#].*/s, "")));
  return { path, fragment: decodeURIComponent(url.hash.slice(1)) };
}

describe("links", () => {
  test("every address in a built page leads to a file of the site, every fragment to an element", () => {
    const html = new Map<string, string>();
    const read = (path: string) => {
      if (!html.has(path)) html.set(path, readFileSync(path, "utf8"));
      return html.get(path) ?? "";
    };
    const dead: string[] = [];
    let seen = 0;
    const files = ["index.html", "gallery.html", "embed.html", ...pages.map((page) => `docs/${page}`)];
    for (const file of files.map((name) => join(dist, name))) {
      for (const [, href = ""] of read(file).matchAll(/\s(?:href|src|poster)="([^"]*)"/g)) {
        const to = target(file, href);
        if (!to) continue;
        seen += 1;
        const path =
          existsSync(to.path) && statSync(to.path).isDirectory() ? join(to.path, "index.html") : to.path;
        const isThere =
          existsSync(path) && (to.fragment === "" || read(path).includes(` id="${to.fragment}"`));
        if (!isThere) dead.push(`${relative(dist, file)}: ${href}`);
      }
    }
    assert.deepEqual(dead, []);
    assert.ok(seen > 200, `${seen} links`);
  });

  test("links in the Markdown lead to files and headings of the repository", () => {
    /** Without what is code. */
    const prose = (path: string) => readFileSync(path, "utf8").replaceAll(/^```.*?^```/gms, "");
    const headings = (path: string) => {
      const slugger = new GithubSlugger();
      return Array.from(prose(path).matchAll(/^#+ (.*)/gm), ([, text = ""]) => slugger.slug(text));
    };
    const markdown = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
    const files = ["README.md", "roms/README.md", ...markdown.map((name) => `docs/${name}`)];
    const dead: string[] = [];
    for (const file of files.map((name) => join(root, name))) {
      for (const [, href = ""] of prose(file).matchAll(/\]\(([^)\s]+)\)/g)) {
        const to = target(file, href);
        if (!to) continue;
        const isThere =
          existsSync(to.path) && (to.fragment === "" || headings(to.path).includes(to.fragment));
        if (!isThere) dead.push(`${relative(root, file)}: ${href}`);
      }
    }
    assert.deepEqual(dead, []);
  });

  test("the list of pages has them all", () => {
    const list = readFileSync(join(dist, "docs/index.html"), "utf8");
    const listed = Array.from(list.matchAll(/<article>.*<\/article>/gs), ([article]) => article).join();
    const missing = pages.filter((page) => page !== "index.html" && !listed.includes(`href="${page}"`));
    assert.deepEqual(missing, []);
  });
});

describe("words of the interface", () => {
  /** These are about the machine, and have no controls. */
  const inside = ["compiler.md", "interpreter.md", "performance.md"];

  /** The texts that the player and the pages can show, as patterns: their scripts' literals, and texts of the pages. */
  function texts(): RegExp[] {
    const files = readdirSync(join(root, "www"), { recursive: true, encoding: "utf8" });
    const found = new Set<string>();
    for (const file of files) {
      const source = () => readFileSync(join(root, "www", file), "utf8");
      if (file.endsWith(".html")) {
        for (const [, text = ""] of source().matchAll(/>([^<]+)</g))
          found.add(text.replaceAll(/\s+/g, " ").trim());
      } else if (file.endsWith(".ts")) {
        // Comments have quotation marks and backticks as well.
        const code = source()
          .replaceAll(/\/\*.*?\*\//gs, "")
          .replaceAll(/^\s*\/\/.*$/gm, "");
        for (const [literal] of code.matchAll(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g))
          found.add(literal.slice(1, -1));
      }
    }
    return Array.from(found, (text) => {
      const parts = text.split(/\$\{[^}]*\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      return new RegExp(`^${parts.join(".+")}$`);
    }).filter((pattern) => !pattern.test("\u0000 nothing says this"));
  }

  test("what the documentation quotes is what the interface says", () => {
    const patterns = texts();
    const wrong: string[] = [];
    let seen = 0;
    const names = readdirSync(join(root, "docs")).filter(
      (name) => name.endsWith(".md") && !inside.includes(name),
    );
    for (const name of names) {
      const prose = readFileSync(join(root, "docs", name), "utf8").replaceAll(/^```.*?^```|`[^`\n]*`/gms, "");
      for (const [, control, words] of prose.matchAll(/\*\*([^*]+)\*\*|“([^”]+)”/g)) {
        const text = (control ?? words ?? "").replaceAll(/\s+/g, " ");
        // The heading of a paragraph.
        if (control?.endsWith(".") || (name === "README.md" && /^(bold|quoted)$/.test(text))) continue;
        seen += 1;
        if (!patterns.some((pattern) => pattern.test(text))) wrong.push(`${name}: ${text}`);
      }
      // These once were the same, by sight, and nobody looked them up.
      for (const [italic] of prose.matchAll(/(?<![*\w])\*[A-Z][^*]*\*(?![*\w])/g))
        wrong.push(`${name}: ${italic}`);
    }
    assert.deepEqual(wrong, []);
    assert.ok(seen > 30, `${seen} words`);
  });
});

describeSite("documentation", (site: Site) => {
  const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

  async function open(path: string, width: number, scheme: "light" | "dark"): Promise<Page> {
    const page = await site.tab();
    await page.evaluateOnNewDocument(() => {
      globalThis.refused = [];
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
        refused.push(`${violatedDirective} ${blockedURI}`);
      });
    });
    await page.setViewport({ width, height: 800 });
    // Firefox is not told what colours to prefer.
    if (site.browserName === "chromium") {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    }
    const answer = await page.goto(site.server.url + path, { waitUntil: "load" });
    assert.equal(answer?.status(), 200);
    return page;
  }

  for (const path of ["gallery.html", ...pages.map((page) => `docs/${page}`)]) {
    test(`${path}: whole, accessible, and no wider than the window`, async () => {
      const seen = site.server.requests.length;
      for (const [width, scheme] of [
        [1280, "light"],
        [390, "dark"],
      ] as const) {
        const page = await open(path, width, scheme);
        await page.waitForFunction(() =>
          Array.from(document.querySelectorAll("uxn-player")).every(({ shadowRoot }) => shadowRoot),
        );
        assert.deepEqual(await page.evaluate(() => refused), []);
        assert.equal((await page.$$("h1")).length, 1);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${wide} pixels at ${width}`);
        await page.evaluate(axe);
        const { violations, passes } = (await page.evaluate("axe.run()")) as AxeResults;
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`),
          [],
        );
        assert.ok(passes.length > 15);
        await page.close();
      }
      const fetched = site.server.requests.slice(seen);
      assert.ok(!fetched.some((file) => /\.(rom|wasm)$/.test(file)), `before a click: ${fetched}`);
    });
  }

  test("a player in a page plays on a click", async () => {
    const page = await open("docs/embedding.html", 1280, "light");
    const [first] = await page.$$("uxn-player");
    await (await first?.$(">>> #cover"))?.click();
    await page.waitForFunction(() => document.querySelector("uxn-player")?.screenWidth === 320);
    assert.deepEqual(await page.$eval("uxn-player", ({ paused, error }) => ({ paused, error })), {
      paused: false,
      error: null,
    });
    assert.deepEqual(await page.evaluate(() => refused), []);
    await page.close();
  });

  test("the reference names everything the element has, and nothing else", async () => {
    const page = await open("docs/attributes-and-events.html", 1280, "light");
    const { has, says } = await page.evaluate(async () => {
      const code = await import("/fantail.js" as string).then(({ UxnPlayer }) => UxnPlayer);
      const player = new code() as HTMLElement;
      document.body.append(player);
      // These are not there before.
      player.toggleAttribute("stats", true);
      while (!player.shadowRoot?.querySelector("#stats")) await new Promise(requestAnimationFrame);
      /** What is in the first column of the tables between a heading and the next. */
      const column = (id: string) => {
        const names: string[] = [];
        for (
          let next = document.getElementById(id)?.nextElementSibling;
          next;
          next = next.nextElementSibling
        ) {
          if (next.tagName === "H2") break;
          const cells = next.querySelectorAll("td:first-child code");
          names.push(...Array.from(cells, (cell) => cell.textContent?.replace(/\(.*/, "") ?? ""));
        }
        return names.sort();
      };
      const members = Object.getOwnPropertyNames(code.prototype).filter(
        (name) => name !== "constructor" && !/Callback$/.test(name),
      );
      const parts = Array.from(player.shadowRoot?.querySelectorAll("[part]") ?? [], ({ part }) => part.value);
      return {
        has: { members: members.sort(), parts: Array.from(new Set(parts)).sort() },
        says: {
          members: ["attributes", "methods", "state"].flatMap(column).sort(),
          style: column("style"),
          events: column("events"),
        },
      };
    });
    assert.deepEqual(says.members, has.members);
    const script = readFileSync(join(dist, "fantail.js"), "utf8");
    const properties = new Set(
      Array.from(script.matchAll(/--uxn-[a-z]+(?:-\d)?(?=[,):;"`\s])/g), ([name]) => name),
    );
    assert.deepEqual(
      says.style.filter((name) => !/^--uxn-color-/.test(name)),
      [...properties, ...has.parts].filter((name) => !/^--uxn-color-/.test(name)).sort(),
    );
    assert.deepEqual(says.events, [...EVENTS].sort());
    await page.close();
  });

  test("the table of contents leads to its headings", async () => {
    const page = await open("docs/sharing.html", 1280, "light");
    await page.locator('nav.contents a[href="#messages"]').click();
    await page.waitForFunction(() => {
      const top = document.getElementById("messages")?.getBoundingClientRect().top ?? -1;
      return location.hash === "#messages" && top >= 0 && top < 100;
    });
    await page.setViewport({ width: 390, height: 800 });
    assert.equal(await page.$eval("nav.contents", (nav) => nav.checkVisibility()), false);
    await page.locator("details.contents summary").click();
    await page.locator('details.contents a[href="#links"]').click();
    await page.waitForFunction(() => location.hash === "#links");
    await page.close();
  });
});
