/**
 * Keeps the files of a program in the browser: in IndexedDB, under the SHA-256 of the program, a record for each
 * version of a file.
 *
 * The version is part of the key. So a write needs no look at what there is: it adds its record and deletes those of
 * older versions, and whoever comes late with an old one overwrites nothing. Readers take the newest. What is deleted
 * leaves a record as well, a mark, or an old version could bring it back.
 *
 * IndexedDB answers later, and a page that is being closed cannot wait. What has not been confirmed by then goes
 * into a journal in the local storage, which takes it at once; who next opens the program's files, or has them open,
 * plays the journal back.
 */

/** What stands at a path: bytes, or `null` for a directory; `undefined` once it is deleted. */
export type Contents = Uint8Array<ArrayBuffer> | null | undefined;

/** A path and the version of what is there. Of two versions the later one counts, whoever made it. */
export interface Version {
  readonly path: Uint8Array<ArrayBuffer>;
  /** When, in milliseconds as by `Date.now()`, but always later than the versions that its writer knew. */
  readonly time: number;
  /** Who, for two that write at the same time. */
  readonly writer: string;
}

/** What is, or has come to be, at a path. */
export interface Change extends Version {
  readonly contents: Contents;
}

type Key = [program: string, path: ArrayBuffer, time: number, writer: string];

/** What is in a record. The time is for players of before there were versions, which had one record for each path. */
interface Value {
  readonly contents: Contents;
  readonly time: number;
}

const DATABASE = "fantail";
/** A browser that does not answer for so long, in milliseconds, has no storage. */
const TIMEOUT_MS = 5000;
/** The most bytes of a file that is noted. As text it takes two thirds of what browsers give to an origin. */
const MAX_NOTE = 2_500_000;
/** The latest time there is, as with `Date`. After it there is room for others that are later still. */
const MAX_TIME = 8.64e15;

/** The kept files of one program. */
export class Storage {
  readonly #program: string;
  readonly #journal: Journal;
  #database: IDBDatabase;
  #isClosed = false;

  private constructor(program: string, journal: Journal, database: IDBDatabase) {
    this.#program = program;
    this.#journal = journal;
    this.#database = database;
  }

  /**
   * Opens the files of a program.
   *
   * @param program Its SHA-256.
   * @throws Error when the browser keeps nothing for this page: in a sandboxed frame, or where the visitor has
   *   forbidden it.
   */
  static async open(program: string): Promise<Storage> {
    return new Storage(program, new Journal(program), await within(TIMEOUT_MS, openDatabase()));
  }

  /**
   * The newest of every path, deletions as well. Records that are not ours are left alone.
   *
   * @throws Error when the browser cannot read them.
   */
  async load(): Promise<Change[]> {
    const range = IDBKeyRange.bound([this.#program], [this.#program, []]);
    const all = this.#use("readonly", (store) =>
      Promise.all([result(store.getAllKeys(range)), result(store.getAll(range))]),
    );
    const [keys, values] = await within(TIMEOUT_MS, all);
    const newest = new Map<string, Change>();
    for (const [index, key] of keys.entries()) {
      const change = toChange(key, values[index]);
      if (change && isLater(change, newest.get(pathKey(change.path))))
        newest.set(pathKey(change.path), change);
    }
    return Array.from(newest.values());
  }

  /** These versions, as far as they are still there. */
  async get(versions: readonly Version[]): Promise<Change[]> {
    const values = await this.#use("readonly", (store) =>
      Promise.all(versions.map((version) => result(store.get(this.#key(version))))),
    );
    return versions.flatMap((version, index) => toChange(this.#key(version), values[index]) ?? []);
  }

  /**
   * Keeps changes instead of what was there before them: all or none.
   *
   * @param forgotten Marks that are no longer needed.
   * @throws Error when the browser does not.
   */
  async save(changes: readonly Change[], forgotten: readonly Version[] = []): Promise<void> {
    await this.#use("readwrite", (store) => {
      for (const change of changes) {
        const value: Value = { contents: change.contents, time: change.time };
        store.put(value, this.#key(change));
        store.delete(this.#olderThan(change));
      }
      for (const mark of forgotten) {
        store.delete(this.#key(mark));
        store.delete(this.#olderThan(mark));
      }
      // Now, and not when the page next comes to rest: it may be about to close.
      store.transaction.commit();
      return completed(store.transaction);
    });
  }

  /** Notes changes at once, instead of those noted before. Who opens the files next finds them in {@link notes}. */
  note(changes: readonly Change[]): void {
    this.#journal.write(changes);
  }

  /** What other pages have noted, under this key or all, and the keys of it. */
  notes(key?: string): { readonly changes: Change[]; readonly keys: string[] } {
    return this.#journal.read(key);
  }

  /** Whether a key of the local storage is that of a note. */
  isNote(key: string): boolean {
    return this.#journal.has(key);
  }

  /** Removes notes of other pages. */
  removeNotes(keys: readonly string[]): void {
    this.#journal.remove(keys);
  }

  /** Closes the database, once it is done. */
  close(): void {
    this.#isClosed = true;
    this.#database.close();
  }

  /** Does something in a transaction. */
  async #use<Result>(
    mode: IDBTransactionMode,
    action: (store: IDBObjectStore) => Promise<Result>,
  ): Promise<Result> {
    const act = () => action(this.#database.transaction("files", mode).objectStore("files"));
    try {
      return await act();
    } catch (error) {
      // The browser has closed the database, as when its data was deleted.
      const isLost = error instanceof DOMException && error.name === "InvalidStateError";
      if (!isLost || this.#isClosed) throw error;
      this.#database = await within(TIMEOUT_MS, openDatabase());
      return act();
    }
  }

  #key({ path, time, writer }: Version): Key {
    return [this.#program, path.slice().buffer, time, writer];
  }

  /** Records of older versions, and that of before there were any. */
  #olderThan(version: Version): IDBKeyRange {
    const key = this.#key(version);
    return IDBKeyRange.bound(key.slice(0, 2), key, false, true);
  }
}

async function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore("files");
  const database = await result(request);
  // Another tab wants to change or delete it.
  database.onversionchange = () => database.close();
  return database;
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

/** What a record says, if it is one of ours. */
function toChange(key: unknown, value: unknown): Change | undefined {
  if (!Array.isArray(key) || (key.length !== 2 && key.length !== 4)) return undefined;
  if (typeof value !== "object" || value === null) return undefined;
  const { contents, time: written } = value as Record<string, unknown>;
  const [, path, time = written, writer = ""] = key;
  if (!(path instanceof ArrayBuffer)) return undefined;
  if (contents !== undefined && contents !== null && !(contents instanceof Uint8Array)) return undefined;
  const version = { path: new Uint8Array(path), time, writer };
  return isVersion(version) ? { ...version, contents: contents as Contents } : undefined;
}

/** Whether something that comes from elsewhere is a version. */
export function isVersion(value: unknown): value is Version {
  if (typeof value !== "object" || value === null) return false;
  const { path, time, writer } = value as Record<string, unknown>;
  const isTime = Number.isInteger(time) && (time as number) >= 0 && (time as number) <= MAX_TIME;
  return path instanceof Uint8Array && isTime && typeof writer === "string";
}

/** Whether a version is later than the other one, if there is one. */
export function isLater(one: Version, other: Version | undefined): boolean {
  if (!other || one.time !== other.time) return one.time > (other?.time ?? -1);
  return one.writer > other.writer;
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

  has(key: string): boolean {
    return key.startsWith(this.#prefix);
  }

  read(only?: string): { readonly changes: Change[]; readonly keys: string[] } {
    try {
      const keys = only === undefined ? Object.keys(localStorage) : [only];
      const others = keys.filter((key) => this.has(key) && !key.startsWith(`${this.#prefix}${this.#tab}`));
      return {
        changes: others.flatMap((key) => decode(localStorage.getItem(key) ?? "") ?? []),
        keys: others,
      };
    } catch {
      return { changes: [], keys: [] }; // No local storage, no journal.
    }
  }

  /** Replaces what this tab has written before, which goes last: nothing is lost if the page ends in the middle. */
  write(changes: readonly Change[]): void {
    const before = this.#keys;
    this.#keys = [];
    const notable = changes.filter(isNotable);
    notable.sort((one, other) => (one.contents?.length ?? 0) - (other.contents?.length ?? 0));
    const rest = notable.filter((change) => !this.#add(change));
    this.remove(before);
    // There may be room now. If there is none, the transaction that is under way may still succeed.
    for (const change of rest) this.#add(change);
  }

  /** Whether there was room. */
  #add(change: Change): boolean {
    // Never the same key twice: a tab that has read the old item removes it when it likes.
    const key = `${this.#prefix}${this.#tab}.${this.#count++}`;
    try {
      localStorage.setItem(key, encode(change));
      this.#keys.push(key);
      return true;
    } catch {
      return false;
    }
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

function encode({ path, contents, ...version }: Change): string {
  return JSON.stringify({ path: toBase64(path), contents: contents && toBase64(contents), ...version });
}

/** The change in an item of the journal, if it is one. */
function decode(item: string): Change | undefined {
  try {
    const { path, contents, time, writer = "" } = JSON.parse(item);
    const version = { path: fromBase64(path), time, writer };
    if (!isVersion(version)) return undefined;
    const bytes = typeof contents === "string" ? fromBase64(contents) : contents === null ? null : undefined;
    return { ...version, contents: bytes };
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
