/** What the visitor sees of a player: all that is in the shadow root of the element. */

import type { Fantail } from "../emulator/wasm.js";
import { make } from "../page/dom.js";
import type { OwnerDocument } from "../page/owner.js";
import { explain } from "../page/policy.js";
import type { ListenerQueue } from "../page/queue.js";
import { Player, type PlayerEvents, type PlayerState, type Surroundings, UNUSED } from "../session/player.js";
import { Bar, type BarEvents } from "./bar.js";
import { Console } from "./console.js";
import { Cover, Problem } from "./cover.js";
import { Fullscreen } from "./fullscreen.js";
import { Idle } from "./idle.js";
import type { Stats } from "./stats.js";
import { playerSheet } from "./style.js";
import { Touch } from "./touch.js";

/** What the visitor does that is not the view's own business. */
export interface ViewEvents
  extends Pick<BarEvents, "play" | "reset" | "mute" | "volume" | "screenshot" | "share"> {
  /** Another attempt to load what could not be loaded. */
  retry(): void;
  /** The program shall start anew, with these arguments. */
  start(args: string[]): void;
}

/** Browsers that cannot say so have a mouse. */
const COARSE = "(pointer: coarse)";
/** After this time in milliseconds a program that prints and does not use the screen is shown without one. */
const TEXT_ONLY_MS = 300;

/** The player, the controls, and everything around. Ends with the signal that it is given. */
export class View {
  /** The computer. Programs are started by {@link start}. */
  readonly player: Player;
  readonly fullscreen: Fullscreen;
  readonly problem: Problem;
  /** All that is to be seen, and the box of the parts in it. */
  readonly element = make("div", { id: "root", part: "root" });
  readonly #body = make("div", { id: "body" });
  /** Has the place in the page, also while the rest is elsewhere. */
  readonly #frame = make("div", { id: "frame" }, this.element);
  readonly #stage = make("div", { id: "stage", part: "stage" });
  readonly #room = make("div", { id: "room" });
  readonly #hint = make("p", {
    id: "hint",
    textContent: "Click to use the keyboard, Tab to leave",
    hidden: true,
  });
  readonly #soundProblem = make("p", { id: "sound-problem", role: "status", hidden: true });
  readonly #cover = new Cover((width, height) => {
    // It may be as large as the program's screen, and then nothing moves when that comes.
    if (this.player.canvas.width === 0) this.#makeRoom(width, height);
  });
  readonly #bar: Bar;
  readonly #console: Console;
  readonly #touch: Touch;
  readonly #idle: Idle;
  #stats: Stats | undefined;
  #wantsStats = false;
  readonly #host: HTMLElement;
  readonly #events: PlayerEvents;
  readonly #queue: ListenerQueue;
  readonly #owner: OwnerDocument;
  #scale: number | undefined;
  /** Of the program's screen in its pixels: the usual one, as long as nothing is known. */
  #size = { width: 512, height: 320 };
  /** The program; and the one that has been asked about. */
  #rom: Uint8Array | undefined;
  #doubted: Uint8Array | undefined;
  #isTextOnly = false;
  #hasPrinted = false;
  #hasPicture = false;
  /** Whether the program is one that prints or reads lines. */
  #hasConsole = false;
  /** Whether the visitor has folded the console or unfolded it. */
  #hasChosen = false;
  #mayBeTextOnly = false;
  #textOnlyTimer = 0;
  #uses = UNUSED;

  /**
   * @param host The element.
   * @param shadow Its shadow root, which is ours.
   * @param owner The document of the element.
   * @param actions Is told what the visitor wants.
   * @param events Is told of the program what the player reports.
   * @param queue Has the calls of the page's listeners.
   */
  constructor(
    host: HTMLElement,
    shadow: ShadowRoot,
    owner: OwnerDocument,
    actions: ViewEvents,
    events: PlayerEvents,
    queue: ListenerQueue,
    signal: AbortSignal,
  ) {
    this.#host = host;
    this.#events = events;
    this.#queue = queue;
    this.#owner = owner;
    owner.follow(() => playerSheet.style(shadow));
    owner.watchSize(host, "content-box", () => this.#limitHeight());
    this.problem = new Problem(actions.retry);
    this.#stage.append(this.#room, this.#hint, this.#cover.element);
    this.#console = new Console({
      line: (text) => this.player.type(text),
      end: () => this.player.endInput(),
      start: actions.start,
      refocus: (move) => this.#refocus(move),
    });
    this.#bar = new Bar({
      ...actions,
      console: () => {
        this.#hasChosen = true;
        this.#console.isOpen = !this.#console.isOpen;
        this.#show();
      },
      keyboard: () => this.#touch.toggleKeyboard(),
      pad: () => this.#touch.togglePad(),
      fullscreen: () => (this.fullscreen.isOn ? this.fullscreen.exit() : void this.fullscreen.enter()),
    });
    this.#body.append(
      this.problem.element,
      this.#stage,
      this.#bar.element,
      this.#soundProblem,
      this.#console.element,
    );
    this.element.append(this.#body);
    shadow.replaceChildren(this.#frame);
    this.player = new Player(this.#room, owner, this.#listener(), queue);
    this.#touch = new Touch(this.player, this.#bar, this.element, this.#body, owner);
    this.#idle = new Idle(this.element, this.#bar.element, signal);
    this.fullscreen = new Fullscreen(host, this.element, owner);
    this.fullscreen.onchange = () => {
      this.#bar.isFullscreen = this.fullscreen.isOn;
      this.element.toggleAttribute("data-fullscreen", this.fullscreen.isOn);
      this.#makeRoom();
    };
    this.#cover.element.addEventListener("click", () => {
      // Not every browser gives it by the click. From here it goes to the program.
      this.#cover.element.focus({ preventScroll: true });
      actions.play();
    });
    for (const type of ["focusin", "focusout"]) {
      this.#room.addEventListener(type, () => this.#show(), { signal });
    }
    signal.addEventListener("abort", () => {
      clearTimeout(this.#textOnlyTimer);
      this.stats = false;
      this.#console.clear();
      this.player.destroy();
      this.#frame.remove();
    });
    this.#showState(this.player.state);
  }

  /** Whether the bar of controls is there. */
  set controls(controls: boolean) {
    this.#bar.element.hidden = !controls;
    this.element.toggleAttribute("data-controls", controls);
    this.#show();
  }

  /** Whether numbers about the emulator are to be seen. */
  set stats(isWanted: boolean) {
    this.#wantsStats = isWanted;
    this.#stats?.close();
    this.#stats = undefined;
    if (!isWanted) return;
    import("./stats.js").then(
      ({ Stats }) => {
        if (!this.#wantsStats || this.#stats) return;
        this.#stats = new Stats(() => this.player.live);
        this.#placeStats();
      },
      async () => {
        const problem = "The statistics could not be loaded. Check the connection, and load the page again.";
        const words = await explain(import.meta.url, problem);
        if (!this.#wantsStats) return;
        this.problem.show(words, false);
      },
    );
  }

  /** The address of a picture to be seen before the program, none if it is empty. */
  set poster(address: string) {
    this.#cover.poster = address;
  }

  /** What the program is called, further words about it, and whether these are known. */
  setName(name: string, details: string, isKnown: boolean): void {
    this.#cover.name = isKnown ? name : "";
    this.#bar.setTitle(isKnown ? name : "", details);
    this.#bar.element.ariaLabel = isKnown ? `Controls of ${name}` : "Player controls";
    this.player.label = isKnown ? `Screen of ${name}` : name;
  }

  /** How many CSS pixels wide a pixel of the screen is; as many as there is room for if there is no number. */
  set scale(scale: number | undefined) {
    this.#scale = scale;
    this.#makeRoom();
  }

  /** How loud it is, 0 to 1 as the visitor chooses it. */
  setVolume(volume: number, muted: boolean): void {
    // What is heard as half as loud is much less than half.
    this.player.volume = volume ** 2;
    this.player.muted = muted;
    this.#bar.setVolume(volume, muted);
  }

  /** Whether a program is on its way. */
  set isLoading(isLoading: boolean) {
    this.#cover.isLoading = isLoading;
    this.element.toggleAttribute("data-loading", isLoading);
  }

  /** Whether there is a program, started or not. */
  set hasProgram(hasProgram: boolean) {
    this.#bar.hasProgram = hasProgram;
  }

  /** Starts a program. */
  start(fantail: Fantail, rom: Uint8Array, surroundings: Surroundings): void {
    this.#prepare();
    this.#console.args = surroundings.args ?? [];
    this.#rom = rom;
    this.player.load(fantail, rom, surroundings);
    // No text has a zero, and nearly every program has.
    if (!rom.includes(0)) this.#doubt();
  }

  /** Takes the program away, and all that it has left. */
  clear(): void {
    this.player.unload();
    this.player.canvas.width = 0;
    this.#prepare();
  }

  /** Gives the keys to the program, or to its console, or to the button that starts it. */
  focus(): void {
    if (this.#isTextOnly) this.#console.focus();
    else if (!this.#cover.element.hidden) this.#cover.element.focus({ preventScroll: true });
    else this.player.focus();
  }

  /** Clears away what is left of a run before. */
  #prepare(): void {
    this.#console.clear();
    this.#rom = this.#doubted = undefined;
    this.#hasPrinted = false;
    this.#hasPicture = false;
    this.#hasConsole = false;
    this.#mayBeTextOnly = false;
    this.#uses = UNUSED;
    // Unless the visitor is there.
    this.#hasChosen = this.#console.hasFocus;
    this.#console.isOpen = this.#hasChosen;
    clearTimeout(this.#textOnlyTimer);
    this.#textOnlyTimer = window.setTimeout(() => {
      this.#mayBeTextOnly = true;
      this.#show();
    }, TEXT_ONLY_MS);
    this.#show();
  }

  /** Says so if the program is perhaps none. */
  #doubt(): void {
    const rom = this.#rom;
    if (!rom || rom === this.#doubted) return;
    this.#doubted = rom;
    import("../program/doubt.js")
      .then(({ warning }) => warning(rom))
      .then(
        (words) => {
          if (words && rom === this.#rom && !this.problem.isShown) this.problem.show(words, false);
        },
        // It goes on as it is.
        () => {},
      );
  }

  /** Shows what the player reports, and passes it on. */
  #listener(): PlayerEvents {
    const events = this.#events;
    return {
      ...events,
      state: (state) => {
        this.#showState(state);
        events.state?.(state);
      },
      output: (text, isError) => {
        this.#hasPrinted = true;
        this.#hasConsole = true;
        this.#console.write(text, isError ? "error" : "output");
        this.#show();
        events.output?.(text, isError);
      },
      picture: () => {
        this.#hasPicture = true;
        this.#show();
        events.picture?.();
      },
      devices: (uses) => {
        this.#uses = uses;
        this.#hasConsole ||= uses.console;
        this.#touch.isUsed = uses.controller;
        this.#show();
        events.devices?.(uses);
      },
      sound: (problem) => {
        this.#soundProblem.textContent = problem ? `No sound: ${problem}` : "";
        this.#soundProblem.hidden = !problem || this.#bar.element.hidden;
        events.sound?.(problem);
      },
      virtualKeyboard: (isOn) => {
        this.#touch.isTyping = isOn;
        events.virtualKeyboard?.(isOn);
      },
      resize: (width, height) => {
        this.#makeRoom(width, height);
        events.resize?.(width, height);
      },
    };
  }

  #showState(state: PlayerState): void {
    const isLive = state.name === "running" || state.name === "working";
    this.element.dataset.state = state.name;
    this.#bar.setStatus(state.name, stateText(state));
    this.#bar.isPlaying = isLive;
    this.#console.isLive = isLive;
    // Programs of 2021 mostly do not get through their first frame.
    if (state.name === "working") this.#doubt();
    this.#show();
  }

  /** Shows what follows from all that is known of the program. */
  #show(): void {
    const { name } = this.player.state;
    const isPlayed = this.#uses.controller || this.#uses.mouse;
    const isTextOnly = this.#mayBeTextOnly && this.#hasConsole && !this.#hasPicture && !isPlayed;
    if (isTextOnly !== this.#isTextOnly) this.#setTextOnly(isTextOnly);
    // Without a screen there is nothing else to see.
    this.#bar.setConsole(this.#hasConsole && !isTextOnly, this.#console.isOpen, this.#hasPrinted);
    this.#bar.hasScreen = !isTextOnly;
    // Without controls it is how a program that rests goes on.
    const rests = name === "paused" || name === "exited" || name === "failed";
    const { element } = this.#cover;
    const hadFocus = element.matches(":focus") || this.player.hasFocus;
    const isCovered = name === "empty" || (rests && this.#bar.element.hidden && !isTextOnly);
    const hasTurned = isCovered === element.hidden;
    element.hidden = !isCovered;
    // Nobody gets to what cannot be seen.
    this.#room.inert = isCovered;
    element.toggleAttribute("data-resting", name !== "empty");
    if (hadFocus && hasTurned) this.#refocus();
    this.#hint.hidden =
      !this.#uses.controller ||
      !this.player.live ||
      this.player.hasFocus ||
      this.#owner.window.matchMedia(COARSE).matches;
    this.#idle.isWanted = this.player.live !== undefined && !isTextOnly;
  }

  /** Shows the console instead of the screen, or the screen. */
  #setTextOnly(isTextOnly: boolean): void {
    this.#isTextOnly = isTextOnly;
    const hadFocus = this.player.hasFocus || this.#cover.element.matches(":focus");
    this.element.toggleAttribute("data-text-only", isTextOnly);
    if (isTextOnly || !this.#hasChosen) this.#console.isOpen = isTextOnly;
    this.#placeStats();
    // It would be on something that is not to be seen.
    if (hadFocus) this.#refocus();
  }

  /** Moves the focus from a part of the player that is no longer there, unless the page has moved it before. */
  #refocus(move = () => this.focus()): void {
    this.#queue.add(() => {
      const { activeElement } = this.#host.getRootNode() as Document | ShadowRoot;
      const nowhere = [null, this.#host, this.#owner.document.body];
      if (nowhere.includes(activeElement as HTMLElement | null)) move();
    });
  }

  /** They are on what there is to see of the program. */
  #placeStats(): void {
    if (this.#stats) (this.#isTextOnly ? this.#console.element : this.#stage).append(this.#stats.element);
  }

  /** Where the page has made a block of the element, a limit to its height reaches what is inside by this only. */
  #limitHeight(): void {
    const { style } = this.#frame;
    style.minHeight = style.maxHeight = "";
    const { clientHeight } = this.#host;
    const { paddingTop, paddingBottom } = getComputedStyle(this.#host);
    const room = clientHeight - Number.parseFloat(paddingTop) - Number.parseFloat(paddingBottom);
    if (clientHeight > 0 && this.#frame.offsetHeight > room + 1) {
      style.minHeight = style.maxHeight = `${room}px`;
    }
  }

  /** Makes room for a screen of a size in pixels; else of the size that is known. */
  #makeRoom(width = 0, height = 0): void {
    if (width > 0 && height > 0) this.#size = { width, height };
    const { style } = this.element;
    style.setProperty("--ratio", `${this.#size.width} / ${this.#size.height}`);
    // A screen smaller than the usual one wants to be as large as that.
    const scale = this.#scale ?? (Math.floor(512 / this.#size.width) || 1);
    // With a scale that is none the page gives the width, as far as it has any.
    const wanted = this.#host.getAttribute("scale") ?? "auto";
    const isBad = this.#scale === undefined && wanted !== "auto";
    style.setProperty("--width", isBad ? "100vw" : `${this.#size.width * scale}px`);
    // In fullscreen there is more than the page has given us.
    this.player.scale = this.fullscreen.isOn ? undefined : this.#scale;
  }
}

function stateText(state: PlayerState): string {
  switch (state.name) {
    case "empty":
    case "running":
      return "";
    case "working":
      return "Still working on one frame";
    case "paused":
      return "Paused";
    case "exited":
      return state.code === 0 ? "Ended" : `Ended with exit code ${state.code}`;
    case "failed":
      return state.message;
  }
}
