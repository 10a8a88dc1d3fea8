/** The dialog that shares a program: a link that holds it, lines to embed it, a QR code, and files to keep. */

import { download, icon, make } from "../page/dom.js";
import { linkFragment } from "../program/link.js";
import { SharedSheet } from "../view/style.js";
import { elementLines, frameLine, programLink } from "./embed.js";
import { exportPage, fetchTemplate, fileName } from "./export.js";
import { drawQr, MAX_QR_LENGTH } from "./qr.js";
import css from "./share.css?inline";
import type { Shared } from "./shared.js";

/** From so many characters on it is said that other programs may cut a link. */
const LONG_LINK = 8000;
/** Longer addresses are not opened by every browser; 1 MiB is what Firefox takes. */
const LONGEST_LINK = 0x100000;
/** How long a button says that it has copied, in milliseconds. */
const COPIED_MS = 2000;

const sheet = new SharedSheet(css);
const opened = new WeakMap<ShadowRoot, Promise<void>>();

/**
 * Shows the dialog in a shadow root, modal, and resolves when it is closed; the focus is then where it was.
 * While it is open, asking again changes nothing.
 *
 * @param signal Closes it.
 */
export function openShare(root: ShadowRoot, shared: Shared, signal: AbortSignal): Promise<void> {
  let closed = opened.get(root);
  if (!closed) {
    closed = open(root, shared, signal).finally(() => opened.delete(root));
    opened.set(root, closed);
  }
  return closed;
}

async function open(root: ShadowRoot, shared: Shared, signal: AbortSignal): Promise<void> {
  const fragment = await linkFragment(shared.rom, shared.args);
  if (signal.aborted) return;
  sheet.style(root);
  const dialog = new ShareDialog(shared, fragment).element;
  root.append(dialog);
  await new Promise<void>((resolve) => {
    dialog.addEventListener("close", () => resolve(), { once: true });
    // What is no longer in a page closes without an event.
    signal.addEventListener("abort", () => resolve(), { once: true });
    dialog.showModal();
    const link = dialog.querySelector("input");
    // Browsers complain of the attribute `autofocus` in frames.
    link?.focus();
    // All of it, with its beginning in sight: that says where it leads.
    link?.setSelectionRange(0, -1, "backward");
    if (link) link.scrollLeft = 0;
  });
  dialog.remove();
}

class ShareDialog {
  readonly element = make("dialog", { className: "share" });
  readonly #shared: Shared;
  readonly #fragment: string;
  readonly #status = make("p", { className: "share-status", role: "status" });
  /** Ends what the dialog has begun. */
  readonly #end = new AbortController();

  constructor(shared: Shared, fragment: string) {
    this.#shared = shared;
    this.#fragment = fragment;
    const { element } = this;
    const title = make("h2", { id: "share-title" }, "Share ", make("bdi", {}, shared.name));
    const close = make(
      "button",
      { type: "button", className: "share-close", ariaLabel: "Close" },
      icon("close"),
    );
    close.addEventListener("click", () => element.close());
    const body = make("div", { className: "share-body" }, ...this.#sections());
    element.setAttribute("aria-labelledby", title.id);
    element.append(make("header", {}, title, close), body, this.#status);
    this.#listen();
  }

  #listen(): void {
    const { element } = this;
    // What is pressed here concerns neither the program nor the page.
    for (const type of ["keydown", "keyup", "keypress"] as const) {
      element.addEventListener(type, (event) => event.stopPropagation());
    }
    // The header, the body and the status cover the dialog: what is left is its backdrop.
    let isOutside = false;
    element.addEventListener("pointerdown", ({ target }) => {
      isOutside = target === element;
    });
    element.addEventListener("click", ({ target }) => {
      if (isOutside && target === element) element.close();
    });
    element.addEventListener("close", () => this.#end.abort());
  }

  #sections(): HTMLElement[] {
    const { page } = this.#shared;
    const link = page && programLink(page, this.#fragment);
    const element = elementLines(this.#shared, link);
    const frame = frameLine(this.#shared, this.#fragment);
    const words = "This player knows no page that a link could lead to.";
    const first = link === undefined ? make("p", { className: "share-note" }, words) : this.#link(link);
    const sections: HTMLElement[] = [make("div", { className: "share-first" }, first, this.#files())];
    if (link !== undefined && link.length <= MAX_QR_LENGTH) sections.push(this.#qr(link));
    if (element !== undefined || frame !== undefined) sections.push(this.#embed(element, frame));
    return sections;
  }

  #link(link: string): HTMLElement {
    const field = make("input", { id: "share-link", type: "text", readOnly: true, value: link });
    const buttons = [this.#copyButton(field, "link")];
    if (typeof navigator.share === "function") buttons.push(this.#systemShareButton(link));
    return make(
      "section",
      { className: "share-link" },
      make("label", { htmlFor: field.id }, "Link"),
      make("div", { className: "share-row" }, field, ...buttons),
      make("p", { className: "share-note" }, aboutLength(link.length)),
    );
  }

  #qr(link: string): HTMLElement {
    const code = drawQr(link);
    code.role = "img";
    code.ariaLabel = "QR code of the link";
    const words = "The link as a QR code, for a camera.";
    return make("figure", {}, code, make("figcaption", { className: "share-note" }, words));
  }

  #embed(element: string | undefined, frame: string | undefined): HTMLElement {
    const section = make("section", { className: "share-embed" }, make("h3", {}, "In a page of yours"));
    if (element !== undefined) section.append(this.#code("element", "As an element", element));
    if (frame !== undefined)
      section.append(this.#code("frame", "As a frame, where scripts are not allowed", frame));
    return section;
  }

  #code(name: string, label: string, text: string): HTMLElement {
    const field = make("textarea", {
      id: `share-${name}`,
      readOnly: true,
      value: text,
      rows: 3,
      spellcheck: false,
    });
    return make(
      "div",
      {},
      make("label", { htmlFor: field.id }, label),
      make("div", { className: "share-row" }, field, this.#copyButton(field, `lines for the ${name}`)),
    );
  }

  #files(): HTMLElement {
    const { page, rom, name } = this.#shared;
    const row = make("div", { className: "share-row" });
    let words = "The program as it is, for any Uxn emulator.";
    if (page) {
      const save = button("Save as a web page", () => void this.#saveAsPage(page, save));
      row.append(save);
      words = "The web page is one file that plays the program without a network.";
    }
    row.append(
      button("Save the ROM", () => {
        this.#download(new Blob([rom], { type: "application/octet-stream" }), fileName(name, ".rom"));
      }),
    );
    return make(
      "section",
      { className: "share-files" },
      make("h3", {}, "As a file"),
      row,
      make("p", { className: "share-note" }, words),
    );
  }

  #copyButton(field: HTMLInputElement | HTMLTextAreaElement, what: string): HTMLButtonElement {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const copy = button("Copy", async () => {
      if (!(await copyFrom(field))) {
        this.#say(`Press ${COPY_KEYS} to copy the ${what}.`);
        return;
      }
      this.#say(`Copied the ${what}.`);
      copy.textContent = "Copied";
      clearTimeout(timer);
      timer = setTimeout(() => {
        copy.textContent = "Copy";
      }, COPIED_MS);
    });
    copy.ariaLabel = `Copy the ${what}`;
    copy.className = "share-copy";
    return copy;
  }

  #systemShareButton(link: string): HTMLButtonElement {
    return button("Share…", async () => {
      try {
        await (this.element.ownerDocument.defaultView ?? window).navigator.share({
          title: this.#shared.name,
          url: link,
        });
      } catch (error) {
        // The visitor has thought better of it.
        if (error instanceof DOMException && error.name === "AbortError") return;
        this.#say("The system does not share this link. Copy it instead.");
      }
    });
  }

  async #saveAsPage(page: URL, save: HTMLButtonElement): Promise<void> {
    const { signal } = this.#end;
    // Not disabled, or it would lose the focus.
    if (save.ariaBusy === "true") return;
    save.ariaBusy = "true";
    this.#say("Fetching the player…");
    try {
      const html = exportPage(await fetchTemplate(page, signal), {
        name: this.#shared.name,
        fragment: this.#fragment,
        page,
      });
      this.#download(new Blob([html], { type: "text/html" }), fileName(this.#shared.name, ".html"));
    } catch (error) {
      if (!signal.aborted) this.#say(error instanceof Error ? error.message : String(error));
    } finally {
      save.ariaBusy = null;
    }
  }

  #download(blob: Blob, name: string): void {
    download(blob, name);
    this.#say(`“${name}” goes to your downloads.`);
  }

  #say(words: string): void {
    this.#status.textContent = words;
  }
}

const COPY_KEYS = /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? "") ? "⌘C" : "Ctrl+C";

/** What is said of a link of so many characters. */
function aboutLength(length: number): string {
  const words = `It holds the whole program: ${length.toLocaleString("en")} characters, kept on no server.`;
  if (length <= MAX_QR_LENGTH) return words;
  if (length <= LONG_LINK) return `${words} That is too long for a QR code.`;
  const who = length > LONGEST_LINK ? "not every browser opens it" : "chat and mail programs may cut it";
  return `${words} That is too long for a QR code, and ${who}: a saved web page arrives whole.`;
}

/** Copies all of a field. If the browser does not let us, all of it is selected at least. */
async function copyFrom(field: HTMLInputElement | HTMLTextAreaElement): Promise<boolean> {
  const { ownerDocument } = field;
  try {
    // Of the window that has the focus.
    await (ownerDocument.defaultView ?? window).navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Pages without https and most frames may copy only what is selected, if that.
    field.focus();
    field.select();
    return ownerDocument.execCommand("copy");
  }
}

function button(text: string, click: () => void): HTMLButtonElement {
  const element = make("button", { type: "button", textContent: text });
  element.addEventListener("click", click);
  return element;
}
