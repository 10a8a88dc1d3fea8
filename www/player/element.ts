/**
 * `<uxn-player>`: a computer in a page. Its interface is that of media elements as far as a program is like a film:
 * `src`, `play()`, `paused`, `volumechange`. Nothing is fetched but the poster, nothing runs, sounds or takes keys
 * before the visitor clicks it, or the page says so.
 */

import { formatArgs, parseArgs } from "./args.js";
import { openTranslator } from "./blocks.js";
import { download } from "./dom.js";
import { type GivenFiles, ProgramFiles } from "./files.js";
import { fetchGiven } from "./given.js";
import { KEYMAPS } from "./keyboard.js";
import { type PlayerEvents, type PlayerState, UNUSED } from "./player.js";
import { RomError } from "./rom.js";
import { getProgram, type Program } from "./source.js";
import { watchTheme } from "./theme.js";
import * as types from "./types.js";
import { View } from "./view.js";
import { buildOf, type Fantail, loadFantail } from "./wasm.js";

/** A program that has been loaded, and what belongs to it. */
interface Loaded extends Program {
  readonly fantail: Fantail;
  readonly files: ProgramFiles;
  /** What the page has given to it. */
  readonly given: GivenFiles;
}

/** Square waves are loud, and headphones close. */
const DEFAULT_VOLUME = 0.7;
const MAX_SCALE = 16;
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
    ...["theme", "stats"],
  ];

  /** {@link readyState}: there is no program. */
  static readonly HAVE_NOTHING = 0;
  /** {@link readyState}: the program is there. */
  static readonly HAVE_ENOUGH_DATA = 4;

  readonly #shadow: ShadowRoot;
  #view: View | undefined;
  /** Ends the view. */
  #end = new AbortController();
  #loading = new AbortController();
  /** What {@link load} has begun. */
  #pending: Promise<void> | undefined;
  /** Is aborted when the program, which may be on its way, is not to be started after all. */
  #starting = new AbortController();
  #loaded: Loaded | undefined;
  #error: types.PlayerError | null = null;
  #metadata: readonly string[] = [];
  #uses = UNUSED;
  #gamepads: readonly (string | undefined)[] = [];
  #exitCode: number | null = null;
  #volume = DEFAULT_VOLUME;
  #muted = false;
  #isPlaying = false;
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
   *   else is loaded instead, or {@link pause} is called meanwhile.
   */
  async play(): Promise<void> {
    const { signal } = this.#starting;
    if (!this.#view) await this.#connected();
    if (!this.#loaded || this.#pending) await (this.#pending ?? this.load());
    if (signal.aborted) throw new DOMException("The program was paused before it began.", "AbortError");
    const player = this.#view?.player;
    if (player?.state.name === "paused") player.play();
    else if (!player?.live) this.reset();
  }

  /** Stops time for the program. One that is on its way is not started. */
  pause(): void {
    this.#starting.abort();
    this.#starting = new AbortController();
    this.#view?.player.pause();
  }

  /** Starts the program from the beginning, with the arguments there are now. */
  reset(): void {
    const loaded = this.#loaded;
    if (!loaded || !this.#view) return;
    this.#clearRun();
    const { fantail, rom, files } = loaded;
    const { edition } = this;
    this.#view.start(fantail, rom, { args: this.#args(loaded), files, edition, compiles: this.#compiles });
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
    this.#loading.abort();
    this.#loading = new AbortController();
    const end = signal ? AbortSignal.any([signal, this.#loading.signal]) : this.#loading.signal;
    const pending = this.#load(source, files, end).finally(() => {
      if (this.#pending === pending) this.#pending = undefined;
    });
    this.#pending = pending;
    return pending;
  }

  /** Ends the program and forgets it. */
  unload(): void {
    this.#giveUp();
    this.#clearError();
    this.#empty();
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

  /** Adds to the program's standard input. */
  sendInput(text: string): void {
    this.#view?.player.type(String(text));
  }

  /** Ends the program's standard input. */
  endInput(): void {
    this.#view?.player.endInput();
  }

  /** @internal */
  connectedCallback(): void {
    if (this.#view) return;
    this.#mount();
    for (const go of this.#waiting.splice(0)) go();
    if (this.autoplay && (this.src || this.#loaded) && !this.#pending) this.#try(this.play());
  }

  /** @internal */
  disconnectedCallback(): void {
    // It may only be on its way to another place.
    setTimeout(() => {
      if (this.isConnected || !this.#view) return;
      this.#giveUp();
      this.#empty();
      this.#end.abort();
      this.#view = undefined;
    });
  }

  /** @internal */
  connectedMoveCallback(): void {
    // Nothing changes. Without this method a move would be a removal.
  }

  /** @internal */
  attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    switch (name) {
      case "muted":
        this.muted = value !== null;
        break;
      case "volume":
        this.#setVolume(attributeVolume(value), this.#muted);
        break;
      case "src":
        if (!this.#view || before === value) break;
        this.unload();
        if (this.autoplay && value) this.#try(this.play());
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
    const view = new View(this, this.#shadow, this.#actions(), this.#listener(), signal);
    this.#view = view;
    for (const name of UxnPlayer.observedAttributes) this.#showAttribute(name);
    view.setVolume(this.#volume, this.#muted);
    view.hasProgram = this.#loaded !== undefined;
    this.#showName();
    document.addEventListener("visibilitychange", () => this.#suspend(), { signal });
    this.#checkTheme = watchTheme(this, signal, (theme) => this.#setTheme(theme));
    const observer = new IntersectionObserver((entries) => {
      this.#isOffScreen = !entries.at(-1)?.isIntersecting;
      // What is not displayed has noticed nothing.
      if (!this.#isOffScreen) this.#checkTheme();
      this.#suspend();
    });
    observer.observe(view.element);
    signal.addEventListener("abort", () => observer.disconnect());
    this.#suspend();
  }

  /** The view, once there is one. */
  async #connected(): Promise<View> {
    while (!this.#view) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.#view;
  }

  #actions(): ConstructorParameters<typeof View>[2] {
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
    const { signal } = this.#end;
    if (!loaded) return;
    const shared = {
      rom: loaded.rom,
      args: this.#args(loaded),
      name: this.programName || UNKNOWN,
      address: loaded.address,
      page: this.page === "" ? undefined : new URL(this.page, document.baseURI),
      script: SCRIPT,
      screen: { width: this.screenWidth, height: this.screenHeight },
    };
    try {
      const { openShare } = await import("./share/share.js");
      await openShare(this.#shadow, shared, signal);
    } catch {
      this.#view?.problem.show("The dialog could not be loaded. Check the connection, and try again.", false);
    }
  }

  #args(loaded: Loaded): readonly string[] {
    return this.hasAttribute("args") ? parseArgs(this.args) : (loaded.args ?? []);
  }

  #listener(): PlayerEvents {
    return {
      state: (state) => this.#onState(state),
      output: (text, isError) => this.#emit("console", { text, stream: isError ? "stderr" : "stdout" }),
      metadata: (lines) => {
        this.#metadata = lines.map((line) => line.trim()).filter((line) => line !== "");
        this.#showName();
        this.#emit("loadedmetadata");
      },
      devices: (uses) => {
        this.#uses = uses;
        this.#emit("usechange");
      },
      resize: () => this.#emit("resize"),
      gamepads: (names) => {
        this.#gamepads = names;
        this.#emit("gamepadchange");
      },
    };
  }

  #onState(state: PlayerState): void {
    if (state.name === "empty") return;
    const wasPlaying = this.#isPlaying;
    this.#isPlaying = state.name === "running" || state.name === "working";
    if (state.name === "exited") this.#exitCode = state.code;
    if (this.#isPlaying !== wasPlaying) this.#emit(wasPlaying ? "pause" : "play");
    if (state.name === "exited") this.#emit("exit", { code: state.code });
    if (state.name === "failed") this.#setError(types.ERR_DECODE, state.message);
  }

  async #load(source: types.Source, own: GivenFiles | undefined, signal: AbortSignal): Promise<void> {
    const loading = this.#loading;
    const starting = this.#starting.signal;
    this.#clearError();
    this.#emit("loadstart");
    if (this.#view) this.#view.isLoading = true;
    try {
      if (source === "") throw new RomError("This player has no program.");
      const build = buildOf(this.engine);
      // What is only there when the program needs it comes later, unless it has been asked for.
      if (build === "tailcall" && this.engine === "blocks") openTranslator().catch(() => {});
      const fantail = await loadFantail(build);
      const [program, given] = await Promise.all([
        getProgram(fantail, source, document.baseURI, signal),
        fetchGiven(fantail, this.files, document.baseURI, signal),
      ]);
      const files = await this.#openFiles(fantail, program.rom, signal);
      this.#adopt({ ...program, fantail, files, given: new Map([...given, ...(own ?? [])]) });
    } catch (error) {
      // Whoever has ended it is no longer interested.
      if (signal.aborted) throw new DOMException("The loading was given up.", "AbortError");
      // Of what belongs together the rest may still be under way.
      loading.abort();
      const message = error instanceof Error ? error.message : String(error);
      const isAboutProgram = error instanceof RomError && !error.isAboutNetwork;
      this.#setError(isAboutProgram ? types.ERR_SRC_NOT_SUPPORTED : types.ERR_NETWORK, message);
      throw error;
    } finally {
      // Or the next one has begun.
      if (this.#view && loading === this.#loading) this.#view.isLoading = false;
    }
    if (this.autoplay && this.#view && !starting.aborted) this.reset();
  }

  /** Whether hot code is compiled, in browsers that can take it. */
  get #compiles(): boolean {
    return this.engine === "auto" || this.engine === "blocks";
  }

  /** The files of a program: those that are open, if it is the one before. */
  async #openFiles(
    fantail: Fantail,
    rom: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<ProgramFiles> {
    const before = this.#loaded?.files;
    const files = before?.isOf(rom) ? before : await ProgramFiles.open(fantail, rom);
    if (!signal.aborted) return files;
    if (files !== before) void files.close();
    throw signal.reason;
  }

  /** Takes a program in the place of the one before. */
  #adopt(loaded: Loaded): void {
    this.#empty(loaded.files);
    this.#loaded = loaded;
    this.#give(loaded);
    loaded.files.onchange = () => this.#emit("filechange");
    if (this.#view) this.#view.hasProgram = true;
    this.#showName();
    this.#emit("loadeddata");
  }

  /** Gives the program its files: those of the page, and the theme unless it is one of them. */
  #give({ files, given }: Loaded): void {
    // A copy is given anew, should the program have deleted it.
    const theme = this.#hasTheme && this.#theme ? [[".theme", this.#theme.slice()] as const] : [];
    files.give(new Map([...theme, ...given]));
  }

  #setTheme(theme: Uint8Array | undefined): void {
    const before = this.#theme;
    this.#theme = theme ?? before;
    this.#hasTheme = theme !== undefined;
    if (this.#loaded) this.#give(this.#loaded);
    if (before && theme) this.#view?.player.followTheme(before, theme);
  }

  /** Ends loading. What is asked for from now on waits for something else. */
  #giveUp(): void {
    this.#loading.abort();
    this.#pending = undefined;
  }

  /** Takes the program away, and closes its files unless they are needed. */
  #empty(needed?: ProgramFiles): void {
    const loaded = this.#loaded;
    if (!loaded) return;
    this.#clearRun();
    this.#view?.clear();
    this.#isPlaying = false;
    this.#loaded = undefined;
    if (loaded.files !== needed) void loaded.files.close();
    if (this.#view) this.#view.hasProgram = false;
    this.#showName();
    this.#emit("emptied");
  }

  /** Forgets what a run has left. */
  #clearRun(): void {
    this.#metadata = [];
    this.#exitCode = null;
    this.#clearError();
  }

  #setError(code: types.PlayerError["code"], message: string): void {
    this.#error = { code, message };
    const canRetry = code === types.ERR_DECODE || (this.#loaded === undefined && this.src !== "");
    this.#view?.problem.show(message, canRetry);
    this.#emit("error");
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
    if (player) player.suspended = !this.background && (document.hidden || this.#isOffScreen);
  }

  get #scale(): number | undefined {
    const scale = Number(this.getAttribute("scale") ?? "");
    return Number.isInteger(scale) && scale >= 1 ? Math.min(scale, MAX_SCALE) : undefined;
  }

  /** What the visitor has asked for: how it went is to be seen. */
  #try(attempt: Promise<unknown>): void {
    attempt.catch(() => {});
  }

  #emit(name: keyof types.UxnPlayerEventMap, detail?: unknown): void {
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
