/** The files of a program for one player: in memory, where the program reads and writes them without waiting. */

import type { Fantail, Files } from "../emulator/wasm.js";
import type { FileEntry, Keeping, Path, ProgramStorage } from "../types.js";
import { KeptFiles } from "./kept.js";

/** Files that a page gives to a program, by name. */
export type GivenFiles = ReadonlyMap<string, Uint8Array>;

/** The files of one program, which every run of it in one player shares, and what the page has given to it. */
export class ProgramFiles implements ProgramStorage {
  /** The files. Whoever changes them here calls {@link update}. */
  readonly memory: Files;
  /** Is called when files or {@link keeping} have changed. */
  onchange: (() => void) | undefined;
  readonly #kept: KeptFiles;
  #given: GivenFiles = new Map();
  #told: string;

  private constructor(memory: Files, kept: KeptFiles) {
    this.memory = memory;
    this.#kept = kept;
    this.#told = this.#state;
  }

  /** The files of a program, as they were left. Where the browser keeps nothing there are those of this page. */
  static async open(fantail: Fantail, rom: Uint8Array<ArrayBuffer>): Promise<ProgramFiles> {
    const memory = new fantail.Files();
    let files: ProgramFiles | undefined;
    const kept = await KeptFiles.open(rom, memory, () => {
      if (files) files.#tell();
    });
    files = new ProgramFiles(memory, kept);
    return files;
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
    this.#change();
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
    return this.#kept.keeping;
  }

  get bytes(): number {
    this.#kept.sync();
    return this.memory.bytes;
  }

  get quota(): number {
    return this.memory.quota;
  }

  list(): FileEntry[] {
    this.#kept.sync();
    const entries: FileEntry[] = [];
    this.memory.list((path, size, isGiven) => entries.push({ path, size, isGiven }));
    return entries;
  }

  read(path: Path): Uint8Array | null | undefined {
    this.#kept.sync();
    return this.memory.contents(pathBytes(path));
  }

  write(path: Path, contents: Uint8Array): void {
    this.#kept.sync();
    this.memory.write(pathBytes(path), contents);
    this.#change();
  }

  createDirectory(path: Path): void {
    this.#kept.sync();
    this.memory.createDirectory(pathBytes(path));
    this.#change();
  }

  remove(path: Path): void {
    this.#kept.sync();
    this.memory.remove(pathBytes(path));
    this.#change();
  }

  /** Looks for changes by the program. */
  update(): void {
    this.#tell();
    this.#kept.update();
  }

  /** Ends the work with these files. The program must have been unloaded. */
  close(): void {
    this.onchange = undefined;
    this.#kept.leave(this.memory);
    this.memory.free();
  }

  #change(): void {
    this.#tell();
    this.#kept.exchange();
  }

  /** Says so if anything has changed. Whoever listens may close the files. */
  #tell(): void {
    const state = this.#state;
    if (state === this.#told) return;
    this.#told = state;
    this.onchange?.();
  }

  get #state(): string {
    return `${this.memory.revision} ${this.keeping}`;
  }
}

function pathBytes(path: Path): Uint8Array {
  return typeof path === "string" ? new TextEncoder().encode(path) : path;
}
