/** What tests in WebAssembly need of their host: `mod.rs` and `src/uxn/eager.rs` say what each import does. */

/** A test in a module. */
export interface Test {
  /** With the names of the modules that it is in, as Rust has it. */
  readonly name: string;
  readonly ignored: boolean;
}

/** How a test went. */
export interface Result {
  /** Why it failed. */
  readonly failure?: string;
  /** How many units were compiled and linked. */
  readonly units: number;
}

/** The bytes of a file of the repository, or the names in a folder. */
export type Read = (path: string) => Uint8Array | undefined;

/** What the linker exports. */
interface Exports {
  memory: WebAssembly.Memory;
  __indirect_function_table: WebAssembly.Table;
  main(argc: number, argv: number): number;
}

/** An instance, which lists the tests or runs one of them. */
class Instance {
  readonly tests: Test[] = [];
  message = "";
  units = 0;
  readonly #exports: Exports;
  /** Indices of the table that are free. */
  readonly #free: number[] = [];
  readonly #imports: Record<string, WebAssembly.ExportValue> = {};

  constructor(module: WebAssembly.Module, wanted: number, read: Read) {
    const { exports } = new WebAssembly.Instance(module, {
      tests: {
        wanted: () => wanted,
        list: (name: number, length: number, ignored: number) => {
          this.tests.push({ name: this.#text(name, length), ignored: ignored !== 0 });
        },
        panicked: (message: number, length: number) => {
          this.message = this.#text(message, length);
        },
        read: (path: number, length: number, bytes: number, room: number) => {
          const file = read(this.#text(path, length));
          if (file) this.#bytes(bytes, room).set(file.subarray(0, room));
          return file?.length ?? -1;
        },
      },
      eager: {
        import: (name: number, length: number, index: number) => {
          this.#imports[this.#text(name, length)] = this.#exports.__indirect_function_table.get(index);
        },
        release: (slots: number, count: number) => this.#free.push(...this.#slots(slots, count)),
        instantiate: (module: number, length: number, slots: number, functions: number) =>
          this.#link(this.#bytes(module, length), this.#slots(slots, functions)),
      },
    });
    this.#exports = exports as unknown as Exports;
    this.#imports.m = this.#exports.memory;
  }

  start() {
    this.#exports.main(0, 0);
  }

  #link(module: Uint8Array<ArrayBuffer>, slots: Uint16Array) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), { f: this.#imports });
    const table = this.#exports.__indirect_function_table;
    for (const i of slots.keys()) {
      const slot = this.#free.pop() ?? table.grow(1);
      table.set(slot, exports[i]);
      slots[i] = slot;
    }
    this.units += 1;
  }

  #bytes(address: number, length: number) {
    return new Uint8Array(this.#exports.memory.buffer as ArrayBuffer, address, length);
  }

  #slots(address: number, count: number) {
    return new Uint16Array(this.#exports.memory.buffer, address, count);
  }

  #text(address: number, length: number) {
    return new TextDecoder().decode(this.#bytes(address, length));
  }
}

/** The tests in a module. */
export function tests(module: WebAssembly.Module): readonly Test[] {
  const instance = new Instance(module, -1, () => undefined);
  instance.start();
  return instance.tests;
}

/** Conformance cases in whose programs there is nothing to compile. */
const INTERPRETED = ["input::case_276", "system::case_411"];

/** Runs a test, by its place among them. A conformance case fails as well if nothing of its program was compiled. */
export function run(module: WebAssembly.Module, index: number, { name }: Test, read: Read): Result {
  const instance = new Instance(module, index, read);
  try {
    instance.start();
  } catch (error) {
    return { failure: instance.message || String(error), units: instance.units };
  }
  if (instance.units === 0 && /\bcase_\d/.test(name) && !INTERPRETED.includes(name))
    return { failure: "nothing was compiled", units: 0 };
  return { units: instance.units };
}
