/**
 * A computer with a screen, a keyboard, a mouse and a clock, inside an element of a page. Any number of
 * them can live on one page.
 */

import { FrameClock } from "./clock.js";
import { Keyboard } from "./keyboard.js";
import { Machine, type Work } from "./machine.js";
import { Mouse } from "./mouse.js";
import { Screen } from "./screen.js";
import type { Fantail, Varvara } from "./wasm.js";

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
  /** The emulator itself has failed. */
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
}

/** Which of the visitor's devices a program listens to. */
export interface Uses {
  readonly console: boolean;
  readonly controller: boolean;
  readonly mouse: boolean;
}

const NOTHING: Uses = { console: false, controller: false, mouse: false };

/**
 * Milliseconds of work per picture of the display. The rest is the page's: at 60 Hz a quarter, and an
 * endless loop leaves it alive.
 */
const BUDGET_MS = 12;
/** After this much work on one event, in milliseconds, it is said that there is no end in sight. */
const WORKING_MS = 400;
/** After this much a picture is shown although it is not finished. */
const UNFINISHED_MS = 200;

/** A player that fills an element. */
export class Player {
  readonly #events: PlayerEvents;
  readonly #end = new AbortController();
  readonly #screen: Screen;
  readonly #keyboard: Keyboard;
  readonly #mouse: Mouse;
  #machine: Machine | undefined;
  #state: PlayerState = { name: "empty" };
  #clock = new FrameClock();
  #request = 0;
  /** Milliseconds of work since the machine last had nothing to do. */
  #worked = 0;
  #hasPicture = false;
  #hasMetadata = false;
  #uses = NOTHING;
  #decoders = decoders();

  /** @param room The element, as {@link Screen} wants it. */
  constructor(room: HTMLElement, events: PlayerEvents = {}) {
    const { signal } = this.#end;
    this.#events = events;
    this.#screen = new Screen(room, signal);
    this.canvas.tabIndex = 0;
    // Keys go to the program, not to the reading commands of a screen reader.
    this.canvas.role = "application";
    this.canvas.ariaLabel = "Screen";
    for (const change of ["focus", "blur"] as const) {
      this.canvas.addEventListener(change, () => this.#showPointer(), { signal });
    }
    this.#keyboard = new Keyboard(this.canvas, new Inputs(this), signal);
    this.#mouse = new Mouse(this.#screen, new Inputs(this), signal);
  }

  /** The canvas. It takes the focus, and keys while it has it. */
  get canvas(): HTMLCanvasElement {
    return this.#screen.canvas;
  }

  get state(): PlayerState {
    return this.#state;
  }

  /** The computer that takes input now, if there is one. */
  get live(): Machine | undefined {
    return this.#state.name === "running" || this.#state.name === "working" ? this.#machine : undefined;
  }

  /** Starts a program instead of the one before. */
  load(fantail: Fantail, rom: Uint8Array, args: readonly string[] = []): void {
    this.unload();
    this.#machine = new Machine(fantail, rom, args, (isError, bytes) => {
      // A character may be split between two writes.
      const text = this.#decoder(isError).decode(bytes, { stream: true });
      if (text) this.#events.output?.(text, isError);
    });
    this.#start(this.#machine);
  }

  /** Ends the program and forgets it. The last picture stays. */
  unload(): void {
    this.#releaseInputs();
    this.#halt();
    const machine = this.#machine;
    this.#machine = undefined;
    this.#setState({ name: "empty" });
    this.#setUses(NOTHING);
    try {
      machine?.free();
    } catch {
      // After a failure the emulator does not give it back.
    }
  }

  /** Starts the program again from the beginning. */
  reset(): void {
    if (!this.#machine) return;
    this.#releaseInputs();
    this.#halt();
    this.#setUses(NOTHING);
    this.#machine.reset();
    this.#start(this.#machine);
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
    if (this.#state.name === "paused") this.#go();
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
    this.canvas.remove();
  }

  #start({ varvara }: Machine): void {
    this.#hasPicture = false;
    this.#hasMetadata = false;
    this.#worked = 0;
    this.#decoders = decoders();
    // The empty screen is not yet a picture by the program.
    varvara.takeRedraw();
    this.#screen.present(varvara);
    this.#go();
  }

  #go(): void {
    this.#clock = new FrameClock();
    this.#setState({ name: "running" });
    this.#request = requestAnimationFrame((now) => this.#tick(now));
  }

  #halt(): void {
    cancelAnimationFrame(this.#request);
  }

  #releaseInputs(): void {
    this.#keyboard.release();
    this.#mouse.release();
  }

  /** One picture of the display. Hidden pages have none, and so a hidden program waits. */
  #tick(now: number): void {
    const machine = this.live;
    if (!machine) return;
    this.#request = requestAnimationFrame((time) => this.#tick(time));
    try {
      this.#show(machine, this.#work(machine, now));
    } catch (error) {
      this.#halt();
      console.error(error);
      this.#setUses(NOTHING);
      this.#setState({ name: "failed", message: error instanceof Error ? error.message : String(error) });
    }
  }

  #work(machine: Machine, now: number): Work {
    const start = performance.now();
    const deadline = start + BUDGET_MS;
    let due = this.#clock.due(now);
    let work = machine.run(deadline);
    if (work === "idle") {
      // The frame that was too long for the last picture is complete, and the next one may be as long.
      if (this.#worked > 0) this.#present(machine.varvara);
      this.#worked = 0;
    }
    // Frames that fall due while the machine is busy are dropped, not kept.
    for (; due > 0 && work === "idle" && performance.now() < deadline; due--) {
      machine.varvara.sendFrame();
      work = machine.run(deadline);
    }
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
      this.#setUses(NOTHING);
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
    const { usesConsole, usesController, usesMouse } = varvara;
    this.#setUses({ console: usesConsole, controller: usesController, mouse: usesMouse });
  }

  #setUses(uses: Uses): void {
    const before = this.#uses;
    if (
      uses.console === before.console &&
      uses.controller === before.controller &&
      uses.mouse === before.mouse
    ) {
      return;
    }
    this.#uses = uses;
    this.#showPointer();
    this.#events.devices?.(uses);
  }

  /** The program that has the pointer draws one itself, and has the touches as well. */
  #showPointer(): void {
    const { canvas } = this;
    const taken = this.#uses.mouse && this.live !== undefined;
    canvas.style.cursor = taken && canvas.matches(":focus") ? "none" : "";
    canvas.style.touchAction = taken ? "none" : "";
  }

  #setState(state: PlayerState): void {
    if (state.name === this.#state.name) return;
    this.#state = state;
    this.#showPointer();
    this.#events.state?.(state);
  }
}

/** One for each of the program's two outputs. */
function decoders(): { readonly out: TextDecoder; readonly error: TextDecoder } {
  return { out: new TextDecoder(), error: new TextDecoder() };
}

/** Hands keys and mouse to the computer, as long as there is one that runs. */
class Inputs {
  readonly #player: Player;

  constructor(player: Player) {
    this.#player = player;
  }

  get usesKeys(): boolean {
    return this.#player.live?.varvara.usesController ?? false;
  }

  get usesMouse(): boolean {
    return this.#player.live?.varvara.usesMouse ?? false;
  }

  key(byte: number): void {
    this.#player.live?.varvara.sendKey(byte);
  }

  button(mask: number, down: boolean): void {
    this.#player.live?.varvara.sendButton(mask, down);
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
