/**
 * `<uxn-player>`: a computer in a page. Its interface is that of media elements as far as a program is like a film:
 * `src`, `play()`, `paused`, `volumechange`. Nothing is fetched but the poster, nothing runs, sounds or takes keys
 * before the visitor clicks it, or the page says so.
 */

import { KEYMAPS } from "../devices/keyboard.js";
import { openTranslator } from "../emulator/compile/blocks.js";
import { buildOf, type Fantail, loadFantail } from "../emulator/wasm.js";
import { download } from "../page/dom.js";
import { pageUrl } from "../page/fetch.js";
import { OwnerDocument, type OwnerWindow } from "../page/owner.js";
import { explain } from "../page/policy.js";
import { ListenerQueue } from "../page/queue.js";
import { formatArgs, parseArgs } from "../program/args.js";
import { type GivenFiles, ProgramFiles } from "../program/files.js";
import { RomError } from "../program/rom.js";
import { getProgram, type Program } from "../program/source.js";
import { watchTheme } from "../program/theme.js";
import { type Input, type PlayerEvents, type PlayerState, UNUSED } from "../session/player.js";
import * as types from "../types.js";
import { View, type ViewEvents } from "../view/view.js";

/** A program that has been loaded, and what belongs to it. */
interface Loaded extends Program {
  readonly fantail: Fantail;
  readonly files: ProgramFiles;
  /** What the page has given to it. */
  readonly given: GivenFiles;
}

/** How to tell of an event. */
interface Telling {
  readonly detail?: unknown;
  /** Whether it still is as the event says. */
  readonly isTrue?: () => boolean;
}

/** Square waves are loud, and headphones close. */
const DEFAULT_VOLUME = 0.7;
const MAX_SCALE = 16;
/** The words for a `play()` that has come to nothing. */
const GIVEN_UP = "The program was paused or unloaded before it began.";
/** What a program is called of which nothing is known. */
const UNKNOWN = "Uxn program";

/** Whether this is the package from npm, which has no page beside the script. */
const IS_PACKAGE = import.meta.env.MODE === "package";
/** Where this script is, if it is by itself. */
const SCRIPT = /\/fantail\.js(\?[^#]*)?$/.test(import.meta.url) ? new URL(import.meta.url) : undefined;

// Pages are made where there are no elements, too.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/** The element. Attributes are properties of the same name. */
export class UxnPlayer extends Base {
  static readonly observedAttributes = [
    ...["src", "muted", "volume", "controls", "poster", "scale", "keymap", "label", "background"],
    ...["theme", "stats", "autoplay", "args", "files", "edition", "engine", "page"],
  ];

  /** {@link readyState}: there is no program. */
  static readonly HAVE_NOTHING = 0;
  /** {@link readyState}: the program is there. */
  static readonly HAVE_ENOUGH_DATA = 4;

  readonly #shadow: ShadowRoot;
  readonly #queue = new ListenerQueue();
  #view: View | undefined;
  /** Ends the view. */
  #end = new AbortController();
  #loading = new AbortController();
  /** What {@link load} has begun, until it is there or has failed. */
  #pending: Promise<void> | undefined;
  /** Is aborted when the program, which may be on its way, is not to be started after all. */
  #starting = new AbortController();
  #loaded: Loaded | undefined;
  /** What could not be fetched, or is no program, for another attempt. */
  #failed: { readonly source: types.Source; readonly options: types.LoadOptions } | undefined;
  #error: types.PlayerError | null = null;
  #metadata: readonly string[] = [];
  #uses = UNUSED;
  #gamepads: readonly (string | undefined)[] = [];
  #exitCode: number | null = null;
  #volume = DEFAULT_VOLUME;
  #muted = false;
  #isPlaying = false;
  /** Whether the page has been told that the program plays. */
  #isToldPlaying = false;
  /** Another one for each run of a program. */
  #run = Symbol();
  /** Standard input that waits for a program to start. */
  #input: Input[] = [];
  #owner: OwnerDocument | undefined;
  #isOffScreen = false;
  /** The file `.theme`: the newest there was, and whether there is one. */
  #theme: Uint8Array | undefined;
  #hasTheme = false;
  #checkTheme = () => {};
  /** Waits for {@link connectedCallback}. */
  #waiting: (() => void)[] = [];

  constructor() {
    super();
    this.#shadow = this.attachShadow({ mode: "open" });
    // What a page has set before it loaded us hides our accessors.
    for (const name of Object.keys(this) as (keyof this)[]) {
      const value = this[name];
      delete this[name];
      try {
        this[name] = value;
      } catch (error) {
        // A bad value is the page's mistake, and no reason to be no player at all.
        reportError(error);
      }
    }
  }

  /**
   * The address of the program: http or https, maybe relative to the page, or a link that holds the program.
   * Changing it unloads the program; the next one is loaded when it is to be played, with `autoplay` at once.
   */
  get src(): string {
    return this.getAttribute("src") ?? "";
  }

  set src(src: string) {
    this.setAttribute("src", src);
  }

  /** Whether the program is loaded and started as soon as there is one. Default: no. */
  get autoplay(): boolean {
    return this.hasAttribute("autoplay");
  }

  set autoplay(autoplay: boolean) {
    this.toggleAttribute("autoplay", autoplay);
  }

  /** Whether nothing is to be heard. The attribute gives the value to begin with. Default: no. */
  get muted(): boolean {
    return this.#muted;
  }

  set muted(muted: boolean) {
    this.#setVolume(this.#volume, Boolean(muted));
  }

  /**
   * How loud it is, from 0 to 1. The attribute gives the value to begin with. Default: 0.7.
   *
   * @throws IndexSizeError (DOMException) for other numbers.
   */
  get volume(): number {
    return this.#volume;
  }

  set volume(value: number) {
    const volume = Number(value);
    if (!(volume >= 0 && volume <= 1)) {
      throw new DOMException(`The volume is from 0 to 1, not ${volume}.`, "IndexSizeError");
    }
    this.#setVolume(volume, this.#muted);
  }

  /** Whether there is a bar of controls. Default: no. */
  get controls(): boolean {
    return this.hasAttribute("controls");
  }

  set controls(controls: boolean) {
    this.toggleAttribute("controls", controls);
  }

  /** The address of a picture to be seen before the program is started. */
  get poster(): string {
    return this.getAttribute("poster") ?? "";
  }

  set poster(poster: string) {
    this.setAttribute("poster", poster);
  }

  /**
   * How many CSS pixels wide a pixel of the program's screen is: a whole number, or `auto` for as many as fit.
   * Default: `auto`.
   */
  get scale(): string {
    return this.#scale === undefined ? "auto" : String(this.#scale);
  }

  set scale(scale: string | number) {
    this.setAttribute("scale", String(scale));
  }

  /** The program's arguments in one line, quoted as on a command line. They count when the program starts. */
  get args(): string {
    return this.getAttribute("args") ?? "";
  }

  set args(args: string) {
    this.setAttribute("args", args);
  }

  /**
   * Which keys are the buttons A, B, Select and Start: `standard` (Ctrl, left Alt, Shift, Home) or `letters`
   * (Z, X, C, V). Default: `standard`.
   */
  get keymap(): types.KeymapName {
    const name = this.getAttribute("keymap") ?? "";
    return Object.hasOwn(KEYMAPS, name) ? (name as types.KeymapName) : "standard";
  }

  set keymap(keymap: types.KeymapName) {
    this.setAttribute("keymap", keymap);
  }

  /**
   * The addresses of files for the program, separated by spaces, each `address` (the file is called as its last part)
   * or `name=address`; http or https, maybe relative to the page. They are fetched when the program is loaded. What
   * the program has of that name already stays, and what it writes is its own from then on.
   */
  get files(): string {
    return this.getAttribute("files") ?? "";
  }

  set files(files: string) {
    this.setAttribute("files", files);
  }

  /**
   * The colours for programs that look for them in the file `.theme`: three hexadecimal words for System/r, g and b
   * (`0a6f 05cf 0caf`), or four colours of CSS (`#000 #a5c #6ca #fff`). A program that shows what it has read there
   * follows when they change, as with the page's dark mode: `light-dark(#fff, #000) …`. Default: the custom
   * properties `--uxn-color-0` to `--uxn-color-3` if all of them are set, else there is no such file.
   */
  get theme(): string {
    return this.getAttribute("theme") ?? "";
  }

  set theme(theme: string) {
    this.setAttribute("theme", theme);
  }

  /** What the program is called. Default: what it says itself, or the name of its file. */
  get label(): string {
    return this.getAttribute("label") ?? "";
  }

  set label(label: string) {
    this.setAttribute("label", label);
  }

  /** Whether numbers about the emulator are to be seen on the screen: how much it does, and what is compiled. Default: no. */
  get stats(): boolean {
    return this.hasAttribute("stats");
  }

  set stats(stats: boolean) {
    this.toggleAttribute("stats", stats);
  }

  /** Whether the program goes on when nobody can see it: off screen, and in a hidden tab. Default: no. */
  get background(): boolean {
    return this.hasAttribute("background");
  }

  set background(background: boolean) {
    this.toggleAttribute("background", background);
  }

  /**
   * How the reference emulator behaved that the program was written for: `2026` or `2023`. It counts when the
   * program starts. Default: `2026`.
   */
  get edition(): types.Edition {
    return this.getAttribute("edition") === "2023" ? "2023" : "2026";
  }

  set edition(edition: types.Edition) {
    this.setAttribute("edition", edition);
  }

  /**
   * The address of fantail's page, to which shared links lead. Default: the folder of `fantail.js`; nothing with the
   * package from npm, which has no page, and where the player has become part of another script. Then there are no
   * links.
   */
  get page(): string {
    return this.getAttribute("page") ?? (SCRIPT && !IS_PACKAGE ? new URL("./", SCRIPT).href : "");
  }

  set page(page: string) {
    this.setAttribute("page", page);
  }

  /**
   * What runs the program: `blocks`, `tailcall`, `switch`, or `auto` for the best that the browser can run, which fetches
   * the compiler only for programs that work for some time. It counts when a program is loaded. Default: `auto`.
   */
  get engine(): types.Engine | "auto" {
    const engine = this.getAttribute("engine");
    return engine === "blocks" || engine === "tailcall" || engine === "switch" ? engine : "auto";
  }

  set engine(engine: types.Engine | "auto") {
    this.setAttribute("engine", engine);
  }

  /** Whether no time passes for the program because it has not been started, has been paused, or has ended. */
  get paused(): boolean {
    return !this.#isPlaying;
  }

  /** Whether no time passes for the program because nobody can see it. See {@link background}. */
  get suspended(): boolean {
    return this.#isPlaying && (this.#view?.player.suspended ?? false);
  }

  /** `HAVE_NOTHING`, or `HAVE_ENOUGH_DATA` once there is a program. */
  get readyState(): number {
    return this.#loaded ? UxnPlayer.HAVE_ENOUGH_DATA : UxnPlayer.HAVE_NOTHING;
  }

  /** Why there is no program, or why it has stopped; `null` if all is well. */
  get error(): types.PlayerError | null {
    return this.#error;
  }

  /** The exit code of a program that has ended. */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  /** What the program says about itself, line by line: first its name. Not to be trusted. */
  get metadata(): readonly string[] {
    return this.#metadata;
  }

  /** What the program is called: by the page, by itself, or by its file. Empty if nothing is known. */
  get programName(): string {
    return this.label || this.#metadata[0] || this.#loaded?.name || "";
  }

  /** The width of the program's screen in its pixels, 0 without one. */
  get screenWidth(): number {
    return this.#view?.player.canvas.width ?? 0;
  }

  /** The height of the program's screen in its pixels, 0 without one. */
  get screenHeight(): number {
    return this.#view?.player.canvas.height ?? 0;
  }

  /** The program's files, once it is loaded. */
  get storage(): types.ProgramStorage | undefined {
    return this.#loaded?.files;
  }

  /** Which devices the program has used since it was started. */
  get uses(): types.Uses {
    return this.#uses;
  }

  /** What each connected gamepad calls itself, by the player who has it. */
  get gamepads(): readonly (string | undefined)[] {
    return this.#gamepads;
  }

  /**
   * Starts the program, or lets it go on. Loads it if need be; a program that has ended starts again.
   *
   * @throws RomError when it cannot be loaded, with words for the visitor. AbortError (DOMException) when something
   *   else is loaded instead, or {@link pause} or {@link unload} is called meanwhile.
   */
  async play(): Promise<void> {
    const { signal } = this.#starting;
    if (!this.#view) await this.#connected(signal);
    if (!this.#loaded || this.#pending) await (this.#pending ?? this.#loadAgain());
    // Listeners and others may have done anything meanwhile.
    if (signal.aborted) throw new DOMException(GIVEN_UP, "AbortError");
    const player = this.#view?.player;
    if (player?.state.name === "paused") this.#queue.during(() => player.play());
    else if (!player?.live) this.reset();
  }

  /** Stops time for the program. One that is on its way is not started. */
  pause(): void {
    this.#dontStart();
    this.#queue.during(() => this.#view?.player.pause());
  }

  /** Starts the program from the beginning, with the arguments there are now. */
  reset(): void {
    this.#queue.during(() => {
      const loaded = this.#loaded;
      if (!loaded || !this.#view) return;
      this.#clearRun();
      const { fantail, rom, files } = loaded;
      const { edition } = this;
      const input = this.#input.splice(0);
      this.#view.start(fantail, rom, {
        args: this.#args(loaded),
        files,
        edition,
        input,
        compiles: this.#compiles,
      });
    });
  }

  /**
   * Loads a program instead of the one before, which plays on until the new one is there. It is started only with
   * `autoplay`, unless {@link pause} is called meanwhile.
   *
   * @param source What to load; else `src`.
   * @param options Files for it, and a signal that gives it up.
   * @throws As {@link play}.
   */
  load(source: types.Source = this.src, { files, signal }: types.LoadOptions = {}): Promise<void> {
    return this.#queue.during(() => {
      this.#loading.abort();
      this.#loading = new AbortController();
      const end = signal ? AbortSignal.any([signal, this.#loading.signal]) : this.#loading.signal;
      this.#failed = undefined;
      this.#clearError();
      if (this.#view) this.#view.isLoading = true;
      this.#emit("loadstart", { isTrue: () => !end.aborted });
      this.#pending = this.#load(source, files, end);
      return this.#pending;
    });
  }

  /** Loads what could not be loaded the last time; else `src`. */
  #loadAgain(): Promise<void> {
    return this.#failed ? this.load(this.#failed.source, this.#failed.options) : this.load();
  }

  /** Ends the program and forgets it, and the input that waits for one. */
  unload(): void {
    this.#input = [];
    this.#unload();
  }

  /** Gives the keys to the program, or to its console if that is all it has. */
  override focus(): void {
    this.#view?.focus();
  }

  /**
   * Takes the whole display. Where the browser gives it to videos alone, or not to this page, it takes all of the
   * page instead, from which Escape leads back.
   */
  override async requestFullscreen(options?: FullscreenOptions): Promise<void> {
    const { fullscreen } = await this.#connected();
    await fullscreen.enter(options);
  }

  /**
   * A picture of the program's screen, as PNG, a pixel for each of its pixels.
   *
   * @throws InvalidStateError (DOMException) when there is none.
   */
  async screenshot(): Promise<Blob> {
    const canvas = this.#view?.player.canvas;
    const blob = await new Promise<Blob | null>((resolve) => {
      if (canvas && this.#loaded) canvas.toBlob(resolve);
      else resolve(null);
    });
    if (!blob) throw new DOMException("There is no picture.", "InvalidStateError");
    return blob;
  }

  /**
   * Adds to the program's standard input. Without a program that has begun and not ended the text waits for the next
   * start; {@link unload} forgets it.
   */
  sendInput(text: string): void {
    const input = { text: String(text) };
    const player = this.#view?.player;
    if (player?.hasBegun) player.type(input.text);
    else this.#input.push(input);
  }

  /** Ends the program's standard input, as {@link sendInput} adds to it. */
  endInput(): void {
    const player = this.#view?.player;
    if (player?.hasBegun) player.endInput();
    else this.#input.push("end");
  }

  /** @internal */
  connectedCallback(): void {
    if (this.#view) {
      this.#owner?.update();
      return;
    }
    this.#queue.during(() => {
      this.#mount();
      for (const go of this.#waiting.splice(0)) go();
      if (this.autoplay && (this.src || this.#loaded) && !this.#pending) this.#try(this.play());
    });
  }

  /** @internal */
  disconnectedCallback(): void {
    this.#leave(() => !this.isConnected);
  }

  /** Ends everything, unless the player is only on its way to another place. */
  #leave(isGone: () => boolean): void {
    setTimeout(() => {
      if (!isGone() || !this.#view) return;
      this.#queue.during(() => {
        this.#giveUp();
        this.#empty();
        this.#view = undefined;
        this.#end.abort();
      });
    });
  }

  /** @internal */
  connectedMoveCallback(): void {
    // Nothing changes. Without this method a move would be a removal.
  }

  /** @internal */
  attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    this.#queue.during(() => this.#takeAttribute(name, before, value));
    if (!value || this.#says(name, value)) return;
    // It may be a mistake.
    import("./attributes.js").then(({ checkAttribute }) => checkAttribute(name, value)).catch(() => {});
  }

  /** Whether an attribute's value is that of the property as well. */
  #says(name: string, value: string): boolean {
    if (name === "poster") return URL.canParse(value, this.#base);
    if (name === "page") return pageUrl(value, this.#base) !== undefined;
    return String(this[name as keyof this]) === value;
  }

  #takeAttribute(name: string, before: string | null, value: string | null): void {
    switch (name) {
      case "muted":
        this.muted = value !== null;
        break;
      case "volume":
        this.#setVolume(attributeVolume(value), this.#muted);
        break;
      case "src":
        if (before === value) break;
        // Outside of a page the program is asked for later, and then it is this one.
        if (this.#view || this.#loaded || this.#pending || this.#failed) this.#unload();
        if (this.#view && this.autoplay && value) this.#try(this.play());
        break;
      case "theme":
        if (this.#view) this.#checkTheme();
        break;
      default:
        this.#showAttribute(name);
    }
  }

  #showAttribute(name: string): void {
    const view = this.#view;
    if (!view) return;
    switch (name) {
      case "controls":
        view.controls = this.controls;
        break;
      case "poster":
        view.poster = this.poster;
        break;
      case "scale":
        view.scale = this.#scale;
        break;
      case "keymap":
        view.player.keymap = this.keymap;
        break;
      case "label":
        this.#showName();
        break;
      case "stats":
        view.stats = this.stats;
        break;
      case "background":
        view.player.background = this.background;
        this.#suspend();
        break;
    }
  }

  #mount(): void {
    this.#end = new AbortController();
    const { signal } = this.#end;
    const owner = new OwnerDocument(this, signal);
    const view = new View(this, this.#shadow, owner, this.#actions(), this.#listener(), this.#queue, signal);
    this.#owner = owner;
    this.#view = view;
    for (const name of UxnPlayer.observedAttributes) this.#showAttribute(name);
    view.setVolume(this.#volume, this.#muted);
    view.hasProgram = this.#loaded !== undefined;
    this.#showName();
    this.#checkTheme = watchTheme(this, signal, (theme) => this.#setTheme(theme));
    owner.follow((window, signal) => this.#watch(view, window, signal));
  }

  /** Notices whether the visitor can see the player in a window. */
  #watch(view: View, window: OwnerWindow, signal: AbortSignal): void {
    const { document } = window;
    this.#isOffScreen = false;
    document.addEventListener("visibilitychange", () => this.#suspend(), { signal });
    // A window or a frame that is closed does not remove what is in it, but nothing there is alive any more.
    const close = ({ persisted }: PageTransitionEvent) => {
      if (persisted === false) this.#leave(() => this.ownerDocument === document);
    };
    window.addEventListener("pagehide", close, { signal });
    const observer = new window.IntersectionObserver((entries) => {
      this.#isOffScreen = !entries.at(-1)?.isIntersecting;
      // What is not displayed has noticed nothing.
      if (!this.#isOffScreen) this.#checkTheme();
      this.#suspend();
    });
    observer.observe(view.element);
    signal.addEventListener("abort", () => observer.disconnect());
    this.#checkTheme();
    this.#suspend();
  }

  /**
   * The view, once there is one.
   *
   * @throws AbortError (DOMException) when the signal ends the waiting.
   */
  async #connected(signal?: AbortSignal): Promise<View> {
    while (!this.#view) {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push(resolve);
        signal?.addEventListener("abort", () => reject(new DOMException(GIVEN_UP, "AbortError")));
      });
    }
    return this.#view;
  }

  #actions(): ViewEvents {
    return {
      play: () => (this.#isPlaying ? this.pause() : this.#try(this.play())),
      reset: () => this.reset(),
      retry: () => this.#try(this.play()),
      start: (args) => {
        this.args = formatArgs(args);
        this.reset();
      },
      mute: () => {
        const wasSilent = this.#muted || this.#volume === 0;
        this.#setVolume(this.#volume || DEFAULT_VOLUME, !wasSilent);
      },
      // Whoever turns it up wants to hear something.
      volume: (volume) => this.#setVolume(volume, this.#muted && volume === 0),
      screenshot: () =>
        this.#try(
          this.screenshot().then((picture) => download(picture, `${this.programName || UNKNOWN}.png`)),
        ),
      share: () => this.#try(this.#share()),
    };
  }

  async #share(): Promise<void> {
    const loaded = this.#loaded;
    if (!loaded || !this.#owner) return;
    const { signal } = this.#owner;
    const shared = {
      rom: loaded.rom,
      args: this.#args(loaded),
      name: this.programName || UNKNOWN,
      address: loaded.address,
      page: pageUrl(this.page, this.#base),
      script: SCRIPT,
      screen: { width: this.screenWidth, height: this.screenHeight },
    };
    try {
      const { openShare } = await import("../share/share.js");
      await openShare(this.#shadow, shared, signal);
    } catch {
      const words = "The dialog could not be loaded. Check the connection, and try again.";
      this.#view?.problem.show(await explain(import.meta.url, words), false);
    }
  }

  #args(loaded: Loaded): readonly string[] {
    return this.hasAttribute("args") ? parseArgs(this.args) : (loaded.args ?? []);
  }

  /** Takes what the player reports. All of this happens in the middle of the player's actions. */
  #listener(): PlayerEvents {
    return {
      state: (state) => this.#onState(state),
      output: (text, isError) => {
        const run = this.#run;
        const detail = { text, stream: isError ? "stderr" : "stdout" };
        this.#emit("console", { detail, isTrue: () => run === this.#run });
      },
      metadata: (lines) => {
        const metadata = lines.map((line) => line.trim()).filter((line) => line !== "");
        this.#metadata = metadata;
        this.#showName();
        this.#emit("loadedmetadata", { isTrue: () => metadata === this.#metadata });
      },
      devices: (uses) => {
        this.#uses = uses;
        this.#emit("usechange", { isTrue: () => uses === this.#uses });
      },
      resize: (width, height) => {
        const isTrue = () => width === this.screenWidth && height === this.screenHeight;
        this.#emit("resize", { isTrue });
      },
      gamepads: (names) => {
        this.#gamepads = names;
        this.#emit("gamepadchange", { isTrue: () => names === this.#gamepads });
      },
    };
  }

  #onState(state: PlayerState): void {
    if (state.name === "empty") return;
    this.#isPlaying = state.name === "running" || state.name === "working";
    this.#queue.add(() => this.#tellPlaying());
    const isTrue = () => this.#view?.player.state === state;
    switch (state.name) {
      case "running":
        this.#emit("playing", { isTrue });
        break;
      case "working":
        this.#emit("waiting", { isTrue });
        break;
      case "exited":
        this.#exitCode = state.code;
        this.#emit("exit", { detail: { code: state.code }, isTrue });
        break;
      case "failed":
        this.#setError(types.ERR_DECODE, state.message);
        break;
    }
  }

  /** Dispatches `play` or `pause`, if the page has been told something else. */
  #tellPlaying(): void {
    if (this.#isPlaying === this.#isToldPlaying) return;
    this.#isToldPlaying = this.#isPlaying;
    this.#dispatch(this.#isPlaying ? "play" : "pause");
  }

  /** Loads a program. The caller has told of it already. */
  async #load(source: types.Source, own: GivenFiles | undefined, signal: AbortSignal): Promise<void> {
    const loading = this.#loading;
    const starting = this.#starting.signal;
    const build = buildOf(this.engine);
    try {
      // The caller notes the promise before anything can fail.
      await undefined;
      if (source === "") throw new RomError("This player has no program.");
      // What is only there when the program needs it comes later, unless it has been asked for.
      if (build === "tailcall" && this.engine === "blocks") openTranslator().catch(() => {});
      const fantail = await loadFantail(build);
      const [program, given] = await Promise.all([
        getProgram(fantail, source, this.#base, signal),
        this.#fetchGiven(fantail, signal),
      ]);
      const files = await ProgramFiles.open(fantail, program.rom);
      if (!signal.aborted) this.#empty();
      // Also a listener of `emptied` may have ended it.
      if (signal.aborted) {
        files.close();
        throw signal.reason;
      }
      this.#queue.during(() => {
        this.#settle(loading);
        this.#adopt({ ...program, fantail, files, given: new Map([...given, ...(own ?? [])]) });
      });
    } catch (error) {
      // Whoever has ended it is no longer interested.
      if (signal.aborted) {
        this.#settle(loading);
        throw new DOMException("The loading was given up.", "AbortError");
      }
      // Of what belongs together the rest may still be under way.
      loading.abort();
      const message = error instanceof Error ? error.message : String(error);
      const isAboutProgram = error instanceof RomError && !error.isAboutNetwork;
      // What the page has in its hands another attempt would not make any better.
      const isAddress = typeof source === "string" || "href" in source;
      if (isAddress && source !== "") this.#failed = { source, options: { files: own } };
      this.#queue.during(() => {
        this.#settle(loading);
        this.#setError(isAboutProgram ? types.ERR_SRC_NOT_SUPPORTED : types.ERR_NETWORK, message);
      });
      throw error;
    }
    // Listeners may have paused it, started it, or loaded another one.
    const isWanted = this.autoplay && !starting.aborted && loading === this.#loading;
    if (isWanted && this.#view && !this.#view.player.live) this.reset();
  }

  /** Fetches the files that the page gives to the program. Few pages give any. */
  async #fetchGiven(fantail: Fantail, signal: AbortSignal): Promise<GivenFiles> {
    if (!this.files) return new Map();
    const { fetchGiven } = await import("../program/given.js");
    return fetchGiven(fantail, this.files, this.#base, signal);
  }

  /** Notes that there is nothing to wait for any more, unless something else is being loaded by now. */
  #settle(loading: AbortController): void {
    if (loading !== this.#loading) return;
    this.#pending = undefined;
    if (this.#view) this.#view.isLoading = false;
  }

  /** What addresses are relative to. Of windows that a page has opened not every browser knows it. */
  get #base(): string {
    return URL.canParse(".", this.baseURI) ? this.baseURI : document.baseURI;
  }

  /** Whether hot code is compiled, in browsers that can take it. */
  get #compiles(): boolean {
    return this.engine === "auto" || this.engine === "blocks";
  }

  /** Takes a program, where there is none. */
  #adopt(loaded: Loaded): void {
    this.#loaded = loaded;
    this.#give(loaded);
    loaded.files.onchange = () => this.#emit("filechange", { isTrue: () => loaded === this.#loaded });
    if (this.#view) this.#view.hasProgram = true;
    this.#showName();
    this.#emit("loadeddata", { isTrue: () => loaded === this.#loaded });
  }

  /** Gives the program its files: those of the page, and the theme unless it is one of them. */
  #give({ files, given }: Loaded): void {
    // A copy is given anew, should the program have deleted it.
    const theme = this.#hasTheme && this.#theme ? [[".theme", this.#theme.slice()] as const] : [];
    files.give(new Map([...theme, ...given]));
  }

  #setTheme(theme: Uint8Array | undefined): void {
    this.#queue.during(() => {
      const before = this.#theme;
      this.#theme = theme ?? before;
      this.#hasTheme = theme !== undefined;
      if (this.#loaded) this.#give(this.#loaded);
      if (before && theme) this.#view?.player.followTheme(before, theme);
    });
  }

  /** Ends loading and starting. What is asked for from now on waits for something else. */
  #giveUp(): void {
    this.#loading.abort();
    this.#settle(this.#loading);
    this.#dontStart();
  }

  /** Ends starting. */
  #dontStart(): void {
    this.#starting.abort();
    this.#starting = new AbortController();
  }

  #unload(): void {
    this.#failed = undefined;
    this.#queue.during(() => {
      this.#giveUp();
      this.#clearError();
      this.#empty();
    });
  }

  /** Takes the program away, and closes its files. */
  #empty(): void {
    this.#queue.during(() => {
      const loaded = this.#loaded;
      if (!loaded) return;
      this.#clearRun();
      this.#view?.clear();
      this.#isPlaying = false;
      this.#isToldPlaying = false;
      this.#input = [];
      this.#loaded = undefined;
      loaded.files.close();
      if (this.#view) this.#view.hasProgram = false;
      this.#showName();
      this.#emit("emptied");
    });
  }

  /** Forgets what a run has left. */
  #clearRun(): void {
    this.#run = Symbol();
    this.#metadata = [];
    this.#exitCode = null;
    this.#clearError();
  }

  #setError(code: types.PlayerError["code"], message: string): void {
    const error = { code, message };
    this.#error = error;
    const canRetry = code === types.ERR_DECODE || (this.#loaded === undefined && this.#failed !== undefined);
    this.#view?.problem.show(message, canRetry);
    this.#emit("error", { isTrue: () => error === this.#error });
  }

  #clearError(): void {
    this.#error = null;
    this.#view?.problem.hide();
  }

  #setVolume(volume: number, muted: boolean): void {
    if (volume === this.#volume && muted === this.#muted) return;
    this.#volume = volume;
    this.#muted = muted;
    this.#view?.setVolume(volume, muted);
    this.#emit("volumechange");
  }

  #showName(): void {
    const name = this.programName;
    const details = this.#metadata.slice(1).join(" · ");
    this.#view?.setName(name || UNKNOWN, details, name !== "");
  }

  #suspend(): void {
    const { player } = this.#view ?? {};
    const isUnseen = this.ownerDocument.hidden || this.#isOffScreen;
    if (player) player.suspended = !this.background && isUnseen;
  }

  get #scale(): number | undefined {
    const scale = Number(this.getAttribute("scale") ?? "");
    return Number.isInteger(scale) && scale >= 1 ? Math.min(scale, MAX_SCALE) : undefined;
  }

  /** What the visitor has asked for: how it went is to be seen. */
  #try(attempt: Promise<unknown>): void {
    attempt.catch(() => {});
  }

  /** Dispatches an event, once nothing else is under way. One that is no longer true by then is left out. */
  #emit(name: keyof types.UxnPlayerEventMap, { detail, isTrue = () => true }: Telling = {}): void {
    this.#queue.add(() => {
      if (isTrue()) this.#dispatch(name, detail);
    });
  }

  #dispatch(name: keyof types.UxnPlayerEventMap, detail?: unknown): void {
    this.dispatchEvent(detail === undefined ? new Event(name) : new CustomEvent(name, { detail }));
  }

  declare addEventListener: AddListener<HTMLElement["addEventListener"]>;
  declare removeEventListener: AddListener<HTMLElement["removeEventListener"]>;
}

/** Listening to our events, and to all others. */
type AddListener<Others> = (<Name extends keyof types.UxnPlayerEventMap>(
  name: Name,
  listener: (this: UxnPlayer, event: types.UxnPlayerEventMap[Name]) => unknown,
  options?: boolean | AddEventListenerOptions,
) => void) &
  Others;

function attributeVolume(value: string | null): number {
  const volume = Number(value || Number.NaN);
  return volume >= 0 && volume <= 1 ? volume : DEFAULT_VOLUME;
}

declare global {
  interface HTMLElementTagNameMap {
    "uxn-player": UxnPlayer;
  }
}
