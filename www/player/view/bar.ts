/** The bar of controls under the screen. What they do is up to the player. */

import { type IconName, icon, make } from "../page/dom.js";

/** What the visitor does. */
export interface BarEvents {
  play(): void;
  reset(): void;
  mute(): void;
  /** 0 to 1. */
  volume(volume: number): void;
  console(): void;
  keyboard(): void;
  pad(): void;
  screenshot(): void;
  share(): void;
  fullscreen(): void;
}

/** The controls. */
export class Bar {
  readonly element = make("div", {
    id: "bar",
    part: "controls",
    role: "group",
    ariaLabel: "Player controls",
    hidden: true,
  });
  readonly #play: HTMLButtonElement;
  readonly #reset: HTMLButtonElement;
  readonly #mute: HTMLButtonElement;
  readonly #volume = make("input", {
    id: "volume",
    type: "range",
    min: "0",
    max: "100",
    step: "5",
    ariaLabel: "Volume",
    title: "Volume",
  });
  readonly #title = make("span", { id: "title" });
  readonly #details = make("span", { id: "details" });
  readonly #status = make("span", { id: "status", role: "status" });
  readonly #console: HTMLButtonElement;
  /** Shows the on-screen keyboard. */
  readonly keyboard: HTMLButtonElement;
  /** Shows the pad. */
  readonly pad: HTMLButtonElement;
  readonly #screenshot: HTMLButtonElement;
  readonly #share: HTMLButtonElement;
  readonly #fullscreen: HTMLButtonElement;

  constructor(events: BarEvents) {
    this.#play = button("play", "Play", "play", events.play);
    this.#reset = button("reset", "Reset", "reset", events.reset);
    this.#mute = button("mute", "Mute", "sound", events.mute);
    this.#console = button("console-toggle", "Console", "console", events.console);
    this.keyboard = button("keyboard-toggle", "On-screen keyboard", "keyboard", events.keyboard);
    this.pad = button("pad-toggle", "Touch pad", "pad", events.pad);
    this.#screenshot = button("screenshot", "Save a picture", "camera", events.screenshot);
    this.#share = button("share", "Share", "share", events.share);
    this.#fullscreen = button("fullscreen", "Fullscreen", "fullscreen", events.fullscreen);
    // The focus, and with it the on-screen keyboard, stays where it is.
    this.keyboard.addEventListener("mousedown", (event) => event.preventDefault());
    this.#volume.addEventListener("input", () => events.volume(this.#volume.valueAsNumber / 100));
    this.#console.setAttribute("aria-controls", "console");
    this.element.append(
      this.#play,
      this.#reset,
      make("span", { id: "sound" }, this.#mute, this.#volume),
      make("span", { id: "about" }, this.#title, this.#details, this.#status),
      this.#console,
      this.keyboard,
      this.pad,
      this.#screenshot,
      this.#share,
      this.#fullscreen,
    );
    for (const hidden of [this.#console, this.keyboard, this.pad]) hidden.hidden = true;
  }

  /** What the program is called, and further words about it. */
  setTitle(name: string, details: string): void {
    this.#title.textContent = name;
    this.#details.textContent = details;
    this.#details.title = details;
  }

  /** How it stands with the program: a word for style sheets, and words. */
  setStatus(state: string, text: string): void {
    this.#status.dataset.state = state;
    this.#status.textContent = text;
  }

  /** Whether the program runs. */
  set isPlaying(isPlaying: boolean) {
    show(this.#play, isPlaying ? "Pause" : "Play", isPlaying ? "pause" : "play");
  }

  /** Whether there is a program. */
  set hasProgram(hasProgram: boolean) {
    for (const control of [this.#reset, this.#screenshot, this.#share]) control.disabled = !hasProgram;
  }

  /** How loud it is, 0 to 1. */
  setVolume(volume: number, muted: boolean): void {
    const isSilent = muted || volume === 0;
    this.#volume.value = String(Math.round(volume * 100));
    show(this.#mute, "Mute", isSilent ? "mute" : "sound");
    this.#mute.title = isSilent ? "Unmute" : "Mute";
    this.#mute.ariaPressed = String(isSilent);
  }

  /** Whether the console can be folded, whether it is open, and whether there is something to see in it. */
  setConsole(isOffered: boolean, isOpen: boolean, isNew: boolean): void {
    this.#console.hidden = !isOffered;
    this.#console.ariaExpanded = String(isOpen);
    this.#console.toggleAttribute("data-new", isNew && !isOpen);
    this.#console.title = isNew && !isOpen ? "Console: the program has printed something" : "Console";
  }

  /** Whether there is a screen to take a picture of. */
  set hasScreen(hasScreen: boolean) {
    this.#screenshot.hidden = !hasScreen;
  }

  /** Whether the player has the display or the page. */
  set isFullscreen(isFullscreen: boolean) {
    const name = isFullscreen ? "Leave fullscreen" : "Fullscreen";
    show(this.#fullscreen, name, isFullscreen ? "shrink" : "fullscreen");
  }
}

function button(id: string, name: string, image: IconName, act: () => void): HTMLButtonElement {
  const element = make("button", { type: "button", id, part: "button" });
  show(element, name, image);
  element.addEventListener("click", () => act());
  return element;
}

function show(button: HTMLButtonElement, name: string, image: IconName): void {
  if (button.ariaLabel === name && button.dataset.icon === image) return;
  button.ariaLabel = name;
  button.title = name;
  button.dataset.icon = image;
  button.replaceChildren(icon(image));
}
