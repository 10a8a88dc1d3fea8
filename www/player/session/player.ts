/**
 * A computer with a screen, controllers, a keyboard, a mouse and a clock, inside an element of a page. Any number of
 * them can live on one page.
 */

import { Sound } from "../devices/audio.js";
import { Buttons } from "../devices/buttons.js";
import { Gamepads } from "../devices/gamepad.js";
import { Keyboard, type KeySink } from "../devices/keyboard.js";
import { Mouse, type MouseSink } from "../devices/mouse.js";
import { Pad } from "../devices/pad.js";
import { Screen } from "../devices/screen.js";
import { FrameClock } from "../emulator/clock.js";
import { Machine, type Work } from "../emulator/machine.js";
import type { Fantail, Varvara } from "../emulator/wasm.js";
import type { OwnerDocument } from "../page/owner.js";
import type { ListenerQueue } from "../page/queue.js";
import type { ProgramFiles } from "../program/files.js";
import type { Edition, KeymapName, Uses } from "../types.js";

/** How it stands with the program. */
export type PlayerState =
  /** There is none. */
  | { readonly name: "empty" }
  | { readonly name: "running" }
  /** It has been working on one event for so long that one may wonder. */
  | { readonly name: "working" }
  /** {@link Player.pause} was called. */
  | { readonly name: "paused" }
  /** It has ended. The last picture stays. */
  | { readonly name: "exited"; readonly code: number }
  /** The emulator itself has failed: words for the visitor. */
  | { readonly name: "failed"; readonly message: string };

/** What a player reports. All text comes from the program and is not to be trusted. */
export interface PlayerEvents {
  state?(state: PlayerState): void;
  /** Text that the program wrote to standard output, or to standard error. */
  output?(text: string, isError: boolean): void;
  /** The program has said what it is called; further lines follow the name. */
  metadata?(lines: readonly string[]): void;
  /** The program has drawn for the first time. */
  picture?(): void;
  /** The program has begun or ceased to use devices. */
  devices?(uses: Uses): void;
  /** There can be no sound, and why, in words for the visitor; or nothing, as there is after all. */
  sound?(problem: string | undefined): void;
  /** Gamepads have been connected or disconnected: what each calls itself, by the player who has it. */
  gamepads?(names: readonly (string | undefined)[]): void;
  /** The on-screen keyboard has been asked for, or is no longer wanted. */
  virtualKeyboard?(isOn: boolean): void;
  /** The screen has another size, in pixels. */
  resize?(width: number, height: number): void;
}

/** A piece of standard input, or its end. */
export type Input = { readonly text: string } | "end";

/** What a program finds. */
export interface Surroundings {
  /** Its arguments. */
  readonly args?: readonly string[];
  /** The beginning of its standard input. */
  readonly input?: readonly Input[];
  /** Without any it finds none, and what it writes is lost. */
  readonly files?: ProgramFiles | undefined;
  /** How the reference emulator behaved that it was written for. */
  readonly edition?: Edition;
  /** Whether hot code is compiled, if the emulator can take it. */
  readonly compiles?: boolean;
}

/** A program that uses nothing. */
export const UNUSED: Uses = { console: false, controller: false, mouse: false, files: false };

/**
 * Milliseconds of work per picture of the display. The rest is the page's: at 60 Hz a quarter, and an
 * endless loop leaves it alive.
 */
const BUDGET_MS = 12;
/** After this much work on one event, in milliseconds, it is said that there is no end in sight. */
const WORKING_MS = 400;
/** After this much a picture is shown although it is not finished. */
const UNFINISHED_MS = 200;
/** The time between two turns in a hidden page, in milliseconds. Browsers make it longer. */
const BACKGROUND_MS = 1000 / 60;

/** A player that fills an element. */
export class Player {
  /** Buttons for a touch screen, to be put into the page wherever there is room for them. */
  readonly pad: Pad;
  readonly #events: PlayerEvents;
  readonly #queue: ListenerQueue;
  readonly #end = new AbortController();
  readonly #room: HTMLElement;
  readonly #owner: OwnerDocument;
  readonly #screen: Screen;
  readonly #buttons: Buttons;
  readonly #keyboard: Keyboard;
  readonly #gamepads: Gamepads;
  readonly #mouse: Mouse;
  readonly #sound: Sound;
  #machine: Machine | undefined;
  #files: ProgramFiles | undefined;
  #state: PlayerState = { name: "empty" };
  #clock = new FrameClock();
  /** Takes back the next turn. */
  #cancel = () => {};
  #isSuspended = false;
  #isBackground = false;
  /** Milliseconds of work since the machine last had nothing to do. */
  #worked = 0;
  #hasPicture = false;
  #hasMetadata = false;
  #uses = UNUSED;
  #decoders = decoders();

  /**
   * @param room The element, as {@link Screen} wants it.
   * @param owner Its document.
   * @param events Is told what happens, in the middle of it: whoever calls listeners of the page adds that to the queue.
   */
  constructor(room: HTMLElement, owner: OwnerDocument, events: PlayerEvents, queue: ListenerQueue) {
    const { signal } = this.#end;
    this.#events = events;
    this.#queue = queue;
    this.#room = room;
    this.#owner = owner;
    this.#screen = new Screen(room, owner, (width, height) => this.#events.resize?.(width, height));
    this.#buttons = new Buttons((player, mask, down) => {
      this.live?.varvara.sendButton(player, mask, down);
      this.#keyboard.field.forget();
    });
    const inputs = new Inputs(this, this.#buttons, events);
    this.#keyboard = new Keyboard(room, inputs, signal);
    this.#mouse = new Mouse(this.#screen, inputs, signal);
    this.#gamepads = new Gamepads({
      hold: (player, buttons) => this.#buttons.hold("gamepad", player, buttons),
      assigned: (names) => this.#events.gamepads?.(names),
    });
    this.#sound = new Sound(owner, (problem) => this.#events.sound?.(problem), signal);
    this.pad = new Pad((buttons) => {
      if (this.live) this.#buttons.hold("pad", 0, buttons);
    });
    this.label = "Screen";
    this.#listen(signal);
    this.#placeFocus();
  }

  /** The canvas. Focused, it gives the keys to the program. */
  get canvas(): HTMLCanvasElement {
    return this.#screen.canvas;
  }

  /** Whether keys go to the program. */
  get hasFocus(): boolean {
    return this.#room.matches(":focus-within");
  }

  /** Gives the keys to the program. */
  focus(): void {
    this.canvas.focus({ preventScroll: true });
  }

  /**
   * Shows the browser's on-screen keyboard, until the screen loses the focus. Only while the program uses
   * the keyboard, and only from an event by which the visitor asks for it.
   */
  showKeyboard(): void {
    this.#keyboard.field.showKeyboard();
  }

  /** Puts the on-screen keyboard away. */
  hideKeyboard(): void {
    this.#keyboard.field.hideKeyboard();
  }

  /** The accessible name. */
  set label(name: string) {
    this.canvas.ariaLabel = name;
    this.#keyboard.field.element.ariaLabel = name;
  }

  /** Which keys are buttons. */
  set keymap(name: KeymapName) {
    this.#keyboard.keymap = name;
  }

  /** How loud it is, 0 to 1. */
  get volume(): number {
    return this.#sound.volume;
  }

  set volume(volume: number) {
    this.#sound.volume = volume;
  }

  /** Whether nothing is to be heard, however loud it would be. */
  get muted(): boolean {
    return this.#sound.muted;
  }

  set muted(muted: boolean) {
    this.#sound.muted = muted;
  }

  /** By how much the picture is enlarged, in CSS pixels; as much as fits if there is no number. */
  set scale(scale: number | undefined) {
    this.#screen.scale = scale;
  }

  /**
   * Whether time stands still because nobody looks. It goes on where it stopped, and nothing is made up for.
   * The state does not tell.
   */
  get suspended(): boolean {
    return this.#isSuspended;
  }

  set suspended(suspended: boolean) {
    if (suspended === this.#isSuspended) return;
    this.#isSuspended = suspended;
    if (!this.live) return;
    if (suspended) {
      this.#releaseInputs();
      this.#halt();
    } else {
      this.#go();
    }
  }

  /** Whether a program that is not suspended goes on in a hidden page, as well as the browser lets it. */
  set background(background: boolean) {
    this.#isBackground = background;
  }

  get state(): PlayerState {
    return this.#state;
  }

  /** Whether there is a program that has begun and not ended. */
  get hasBegun(): boolean {
    return this.live !== undefined || this.#state.name === "paused";
  }

  /** The computer that takes input now, if there is one. */
  get live(): Machine | undefined {
    return this.#state.name === "running" || this.#state.name === "working" ? this.#machine : undefined;
  }

  /** Starts a program instead of the one before. */
  load(fantail: Fantail, rom: Uint8Array, surroundings: Surroundings = {}): void {
    const { args = [], files, edition = "2026", compiles = true, input = [] } = surroundings;
    this.unload();
    this.#files = files;
    try {
      this.#machine = new Machine(fantail, rom, args, edition, files?.memory, compiles);
      for (const piece of input) {
        if (piece === "end") this.endInput();
        else this.type(piece.text);
      }
      this.#start(this.#machine);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Ends the program and forgets it. The last picture stays. */
  unload(): void {
    this.#releaseInputs();
    this.#halt();
    const machine = this.#machine;
    this.#machine = undefined;
    this.#files = undefined;
    this.#setState({ name: "empty" });
    this.#setUses(UNUSED);
    try {
      machine?.free();
    } catch {
      // After a failure the emulator does not give it back.
    }
  }

  /** The theme in the program's files is another one: a program that shows the colours it has read there follows. */
  followTheme(before: Uint8Array, after: Uint8Array): void {
    // After a failure the emulator is not to be touched.
    if (!this.#machine || this.#state.name === "failed") return;
    const { varvara } = this.#machine;
    // Nothing would show it while time stands still.
    if (varvara.followTheme(before, after) && (!this.live || this.#isSuspended)) this.#present(varvara);
  }

  /** Stops time for the program. */
  pause(): void {
    if (!this.live) return;
    this.#releaseInputs();
    this.#halt();
    this.#setState({ name: "paused" });
  }

  /** Lets time go on. */
  play(): void {
    if (this.#state.name !== "paused") return;
    this.#setState({ name: "running" });
    this.#go();
  }

  /** Adds to the program's standard input. */
  type(text: string): void {
    this.#machine?.type(text);
  }

  /** Ends the program's standard input. */
  endInput(): void {
    this.#machine?.endInput();
  }

  /** Ends everything and removes the canvas. */
  destroy(): void {
    this.unload();
    this.#end.abort();
    this.#gamepads.leave();
    this.canvas.remove();
    this.#keyboard.field.element.remove();
    this.pad.element.remove();
  }

  #listen(signal: AbortSignal): void {
    this.#room.addEventListener(
      "focusin",
      () => {
        this.#gamepads.claim();
        this.#showPointer();
        const { element } = this.#keyboard.field;
        if (!element.hidden) element.focus({ preventScroll: true });
      },
      { signal },
    );
    this.#room.addEventListener(
      "focusout",
      ({ relatedTarget }) => {
        if (this.#room.contains(relatedTarget as Node | null)) return;
        this.#keyboard.release();
        this.#mouse.release();
        this.#showPointer();
      },
      { signal },
    );
    const turn = () => {
      this.#releaseInputs();
      // What calls next is another: the display, or a timer.
      if (this.live && !this.#isSuspended) this.#schedule();
    };
    this.#owner.follow((window, signal) => {
      window.addEventListener("blur", () => this.#releaseInputs(), { signal });
      window.document.addEventListener("visibilitychange", turn, { signal });
      // Each window has a clock of its own.
      this.#clock = new FrameClock();
      turn();
    });
  }

  #start({ varvara }: Machine): void {
    this.#hasPicture = false;
    this.#hasMetadata = false;
    this.#worked = 0;
    this.#decoders = decoders();
    // The empty screen is not yet a picture by the program.
    varvara.takeRedraw();
    this.#screen.present(varvara);
    this.#setState({ name: "running" });
    this.#go();
  }

  #go(): void {
    if (this.#isSuspended) return;
    this.#clock = new FrameClock();
    this.#sound.start();
    this.#schedule();
  }

  /** The next turn comes with the next picture of the display; a hidden page has none. */
  #schedule(): void {
    this.#cancel();
    const tick = (now: number) => this.#queue.during(() => this.#tick(now));
    const { window, document } = this.#owner;
    if (document.hidden && this.#isBackground) {
      const timer = window.setTimeout(() => tick(window.performance.now()), BACKGROUND_MS);
      this.#cancel = () => document.defaultView?.clearTimeout(timer);
    } else {
      const request = window.requestAnimationFrame(tick);
      this.#cancel = () => document.defaultView?.cancelAnimationFrame(request);
    }
  }

  #halt(): void {
    this.#cancel();
    this.#sound.stop();
  }

  #releaseInputs(): void {
    this.#keyboard.release();
    this.#gamepads.release();
    this.pad.release();
    this.#mouse.release();
    this.#buttons.release();
  }

  /** One turn: some work, and what follows from it for everything around. */
  #tick(now: number): void {
    const machine = this.live;
    if (!machine) return;
    this.#schedule();
    try {
      // With another window in front the gamepads are that one's.
      const { window, document } = this.#owner;
      if (this.#uses.controller && document.hasFocus()) this.#gamepads.poll(window);
      const work = this.#workAndPrint(machine, now);
      this.#files?.update();
      this.#show(machine, work);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#halt();
    console.error(error);
    this.#setUses(UNUSED);
    const reason = error instanceof Error ? error.message : String(error);
    this.#setState({ name: "failed", message: `fantail has failed: ${reason}` });
  }

  /** Works, and tells what the program has written, also before the emulator failed. */
  #workAndPrint(machine: Machine, now: number): Work {
    try {
      return this.#work(machine, now);
    } finally {
      for (const { isError, bytes } of machine.takeOutput()) {
        // A character may be split between two pieces.
        const text = this.#decoder(isError).decode(bytes, { stream: true });
        if (text) this.#events.output?.(text, isError);
      }
    }
  }

  #work(machine: Machine, now: number): Work {
    const start = performance.now();
    const deadline = start + BUDGET_MS;
    const { varvara } = machine;
    const due = this.#clock.due(now, this.#owner.document.hidden);
    let work: Work = "idle";
    if (this.#worked > 0 || due === 0) {
      work = machine.run(deadline);
      if (work === "idle") {
        // The frame that was too long for the last picture is complete, and the next one may be as long.
        if (this.#worked > 0) this.#present(varvara);
        this.#worked = 0;
      }
    }
    // Frames that fall due while the machine is busy are dropped, not kept; only their time passes.
    for (let frame = 0; frame < due + this.#clock.forgotten && work !== "exited"; frame++) {
      if (frame > 0) this.#sound.keep(varvara);
      if (frame < due && work === "idle" && performance.now() < deadline) {
        // Its time passes first, so that what the visitor has done since sounds from its beginning.
        varvara.sendFrame();
        work = machine.run(deadline);
      } else {
        varvara.skipFrame();
      }
    }
    if (work !== "exited") this.#sound.play(varvara);
    this.#worked = work === "busy" ? this.#worked + performance.now() - start : 0;
    return work;
  }

  #show(machine: Machine, work: Work): void {
    const { varvara } = machine;
    if (work !== "busy" || this.#worked > UNFINISHED_MS) this.#present(varvara);
    this.#look(varvara);
    if (work === "exited") {
      this.#halt();
      for (const isError of [false, true]) {
        // Half a character, if the program ended in the middle of one.
        const rest = this.#decoder(isError).decode();
        if (rest) this.#events.output?.(rest, isError);
      }
      this.#setUses(UNUSED);
      this.#setState({ name: "exited", code: varvara.exitCode ?? 0 });
    } else {
      this.#setState({ name: this.#worked > WORKING_MS ? "working" : "running" });
    }
  }

  #present(varvara: Varvara): void {
    if (!varvara.takeRedraw()) return;
    this.#screen.present(varvara);
    if (!this.#hasPicture) this.#events.picture?.();
    this.#hasPicture = true;
  }

  #decoder(isError: boolean): TextDecoder {
    return isError ? this.#decoders.error : this.#decoders.out;
  }

  /** Notices what the program says about itself. */
  #look(varvara: Varvara): void {
    if (!this.#hasMetadata && varvara.metadata) {
      this.#hasMetadata = true;
      this.#events.metadata?.(varvara.metadata);
    }
    const { usesConsole, usesController, usesMouse, usesFiles } = varvara;
    this.#setUses({ console: usesConsole, controller: usesController, mouse: usesMouse, files: usesFiles });
  }

  #setUses(uses: Uses): void {
    const before = this.#uses;
    if (
      uses.console === before.console &&
      uses.controller === before.controller &&
      uses.mouse === before.mouse &&
      uses.files === before.files
    ) {
      return;
    }
    this.#uses = uses;
    this.#showPointer();
    this.#queue.add(() => this.#placeFocus());
    this.#events.devices?.(uses);
  }

  /**
   * The focus belongs to the keyboard's field while the program uses the keyboard, for composed text, and
   * otherwise to the canvas, where keys do what they do in any page.
   */
  #placeFocus(): void {
    const { canvas, hasFocus } = this;
    const { element: field } = this.#keyboard.field;
    const isTyping = this.#uses.controller && this.live !== undefined;
    if (isTyping === !field.hidden && canvas.role) return;
    canvas.tabIndex = isTyping ? -1 : 0;
    // Keys go to the program, not to the reading commands of a screen reader.
    canvas.role = isTyping ? "img" : "application";
    const next = isTyping ? field : canvas;
    if (isTyping) field.hidden = false;
    if (hasFocus) next.focus({ preventScroll: true });
    if (!isTyping) field.hidden = true;
  }

  /** The program that has the pointer draws one itself. With the focus it has the touches as well; else they scroll. */
  #showPointer(): void {
    const { canvas } = this;
    const taken = this.#uses.mouse && this.live !== undefined && this.hasFocus;
    canvas.style.cursor = taken ? "none" : "";
    canvas.style.touchAction = taken ? "none" : "";
  }

  #setState(state: PlayerState): void {
    if (state.name === this.#state.name) return;
    this.#state = state;
    this.#showPointer();
    this.#queue.add(() => this.#placeFocus());
    this.#events.state?.(state);
  }
}

/** One for each of the program's two outputs. */
function decoders(): { readonly out: TextDecoder; readonly error: TextDecoder } {
  return { out: new TextDecoder(), error: new TextDecoder() };
}

/** Hands keys and mouse to the computer, as long as there is one that runs. */
class Inputs implements KeySink, MouseSink {
  readonly #player: Player;
  readonly #buttons: Buttons;
  readonly #events: PlayerEvents;

  constructor(player: Player, buttons: Buttons, events: PlayerEvents) {
    this.#player = player;
    this.#buttons = buttons;
    this.#events = events;
  }

  get usesKeys(): boolean {
    return this.#player.live?.varvara.usesController ?? false;
  }

  get usesMouse(): boolean {
    return this.#player.live?.varvara.usesMouse ?? false;
  }

  get hasFocus(): boolean {
    return this.#player.hasFocus;
  }

  key(byte: number): void {
    this.#player.live?.varvara.sendKey(byte);
  }

  hold(buttons: number): void {
    if (this.#player.live) this.#buttons.hold("keyboard", 0, buttons);
  }

  repeat(mask: number): void {
    this.#buttons.repeat(0, mask);
  }

  virtualKeyboard(isOn: boolean): void {
    this.#events.virtualKeyboard?.(isOn);
  }

  move(x: number, y: number): void {
    this.#player.live?.varvara.sendMouseMove(x, y);
  }

  mouseButton(mask: number, down: boolean): void {
    this.#player.live?.varvara.sendMouseButton(mask, down);
  }

  scroll(x: number, y: number): void {
    this.#player.live?.varvara.sendScroll(x, y);
  }
}
