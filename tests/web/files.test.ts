/** Files of programs: kept by the browser, and in the visitor's hands. */

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { ElementHandle, Page } from "puppeteer-core";
import { browserNames } from "../../scripts/browsers.mjs";
import { root } from "../../scripts/run.mjs";
import { assembled } from "./support/command.js";
import { appears, describeSite, hasState, prints, Site, text } from "./support/site.js";

/** Gives the program a line of input. */
async function enter(page: Page, line: string): Promise<void> {
  await appears(page, "#line:not(:disabled)");
  await page.$eval(
    ">>> #line",
    (field, value) => {
      (field as HTMLInputElement).value = value;
      inPlayer("#send")?.click();
    },
    line,
  );
}

/** Gives the program a line and waits for what it says. */
async function answers(page: Page, line: string, expected: string): Promise<void> {
  await enter(page, line);
  await prints(page, expected);
}

/** Opens the panel. */
async function openFiles(page: Page): Promise<void> {
  await page.waitForSelector("#files:not([hidden])");
  await page.$eval("#files", (panel) => {
    (panel as HTMLDetailsElement).open = true;
  });
}

/** The list of the panel, a line for each file. */
async function listed(page: Page): Promise<string[]> {
  return page.$$eval("#files-list li", (lines) =>
    lines.map(
      (line) => `${line.querySelector("bdi")?.textContent} ${line.querySelector(".size")?.textContent}`,
    ),
  );
}

async function lists(page: Page, ...expected: string[]): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (JSON.stringify(await listed(page)) === JSON.stringify(expected)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(await listed(page), expected);
}

async function says(page: Page, expected: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.getElementById("files-notice")?.textContent === wanted,
    { timeout: 20_000 },
    expected,
  );
}

async function press(page: Page, label: string): Promise<void> {
  await page.$$eval(
    "#files-list button",
    (buttons, wanted) => buttons.find((button) => button.ariaLabel === wanted)?.click(),
    label,
  );
}

/** Waits until the browser has kept everything. */
async function isKept(page: Page, path: string, contents: string): Promise<void> {
  await page.waitForFunction(
    (wantedPath, wanted) =>
      new Promise((resolve) => {
        const opening = indexedDB.open("fantail");
        opening.onsuccess = () => {
          const { transaction } = opening.result.transaction("files").objectStore("files");
          const store = transaction.objectStore("files");
          const cursor = store.openCursor();
          let found = false;
          cursor.onsuccess = () => {
            const at = cursor.result;
            if (!at) {
              opening.result.close();
              resolve(found);
              return;
            }
            const [, bytes] = at.key as [string, ArrayBuffer];
            const decode = (part: BufferSource) => new TextDecoder().decode(part);
            found ||=
              bytes instanceof ArrayBuffer &&
              decode(bytes) === wantedPath &&
              at.value.contents &&
              decode(at.value.contents) === wanted;
            at.continue();
          };
        };
      }),
    { timeout: 20_000, polling: 100 },
    path,
    contents,
  );
}

/** The keys of what is in the journal of this origin. */
function noted(page: Page): Promise<string[]> {
  return page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("file.")));
}

/** Waits until something is noted that was not there before. */
async function notes(page: Page, before: string[]): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if ((await noted(page)).some((key) => !before.includes(key))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("nothing is noted");
}

/**
 * Closes the page in front, which has something to note. Firefox says that a page is closed before the page itself is
 * told, and drops what a page writes that is closed in the background; such a page has noted all when it was hidden.
 */
async function closeNoting(page: Page, witness: Page): Promise<void> {
  const before = await noted(witness);
  await page.close();
  await notes(witness, before);
}

async function upload(page: Page, ...paths: string[]): Promise<void> {
  const input = (await page.$("#upload")) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(...paths);
}

describeSite("files", (site: Site) => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "fantail-files-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A file of the visitor's. */
  function own(name: string, contents: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, contents);
    return path;
  }

  /** A program of its own for each test, and so with files of its own. */
  async function play(name: string, prepare?: (page: Page) => Promise<void>): Promise<Page> {
    const rom = Buffer.concat([await assembled("files"), Buffer.from(`\0${name}`)]);
    site.server.answer(`/test/${name}.rom`, (_, response) => {
      response.writeHead(200, { "access-control-allow-origin": "*" }).end(rom);
    });
    const page = await site.tab();
    await prepare?.(page);
    await page.goto(`${site.server.url}?rom=test/${name}.rom`);
    await hasState(page, "running");
    return page;
  }

  test("what is written is there after a reload, a reset and another program", async () => {
    const page = await play("reload");
    await prints(page, "0000\n[]\n");
    await answers(page, "whello", "0005\n");
    // The buttons move when a program turns out to have no screen.
    await appears(page, "[data-text-only]");
    await page.locator(">>> #reset").click();
    await prints(page, "0005\n[hello]\n");
    await page.reload();
    await prints(page, "0005\n[hello]\n");
    await enter(page, "d");
    await prints(page, "d\n0001\n");
    await page.reload();
    await prints(page, "0000\n[]\n");
    await answers(page, "wagain", "wagain\n0005\n");

    await page.locator('a[data-address$="sieve.rom"]').click();
    await page.waitForFunction(() => document.getElementById("title")?.textContent !== "reload");
    await page.goBack();
    await prints(page, "0005\n[again]\n");
    await page.close();
  });

  test("another program sees nothing of it", async () => {
    const page = await play("mine");
    await answers(page, "wsecret", "0006\n");
    await isKept(page, "notes/today.txt", "secret");
    await page.close();
    const other = await play("yours");
    await prints(other, "0000\n[]\n");
    await answers(other, "l", "l\n000c\n[0006\t.theme\n]\n");
    await other.close();
  });

  test("nothing is lost when the page is closed right after", async () => {
    for (const [round, bytes] of [10, 1000, 3000].entries()) {
      const page = await play("close");
      const line = String(round).repeat(bytes);
      // The write happens with the next picture of the display, and nothing waits for it.
      await page.evaluate(async (typed) => {
        const field = inPlayer("#line") as HTMLInputElement;
        field.value = typed;
        inPlayer("#send")?.click();
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
      }, `w${line}`);
      await page.close();
      const again = await play("close");
      await prints(again, `\n[${line}]\n`);
      await again.close();
    }
  });

  test("not even a file of 2 MiB", async () => {
    const page = await play("large");
    await page.evaluate(async () => {
      const field = inPlayer("#line") as HTMLInputElement;
      field.value = "b";
      inPlayer("#send")?.click();
      while (!inPlayer("#log")?.textContent?.includes("written")) {
        await new Promise(requestAnimationFrame);
      }
    });
    await page.close();
    const again = await play("large");
    await openFiles(again);
    await lists(again, "big.bin 2 MiB");
    await again.close();
  });

  test("the browser asks before it closes the page, while a larger one is not yet kept", async () => {
    const page = await play("asks");
    const isHeld = () =>
      page.evaluate(() => !window.dispatchEvent(new Event("beforeunload", { cancelable: true })));
    await answers(page, "wsmall", "0005\n");
    assert.equal(await isHeld(), false);
    await page.evaluate(() => {
      const { transaction } = IDBDatabase.prototype;
      IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
        if (args[1] === "readwrite") throw new DOMException("not now", "AbortError");
        return transaction.apply(this, args);
      };
      Object.assign(globalThis, {
        relent() {
          IDBDatabase.prototype.transaction = transaction;
        },
      });
    });
    await answers(page, "f", "full\n");
    assert.equal(await isHeld(), true);
    await page.evaluate("relent()");
    await answers(page, "wok", "wok\n0002\n");
    for (let tries = 0; tries < 400 && (await isHeld()); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(await isHeld(), false);
    await page.close();
  });

  test("what the browser had not confirmed is in the journal", async () => {
    const witness = await play("another");
    const page = await play("journal");
    await answers(page, "wold", "0003\n");
    await isKept(page, "notes/today.txt", "old");
    // The storage takes nothing any more.
    await page.evaluate(() => {
      const { transaction } = IDBDatabase.prototype;
      IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
        if (args[1] === "readwrite") throw new DOMException("not now", "AbortError");
        return transaction.apply(this, args);
      };
    });
    await answers(page, "wnew", "wnew\n0003\n");
    await closeNoting(page, witness);
    await witness.close();
    const again = await play("journal");
    await prints(again, "0003\n[new]\n");
    await isKept(again, "notes/today.txt", "new");
    assert.deepEqual(await noted(again), [], "the journal is empty once all is kept");
    await again.close();
  });

  test("what is noted anew is not taken for what another tab has read", async () => {
    const page = await play("anew");
    await page.evaluate(() => {
      IDBDatabase.prototype.transaction = () => {
        throw new DOMException("not now", "AbortError");
      };
    });
    const noteNow = async () => {
      await page.evaluate(() => window.dispatchEvent(new Event("pagehide")));
      return noted(page);
    };
    await answers(page, "wone", "0003\n");
    const before = await noteNow();
    await answers(page, "wtwo", "wtwo\n0003\n");
    const after = await noteNow();
    assert.equal(before.length, 2, "the note and its directory");
    assert.equal(after.length, 2, "of the older ones nothing is left");
    assert.deepEqual(
      after.filter((key) => before.includes(key)),
      [],
    );
    await page.close();
  });

  test("nor is it lost when another program came before the page was closed", async () => {
    // What a page has noted is there for others a little later than for itself.
    const witness = await play("a-witness");
    const page = await play("left");
    const before = await noted(page);
    await page.evaluate(() => {
      const { transaction } = IDBDatabase.prototype;
      IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
        if (args[1] === "readwrite") throw new DOMException("not now", "AbortError");
        return transaction.apply(this, args);
      };
    });
    await answers(page, "wnew", "0003\n");
    await page.locator('a[data-address$="sieve.rom"]').click();
    await page.waitForFunction(() => document.getElementById("title")?.textContent !== "left");
    await notes(page, before);
    await notes(witness, before);
    await closeNoting(page, witness);
    await witness.close();
    const again = await play("left");
    await prints(again, "0003\n[new]\n");
    await again.close();
  });

  test("what another tab had written before a file was deleted does not bring it back", async () => {
    const one = await play("ghost");
    const two = await play("ghost");
    await one.bringToFront();
    await one.evaluate(() => {
      IDBDatabase.prototype.transaction = () => {
        throw new DOMException("not now", "AbortError");
      };
    });
    await answers(one, "wone", "0003\n");
    await one.close();
    await two.bringToFront();
    // Whoever has the program open takes what is noted.
    await two.waitForFunction(() => {
      const bytes = document.querySelector("uxn-player")?.storage?.read("notes/today.txt");
      return bytes && new TextDecoder().decode(bytes) === "one";
    });
    await answers(two, "wtwo", "0003\n");
    await isKept(two, "notes/today.txt", "two");
    await answers(two, "d", "d\n0001\n");
    await two.reload();
    await prints(two, "0000\n[]\n");
    await two.close();
  });

  test("a large file that changes all the time is not written all the time", async () => {
    const page = await play("grows");
    await page.evaluate(() => {
      const { put } = IDBObjectStore.prototype;
      Object.assign(globalThis, { written: 0 });
      IDBObjectStore.prototype.put = function (this: IDBObjectStore, value, key) {
        (globalThis as unknown as { written: number }).written += value.contents?.length ?? 0;
        return put.call(this, value, key);
      };
    });
    await answers(page, "g", "written\n");
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const written = Number(await page.evaluate("written"));
    assert.ok(written > 4 << 20 && written < 20 << 20, `${written} bytes`);
    await page.close();
  });

  test("a page that was closed with a full disk says so", async () => {
    const page = await play("full", async (tab) => {
      await tab.evaluateOnNewDocument(() => {
        IDBObjectStore.prototype.put = () => {
          throw new DOMException("no room", "QuotaExceededError");
        };
      });
    });
    await answers(page, "wx", "0001\n");
    await openFiles(page);
    await page.waitForSelector('#files-keeping[data-keeping="failed"]');
    assert.match(await text(page, "#files-keeping"), /refuses to keep/);
    await answers(page, "r", "0001\n[x]\n");
    await page.close();
  });

  test("where the browser keeps nothing it works in memory and says so", async () => {
    const deny: Record<string, () => void> = {
      "an exception": () => {
        for (const name of ["indexedDB", "localStorage"]) {
          Object.defineProperty(globalThis, name, {
            get() {
              throw new DOMException("denied", "SecurityError");
            },
          });
        }
      },
      "nothing there": () => {
        for (const name of ["indexedDB", "localStorage"]) {
          Object.defineProperty(globalThis, name, { value: undefined });
        }
      },
      "no encryption": () => {
        Object.defineProperty(crypto, "subtle", { value: undefined });
      },
    };
    for (const [name, denial] of Object.entries(deny)) {
      const page = await play("denied", (tab) => tab.evaluateOnNewDocument(denial).then(() => {}));
      await answers(page, "whello", "0005\n");
      await answers(page, "r", "0005\n[hello]\n");
      await openFiles(page);
      assert.match(await text(page, "#files-keeping"), /keeps nothing/, name);
      await lists(page, "notes/ 5 B", "notes/today.txt 5 B");
      await page.reload();
      await prints(page, "0000\n[]\n");
      await page.close();
    }
  });

  test("in a sandboxed frame it works in memory and says so", async () => {
    const page = await site.tab();
    await play("framed").then((first) => first.close());
    site.server.answer("/frame.html", (_, response) => {
      const frame = '<iframe sandbox="allow-scripts" src="./?rom=test/framed.rom" width="900" height="900">';
      response.writeHead(200, { "content-type": "text/html" }).end(frame);
    });
    await page.goto(`${site.server.url}frame.html`);
    const frame = await page.waitForFrame((candidate) => candidate.url().includes("framed"));
    await appears(frame, '#status[data-state="running"]');
    await frame.waitForSelector("#files:not([hidden])");
    await frame.evaluate(() => {
      (document.getElementById("files") as HTMLDetailsElement).open = true;
      const field = inPlayer("#line") as HTMLInputElement;
      field.value = "whello";
      inPlayer("#send")?.click();
    });
    await frame.waitForFunction(() => inPlayer("#log")?.textContent?.includes("0005\n"));
    await frame.waitForSelector('#files-keeping[data-keeping="denied"]');
    await page.close();
  });

  test("what is in the store and is not ours does no harm", async () => {
    const page = await play("foreign");
    await answers(page, "wmine", "0004\n");
    await isKept(page, "notes/today.txt", "mine");
    await page.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const opening = indexedDB.open("fantail");
          opening.onsuccess = () => {
            const transaction = opening.result.transaction("files", "readwrite");
            const store = transaction.objectStore("files");
            const keys = store.getAllKeys();
            keys.onsuccess = () => {
              const bytes = (name: string) => new TextEncoder().encode(name).buffer;
              const own = new Set(keys.result.map((key) => (key as [string, unknown])[0]));
              for (const program of own) {
                const value = { contents: new Uint8Array(3), time: 0 };
                store.put(value, [program, "text"]);
                store.put(value, [program, bytes("../../escape")]);
                store.put(value, [program, bytes("/etc/passwd")]);
                store.put(value, [program, bytes("notes/today.txt/below")]);
                store.put("text", [program, bytes("string")]);
                store.put({ contents: "text", time: 1 }, [program, bytes("contents")]);
                store.put({ contents: null }, [program, bytes("timeless")]);
                store.put(value, [program, bytes("extra"), 1]);
                localStorage.setItem(`fantail.file.${program}.x.0`, "{");
                localStorage.setItem(`fantail.file.${program}.x.1`, '{"path":"ä","contents":1,"time":"x"}');
                localStorage.setItem(`fantail.file.${program}.x.2`, "null");
              }
            };
            transaction.oncomplete = () => {
              opening.result.close();
              resolve();
            };
            transaction.onerror = () => reject(transaction.error);
          };
        }),
    );
    await page.reload();
    await prints(page, "0004\n[mine]\n");
    await openFiles(page);
    assert.match(await text(page, "#files-keeping"), /Kept in this browser/);
    assert.deepEqual((await listed(page)).slice(-2), ["notes/ 4 B", "notes/today.txt 4 B"]);
    await page.close();
  });

  test("of two tabs the last to write a file has its way", async () => {
    const one = await play("tabs");
    const two = await play("tabs");
    await one.bringToFront();
    await answers(one, "wone", "0003\n");
    await isKept(one, "notes/today.txt", "one");
    await two.bringToFront();
    await answers(two, "r", "0003\n[one]\n");
    await answers(two, "wtwo", "wtwo\n0003\n");
    await isKept(two, "notes/today.txt", "two");
    await one.bringToFront();
    await answers(one, "r", "0003\n[two]\n");
    await one.close();
    await two.close();
    const again = await play("tabs");
    await prints(again, "0003\n[two]\n");
    await again.close();
  });

  test("the panel counts what it shows", async () => {
    const page = await play("counts");
    await prints(page, "0000\n[]\n");
    await openFiles(page);
    // The program has been given the colours of the page.
    assert.equal(await text(page, "#files-empty:not([hidden])"), "There are none yet.");
    assert.equal(await text(page, "#files-room"), "0 B of 16 MiB used");
    await answers(page, "whello", "whello\n0005\n");
    await lists(page, "notes/ 5 B", "notes/today.txt 5 B");
    assert.equal(await text(page, "#files-room"), "5 B of 16 MiB used");
    assert.equal(await page.$eval("#files-empty", (words) => (words as HTMLElement).hidden), true);
    await page.close();
  });

  test("the quota: what does not fit is refused, and all else goes on", async () => {
    const page = await play("quota");
    await answers(page, "wsmall", "0005\n");
    await answers(page, "f", "full\n");
    await answers(page, "wtoo long", "wtoo long\n0000\n");
    await openFiles(page);
    assert.equal(await text(page, "#files-room"), "16 MiB of 16 MiB used");
    await upload(page, own("one.txt", "1"));
    await says(page, "“one.txt” was not added: there is no room for it.");
    await upload(page, own("huge.bin", new Uint8Array(17 << 20)));
    await says(page, "“huge.bin” was not added: there is no room for it.");
    await press(page, "Delete fill.bin");
    await says(page, "Deleted “fill.bin”.");
    await answers(page, "wfits again", "wfits again\n000a\n");
    await page.close();
  });

  test("the panel is there for programs with files only", async () => {
    const page = await site.open("rom=roms/sieve.rom");
    await hasState(page, "running", "exited");
    assert.equal(await page.$eval("#files", (panel) => (panel as HTMLElement).hidden), true);
    await page.close();
  });

  test("files are added while the program runs, and it sees them at once", async () => {
    const page = await play("upload");
    await openFiles(page);
    await upload(page, own("one.txt", "1"), own("two.txt", "22"));
    await says(page, "Added 2 files.");
    await lists(page, "one.txt 1 B", "two.txt 2 B");
    await answers(page, "l", "[0006\t.theme\n0001\tone.txt\n0002\ttwo.txt\n]\n");
    await upload(page, own("one.txt", "changed"));
    await says(page, "Replaced “one.txt”.");
    await page.locator("#files-undo").click();
    await says(page, "Undone.");
    await lists(page, "one.txt 1 B", "two.txt 2 B");
    await page.reload();
    await answers(page, "l", "[0006\t.theme\n0001\tone.txt\n0002\ttwo.txt\n]\n");
    await page.close();
  });

  test("a file is deleted, and comes back", async () => {
    const page = await play("delete");
    await answers(page, "whello", "0005\n");
    await openFiles(page);
    await lists(page, "notes/ 5 B", "notes/today.txt 5 B");
    await press(page, "Delete notes/");
    await says(page, "Deleted “notes/”.");
    await lists(page);
    await answers(page, "r", "r\n0000\n[]\n");
    await page.locator("#files-undo").click();
    await says(page, "Undone.");
    await lists(page, "notes/ 5 B", "notes/today.txt 5 B");
    await answers(page, "r", "r\n0005\n[hello]\n");

    // What the program has written since stays.
    await press(page, "Delete notes/today.txt");
    await lists(page, "notes/ 0 B");
    await answers(page, "wnewer", "wnewer\n0005\n");
    await page.locator("#files-undo").click();
    await answers(page, "r", "[newer]\n");
    await page.reload();
    await prints(page, "[newer]\n");
    await page.close();
  });

  test("a file is downloaded as it is", async () => {
    const page = await play("download");
    await enter(page, "h");
    await prints(page, "made\n");
    await openFiles(page);
    const downloads = await page.evaluate(async () => {
      const seen: { name: string; type: string; text: string }[] = [];
      const blobs = new Map<string, Blob>();
      const create = URL.createObjectURL.bind(URL);
      URL.createObjectURL = (blob: Blob) => {
        const url = create(blob);
        blobs.set(url, blob);
        return url;
      };
      const links: HTMLAnchorElement[] = [];
      HTMLAnchorElement.prototype.click = function () {
        links.push(this);
      };
      for (const button of document.querySelectorAll("#files-list button")) {
        if (button.textContent === "Download") (button as HTMLElement).click();
      }
      for (const { href, download } of links) {
        const blob = blobs.get(href) as Blob;
        seen.push({ name: download, type: blob.type, text: await blob.text() });
      }
      return seen;
    });
    assert.deepEqual(
      downloads.map(({ name }) => name),
      [
        "_theme",
        "b_.html",
        "_img src=x onerror=document.title='owned'_",
        "a very long name_with_no_space_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on.txt",
        "evil_txt.exe",
        "__.bin",
      ],
    );
    assert.deepEqual([...new Set(downloads.map(({ type }) => type))], ["application/octet-stream"]);
    assert.ok(downloads.every(({ text: contents }) => contents.length === 1));
    await page.close();
  });

  test("names are text", async () => {
    const page = await play("names");
    await answers(page, "h", "made\n");
    await openFiles(page);
    await lists(
      page,
      ".theme 1 B",
      "<b>bold</ 1 B",
      "<b>bold</b>.html 1 B",
      "<img src=x onerror=document.title='owned'> 1 B",
      "a very long name_with_no_space_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on.txt 1 B",
      "evil\ufffdtxt.exe 1 B",
      "\ufffd\ufffd.bin 1 B",
    );
    await press(page, "Delete <b>bold</b>.html");
    await says(page, "Deleted “<b>bold</b>.html”.");
    assert.equal((await page.$$("#files img, #files b")).length, 0);
    assert.ok(!(await page.title()).includes("owned"));
    const isWide = await page.$eval(".files", (panel) => panel.scrollWidth > panel.clientWidth);
    assert.equal(isWide, false);
    await page.close();
  });
});

/** With a profile that outlives the browser. */
for (const browserName of browserNames) {
  describe(`files in a profile, ${browserName}`, { timeout: 120_000 }, () => {
    const profile = mkdtempSync(join(tmpdir(), "fantail-profile-"));
    const downloads = mkdtempSync(join(tmpdir(), "fantail-downloads-"));
    after(() => {
      for (const folder of [profile, downloads]) {
        rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
      }
    });
    // An origin is also its port.
    let port: number | undefined;

    async function visit(action: (page: Page) => Promise<void>): Promise<void> {
      const site = new Site(browserName, join(root, "dist"), {
        userDataDir: profile,
        downloadBehavior: { policy: "allow", downloadPath: downloads },
        extraPrefsFirefox: { "browser.download.dir": downloads, "browser.download.folderList": 2 },
      });
      await site.start(port);
      port = Number(new URL(site.server.url).port);
      try {
        await action(await site.play("files"));
        assert.deepEqual(site.errors, []);
      } finally {
        await site.stop();
      }
    }

    test("are there when the browser is closed and opened again", async () => {
      await visit(async (page) => {
        await answers(page, "wkept", "0004\n");
        await page.close();
      });
      await visit(async (page) => {
        await prints(page, "0004\n[kept]\n");
        await openFiles(page);
        await lists(page, "notes/ 4 B", "notes/today.txt 4 B");
        await press(page, "Download notes/today.txt");
        // Browsers make the file first, and fill it when all of it has come.
        const downloaded = () =>
          readdirSync(downloads).includes("today.txt")
            ? readFileSync(join(downloads, "today.txt"), "utf8")
            : "";
        for (let tries = 0; tries < 200 && downloaded() === ""; tries++) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        assert.equal(downloaded(), "kept");
      });
    });
  });
}
