/**
 * Keeps the files of a program in the browser: in IndexedDB, a record for each file, under the SHA-256 of the
 * program.
 *
 * IndexedDB answers later, and a page that is being closed cannot wait. What has not been confirmed by then goes
 * into a journal in the local storage, which takes it at once; who next opens the program's files plays the
 * journal back. Where two tabs play the same program, the last one to write a file has its way with that file.
 */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";

/** What stands at a path: bytes, or `null` for a directory; `undefined` once it is deleted. */
export type Contents = Uint8Array<ArrayBuffer> | null | undefined;

/** What is, or has come to be, at a path. */
export interface Change {
  readonly path: Uint8Array<ArrayBuffer>;
  readonly contents: Contents;
  /** When, in milliseconds as by `Date.now()`. */
  readonly time: number;
}

interface Files extends DBSchema {
  files: {
    key: [program: string, path: ArrayBuffer];
    value: { readonly contents: Uint8Array<ArrayBuffer> | null; readonly time: number };
  };
}

const DATABASE = "fantail";
/** A browser that does not answer for so long, in milliseconds, has no storage. */
const TIMEOUT_MS = 5000;
/** The most bytes of a file that is noted. As text it takes two thirds of what browsers give to an origin. */
const MAX_NOTE = 2_500_000;

/** The kept files of one program. */
export class Storage {
  readonly #program: string;
  readonly #journal: Journal;
  #database: IDBPDatabase<Files>;

  private constructor(program: string, journal: Journal, database: IDBPDatabase<Files>) {
    this.#program = program;
    this.#journal = journal;
    this.#database = database;
  }

  /**
   * Opens the files of a program.
   *
   * @throws Error when the browser keeps nothing for this page: in a sandboxed frame, without encryption, or
   * where the visitor has forbidden it.
   */
  static async open(rom: Uint8Array<ArrayBuffer>): Promise<Storage> {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", rom));
    const program = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const database = await within(TIMEOUT_MS, openDatabase());
    return new Storage(program, new Journal(program), database);
  }

  /**
   * All files and directories, a directory before what it contains. Records that are not ours are left alone.
   *
   * @throws Error when the browser cannot read them.
   */
  async load(): Promise<Change[]> {
    const journal = this.#journal.read();
    const kept = await within(TIMEOUT_MS, this.#read());
    const newest = new Map(kept.map((change) => [pathKey(change.path), change]));
    const late = journal.changes.filter(({ path, time }) => {
      const there = newest.get(pathKey(path));
      return !there || there.time <= time;
    });
    for (const change of late) newest.set(pathKey(change.path), change);
    if (journal.keys.length > 0) {
      // It stays until its changes are safe.
      this.save(late).then(
        () => this.#journal.remove(journal.keys),
        () => {},
      );
    }
    return Array.from(newest.values())
      .filter(({ contents }) => contents !== undefined)
      .sort((one, other) => (pathKey(one.path) < pathKey(other.path) ? -1 : 1));
  }

  /**
   * Keeps changes: all or none.
   *
   * @throws Error when the browser does not.
   */
  async save(changes: readonly Change[]): Promise<void> {
    try {
      await this.#write(changes);
    } catch (error) {
      // The browser has closed the database, as when its data was deleted.
      if (!(error instanceof DOMException) || error.name !== "InvalidStateError") throw error;
      this.#database = await within(TIMEOUT_MS, openDatabase());
      await this.#write(changes);
    }
    this.#journal.forget(changes.filter(({ contents }) => contents === undefined));
  }

  /** Notes changes at once, to be kept at the next {@link load}, instead of those noted before. */
  note(changes: readonly Change[]): void {
    this.#journal.write(changes);
  }

  /** Closes the database, once it is done. */
  close(): void {
    this.#database.close();
  }

  async #read(): Promise<Change[]> {
    const { store } = this.#database.transaction("files");
    const range = IDBKeyRange.bound([this.#program], [this.#program, []]);
    const [keys, values] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
    return keys.flatMap((key, index) => {
      const path: unknown = key[1];
      const value: unknown = values[index];
      if (!(path instanceof ArrayBuffer) || typeof value !== "object" || value === null) return [];
      const { contents, time } = value as Record<string, unknown>;
      const isOurs = contents === null || contents instanceof Uint8Array;
      if (!isOurs || typeof time !== "number") return [];
      return { path: new Uint8Array(path), contents: contents as Contents, time };
    });
  }

  async #write(changes: readonly Change[]): Promise<void> {
    const transaction = this.#database.transaction("files", "readwrite");
    const { store } = transaction;
    const requests: Promise<unknown>[] = changes.map(({ path, contents, time }) => {
      const key: [string, ArrayBuffer] = [this.#program, path.slice().buffer];
      return contents === undefined ? store.delete(key) : store.put({ contents, time }, key);
    });
    // Now, and not when the page next comes to rest: it may be about to close.
    transaction.commit();
    await Promise.all([...requests, transaction.done]);
  }
}

function openDatabase(): Promise<IDBPDatabase<Files>> {
  return openDB<Files>(DATABASE, 1, {
    upgrade: (database) => void database.createObjectStore("files"),
    // Another tab wants to change or delete it.
    blocking: (_current, _wanted, { target }) => (target as IDBDatabase).close(),
  });
}

/** Changes of a program in the local storage, an item for each. */
class Journal {
  readonly #prefix: string;
  readonly #tab = crypto.randomUUID();
  #keys: string[] = [];
  #count = 0;

  constructor(program: string) {
    this.#prefix = `fantail.file.${program}.`;
  }

  /** What this and other tabs have left, oldest first, and the keys of it all. */
  read(): { readonly changes: Change[]; readonly keys: string[] } {
    const items = this.#items();
    const changes = items.flatMap(({ change }) => change ?? []);
    changes.sort((one, other) => one.time - other.time);
    return { changes, keys: items.map(({ key }) => key) };
  }

  #items(): { readonly key: string; readonly change: Change | undefined }[] {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.#prefix));
      return keys.map((key) => ({ key, change: decode(localStorage.getItem(key) ?? "") }));
    } catch {
      return []; // No local storage, no journal.
    }
  }

  /** Replaces what this tab has written before. */
  write(changes: readonly Change[]): void {
    this.remove(this.#keys);
    this.#keys = [];
    const notable = changes.filter(isNotable);
    notable.sort((one, other) => (one.contents?.length ?? 0) - (other.contents?.length ?? 0));
    for (const change of notable) {
      // Never the same key twice: a tab that has read the old item removes it when it likes.
      const key = `${this.#prefix}${this.#tab}.${this.#count++}`;
      try {
        localStorage.setItem(key, encode(change));
        this.#keys.push(key);
      } catch {
        // There is no room. The transaction that is under way may still succeed.
      }
    }
  }

  /**
   * Removes what any tab has left of files that were deleted later. Of other files there is a record, which tells
   * that it is newer.
   */
  forget(deletions: readonly Change[]): void {
    if (deletions.length === 0) return;
    const times = new Map(deletions.map(({ path, time }) => [pathKey(path), time]));
    const isOld = ({ path, time }: Change) => time <= (times.get(pathKey(path)) ?? Number.NEGATIVE_INFINITY);
    this.remove(this.#items().flatMap(({ key, change }) => (change && isOld(change) ? key : [])));
  }

  remove(keys: readonly string[]): void {
    try {
      for (const key of keys) localStorage.removeItem(key);
    } catch {
      // There is nothing, then.
    }
  }
}

/** Whether a change is small enough for {@link Storage.note}. */
export function isNotable({ contents }: Change): boolean {
  return (contents?.length ?? 0) <= MAX_NOTE;
}

function encode({ path, contents, time }: Change): string {
  return JSON.stringify({ path: toBase64(path), contents: contents && toBase64(contents), time });
}

/** The change in an item of the journal, if it is one. */
function decode(item: string): Change | undefined {
  try {
    const { path, contents, time } = JSON.parse(item);
    if (typeof time !== "number") return undefined;
    return {
      path: fromBase64(path),
      contents: typeof contents === "string" ? fromBase64(contents) : contents === null ? null : undefined,
      time,
    };
  } catch {
    return undefined;
  }
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(text);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** A path as a key of maps; sorts as its bytes do. */
export function pathKey(path: Uint8Array): string {
  return String.fromCharCode(...path);
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer = 0;
  const late = new Promise<never>((_, reject) => {
    timer = window.setTimeout(() => reject(new Error("The browser's storage does not answer.")), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
