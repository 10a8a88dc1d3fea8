/**
 * The owner of a program's files in a page: one for each program, however many players come and go. Every player has
 * the files in the memory of its emulator, where its program reads and writes without waiting. The owner has what is
 * newest of each, tells players of what others have changed, and sees to it that the browser keeps it. It stays until
 * no player is left and everything is confirmed, so that who opens the files again finds them as they are.
 *
 * Other pages, frames and copies of this script have owners of their own. Owners tell each other what they have
 * saved, and fetch it from the {@link Storage}. Of two versions of a file all take the later one.
 */

import type { Files } from "../emulator/wasm.js";
import type { Keeping } from "../types.js";
import { type Change, isLater, isNotable, isVersion, pathKey, Storage, type Version } from "./storage.js";

/** How much longer than taking changes from programs the pause is before the next time. */
const PAUSES = 10;
/** What the browser is given to write in the long run, in bytes per millisecond: it is always whole files. */
const WRITE_RATE = 4096;
/** How many deletions are remembered at least: as many as a program has files and directories. */
const MARKS = 4096;

/** All owners of this page, by program. */
const owners = new Map<string, KeptFiles>();

/** The files of one program in this page. */
export class KeptFiles {
  readonly #key: string;
  /** The SHA-256 of the program, where the browser tells. */
  readonly #program: string | undefined;
  /** The files of each player, and what to call when they, or {@link keeping}, may have changed. */
  readonly #players = new Map<Files, () => void>();
  /** What is newest at each path; some deletions as well. */
  readonly #newest = new Map<string, Change>();
  /** What the storage has not confirmed, by path. */
  readonly #unconfirmed = new Map<string, Change>();
  /** Deletions that no longer need to be remembered, but are in the storage. */
  #forgotten: Change[] = [];
  readonly #writer = Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36)).join(
    "",
  );
  /** The time of the latest version. */
  #time = 0;
  #storage: Storage | undefined;
  #channel: BroadcastChannel | undefined;
  #keeping: Keeping = "denied";
  #opening: Promise<void> | undefined;
  #saving: Promise<void> | undefined;
  #isNoted = false;
  /** When programs' changes are next to be taken. */
  #due = 0;
  #timer: number | undefined;
  readonly #end = new AbortController();

  private constructor(key: string, program: string | undefined) {
    this.#key = key;
    this.#program = program;
    const { signal } = this.#end;
    // A page that is closed hides; one that is hidden may be ended without a word.
    document.addEventListener("visibilitychange", () => document.hidden && this.#hurry(), { signal });
    window.addEventListener("pagehide", (event) => this.#hide(event), { signal });
    window.addEventListener("pageshow", (event) => this.#show(event), { signal });
    window.addEventListener("beforeunload", (event) => this.#hold(event), { signal });
    window.addEventListener("storage", ({ key, newValue }) => newValue && key && this.#replay(key), {
      signal,
    });
  }

  /**
   * Fills the files of a player with what was left by others, and lets it take part. Where the browser keeps
   * nothing that is what others in this page have left.
   *
   * @param notify Is called when files or {@link keeping} may have changed.
   */
  static async open(rom: Uint8Array<ArrayBuffer>, files: Files, notify: () => void): Promise<KeptFiles> {
    const program = await sha256(rom).catch(() => undefined);
    const key = program ?? new TextDecoder("latin1").decode(rom);
    const owner = owners.get(key) ?? new KeptFiles(key, program);
    owners.set(key, owner);
    await owner.#join(files, notify);
    return owner;
  }

  get keeping(): Keeping {
    return this.#keeping;
  }

  /** Looks for changes by programs, unless there were some a moment ago: then in a moment. */
  update(): void {
    const pause = this.#due - performance.now();
    if (pause <= 0) this.exchange();
    else this.#timer ??= window.setTimeout(() => this.exchange(), pause);
  }

  /** Sees to it that one player's files have what others have written. */
  sync(): void {
    if (this.#players.size > 1) this.exchange();
  }

  /** Takes the changes from all players, tells the others, and has them kept. */
  exchange(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const start = performance.now();
    let bytes = 0;
    const by = new Map<Change, Files>();
    this.#each((files) => {
      if (!files.isChanged) return;
      const version = { time: this.#nextTime(), writer: this.#writer };
      files.takeChanges((path, contents) => {
        const change = { path, contents, ...version } as Change;
        this.#newest.set(pathKey(path), change);
        this.#unconfirmed.set(pathKey(path), change);
        by.set(change, files);
        bytes += contents?.length ?? 0;
      });
    });
    if (by.size === 0) return;
    this.#each((files) => {
      const others = Array.from(by).filter(([change, writer]) => writer !== files && this.#isNewest(change));
      this.#put(
        files,
        others.map(([change]) => change),
      );
    });
    // Large files that a program writes without end must not take the page's time, nor wear out the disk.
    const end = performance.now();
    this.#due = end + Math.max(PAUSES * (end - start), bytes / WRITE_RATE);
    this.#forget();
    this.#save();
    this.#notify();
  }

  /** Takes the last changes of a player, which takes no more part. */
  leave(files: Files): void {
    this.exchange();
    this.#players.delete(files);
    this.#save();
    this.#endIfDone();
  }

  async #join(files: Files, notify: () => void): Promise<void> {
    this.exchange();
    this.#put(files, Array.from(this.#newest.values()));
    this.#players.set(files, notify);
    if (!this.#storage) {
      this.#opening ??= this.#open().finally(() => {
        this.#opening = undefined;
      });
      await this.#opening;
    }
    // Directories that were missing around a file.
    this.exchange();
    this.#save();
  }

  async #open(): Promise<void> {
    let storage: Storage | undefined;
    try {
      if (!this.#program) throw new Error("The page is not a secure context.");
      storage = await Storage.open(this.#program);
      this.#listen();
      this.#merge(await storage.load());
      this.#storage = storage;
      this.#setKeeping("kept");
      this.#replay();
    } catch (error) {
      console.info("Files are not kept:", error);
      this.#mute();
      storage?.close();
    }
  }

  /** Takes what others have changed, as far as it is later than what is here. */
  #merge(changes: readonly Change[]): void {
    this.exchange();
    const news = changes.filter((change) => this.#isNews(change));
    for (const change of news) {
      this.#time = Math.max(this.#time, change.time);
      this.#newest.set(pathKey(change.path), change);
      this.#unconfirmed.delete(pathKey(change.path));
    }
    this.#each((files) => this.#put(files, news));
    this.#forget();
    this.#notify();
    // Where one has made a file and the other a directory something had to go.
    this.update();
  }

  #isNews(version: Version): boolean {
    return isLater(version, this.#newest.get(pathKey(version.path)));
  }

  #isNewest(change: Change): boolean {
    return this.#newest.get(pathKey(change.path)) === change;
  }

  #nextTime(): number {
    this.#time = Math.max(this.#time + 1, Date.now());
    return this.#time;
  }

  #listen(): void {
    if (!("BroadcastChannel" in globalThis)) return;
    this.#channel = new BroadcastChannel(`fantail.files.${this.#program}`);
    this.#channel.onmessage = ({ data }) => {
      this.#receive(data).catch((error) => console.info("Files of another tab could not be read:", error));
    };
  }

  #mute(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  /** Tells other owners what there is in the storage. */
  #tell(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.#channel?.postMessage(changes.map(({ path, time, writer }) => ({ path, time, writer })));
  }

  async #receive(message: unknown): Promise<void> {
    await this.#opening;
    const versions = Array.isArray(message) ? message.filter(isVersion) : [];
    const news = versions.filter((version) => this.#isNews(version));
    if (news.length > 0 && this.#storage) this.#merge(await this.#storage.get(news));
  }

  /** Takes what other pages have noted: with this key, or all. */
  #replay(key?: string): void {
    const storage = this.#storage;
    if (!storage || (key !== undefined && !storage.isNote(key))) return;
    const { changes, keys } = storage.notes(key);
    const late = changes.filter((change) => this.#isNews(change));
    this.#merge(late);
    for (const change of late) this.#unconfirmed.set(pathKey(change.path), change);
    // Notes stay until what they say, or something later, is safe. An attempt before may have failed.
    const unsafe = changes.flatMap(({ path }) => this.#unconfirmed.get(pathKey(path)) ?? []);
    storage.save(unsafe).then(
      () => {
        this.#isSafe(unsafe);
        storage.removeNotes(keys);
        this.#tell(unsafe);
        this.#endIfDone();
      },
      () => {},
    );
  }

  #save(): void {
    const storage = this.#storage;
    if (!storage || this.#unconfirmed.size + this.#forgotten.length === 0) return;
    this.#saving ??= this.#saveTo(storage).then(
      () => this.#saved("kept"),
      (error) => {
        console.info("Files could not be kept:", error);
        this.#saved("failed");
      },
    );
  }

  #saved(keeping: Keeping): void {
    this.#saving = undefined;
    this.#setKeeping(keeping);
    // Something may have come just now.
    if (keeping === "kept") this.#save();
    // There may be nobody left to try again.
    else if (this.#players.size === 0) this.#note();
    this.#endIfDone();
  }

  async #saveTo(storage: Storage): Promise<void> {
    // What is written meanwhile makes another round.
    while (this.#unconfirmed.size + this.#forgotten.length > 0) {
      const bytes = await this.#confirm(storage);
      await new Promise((resolve) => setTimeout(resolve, bytes / WRITE_RATE));
    }
  }

  /** Asks the storage to keep all that it has not confirmed, and waits until it has. How many bytes that was. */
  async #confirm(storage: Storage): Promise<number> {
    const changes = Array.from(this.#unconfirmed.values());
    const forgotten = Array.from(this.#forgotten);
    await storage.save(changes, forgotten);
    this.#isSafe(changes);
    this.#forgotten = this.#forgotten.filter((mark) => !forgotten.includes(mark));
    if (this.#isNoted) storage.note(Array.from(this.#unconfirmed.values()));
    this.#isNoted &&= this.#unconfirmed.size > 0;
    this.#tell(changes);
    return changes.reduce((bytes, { contents }) => bytes + (contents?.length ?? 0), 0);
  }

  /** Notices that the storage has changes. */
  #isSafe(changes: readonly Change[]): void {
    for (const change of changes) {
      const key = pathKey(change.path);
      if (this.#unconfirmed.get(key) === change) this.#unconfirmed.delete(key);
    }
  }

  /** Notes what is not yet kept, as there may be no later. */
  #note(): void {
    this.exchange();
    const storage = this.#storage;
    if (!storage || this.#unconfirmed.size === 0) return;
    this.#isNoted = true;
    storage.note(Array.from(this.#unconfirmed.values()));
  }

  /** Notes what is not yet kept, and hands it to the browser: a transaction that it has whole may outlive the page. */
  #hurry(): void {
    this.#note();
    if (!this.#storage) return;
    this.#confirm(this.#storage).then(
      () => this.#setKeeping("kept"),
      () => this.#setKeeping("failed"),
    );
  }

  #hide({ persisted }: PageTransitionEvent): void {
    this.#hurry();
    // Some browsers keep no page for going back to that listens.
    if (persisted) this.#mute();
  }

  /** A page that has been gone back to may have missed something. */
  #show({ persisted }: PageTransitionEvent): void {
    const storage = this.#storage;
    if (!persisted || !storage) return;
    this.#listen();
    storage.load().then(
      (changes) => {
        this.#merge(changes);
        this.#replay();
      },
      (error) => console.info("Files of other tabs could not be read:", error),
    );
  }

  /** Has the browser ask before it closes the page, in the moments in which a large file is not yet kept. */
  #hold(event: BeforeUnloadEvent): void {
    this.exchange();
    if (!this.#storage || Array.from(this.#unconfirmed.values()).every(isNotable)) return;
    event.preventDefault();
    this.#save();
  }

  /** Forgets the oldest deletions, if there are many: programs may create and delete files without end. */
  #forget(): void {
    if (this.#newest.size <= 3 * MARKS) return;
    const marks = Array.from(this.#newest.values()).filter(({ contents }) => contents === undefined);
    marks.sort((one, other) => other.time - one.time);
    for (const mark of marks.slice(MARKS)) {
      this.#newest.delete(pathKey(mark.path));
      this.#unconfirmed.delete(pathKey(mark.path));
      if (this.#storage) this.#forgotten.push(mark);
    }
  }

  /** Does to the files of a player what others have done to theirs. That is no change, or only of what is in the way. */
  #put(files: Files, changes: readonly Change[]): void {
    // A directory comes before what is in it, and goes after.
    const sorted = Array.from(changes).sort((one, other) =>
      pathKey(one.path) < pathKey(other.path) ? -1 : 1,
    );
    const gone = sorted.filter(({ contents }) => contents === undefined).reverse();
    const directories = gone.length > 0 ? needed(this.#newest.values()) : undefined;
    for (const { path } of gone) if (!directories?.has(pathKey(path))) files.forget(path);
    for (const { path, contents } of sorted) {
      if (contents === undefined || files.restore(path, contents)) continue;
      files.remove(path);
      files.restore(path, contents);
    }
  }

  #setKeeping(keeping: Keeping): void {
    this.#keeping = keeping;
    this.#notify();
  }

  /** Calls all players, later: one of them may be in the middle of a turn, which no listener of another may disturb. */
  #notify(): void {
    queueMicrotask(() => {
      for (const [files, notify] of Array.from(this.#players))
        if (this.#players.get(files) === notify) notify();
    });
  }

  /** Does something with the files of every player. Those of an emulator that has failed take no more part. */
  #each(action: (files: Files) => void): void {
    for (const files of Array.from(this.#players.keys())) {
      try {
        action(files);
      } catch (error) {
        console.error(error);
        this.#players.delete(files);
      }
    }
  }

  #endIfDone(): void {
    if (this.#players.size > 0 || this.#unconfirmed.size > 0 || this.#saving || this.#opening) return;
    owners.delete(this.#key);
    clearTimeout(this.#timer);
    this.#end.abort();
    this.#mute();
    this.#storage?.close();
  }
}

/** The directories around files and directories that have not been deleted. */
function needed(changes: Iterable<Change>): Set<string> {
  const directories = new Set<string>();
  for (const { path, contents } of changes) {
    const names = contents === undefined ? [] : pathKey(path).split("/");
    for (let depth = 1; depth < names.length; depth++) directories.add(names.slice(0, depth).join("/"));
  }
  return directories;
}

/** Throws where the browser has no such thing: without encryption. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
