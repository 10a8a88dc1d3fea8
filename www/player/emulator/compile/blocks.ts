/**
 * Compiled code for a machine: takes what is hot to the compiler, and the functions that come back to the machine.
 *
 * The machine runs all the while. Nothing here takes longer than to copy its memory, or to make an instance of a module
 * that is compiled.
 */

import type { BlocksFantail, BlocksVarvara } from "../wasm.js";
import type { Translate, Translation } from "./translation.js";

/** Jumps to an address that make it hot. */
const HOT = 400;
/** Milliseconds of work before anything is compiled: two frames. What is done by then is done sooner without. */
const WORTH = 33;
/**
 * The same before the compiler is loaded, which takes some 50 ms of another processor, if there is one. What is done in a
 * fifth of a second nobody waits for.
 */
const LOADING = 200;
/** Failures after which nothing is hot any more. */
const PATIENCE = 3;

/** What has been compiled for a machine. */
export interface BlocksStatistics {
  /** Units that have been linked. */
  readonly units: number;
  /** Milliseconds that the compiler has taken for them. */
  readonly milliseconds: number;
  /** The thread that it was on, once it has made one. */
  readonly thread: Translation["thread"] | undefined;
  /** Fuel that their code has used, modulo 2³². */
  readonly fuel: number;
}

/** The compiler, when it is there. */
let translate: Translate | undefined;

/** Loads the compiler, so that it is there when something is hot. */
export async function openTranslator(): Promise<Translate> {
  const module = await import("./translator.js");
  translate = await module.openTranslator();
  return translate;
}

/** The slots of an emulator's function table that are free. */
const freeSlots = new WeakMap<WebAssembly.Table, number[]>();

/** The compiled code of one machine. */
export class Blocks {
  readonly #varvara: BlocksVarvara;
  readonly #table: WebAssembly.Table;
  readonly #imports: WebAssembly.Imports;
  readonly #free: number[];
  readonly #used = new Set<number>();
  #isBusy = false;
  #isClosed = false;
  #failures = 0;
  #worked = 0;
  #units = 0;
  #milliseconds = 0;
  #thread: Translation["thread"] | undefined;

  constructor(fantail: BlocksFantail, varvara: BlocksVarvara) {
    this.#varvara = varvara;
    this.#table = fantail.functionTable();
    this.#imports = fantail.unitImports();
    this.#free = freeSlots.get(this.#table) ?? [];
    freeSlots.set(this.#table, this.#free);
    varvara.setHot(HOT);
  }

  get statistics(): BlocksStatistics {
    return {
      units: this.#units,
      milliseconds: this.#milliseconds,
      thread: this.#thread,
      fuel: this.#varvara.compiledFuel,
    };
  }

  /** To be called often, when the machine has run for some milliseconds: has compiled what is hot. */
  step(worked: number): void {
    this.#worked += worked;
    if (this.#isBusy || this.#isClosed || this.#worked < (translate ? WORTH : LOADING)) return;
    const addresses = this.#varvara.takeHot();
    if (!addresses) return;
    this.#isBusy = true;
    // An emulator that has failed fails here, too; the player has words for that.
    const end = () => {
      this.#isBusy = false;
    };
    this.#compile(addresses).then(end, end);
  }

  /** Ends it. To be called before the machine is freed. */
  close(): void {
    this.#isClosed = true;
    this.#release(this.#used);
    this.#varvara.setHot(undefined);
  }

  async #compile(addresses: Uint16Array): Promise<void> {
    const snapshot = this.#varvara.snapshot() as Uint8Array<ArrayBuffer>;
    try {
      const compile = translate ?? (await openTranslator());
      await compile(snapshot, addresses, (translation) => this.#link(translation));
    } catch {
      // The interpreter goes on; and if it is the network, that may come back. Then what was asked for is hot once more.
      this.#failures += 1;
      this.#worked = (translate ? WORTH : LOADING) - LOADING;
      if (this.#isClosed) return;
      this.#varvara.setHot(this.#failures < PATIENCE ? HOT : undefined);
      this.#release(this.#varvara.takeRetired());
    }
  }

  #link({ module, functions, units, milliseconds, thread }: Translation): void {
    if (this.#isClosed) return;
    const { exports } = new WebAssembly.Instance(module, this.#imports);
    this.#release(this.#varvara.takeRetired());
    const slots = new Uint16Array(functions);
    for (let i = 0; i < functions; i++) {
      const slot = this.#free.pop() ?? this.#table.grow(1);
      this.#table.set(slot, exports[i]);
      this.#used.add(slot);
      slots[i] = slot;
    }
    this.#units += this.#varvara.link(units, slots);
    this.#milliseconds += milliseconds;
    this.#thread = thread;
  }

  #release(slots: Iterable<number>): void {
    for (const slot of slots) {
      if (!this.#used.delete(slot)) continue;
      this.#table.set(slot, null);
      this.#free.push(slot);
    }
  }
}
