/** The files of a program have one owner in a page, and all pages agree about them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "puppeteer-core";
import type { UxnPlayer } from "../../www/player/index.js";
import { filesPage, openFilesPage } from "./support/files.js";
import { describeSite, type Site } from "./support/site.js";

declare global {
  /** In a page: whether its disk is full. */
  var isFull: boolean;
}

describeSite("kept files", (site: Site) => {
  const serve = (name: string) => filesPage(site, name);
  const open = (url: string, prepare?: () => void) => openFilesPage(site, url, prepare);

  /** What a file contains once the page has been loaded again. */
  async function reloaded(page: Page, path: string): Promise<string | undefined> {
    await page.reload();
    return page.evaluate(async (name) => {
      await until(() => customElements.get("uxn-player"));
      return contents(await added(), name);
    }, path);
  }

  test("a player in the place of another has what that one wrote last, and keeps what it writes", async () => {
    const page = await open(await serve("replaced"));
    for (let round = 0; round < 5; round++) {
      const seen = await page.evaluate(async (turn) => {
        const old = ours.pop() ?? (await added());
        put(old, "a", `one ${turn}`, 1 << 20);
        await new Promise((resolve) => setTimeout(resolve, 60));
        put(old, "a", `two ${turn}`, 1 << 20);
        const next = document.createElement("uxn-player");
        next.src = old.src;
        old.replaceWith(next);
        await next.load();
        const read = contents(next, "a");
        put(next, "a", `three ${turn}`);
        ours = [next];
        return read;
      }, round);
      assert.equal(seen, `two ${round}`);
      if (round % 2 === 1) continue;
      assert.equal(await reloaded(page, "a"), `three ${round}`);
    }
    await page.close();
  });

  test("unload and load again: nothing is stale", async () => {
    const page = await open(await serve("again"));
    const seen = await page.evaluate(async () => {
      const player = await added();
      const read: (string | undefined)[] = [];
      for (let round = 10; round < 30; round++) {
        put(player, "a", String(round));
        player.unload();
        await player.load();
        read.push(contents(player, "a"));
      }
      return read;
    });
    assert.deepEqual(
      seen,
      Array.from({ length: 20 }, (_, round) => String(round + 10)),
    );
    await page.close();
  });

  test("two players of one program see what the other writes and deletes, at once", async () => {
    const page = await open(await serve("side-by-side"));
    const seen = await page.evaluate(async () => {
      const [one, two] = [await added(), await added()];
      // Which build of the emulator a program runs in makes no difference.
      two.engine = "switch";
      await two.load();
      let told = 0;
      two.addEventListener("filechange", () => told++);
      const read: unknown[] = [];
      put(one, "d/a", "one");
      read.push(contents(two, "d/a"));
      await until(() => told > 0);
      put(two, "d/a", "two");
      read.push(contents(one, "d/a"));
      two.storage?.remove("d");
      read.push(contents(one, "d/a") ?? "nothing", one.storage?.list().length);
      put(one, "a", "left");
      one.remove();
      put(two, "b", "right");
      return read;
    });
    assert.deepEqual(seen, ["one", "two", "nothing", 0]);
    assert.equal(await reloaded(page, "a"), "left");
    assert.equal(await reloaded(page, "b"), "right");
    await page.close();
  });

  test("what a program writes, another one that runs beside it reads", async () => {
    const page = await open(await serve("programs"));
    const seen = await page.evaluate(async () => {
      const [one, two] = [await added(), await added()];
      let printed = "";
      two.addEventListener("console", ({ detail }) => {
        printed += detail.text;
      });
      await Promise.all([one.play(), two.play()]);
      await until(() => printed.includes("[]\n"));
      one.sendInput("whello\n");
      await until(() => contents(two, "notes/today.txt") === "hello");
      printed = "";
      two.sendInput("r\n");
      await until(() => printed.includes("]\n"));
      return printed;
    });
    assert.equal(seen, "0005\n[hello]\n");
    await page.close();
  });

  test("two tabs tell each other, and a program in one reads what one in the other wrote", async () => {
    const url = await serve("tabs");
    const [one, two] = [await open(url), await open(url)];
    await one.evaluate(() => added());
    await two.evaluate(async () => {
      const player = await added();
      let printed = "";
      player.addEventListener("console", ({ detail }) => {
        printed += detail.text;
      });
      Object.assign(globalThis, { printed: () => printed });
      await player.play();
    });
    await two.evaluate("until(() => printed().includes('[]\\n'))");
    await one.evaluate(() => put(ours[0] as UxnPlayer, "notes/today.txt", "hello"));
    await two.evaluate(() => until(() => contents(ours[0] as UxnPlayer, "notes/today.txt") === "hello"));
    await two.evaluate(() => ours[0]?.sendInput("r\n"));
    await two.evaluate("until(() => printed().includes('[hello]\\n'))");
    await two.evaluate(() => ours[0]?.sendInput("d\n"));
    await one.evaluate(() => until(() => contents(ours[0] as UxnPlayer, "notes/today.txt") === undefined));
    await one.close();
    assert.equal(await reloaded(two, "notes/today.txt"), undefined);
    await two.close();
  });

  test("of two tabs none destroys what the other wrote later", async () => {
    const url = await serve("later");
    const [one, two] = [await open(url), await open(url)];
    for (const page of [one, two]) await page.evaluate(() => added());
    // The first tab's browser is slow to keep anything; by then the second has written the same.
    await one.evaluate(() => {
      const { transaction } = IDBDatabase.prototype;
      let isSlow = true;
      IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
        if (isSlow && args[1] === "readwrite") throw new DOMException("not now", "AbortError");
        return transaction.apply(this, args);
      };
      Object.assign(globalThis, {
        relent() {
          isSlow = false;
        },
      });
      put(ours[0] as UxnPlayer, "a", "older");
      put(ours[0] as UxnPlayer, "b", "older");
    });
    await two.evaluate(() => {
      const player = ours[0] as UxnPlayer;
      put(player, "a", "newer");
      put(player, "b", "newer");
      player.storage?.remove("b");
    });
    await one.evaluate("relent()");
    await one.evaluate(() => put(ours[0] as UxnPlayer, "c", "own"));
    for (const page of [one, two]) {
      await page.evaluate(() => {
        const player = ours[0] as UxnPlayer;
        return until(() => contents(player, "a") === "newer" && contents(player, "c") === "own");
      });
    }
    await one.close();
    assert.equal(await reloaded(two, "a"), "newer");
    assert.equal(await reloaded(two, "b"), undefined);
    assert.equal(await reloaded(two, "c"), "own");
    await two.close();
  });

  test("a note of a page that is gone is seen where the program is open, and brings nothing back", async () => {
    const url = await serve("notes");
    const [one, two] = [await open(url), await open(url)];
    for (const page of [one, two]) await page.evaluate(() => added());
    await one.bringToFront();
    await one.evaluate(() => {
      IDBDatabase.prototype.transaction = () => {
        throw new DOMException("not now", "AbortError");
      };
      put(ours[0] as UxnPlayer, "a", "noted");
    });
    await one.close();
    await two.evaluate(() => until(() => contents(ours[0] as UxnPlayer, "a") === "noted"));
    // What Firefox flushes of a page that is gone may come without an event, and then stays until the next visit.
    // A note comes back, as when the local storage of one process lags behind that of another.
    const note = await two.evaluate(async () => {
      const player = ours[0] as UxnPlayer;
      const { setItem } = Storage.prototype;
      const noted: [string, string][] = [];
      Storage.prototype.setItem = function (key, value) {
        noted.push([key, value]);
        setItem.call(this, key, value);
      };
      put(player, "a", "again");
      window.dispatchEvent(new Event("pagehide"));
      await until(() => noted.length > 0 && noted.every(([key]) => localStorage.getItem(key) === null));
      player.storage?.remove("a");
      return noted;
    });
    assert.notEqual(note.length, 0);
    await two.evaluate(async () => {
      await ours[0]?.load();
    });
    await two.evaluate((items) => {
      for (const [key, value] of items) localStorage.setItem(key, value);
    }, note);
    assert.equal(await reloaded(two, "a"), undefined);
    await two.close();
  });

  /** A page writes a file, can only note it, and is closed; the other one has read the note. */
  async function leaveNote(writer: Page, reader: Page): Promise<void> {
    await writer.bringToFront();
    await writer.evaluate(() => {
      holdSaves(true);
      put(ours[0] as UxnPlayer, "a", "noted");
    });
    await writer.close();
    await reader.bringToFront();
    await reader.evaluate(() => until(() => contents(ours[0] as UxnPlayer, "a") === "noted"));
  }

  test("a note of a page that is gone is kept by who reads it", async () => {
    const url = await serve("noted");
    const [one, two] = [await open(url), await open(url)];
    for (const page of [one, two]) await page.evaluate(() => added());
    await leaveNote(one, two);
    await two.evaluate(() =>
      until(() => Object.keys(localStorage).every((key) => !key.startsWith("fantail.file."))),
    );
    // It is no longer noted, and so it is saved.
    await two.close();
    const three = await open(url);
    assert.equal(await three.evaluate(async () => contents(await added(), "a")), "noted");
    await three.close();
  });

  /** In a page: the disk is full as long as `isFull` says so. */
  function limitDisk(): void {
    const { transaction } = IDBDatabase.prototype;
    globalThis.isFull = false;
    IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
      if (isFull && args[1] === "readwrite") throw new DOMException("full", "QuotaExceededError");
      return transaction.apply(this, args);
    };
  }

  test("a note stays while what it says cannot be saved", async () => {
    const url = await serve("full");
    const [one, two] = [await open(url), await open(url, limitDisk)];
    for (const page of [one, two]) await page.evaluate(() => added());
    await two.evaluate(() => {
      isFull = true;
    });
    await leaveNote(one, two);
    // Another look at the notes, as when the page is gone back to: what they say is known, and not safe.
    await two.evaluate(async () => {
      isFull = false;
      window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
      await until(() => Object.keys(localStorage).every((key) => !key.startsWith("fantail.file.")));
    });
    await two.close();
    const three = await open(url);
    assert.equal(await three.evaluate(async () => contents(await added(), "a")), "noted");
    await three.close();
  });

  test("two tabs on a full disk lose nothing, and keep all when there is room again", async () => {
    const url = await serve("room");
    const [one, two] = [await open(url, limitDisk), await open(url, limitDisk)];
    for (const page of [one, two]) await page.evaluate(() => added());
    for (const [page, name] of [
      [one, "a"],
      [two, "b"],
    ] as const) {
      await page.bringToFront();
      const kept = await page.evaluate(async (path) => {
        isFull = true;
        put(ours[0] as UxnPlayer, path, "mine");
        await until(() => ours[0]?.storage?.keeping === "failed");
        return contents(ours[0] as UxnPlayer, path);
      }, name);
      assert.equal(kept, "mine");
    }
    for (const page of [one, two]) {
      await page.bringToFront();
      await page.evaluate(async () => {
        isFull = false;
        window.dispatchEvent(new Event("pagehide"));
        await until(() => ours[0]?.storage?.keeping === "kept");
      });
    }
    for (const page of [one, two]) await page.close();
    const three = await open(url);
    const seen = await three.evaluate(async () => {
      const player = await added();
      return ["a", "b"].map((path) => contents(player, path));
    });
    assert.deepEqual(seen, ["mine", "mine"]);
    await three.close();
  });

  test("two copies of the script on one page, and a frame, agree as tabs do", async () => {
    const url = await serve("copies");
    const page = await open(url);
    const seen = await page.evaluate(async () => {
      const script = "./fantail.js?v=2";
      const copy = await import(script);
      customElements.define("uxn-copy", class extends copy.UxnPlayer {});
      const [one, two] = [await added(), await added("uxn-copy")];
      if (one.constructor === Object.getPrototypeOf(two.constructor)) throw new Error("one and the same");
      put(one, "a", "first");
      await until(() => contents(two, "a") === "first");
      put(two, "a", "second");
      await until(() => contents(one, "a") === "second");
      one.storage?.remove("a");
      await until(() => contents(two, "a") === undefined);
      put(one, "b", "of the page");
      one.remove();
      await until(() => contents(two, "b") === "of the page");
      return true;
    });
    assert.equal(seen, true);
    await page.evaluate(() => {
      const frame = document.createElement("iframe");
      frame.src = location.href;
      document.body.append(frame);
    });
    const frame = await page.waitForFrame((candidate) => candidate !== page.mainFrame());
    await frame.waitForFunction(() => customElements.get("uxn-player"));
    assert.equal(await frame.evaluate(async () => contents(await added(), "b")), "of the page");
    await frame.evaluate(() => put(ours[0] as UxnPlayer, "b", "of the frame"));
    await page.evaluate(() => until(() => contents(ours[1] as UxnPlayer, "b") === "of the frame"));
    await page.close();
  });

  test("what was kept before there were versions is found, and comes back no more", async () => {
    const page = await open(await serve("older"));
    const seen = await page.evaluate(async () => {
      const rom = await (await fetch(location.pathname.replace(/html$/, "rom"))).arrayBuffer();
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", rom));
      const program = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
      const bytes = (text: string) => new TextEncoder().encode(text);
      const inStore = (action: (store: IDBObjectStore) => IDBRequest) =>
        new Promise((resolve, reject) => {
          const opening = indexedDB.open("fantail", 1);
          opening.onupgradeneeded = () => opening.result.createObjectStore("files");
          opening.onerror = reject;
          opening.onsuccess = () => {
            const transaction = opening.result.transaction("files", "readwrite");
            const request = action(transaction.objectStore("files"));
            transaction.onabort = reject;
            transaction.oncomplete = () => {
              opening.result.close();
              resolve(request.result);
            };
          };
        });
      for (const [path, text] of ["a one", "b two"].map((line) => line.split(" ") as [string, string])) {
        await inStore((store) =>
          store.put({ contents: bytes(text), time: 1000 }, [program, bytes(path).buffer]),
        );
      }
      const note = { path: btoa("b"), contents: btoa("noted"), time: 2000 };
      localStorage.setItem(`fantail.file.${program}.tab.0`, JSON.stringify(note));
      const player = await added();
      const read = [contents(player, "a"), contents(player, "b")];
      player.storage?.remove("a");
      put(player, "b", "three");
      const range = IDBKeyRange.bound([program], [program, []]);
      const keys = () => inStore((store) => store.getAllKeys(range)) as Promise<unknown[][]>;
      // A version of each: all else has gone.
      for (let tries = 0; tries < 500; tries++) {
        const lengths = (await keys()).map(({ length }) => length).join();
        if (lengths === "4,4" && !localStorage.getItem(`fantail.file.${program}.tab.0`)) return read;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(JSON.stringify(await keys()));
    });
    assert.deepEqual(seen, ["one", "noted"]);
    assert.equal(await reloaded(page, "a"), undefined);
    assert.equal(await reloaded(page, "b"), "three");
    await page.close();
  });

  test("a program that creates and deletes without end does not fill the browser's storage", async () => {
    const page = await open(await serve("marks"));
    const kept = await page.evaluate(async () => {
      const player = await added();
      for (let round = 0; round < 4; round++) {
        for (let file = 0; file < 3600; file++) put(player, `d/${round} ${file}`, "");
        player.storage?.remove("d");
        // The deletions are kept before the next ones come.
        player.unload();
        await player.load();
        put(player, "last", String(round));
      }
      const opened = await new Promise<IDBDatabase>((resolve) => {
        const opening = indexedDB.open("fantail");
        opening.onsuccess = () => resolve(opening.result);
      });
      const records = () =>
        new Promise<{ readonly value: string | undefined; readonly count: number }>((resolve) => {
          const store = opened.transaction("files").objectStore("files");
          const keys = store.getAllKeys();
          const values = store.getAll();
          values.onsuccess = () => {
            const names = keys.result.map((key) => (key as [string, ArrayBuffer])[1]);
            const at = names.findIndex((name) => new TextDecoder().decode(name) === "last");
            const { contents: bytes } = values.result[at] ?? {};
            const own = keys.result.filter(
              (key) => (key as string[])[0] === (keys.result[at] as string[])?.[0],
            );
            resolve({ value: bytes && new TextDecoder().decode(bytes), count: own.length });
          };
        });
      let last = await records();
      for (let tries = 0; tries < 200 && last.value !== "3"; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        last = await records();
      }
      opened.close();
      return last;
    });
    assert.equal(kept.value, "3");
    assert.ok(kept.count < 3 * 4096 + 10, `${kept.count} records`);
    await page.close();
  });

  test("where nothing is kept files stay as long as the page", async () => {
    const page = await open(await serve("nothing"), () => {
      Object.defineProperty(globalThis, "indexedDB", { value: undefined });
    });
    const seen = await page.evaluate(async () => {
      const player = await added();
      put(player, "a", "here");
      player.unload();
      await player.load();
      const { keeping } = player.storage ?? {};
      const read = [contents(player, "a"), keeping];
      player.remove();
      return [...read, contents(await added(), "a")];
    });
    assert.deepEqual(seen, ["here", "denied", "here"]);
    assert.equal(await reloaded(page, "a"), undefined);
    await page.close();
  });
});
