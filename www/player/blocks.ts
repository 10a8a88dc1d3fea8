/**
 * Compiled code for a machine: takes what is hot to the compiler, and the functions that come back to the machine.
 *
 * The machine runs all the while. Nothing here takes longer than to copy its memory, or to make an instance of a module
 * that is compiled.
 */

import type { Translation } from "./translator.js";
import type { BlocksFantail, BlocksVarvara } from "./wasm.js";

/** Jumps to an address that make it hot. */
const HOT = 400;
/** Failures to load the compiler after which nothing is hot any more. */
const PATIENCE = 3;

/** What has been compiled for a machine. */
export interface BlocksStatistics {
  /** Units that have been linked. */
  readonly units: number;
  /** Milliseconds that the compiler has taken for them. */
  readonly milliseconds: number;
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
  #units = 0;
  #milliseconds = 0;

  constructor(fantail: BlocksFantail, varvara: BlocksVarvara) {
    this.#varvara = varvara;
    this.#table = fantail.functionTable();
    this.#imports = fantail.unitImports();
    this.#free = freeSlots.get(this.#table) ?? [];
    freeSlots.set(this.#table, this.#free);
    varvara.setHot(HOT);
  }

  get statistics(): BlocksStatistics {
    return { units: this.#units, milliseconds: this.#milliseconds };
  }

  /** To be called often, while the machine does not run: has one hot address compiled at a time. */
  step(): void {
    if (this.#isBusy || this.#isClosed) return;
    const address = this.#varvara.takeHot();
    if (address === undefined) return;
    this.#isBusy = true;
    void this.#compile(address).finally(() => {
      this.#isBusy = false;
    });
  }

  /** Ends it. To be called before the machine is freed. */
  close(): void {
    this.#isClosed = true;
    this.#varvara.setHot(undefined);
    this.#release(this.#used);
  }

  async #compile(address: number): Promise<void> {
    try {
      const { translate } = await import("./translator.js");
      const translation = await translate(this.#varvara.snapshot() as Uint8Array<ArrayBuffer>, address);
      if (translation && !this.#isClosed) await this.#link(translation);
    } catch {
      // The interpreter goes on; and if it is the network, that may come back.
      this.#failures += 1;
      if (this.#failures === PATIENCE && !this.#isClosed) this.#varvara.setHot(undefined);
    }
  }

  async #link({ module, functions, description, milliseconds }: Translation): Promise<void> {
    const { exports } = await WebAssembly.instantiate(module, this.#imports);
    if (this.#isClosed) return;
    this.#release(this.#varvara.takeRetired());
    const slots = new Uint16Array(functions);
    for (let i = 0; i < functions; i++) {
      const slot = this.#free.pop() ?? this.#table.grow(1);
      this.#table.set(slot, exports[i]);
      this.#used.add(slot);
      slots[i] = slot;
    }
    if (!this.#varvara.link(description, slots)) return;
    this.#units += 1;
    this.#milliseconds += milliseconds;
  }

  #release(slots: Iterable<number>): void {
    for (const slot of slots) {
      if (!this.#used.delete(slot)) continue;
      this.#table.set(slot, null);
      this.#free.push(slot);
    }
  }
}
