/**
 * The files of the program that plays: a list, and what the visitor may do with them. Names are the program's,
 * and only ever text.
 */

import type { Keeping, ProgramStorage, UxnPlayer } from "../player/index.js";
import { download } from "../player/page/dom.js";
import { type Contents, pathKey } from "../player/program/storage.js";
import { byId } from "./dom.js";

/** Programs write faster than lists are read: the list follows at this interval in milliseconds. */
const UPDATE_MS = 200;
const KEEPING: Readonly<Record<Keeping, string>> = {
  kept: "Kept in this browser, for this program only.",
  denied:
    "This browser keeps nothing for this page: files are lost when it is closed. Download what you need.",
  failed: "This browser refuses to keep the newest changes: they may be lost when the page is closed.",
};

/** What the visitor did to a path. */
interface Step {
  readonly path: Uint8Array;
  readonly before: Contents;
  readonly after: Contents;
}

/** A line of the list. */
interface Row {
  readonly element: HTMLElement;
  readonly size: HTMLElement;
}

/** The files' part of the page. */
export class FilesPanel {
  readonly #details = byId("files", HTMLDetailsElement);
  readonly #count = byId("files-count", HTMLElement);
  readonly #list = byId("files-list", HTMLElement);
  readonly #empty = byId("files-empty", HTMLElement);
  readonly #keeping = byId("files-keeping", HTMLElement);
  readonly #room = byId("files-room", HTMLElement);
  readonly #notice = byId("files-notice", HTMLElement);
  readonly #undo = byId("files-undo", HTMLButtonElement);
  readonly #rows = new Map<string, Row>();
  readonly #player: UxnPlayer;
  #files: ProgramStorage | undefined;
  #done: readonly Step[] = [];
  #timer: number | undefined;

  constructor(player: UxnPlayer) {
    this.#player = player;
    const input = byId("upload", HTMLInputElement);
    input.addEventListener("change", () => {
      const chosen = Array.from(input.files ?? []);
      input.value = ""; // The same file can be chosen again.
      void this.#upload(chosen);
    });
    this.#undo.addEventListener("click", () => this.#takeBack());
    this.#details.addEventListener("toggle", () => this.#update());
    for (const type of ["loadeddata", "emptied", "usechange"] as const) {
      player.addEventListener(type, () => this.#update());
    }
    player.addEventListener("filechange", () => {
      this.#timer ??= window.setTimeout(() => this.#update(), UPDATE_MS);
    });
  }

  #update(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const files = this.#player.storage;
    if (files !== this.#files) {
      this.#files = files;
      this.#say("");
    }
    if (!files) {
      this.#details.hidden = true;
      return;
    }
    const { entries, used, room } = snapshot(files);
    const count = entries.filter(({ isDirectory }) => !isDirectory).length;
    this.#details.hidden = !this.#player.uses.files && entries.length === 0;
    this.#count.textContent = count === 0 ? "" : String(count);
    // The rest is not to be seen.
    if (!this.#details.open) return;
    this.#empty.hidden = entries.length > 0;
    this.#keeping.textContent = KEEPING[files.keeping];
    this.#keeping.dataset.keeping = files.keeping;
    this.#room.textContent = `${sizeText(used)} of ${sizeText(room)} used`;
    this.#show(entries);
  }

  /** Makes the list what it should be. Lines that stay keep the focus. */
  #show(entries: readonly Entry[]): void {
    const gone = new Map(this.#rows);
    let next = this.#list.firstElementChild;
    for (const entry of entries) {
      const key = pathKey(entry.path) + (entry.isDirectory ? "/" : "");
      let row = this.#rows.get(key);
      gone.delete(key);
      if (!row) {
        row = this.#row(entry);
        this.#rows.set(key, row);
      }
      row.size.textContent = sizeText(entry.size);
      if (row.element === next) next = next.nextElementSibling;
      else this.#list.insertBefore(row.element, next);
    }
    for (const [key, { element }] of gone) {
      this.#rows.delete(key);
      const neighbour = element.nextElementSibling ?? element.previousElementSibling;
      const hadFocus = element.contains(document.activeElement);
      element.remove();
      if (!hadFocus) continue;
      const button = this.#undo.hidden ? neighbour?.querySelector("button:last-of-type") : this.#undo;
      if (button instanceof HTMLElement) button.focus();
    }
  }

  #row({ path, isDirectory }: Entry): Row {
    const element = document.createElement("li");
    const name = document.createElement("bdi");
    name.textContent = shownName(path) + (isDirectory ? "/" : "");
    const size = document.createElement("span");
    size.className = "size";
    const buttons = document.createElement("span");
    buttons.className = "row-buttons";
    if (!isDirectory) buttons.append(button("Download", name, () => this.#download(path)));
    buttons.append(button("Delete", name, () => this.#delete(path, `${name.textContent}`)));
    element.append(name, size, buttons);
    return { element, size };
  }

  async #upload(chosen: readonly File[]): Promise<void> {
    const files = this.#files;
    const refused: string[] = [];
    const steps: Step[] = [];
    const names: string[] = [];
    for (const file of chosen) {
      try {
        if (!files || file.size > files.quota) throw new Error("there is no room for it");
        const path = new TextEncoder().encode(file.name);
        const after = await read(file);
        // Another program plays by now.
        if (files !== this.#files) return;
        const before = files.read(path) as Contents;
        files.write(path, after);
        steps.push({ path, before, after });
        names.push(`“${file.name}”`);
      } catch (error) {
        refused.push(`“${file.name}” was not added: ${error instanceof Error ? error.message : error}.`);
      }
    }
    const verb = steps.some(({ before }) => before !== undefined) ? "Replaced" : "Added";
    const what = names.length === 1 ? names[0] : `${names.length} files`;
    const done = names.length === 0 ? [] : [`${verb} ${what}.`];
    this.#say([...done, ...refused].join(" "), steps);
    this.#update();
  }

  #download(path: Uint8Array): void {
    const contents = this.#files?.read(path);
    if (!contents) return;
    // A type that no browser shows.
    const blob = new Blob([contents as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" });
    download(blob, downloadName(path));
  }

  #delete(path: Uint8Array, name: string): void {
    const files = this.#files;
    if (!files) return;
    const gone = [
      path,
      ...snapshot(files).entries.flatMap((entry) => (isInside(entry.path, path) ? entry.path : [])),
    ];
    const steps = gone.map((path) => ({
      path,
      before: files.read(path) as Contents,
      after: undefined,
    }));
    files.remove(path);
    this.#say(`Deleted “${name}”.`, steps);
    this.#update();
  }

  /** Takes back what was last done, except where the program has since done something else. */
  #takeBack(): void {
    const files = this.#files;
    if (!files) return;
    let kept = 0;
    for (const { path, before, after } of this.#done) {
      try {
        if (!isSame(files.read(path) as Contents, after)) kept += 1;
        else if (before === undefined) files.remove(path);
        else if (before === null) files.createDirectory(path);
        else files.write(path, before);
      } catch {
        kept += 1;
      }
    }
    this.#say(
      kept === 0
        ? "Undone."
        : `Not undone for ${kept} of them: the program has changed them, or needs the room.`,
    );
    this.#notice.focus();
    this.#update();
  }

  /** Says what was done, and offers to take it back. */
  #say(text: string, done: readonly Step[] = []): void {
    this.#notice.textContent = text;
    this.#done = done;
    this.#undo.hidden = done.length === 0;
  }
}

interface Entry {
  readonly path: Uint8Array;
  readonly isDirectory: boolean;
  /** Of a directory, what all in it has. */
  size: number;
}

/** What is shown of a program's files, all of it seen at once. */
interface Snapshot {
  /** Everything that is the program's own. What the page has given is not kept. */
  readonly entries: readonly Entry[];
  /** Bytes in these. */
  readonly used: number;
  /** How many there may be: what the page has given takes room as well. */
  readonly room: number;
}

function snapshot(files: ProgramStorage): Snapshot {
  const entries: Entry[] = [];
  let used = 0;
  let room = files.quota;
  /** The directories around the entry, outermost first. */
  const around: Entry[] = [];
  for (const { path, size, isGiven } of files.list()) {
    if (isGiven) {
      room -= size ?? 0;
      continue;
    }
    const entry = { path, isDirectory: size === undefined, size: size ?? 0 };
    entries.push(entry);
    used += entry.size;
    while (around.length > 0 && !isInside(path, around.at(-1)?.path)) around.pop();
    for (const directory of around) directory.size += entry.size;
    if (entry.isDirectory) around.push(entry);
  }
  return { entries, used, room: Math.max(used, room) };
}

const SLASH = 0x2f;

function isInside(path: Uint8Array, directory: Uint8Array | undefined): boolean {
  if (!directory || path[directory.length] !== SLASH) return false;
  return directory.every((byte, index) => byte === path[index]);
}

function isSame(one: Contents, other: Contents): boolean {
  if (!one || !other) return one === other;
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

async function read(file: File): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    // Also what browsers say about a folder.
    throw new Error("it cannot be read");
  }
}

function button(text: string, name: HTMLElement, action: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.ariaLabel = `${text} ${name.textContent}`;
  button.addEventListener("click", action);
  return button;
}

/** Characters that are not to be seen, and turn others around. */
const INVISIBLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** A path as text. Bytes that are no text, and characters that deceive, are shown as U+FFFD. */
function shownName(path: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(path).replace(INVISIBLE, "\ufffd");
}

/** A name that every system can save a file under: without directories and without characters of meaning. */
function downloadName(path: Uint8Array): string {
  const name = shownName(path).split("/").at(-1) ?? "";
  return name.replace(/[<>:"\\|?*\ufffd]/g, "_").replace(/^[.\s]+|[.\s]+$/g, "_") || "file";
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const [number, unit] = bytes < 1 << 20 ? [bytes / 1024, "KiB"] : [bytes / (1 << 20), "MiB"];
  return `${number.toLocaleString("en", { maximumSignificantDigits: 3 })} ${unit}`;
}
