/** The menu of the programs that come with the page. */

import { byId } from "./dom.js";

/** An entry of the list that is written when the site is built. */
export interface Program {
  /** The ROM, beside the list. */
  readonly file: string;
  readonly title: string;
  /** A paragraph. */
  readonly description: string;
  readonly author: string;
  /** A picture, beside the list. */
  readonly poster?: string;
  readonly kind: "screen" | "console";
}

const FOLDER = "roms/";

/** The address of a program, seen from the page. */
export function programAddress({ file }: Pick<Program, "file">): string {
  return FOLDER + file;
}

/** The first sentence of a description. */
export function summary(description: string): string {
  return /^.*?\.(?=\s|$)/.exec(description)?.[0] ?? description;
}

/** The programs that come with the page; nothing if the list cannot be had. The page is of use without it. */
export async function fetchPrograms(): Promise<readonly Program[] | undefined> {
  try {
    const response = await fetch(`${FOLDER}index.json`);
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

/** The menu: a link for each program. */
export class Programs {
  readonly #menu = byId("menu", HTMLElement);
  readonly #problem = byId("menu-problem", HTMLElement);
  #programs: readonly Program[] = [];

  /**
   * Fills the menu, or says that it cannot be had.
   *
   * @param href The link that opens an address in this page.
   * @returns The address of the first program, if there are any.
   */
  async load(href: (address: string) => string): Promise<string | undefined> {
    const programs = await fetchPrograms();
    this.#problem.hidden = programs !== undefined;
    this.#programs = programs ?? [];
    const links = (kind: Program["kind"]) =>
      this.#programs
        .filter((program) => program.kind === kind)
        .map((program) => programLink(program, href(programAddress(program))));
    byId("menu-screen", HTMLElement).replaceChildren(...links("screen"));
    byId("menu-console", HTMLElement).replaceChildren(...links("console"));
    this.#menu.hidden = this.#programs.length === 0;
    return this.#programs[0] && programAddress(this.#programs[0]);
  }

  /** Whether the list could not be had. */
  get isMissing(): boolean {
    return !this.#problem.hidden;
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

  /** Marks the program at an address as the one that plays, and returns it if it is in the menu. */
  mark(address: string | undefined): Program | undefined {
    for (const link of this.#menu.querySelectorAll("a")) {
      if (link.dataset.address === address) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    return this.#programs.find((program) => programAddress(program) === address);
  }
}

function programLink({ file, title, description }: Program, href: string): HTMLElement {
  const link = document.createElement("a");
  link.href = href;
  link.dataset.address = FOLDER + file;
  // The rest stands beside the program when it plays.
  link.append(textElement("strong", title), textElement("span", summary(description)));
  const item = document.createElement("li");
  item.append(link);
  return item;
}

function textElement(name: string, text: string): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
