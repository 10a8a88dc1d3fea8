/**
 * The files of a program: in memory, where the program reads and writes them without waiting, and in the
 * browser's {@link Storage}, which follows.
 */

import { type Change, type Contents, isNotable, pathKey, Storage } from "./storage.js";
import type { FileEntry, Keeping, Path, ProgramStorage } from "./types.js";
import type { Fantail, Files } from "./wasm.js";

/** Files that a page gives to a program, by name. */
export type GivenFiles = ReadonlyMap<string, Uint8Array>;

/** How much longer than handing changes to the browser the pause is before the next ones. */
const PAUSES = 10;
/** What the browser is given to write in the long run, in bytes per millisecond: it is always whole files. */
const WRITE_RATE = 4096;

/** The files of one program, which every run of it shares. */
export class ProgramFiles implements ProgramStorage {
  readonly #rom: Uint8Array;
  /** The files. Whoever changes them here calls {@link update}. */
  readonly memory: Files;
  /** Is called when files or {@link keeping} have changed. */
  onchange: (() => void) | undefined;
  readonly #storage: Storage | undefined;
  readonly #end = new AbortController();
  #given: GivenFiles = new Map();
  #keeping: Keeping;
  #revision: number;
  /** What the storage has not confirmed, by path. */
  readonly #unconfirmed = new Map<string, Change>();
  #saving: Promise<void> | undefined;

  private constructor(rom: Uint8Array, memory: Files, storage: Storage | undefined) {
    this.#rom = rom;
    this.memory = memory;
    this.#storage = storage;
    this.#keeping = storage ? "kept" : "denied";
    this.#revision = memory.revision;
    const { signal } = this.#end;
    // A page that is closed hides; one that is hidden may be ended without a word.
    window.addEventListener("pagehide", () => this.#note(), { signal });
    const hide = () => document.hidden && this.#note();
    document.addEventListener("visibilitychange", hide, { signal });
    window.addEventListener("beforeunload", (event) => this.#hold(event), { signal });
  }

  /** The files of a program, as they were left. Where the browser keeps nothing there are none. */
  static async open(fantail: Fantail, rom: Uint8Array<ArrayBuffer>): Promise<ProgramFiles> {
    const memory = new fantail.Files();
    let storage: Storage | undefined;
    try {
      storage = await Storage.open(rom);
      for (const { path, contents } of await storage.load()) memory.restore(path, contents ?? null);
    } catch (error) {
      console.info("Files are not kept:", error);
      storage?.close();
      storage = undefined;
    }
    const files = new ProgramFiles(rom, memory, storage);
    // Directories that were missing around a file.
    files.update();
    return files;
  }

  /** Whether they belong to this program. */
  isOf(rom: Uint8Array): boolean {
    return rom.length === this.#rom.length && rom.every((byte, index) => byte === this.#rom[index]);
  }

  /**
   * Gives the program these files, and takes back those that were given before. A file that the program has of its
   * own, or has written since, stays as it is. Given files are not kept until the program writes them; one that it
   * deletes is back when it is given again. Those whose bytes are the very same array are left alone.
   */
  give(given: GivenFiles): void {
    const before = this.#given;
    this.#given = given;
    for (const name of before.keys()) if (!given.has(name)) this.#give(name, undefined);
    for (const [name, bytes] of given) if (bytes !== before.get(name)) this.#give(name, bytes);
    this.update();
  }

  #give(name: string, bytes: Uint8Array | undefined): void {
    try {
      this.memory.give(pathBytes(name), bytes);
    } catch (error) {
      // The program's own files leave no room, or one of them stands where a directory is needed.
      console.warn(`The program has not been given the file “${name}”: ${error}`);
    }
  }

  get keeping(): Keeping {
    return this.#keeping;
  }

  get bytes(): number {
    return this.memory.bytes;
  }

  get quota(): number {
    return this.memory.quota;
  }

  list(): FileEntry[] {
    const entries: FileEntry[] = [];
    this.memory.list((path, size) => entries.push({ path, size, isGiven: this.memory.isGiven(path) }));
    return entries;
  }

  read(path: Path): Uint8Array | null | undefined {
    return this.memory.contents(pathBytes(path));
  }

  write(path: Path, contents: Uint8Array): void {
    this.memory.write(pathBytes(path), contents);
    this.update();
  }

  createDirectory(path: Path): void {
    this.memory.createDirectory(pathBytes(path));
    this.update();
  }

  remove(path: Path): void {
    this.memory.remove(pathBytes(path));
    this.update();
  }

  /** Looks for changes, and keeps them. */
  update(): void {
    if (this.#revision !== this.memory.revision) {
      this.#revision = this.memory.revision;
      this.onchange?.();
    }
    if (this.memory.isChanged) this.#save();
  }

  /** Ends the work with these files, once everything is kept. The program must have been unloaded. */
  async close(): Promise<void> {
    this.onchange = undefined;
    this.#save();
    await this.#saving;
    // What could not be kept, who opens the files next may find in the journal.
    this.#storage?.note(Array.from(this.#unconfirmed.values()));
    this.#end.abort();
    this.#storage?.close();
    this.memory.free();
  }

  #save(): void {
    const storage = this.#storage;
    if (!storage || this.#saving) return;
    this.#saving = this.#saveTo(storage)
      .then(
        () => this.#setKeeping("kept"),
        (error) => {
          console.info("Files could not be kept:", error);
          this.#setKeeping("failed");
        },
      )
      .finally(() => {
        this.#saving = undefined;
      });
  }

  async #saveTo(storage: Storage): Promise<void> {
    // What is written meanwhile makes another round.
    for (;;) {
      const start = performance.now();
      if (!this.#takeChanges()) return;
      const confirmed = this.#confirm(storage);
      const pause = PAUSES * (performance.now() - start);
      const bytes = await confirmed;
      // Large files that a program writes without end must not take the page's time, nor wear out the disk.
      await new Promise((resolve) => setTimeout(resolve, Math.max(pause, bytes / WRITE_RATE)));
    }
  }

  /** Asks the storage to keep all that it has not confirmed, and waits until it has. How many bytes that was. */
  async #confirm(storage: Storage): Promise<number> {
    const changes = Array.from(this.#unconfirmed);
    await storage.save(changes.map(([, change]) => change));
    for (const [key, change] of changes) {
      if (this.#unconfirmed.get(key) === change) this.#unconfirmed.delete(key);
    }
    storage.note(Array.from(this.#unconfirmed.values()));
    return changes.reduce((bytes, [, { contents }]) => bytes + (contents?.length ?? 0), 0);
  }

  /** Notes what is not yet kept, as there may be no later. */
  #note(): void {
    if (!this.#storage || !this.#takeChanges()) return;
    this.#storage.note(Array.from(this.#unconfirmed.values()));
    // A transaction that the browser has been given whole may outlive the page.
    this.#confirm(this.#storage).catch(() => this.#setKeeping("failed"));
  }

  /** Has the browser ask before it closes the page, in the moments in which a large file is not yet kept. */
  #hold(event: BeforeUnloadEvent): void {
    if (!this.#storage || !this.#takeChanges()) return;
    if (!Array.from(this.#unconfirmed.values()).every(isNotable)) event.preventDefault();
    this.#save();
  }

  /** Whether anything is not yet kept. */
  #takeChanges(): boolean {
    const time = Date.now();
    this.memory.takeChanges((path, contents) => {
      const change = { path: path as Uint8Array<ArrayBuffer>, contents: contents as Contents, time };
      this.#unconfirmed.set(pathKey(path), change);
    });
    return this.#unconfirmed.size > 0;
  }

  #setKeeping(keeping: Keeping): void {
    if (keeping === this.#keeping) return;
    this.#keeping = keeping;
    this.onchange?.();
  }
}

function pathBytes(path: Path): Uint8Array {
  return typeof path === "string" ? new TextEncoder().encode(path) : path;
}
