/** The menu of the programs that come with the page. */

import { byId } from "./dom.js";

/** An entry of the list that is written when the site is built. */
interface Program {
  /** The ROM, beside the list. */
  readonly file: string;
  readonly title: string;
  readonly description: string;
}

const FOLDER = "roms/";

/** The menu: a link for each program. */
export class Programs {
  readonly #menu = byId("menu", HTMLElement);

  /**
   * Fills the menu.
   *
   * @param href The link that opens an address in this page.
   * @returns The address of the first program, if there are any.
   */
  async load(href: (address: string) => string): Promise<string | undefined> {
    const programs = await fetchList();
    this.#menu.replaceChildren(
      ...programs.map((program) => {
        const address = FOLDER + program.file;
        const link = document.createElement("a");
        link.href = href(address);
        link.dataset.address = address;
        link.append(textElement("strong", program.title), textElement("span", program.description));
        const item = document.createElement("li");
        item.append(link);
        return item;
      }),
    );
    return programs[0] && FOLDER + programs[0].file;
  }

  /** Calls back when a program is chosen. */
  onChoose(choose: (address: string) => void): void {
    this.#menu.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      // With these keys a link opens in another tab or window.
      if (!link?.dataset.address || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      choose(link.dataset.address);
    });
  }

  /** Marks the program that plays. */
  mark(address: string | undefined): void {
    for (const link of this.#menu.querySelectorAll("a")) {
      if (link.dataset.address === address) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }
}

async function fetchList(): Promise<readonly Program[]> {
  try {
    const response = await fetch(`${FOLDER}index.json`);
    return response.ok ? await response.json() : [];
  } catch {
    // The page is of use without it.
    return [];
  }
}

function textElement(name: string, text: string): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
