/** Sharing: the dialog, what it hands out, and the page in one file. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { AxeResults } from "axe-core";
import jsQR from "jsqr";
import type { Page } from "puppeteer-core";
import { root } from "../../scripts/run.mjs";
import { parseArgs } from "../../www/player/program/args.js";
import { linkFragment, programInLink } from "../../www/player/program/link.js";
import { frameLine } from "../../www/player/share/embed.js";
import { exportPage, fileName } from "../../www/player/share/export.js";
import type { Shared } from "../../www/player/share/shared.js";
import { assemble, assembled, shot } from "./support/command.js";
import { startServer } from "./support/server.js";
import { appears, describeSite, frames, hasState, picture, prints, type Site, text } from "./support/site.js";

/** What ends an element, an attribute or a comment, and what replacement texts treat specially. */
const HOSTILE = `</title></script></textarea><!--"'><img src=x onerror=alert(1)>&amp;&lt;$& $\`\n--\u202egnp.exe`;
const HOSTILE_ARGS = [HOSTILE, "", "a b", "ä😀", '"', "\\"];

/** The largest ROM. */
const LIMIT = 0xff00 + 15 * 0x10000;

describe("the page in one file", () => {
  const page = new URL("https://fantail.example/play/");

  test("its template needs no other file, and its policy allows none", () => {
    const template = readFileSync(join(root, "dist/single.html"), "utf8");
    const head = template.slice(0, template.indexOf("<style>"));
    assert.match(head, /default-src 'none'/);
    assert.match(head, /script-src 'sha256-[^']+' 'wasm-unsafe-eval' data:;/);
    const addresses = Array.from(head.matchAll(/(?:src|href)="([^"]*)"/g), ([, address]) => address ?? "");
    assert.deepEqual(
      addresses.filter((address) => !address.startsWith("data:")),
      [],
    );
    assert.equal(template.split("</script>").length, 2, "nothing in the script ends it");
    assert.ok(
      !template.includes("<!--", template.indexOf("<body>")),
      "nothing in the script begins a comment",
    );
  });

  test("names are text in it", () => {
    const template = "<title>fantail</title> <uxn-player controls></uxn-player> $& <title>second</title>";
    const fragment = "z=AAAA&args=a%20b";
    assert.equal(
      exportPage(template, { fragment, name: `</title>"<$&>\n`, page }),
      "<title>&lt;/title&gt;&quot;&lt;$&amp;&gt;&#10;</title> " +
        '<uxn-player src="#z=AAAA&amp;args=a%20b" label="&lt;/title&gt;&quot;&lt;$&amp;&gt;&#10;" ' +
        'page="https://fantail.example/play/" controls></uxn-player> $& <title>second</title>',
    );
  });

  test("what is not the template is refused", () => {
    for (const template of ["", "<title>404</title>", "<uxn-player></uxn-player>"]) {
      assert.throws(() => exportPage(template, { fragment: "z=AA", name: "x", page }), /not the right one/);
    }
  });

  test("names become names of files", () => {
    const names: [string, string][] = [
      ["Hello", "Hello.rom"],
      ["../../etc/passwd", "etc passwd.rom"],
      ['a\\b:c*d?e"f<g>h|i', "a b c d e f g h i.rom"],
      [".hidden.", "hidden.rom"],
      ["gnp\u202eexe.\u0000\n", "gnp exe.rom"],
      ["", "program.rom"],
      [" ... ", "program.rom"],
      ["ä 😀", "ä 😀.rom"],
      ["x".repeat(1000), `${"x".repeat(60)}.rom`],
      ["\ud800", "program.rom"],
      ["CON", "CON_.rom"],
      ["com1.tar", "com1.tar_.rom"],
    ];
    for (const [name, wanted] of names) assert.equal(fileName(name, ".rom"), wanted, JSON.stringify(name));
  });
});

describe("the frame", () => {
  const sizeFor = (screen: Shared["screen"]) => {
    const page = new URL("https://fantail.example/");
    const shared = {
      rom: new Uint8Array(),
      args: [],
      name: "x",
      address: "https://roms.example/x.rom",
      page,
    };
    const line = frameLine({ ...shared, script: undefined, screen });
    return / width="([^"]*)" height="([^"]*)"/
      .exec(line ?? "")
      ?.slice(1)
      .join("x");
  };

  test("has room for the screen, and for the bar below", () => {
    assert.equal(sizeFor({ width: 512, height: 320 }), "512x364");
    assert.equal(sizeFor({ width: 256, height: 168 }), "512x380");
    assert.equal(sizeFor({ width: 1024, height: 768 }), "1024x812");
  });

  test("has a size for a program that has not been started, or has no screen", () => {
    for (const screen of [undefined, { width: 0, height: 0 }, { width: 512, height: 0 }]) {
      assert.equal(sizeFor(screen), "640x444");
    }
  });
});

/** Opens the dialog of the page's player by its button. */
async function openShare(page: Page): Promise<void> {
  await page.focus(">>> #share");
  await page.keyboard.press("Enter");
  await appears(page, "dialog[open]");
}

/** The value of one of the dialog's fields. */
function field(page: Page, name: string): Promise<string> {
  return page.$eval(`>>> #share-${name}`, (field) => (field as HTMLInputElement).value);
}

/** Presses a button of the dialog by its name. */
async function press(page: Page, name: string): Promise<void> {
  await page.evaluate((wanted) => {
    const buttons = Array.from(inPlayer("dialog")?.querySelectorAll("button") ?? []);
    const button = buttons.find(({ ariaLabel, textContent }) => (ariaLabel ?? textContent) === wanted);
    if (!button) throw new Error(`there is no button ${wanted}`);
    button.focus();
  }, name);
  await page.keyboard.press("Enter");
}

/** Waits until the dialog says something like this. */
async function says(page: Page, words: string): Promise<void> {
  try {
    await page.waitForFunction(
      (wanted) => inPlayer("dialog [role=status]")?.textContent?.includes(wanted),
      { timeout: 20_000 },
      words,
    );
  } catch {
    assert.fail(`it does not say “${words}” but “${await text(page, ">>> dialog [role=status]")}”`);
  }
}

async function pressBack(page: Page): Promise<void> {
  await page.keyboard.down("Shift");
  await page.keyboard.press("Tab");
  await page.keyboard.up("Shift");
}

/** Sets attributes of the page's player. */
async function set(page: Page, attributes: Readonly<Record<string, string>>): Promise<void> {
  await page.$eval(
    "uxn-player",
    (player, values) => {
      for (const [name, value] of Object.entries(values)) player.setAttribute(name, value);
    },
    attributes,
  );
}

/** Gives bytes to the page's player, and so a program without an address. */
async function load(page: Page, rom: Uint8Array): Promise<void> {
  await page.$eval("uxn-player", (player, bytes) => player.load(Uint8Array.from(bytes)), [...rom]);
}

/** Instead of handing a file to the visitor the page keeps it. */
async function keepDownloads(page: Page): Promise<void> {
  await page.evaluateOnNewDocument(() => {
    const blobs = new Map<string, Blob>();
    const create = URL.createObjectURL;
    URL.createObjectURL = (blob: Blob) => {
      const url = create(blob);
      blobs.set(url, blob);
      return url;
    };
    HTMLAnchorElement.prototype.click = function () {
      const keep = async () => ({
        name: this.download,
        bytes: Array.from(new Uint8Array((await blobs.get(this.href)?.arrayBuffer()) ?? [])),
      });
      Object.assign(globalThis, { kept: keep() });
    };
  });
}

/** What the page has kept. */
async function kept(page: Page): Promise<{ name: string; bytes: Buffer }> {
  await page.waitForFunction("globalThis.kept");
  const { name, bytes } = (await page.evaluate("globalThis.kept")) as { name: string; bytes: number[] };
  return { name, bytes: Buffer.from(bytes) };
}

/** What the page would copy. */
async function keepCopies(page: Page, isAllowed: boolean): Promise<void> {
  await page.evaluateOnNewDocument((allowed) => {
    const writeText = async (copied: string) => {
      if (!allowed) throw new DOMException("no", "NotAllowedError");
      Object.assign(globalThis, { copied });
    };
    Object.defineProperty(navigator, "clipboard", { value: { writeText } });
    document.execCommand = () => false;
  }, isAllowed);
}

/** The elements of some markup, as a parser sees them: names and attributes. */
async function parsed(site: Site, markup: string) {
  // The site's policy would not even let a style attribute be parsed.
  const page = await site.tab();
  const elements = await page.evaluate((html) => {
    const { head, body } = new DOMParser().parseFromString(html, "text/html");
    return [...head.querySelectorAll("*"), ...body.querySelectorAll("*")].map((element) => ({
      name: element.localName,
      attributes: Object.fromEntries(Array.from(element.attributes, ({ name, value }) => [name, value])),
    }));
  }, markup);
  await page.close();
  return elements;
}

/** What `echo` prints of its arguments: each byte with the type of its event. */
function echoed(args: readonly string[]): string {
  const typed = args.flatMap((arg, i) => [
    ...Array.from(Buffer.from(arg), (byte) => `2${byte.toString(16).padStart(2, "0")} `),
    i < args.length - 1 ? "30a " : "40a ",
  ]);
  return typed.join("");
}

/** Reads the code off a picture of the page. */
async function readQr(page: Page): Promise<string | undefined> {
  const code = await page.$(">>> dialog figure svg");
  assert.ok(code);
  await page.waitForFunction(() => inPlayer("dialog")?.getAnimations().length === 0);
  const shot = await code.screenshot({ encoding: "base64" });
  const { pixels, width, height } = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const { width, height } = image;
    const context = new OffscreenCanvas(width, height).getContext("2d");
    context?.drawImage(image, 0, 0);
    return { pixels: Array.from(context?.getImageData(0, 0, width, height).data ?? []), width, height };
  }, shot);
  return jsQR(Uint8ClampedArray.from(pixels), width, height)?.data;
}

describeSite("share", (site: Site) => {
  test("the link opens to the same program with the same arguments", async () => {
    const page = await site.play("echo", `args=${encodeURIComponent('one "and another" ä')}`);
    await prints(page, echoed(["one", "and another", "ä"]));
    await openShare(page);
    const link = await field(page, "link");
    assert.ok(link.startsWith(`${site.server.url}#args=one%20%22and%20another%22%20%C3%A4&z=`), link);
    assert.match(await text(page, ">>> .share-link"), new RegExp(`: ${link.length} characters`));
    const other = await site.tab();
    await other.goto(link);
    await prints(other, echoed(["one", "and another", "ä"]));
    assert.equal(await text(other, ">>> #log"), await text(page, ">>> #log"));
    await openShare(other);
    assert.equal(await field(other, "link"), link);
    await page.close();
    await other.close();
  });

  test("it opens with the link selected, keeps the keys, and gives the focus back", async () => {
    const page = await site.play("events");
    await page.evaluate(() => {
      document.addEventListener("keydown", ({ key }) => {
        if (key !== "Tab" && key !== "Shift")
          document.body.dataset.keys = `${document.body.dataset.keys ?? ""} ${key}`;
      });
    });
    await openShare(page);
    const link = await field(page, "link");
    assert.equal(await page.evaluate(() => focusedElement()?.id), "share-link");
    assert.equal(
      await page.$eval(">>> #share-link", (field) => {
        const { value, selectionStart, selectionEnd } = field as HTMLInputElement;
        return value.slice(selectionStart ?? 0, selectionEnd ?? 0);
      }),
      link,
    );
    const visited = new Set<string>();
    for (let i = 0; i < 24; i++) {
      // Some browsers, without a window, do not come back from their own buttons: so there and back.
      if (i < 12) await page.keyboard.press("Tab");
      else await pressBack(page);
      const place = await page.evaluate(() => {
        const element = focusedElement();
        if (element === document.body || element === null) return "browser";
        if (element.matches("dialog, .share-body")) return "dialog";
        return element.closest("dialog") ? element.id || element.ariaLabel || element.textContent : "outside";
      });
      visited.add(String(place));
    }
    assert.ok(!visited.has("outside"), [...visited].join());
    for (const place of ["browser", "dialog"]) visited.delete(place);
    assert.deepEqual([...visited].sort(), [
      "Close",
      "Copy the lines for the element",
      "Copy the lines for the frame",
      "Copy the link",
      "Save as a web page",
      "Save the ROM",
      "share-element",
      "share-frame",
      "share-link",
    ]);
    await page.focus(">>> #share-link");
    await page.keyboard.press("a");
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !inPlayer("dialog"));
    assert.equal(await page.evaluate(() => focusedElement()?.id), "share");
    await frames(page, 5);
    assert.equal(await text(page, ">>> #log"), "", "the program has seen no key");
    assert.equal(await page.evaluate(() => document.body.dataset.keys), " Enter", "nor has the page");
    await page.close();
  });

  test("it closes by its button and by a click beside it, not by one in it", async () => {
    const page = await site.play("events");
    await openShare(page);
    await page.locator(">>> .share-close").click();
    await page.waitForFunction(() => !inPlayer("dialog"));
    await openShare(page);
    await page.locator(">>> #share-title").click();
    await frames(page, 5);
    assert.ok(await page.evaluate(() => inPlayer("dialog")?.open));
    await page.mouse.click(5, 500);
    await page.waitForFunction(() => !inPlayer("dialog"));
    await page.close();
  });

  test("nothing moves under the pointer once it is open", async () => {
    const page = await site.play("events");
    await openShare(page);
    const places = () =>
      page.evaluate(async () => {
        const dialog = inPlayer("dialog");
        await Promise.all(dialog?.getAnimations().map((animation) => animation.finished) ?? []);
        return Array.from(dialog?.querySelectorAll("button, input, svg") ?? [], (control) => {
          const { x, y } = control.getBoundingClientRect();
          return `${control.ariaLabel ?? control.textContent} ${x} ${y}`;
        });
      });
    const before = await places();
    assert.ok(
      before.some((place) => place.startsWith("QR code")),
      before.join(),
    );
    await page.waitForNetworkIdle({ idleTime: 300 });
    assert.deepEqual(await places(), before);
    await page.close();
  });

  test("copying", async () => {
    const page = await site.tab();
    await keepCopies(page, true);
    await page.goto(`${site.server.url}?rom=${await site.offer("events")}`);
    await hasState(page, "running");
    await openShare(page);
    for (const [button, name] of [
      ["link", "link"],
      ["lines for the element", "element"],
      ["lines for the frame", "frame"],
    ] as const) {
      await press(page, `Copy the ${button}`);
      await says(page, `Copied the ${button}.`);
      assert.equal(await page.evaluate("copied"), await field(page, name));
      const label = await page.evaluate(() => focusedElement()?.textContent);
      assert.equal(label, "Copied");
    }
    await page.close();
  });

  test("where copying is not allowed, the text is selected and words say how", async () => {
    const page = await site.tab();
    await keepCopies(page, false);
    await page.goto(`${site.server.url}?rom=${await site.offer("events")}`);
    await hasState(page, "running");
    await openShare(page);
    await press(page, "Copy the lines for the frame");
    await says(page, "Press Ctrl+C to copy the lines for the frame.");
    const selected = await page.evaluate(() => {
      const field = focusedElement() as HTMLTextAreaElement;
      return [field.id, field.selectionEnd - field.selectionStart === field.value.length];
    });
    assert.deepEqual(selected, ["share-frame", true]);
    await page.close();
  });

  test("lines to embed a program from its address, with a hostile name", async () => {
    const page = await site.play("picture");
    await page.$eval("uxn-player", (player, name) => player.setAttribute("label", name), HOSTILE);
    // As a page would have to quote them.
    const line = HOSTILE_ARGS.map((arg) => `"${arg.replaceAll(/["\\]/g, "\\$&")}"`).join(" ");
    await set(page, { args: line });
    await openShare(page);
    const rom = `${site.server.url}test/picture.rom`;
    const [script, player, ...others] = await parsed(site, await field(page, "element"));
    assert.deepEqual(others, []);
    assert.deepEqual(script, {
      name: "script",
      attributes: { type: "module", src: `${site.server.url}fantail.js` },
    });
    assert.equal(player?.name, "uxn-player");
    const { args, ...attributes } = player?.attributes ?? {};
    assert.deepEqual(attributes, { src: rom, label: HOSTILE, controls: "" });
    assert.deepEqual(parseArgs(args ?? ""), HOSTILE_ARGS);
    const [frame, ...more] = await parsed(site, await field(page, "frame"));
    assert.deepEqual(more, []);
    assert.equal(frame?.name, "iframe");
    const { src, allow, width, height, title } = frame?.attributes ?? {};
    const address = new URL(src ?? "");
    assert.equal(address.origin + address.pathname, `${site.server.url}embed.html`);
    assert.equal(address.searchParams.get("rom"), rom);
    assert.deepEqual(parseArgs(address.searchParams.get("args") ?? ""), HOSTILE_ARGS);
    assert.equal(title, HOSTILE);
    const picture = await shot(await assemble("picture"), 2);
    const scale = Number(width) / picture.width;
    assert.ok(
      Number.isInteger(scale) && scale > 1,
      `whole pixels of a screen ${picture.width} wide: ${width}`,
    );
    assert.equal(Number(height), scale * picture.height + 44, "and the bar below");
    const policies = (allow ?? "").split("; ");
    for (const policy of ["autoplay", "clipboard-write", "fullscreen", "gamepad"]) {
      assert.ok(policies.includes(policy), policy);
    }
    const title2 = await page.evaluate(() => {
      const heading = inPlayer("#share-title");
      return [heading?.textContent, inPlayer("dialog")?.querySelectorAll("img").length];
    });
    assert.deepEqual(title2, [`Share ${HOSTILE}`, 0]);
    await page.close();
  });

  test("lines to embed a program without an address hold it", async () => {
    const page = await site.play("events");
    const rom = await assembled("picture");
    await set(page, { args: 'one "and two"' });
    await load(page, rom);
    await openShare(page);
    const [, player] = await parsed(site, await field(page, "element"));
    const [frame] = await parsed(site, await field(page, "frame"));
    assert.equal(player?.attributes.args, undefined, "they are in the link");
    assert.equal(player?.attributes.src, await field(page, "link"));
    assert.ok(
      frame?.attributes.src?.startsWith(`${site.server.url}embed.html#args=one%20%22and%20two%22&z=`),
    );
    for (const address of [player?.attributes.src, frame?.attributes.src]) {
      const program = await programInLink(new URL(address ?? "").hash, LIMIT);
      assert.deepEqual(program?.args, ["one", "and two"]);
      assert.ok(rom.equals(program?.rom ?? Buffer.of()));
    }
    await page.close();
  });

  test("the lines play in a page on another origin, from an address and without one", async () => {
    const elsewhere = await startServer();
    try {
      for (const hasAddress of [true, false]) {
        const page = await site.play("echo");
        if (!hasAddress) await load(page, await assembled("echo"));
        await set(page, { args: 'one "and two"', label: HOSTILE });
        await openShare(page);
        for (const name of ["element", "frame"]) {
          const lines = await field(page, name);
          elsewhere.answer("/article", (_, response) => {
            const html = `<!doctype html><meta charset="utf-8"><title>Article</title><link rel="icon" href="data:,">${lines}`;
            response.writeHead(200, { "content-type": "text/html" }).end(html);
          });
          const article = await site.tab();
          await article.goto(`${elsewhere.url}article`);
          const handle = name === "frame" ? await article.waitForSelector("iframe") : null;
          const frame = (await handle?.contentFrame()) ?? article;
          await appears(frame, "#cover:not([hidden])");
          await frame.locator(">>> #cover").click();
          await frame.waitForFunction(
            (wanted) => inPlayer("#log")?.textContent?.includes(wanted),
            { timeout: 10_000 },
            echoed(["one", "and two"]),
          );
          await article.close();
        }
        await page.close();
      }
    } finally {
      await elsewhere.close();
    }
  });

  test("the QR code is that of the link", async () => {
    const page = await site.play("events");
    const small = await assembled("events");
    // As much as fits: noise cannot be packed.
    const large = Buffer.from(small);
    const noise = Buffer.alloc(2100, 0);
    let state = 1;
    for (let i = 0; i < noise.length; i++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      noise[i] = state >>> 24;
    }
    for (const rom of [small, Buffer.concat([large, noise]).subarray(0, 2150)]) {
      await load(page, rom);
      await openShare(page);
      await appears(page, "dialog figure svg");
      const link = await field(page, "link");
      assert.ok(link.length <= 2953, `${link.length}`);
      assert.equal(await readQr(page), link);
      assert.equal(
        await page.$eval(">>> dialog svg[role=img]", (svg) => svg.ariaLabel),
        "QR code of the link",
      );
      await page.keyboard.press("Escape");
      await page.waitForFunction(() => !inPlayer("dialog"));
    }
    await page.close();
  });

  test("links too long for a QR code, and for other programs, are said to be", async () => {
    const page = await site.play("events");
    const noise = Buffer.from(
      Array.from({ length: 50_000 }, (_, i) => (Math.imul(i * i, 2654435761) >>> 13) & 0xff),
    );
    for (const [size, words] of [
      [4000, "That is too long for a QR code."],
      [50_000, "chat and mail programs may cut it"],
    ] as const) {
      await load(page, noise.subarray(0, size));
      await openShare(page);
      const link = await field(page, "link");
      const about = await text(page, ">>> .share-link .share-note");
      assert.ok(about.includes(`${link.length.toLocaleString("en")} characters`), about);
      assert.ok(about.includes(words), about);
      assert.equal(await page.$(">>> dialog figure"), null);
      await page.keyboard.press("Escape");
      await page.waitForFunction(() => !inPlayer("dialog"));
    }
    await page.close();
  });

  test("the largest program there can be is shared as well", async () => {
    const page = await site.play("events");
    await page.$eval(
      "uxn-player",
      (player, size) => {
        const rom = new Uint8Array(size);
        for (let at = 0; at < size; at += 0x10000) crypto.getRandomValues(rom.subarray(at, at + 0x10000));
        return player.load(rom);
      },
      LIMIT,
    );
    await openShare(page);
    const link = await field(page, "link");
    assert.equal((await programInLink(link.slice(link.indexOf("#")), LIMIT))?.rom.length, LIMIT);
    const [frame] = await parsed(site, await field(page, "frame"));
    assert.equal(frame?.attributes.src, link.replace("#", "embed.html#"));
    assert.match(await text(page, ">>> .share-link"), /not every browser opens it/);
    await page.close();
  });

  test("a player that knows no page has no links and no frames, and says so", async () => {
    const page = await site.play("events");
    await set(page, { page: "" });
    await openShare(page);
    assert.match(await text(page, ">>> dialog"), /This player knows no page that a link could lead to/);
    const names = await page.evaluate(() =>
      Array.from(inPlayer("dialog")?.querySelectorAll("input, textarea, button") ?? [], (element) =>
        element.id ? element.id : (element.ariaLabel ?? element.textContent),
      ),
    );
    assert.deepEqual(names, ["Close", "Save the ROM", "share-element", "Copy the lines for the element"]);
    await page.close();
  });

  test("links lead to the page that the player is told", async () => {
    const page = await site.play("events");
    await set(page, { page: "https://fantail.example/play/?old=1#old" });
    await openShare(page);
    assert.match(await field(page, "link"), /^https:\/\/fantail\.example\/play\/#z=/);
    assert.match(await field(page, "frame"), /src="https:\/\/fantail\.example\/play\/embed\.html\?rom=/);
    await page.close();
  });

  test("the system's own way of sharing", async () => {
    const page = await site.tab();
    await page.evaluateOnNewDocument(() => {
      navigator.share = async (data) => {
        Object.assign(globalThis, { shared: data });
        if (data?.title === "refused") throw new DOMException("no", "NotAllowedError");
        if (data?.title === "cancelled") throw new DOMException("no", "AbortError");
      };
    });
    await page.goto(`${site.server.url}?rom=${await site.offer("events")}`);
    await hasState(page, "running");
    for (const [label, words] of [
      ["passed on", ""],
      ["cancelled", ""],
      ["refused", "The system does not share this link. Copy it instead."],
    ] as const) {
      await set(page, { label });
      await openShare(page);
      await press(page, "Share…");
      await page.waitForFunction((title) => Reflect.get(globalThis, "shared")?.title === title, {}, label);
      await frames(page, 2);
      assert.equal(await text(page, ">>> dialog [role=status]"), words);
      const link = await field(page, "link");
      assert.deepEqual(await page.evaluate("shared"), { title: label, url: link });
      await page.keyboard.press("Escape");
      await page.waitForFunction(() => !inPlayer("dialog"));
    }
    await page.close();
  });

  test("a player that is taken away takes the dialog with it", async () => {
    const page = await site.play("events");
    await openShare(page);
    await page.evaluate(() => {
      const player = document.querySelector("uxn-player");
      const place = player?.parentElement;
      player?.remove();
      setTimeout(() => player && place?.append(player), 200);
    });
    await page.waitForFunction(() => document.querySelector("uxn-player") && !inPlayer("dialog"));
    await load(page, await assembled("events"));
    await page.$eval("uxn-player", (player) => player.play());
    await openShare(page);
    await page.close();
  });

  test("saving the ROM", async () => {
    const page = await site.tab();
    await keepDownloads(page);
    await page.goto(`${site.server.url}?rom=${await site.offer("picture")}`);
    await hasState(page, "running");
    await set(page, { label: "../a name" });
    await openShare(page);
    await press(page, "Save the ROM");
    const { name, bytes } = await kept(page);
    assert.equal(name, "a name.rom");
    assert.ok((await assembled("picture")).equals(bytes));
    await says(page, "“a name.rom” goes to your downloads.");
    await page.close();
  });

  /** Saves a program as a page, and opens that page from the disk. */
  async function exported(
    rom: string,
    label: string,
    { args = "", prepare }: { args?: string; prepare?: (page: Page) => Promise<void> } = {},
  ) {
    const page = await site.tab();
    await keepDownloads(page);
    await page.goto(`${site.server.url}?rom=${await site.offer(rom)}`);
    await hasState(page, "running");
    await set(page, { label, args });
    await openShare(page);
    await press(page, "Save as a web page");
    const { name, bytes } = await kept(page);
    assert.match(name, /\.html$/);
    await page.close();
    const path = join(dirname(await assemble(rom)), `${site.browserName}-${rom}.html`);
    writeFileSync(path, bytes);
    const opened = await site.tab();
    const requests: string[] = [];
    opened.on("request", (request) => requests.push(request.url()));
    await prepare?.(opened);
    await opened.goto(pathToFileURL(path).href);
    await opened.waitForFunction(() => customElements.get("uxn-player"));
    return { page: opened, requests };
  }

  test("a saved page plays from the disk: the native picture, and nothing is asked of the network", async () => {
    const { page, requests } = await exported("picture", HOSTILE);
    assert.equal(await page.title(), HOSTILE.replaceAll("\n", " "));
    assert.equal(
      await page.evaluate(() => document.querySelectorAll("img, body > :not(uxn-player, script)").length),
      0,
    );
    assert.equal(await page.$eval("uxn-player", (player) => player.label), HOSTILE);
    assert.equal(await page.$eval("uxn-player", (player) => player.paused), true, "not before a click");
    await page.locator(">>> #cover").click();
    await hasState(page, "running");
    const { width, height, rgb_sha256 } = await shot(await assemble("picture"), 2);
    await frames(page, 10);
    assert.deepEqual(await picture(page), { width, height, sha256: rgb_sha256 });
    const room = await page.$eval("uxn-player", (player) => {
      const { top, left, right, bottom } = player.getBoundingClientRect();
      return [top, left, right - innerWidth, bottom - innerHeight];
    });
    assert.deepEqual(room, [0, 0, 0, 0], "it fills the page");
    assert.deepEqual(
      requests.filter((url) => !/^(file|data|blob):/.test(url)),
      [],
    );
    await openShare(page);
    assert.ok(
      (await field(page, "link")).startsWith(`${site.server.url}#z=`),
      "its links lead to the page it is from",
    );
    await page.close();
  });

  test("a saved page has keys, arguments and the other engine", async () => {
    const { page } = await exported("echo", "Echo", {
      args: 'one "and two"',
      prepare: async (page) => {
        await page.evaluateOnNewDocument(() => {
          WebAssembly.validate = () => false;
        });
      },
    });
    await page.locator(">>> #cover").click();
    await prints(page, echoed(["one", "and two"]));
    await page.close();
    const { page: events } = await exported("events", "Events");
    await events.locator(">>> #cover").click();
    await hasState(events, "running");
    await events.waitForFunction(() => document.querySelector("uxn-player")?.uses.mouse);
    await events.focus("uxn-player");
    await events.keyboard.press("a");
    await prints(events, "k61\n");
    await events.close();
  });

  test("a saved page keeps its program's files", async () => {
    const { page } = await exported("files", "Files");
    await page.locator(">>> #cover").click();
    await prints(page, "[]\n");
    await page.$eval("uxn-player", (player) => player.sendInput("wkept\n"));
    await prints(page, "0004\n");
    // It is handed to the browser at once, and soon written.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await page.reload();
    await page.locator(">>> #cover").click();
    await prints(page, "0004\n[kept]\n");
    await page.close();
  });

  test("a saved page sounds", async () => {
    const { page } = await exported("tone", "Tone", {
      prepare: async (page) => {
        await page.evaluateOnNewDocument(() => {
          const connect = AudioNode.prototype.connect as (...args: unknown[]) => AudioNode;
          AudioNode.prototype.connect = function (this: AudioNode, ...args: unknown[]) {
            if (args[0] instanceof AudioDestinationNode) {
              const tap = new AnalyserNode(this.context);
              connect.call(this, tap);
              const heard = () => {
                const samples = new Float32Array(tap.fftSize);
                tap.getFloatTimeDomainData(samples);
                return samples.some((value) => Math.abs(value) > 0.01);
              };
              Object.assign(globalThis, { heard });
            }
            return connect.apply(this, args);
          } as typeof AudioNode.prototype.connect;
        });
      },
    });
    await page.locator(">>> #cover").click();
    await page.waitForFunction("globalThis.heard?.()", { timeout: 10_000 });
    await page.close();
  });

  test("a script that got into a saved page would not run", async () => {
    const template = readFileSync(join(root, "dist/single.html"), "utf8");
    const fragment = await linkFragment(await assembled("picture"));
    const html = exportPage(template, { fragment, name: "x", page: new URL(site.server.url) }).replace(
      "<body>",
      "<body><script>document.title = 'taken over'</script><img src=x onerror=\"document.title = 'taken over'\">",
    );
    const path = join(dirname(await assemble("picture")), `${site.browserName}-injected.html`);
    writeFileSync(path, html);
    const before = site.errors.length;
    const page = await site.tab();
    await page.goto(pathToFileURL(path).href);
    await page.locator(">>> #cover").click();
    await hasState(page, "running");
    assert.equal(await page.title(), "x");
    await page.close();
    const refused = site.errors.splice(before);
    assert.ok(
      refused.length > 0 && refused.every((error) => /Content.Security.Policy/i.test(error)),
      refused.join(),
    );
  });

  test("where the player for pages cannot be had, words say why", async () => {
    const page = await site.play("events");
    for (const [status, body, words] of [
      [404, "", "answered with status 404"],
      [200, "<title>Home</title>", "not the right one"],
    ] as const) {
      site.server.answer("/elsewhere/single.html", (_, response) => response.writeHead(status).end(body));
      await set(page, { page: `${site.server.url}elsewhere/` });
      await openShare(page);
      await press(page, "Save as a web page");
      await says(page, words);
      assert.equal(await page.evaluate(() => focusedElement()?.textContent), "Save as a web page");
      await page.keyboard.press("Escape");
      await page.waitForFunction(() => !inPlayer("dialog"));
    }
    await page.close();
  });

  test("closing the dialog gives up what it fetches", async () => {
    const page = await site.play("events");
    let isClosed = false;
    site.server.answer("/slow/single.html", (request, response) => {
      request.on("close", () => response.end());
      response.on("close", () => {
        isClosed = true;
      });
    });
    await set(page, { page: `${site.server.url}slow/` });
    await openShare(page);
    await press(page, "Save as a web page");
    await says(page, "Fetching the player…");
    await frames(page, 10);
    assert.ok(!isClosed);
    await page.keyboard.press("Escape");
    for (let waited = 0; !isClosed && waited < 50; waited++) await frames(page, 3);
    assert.ok(isClosed);
    await page.close();
  });

  test("it does not load before it is asked for, and in one piece", async () => {
    const page = await site.play("events");
    const chunks = () =>
      page.evaluate(() =>
        performance
          .getEntriesByType("resource")
          .map(({ name }) => /\/(share|qr)-[^/]*\.js$/.exec(name)?.[1])
          .filter((name) => name !== undefined),
      );
    assert.deepEqual(await chunks(), []);
    await openShare(page);
    assert.deepEqual(await chunks(), ["share"]);
    await page.close();
  });

  const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

  for (const [scheme, width] of [
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
  ] as const) {
    // Firefox is not told what colours to prefer.
    if (scheme === "dark" && site.browserName === "firefox") continue;
    test(`accessible, ${scheme}, ${width} pixels wide`, async () => {
      const page = await site.tab();
      if (site.browserName === "chromium") {
        await page.emulateMediaFeatures([
          { name: "prefers-color-scheme", value: scheme },
          { name: "prefers-reduced-motion", value: "reduce" },
        ]);
      }
      await keepCopies(page, true);
      await page.setViewport({ width, height: 740 });
      await page.goto(`${site.server.url}?rom=${await site.offer("events")}`);
      await hasState(page, "running");
      await openShare(page);
      await appears(page, "dialog figure svg");
      await press(page, "Copy the link");
      await says(page, "Copied the link.");
      await new Promise((resolve) => setTimeout(resolve, 300));
      await page.evaluate(axe);
      const { violations, passes } = (await page.evaluate(
        "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
      )) as AxeResults;
      const inDialog = violations.flatMap(({ id, nodes }) =>
        nodes
          .filter(({ target }) => /share|dialog/.test(JSON.stringify(target)))
          .map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`),
      );
      assert.deepEqual(inDialog, []);
      assert.ok(
        passes.some(({ nodes }) => nodes.some(({ target }) => JSON.stringify(target).includes("share"))),
      );
      const overflow = await page.evaluate(() => {
        const dialog = inPlayer("dialog");
        const box = dialog?.getBoundingClientRect();
        const body = dialog?.querySelector(".share-body");
        return [
          (box?.left ?? -1) >= 0,
          (box?.right ?? 1e9) <= innerWidth,
          body?.scrollWidth === body?.clientWidth,
        ];
      });
      assert.deepEqual(overflow, [true, true, true], "nothing is wider than the window");
      await page.close();
    });
  }
});
