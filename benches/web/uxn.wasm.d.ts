/** The part of `uxn.wasm` that the benchmark uses; the package has no types. */
declare module "uxn.wasm" {
  export class Uxn {
    /** Memory, from address 0. */
    ram: Uint8Array;
    /** The device page. */
    dev: Uint8Array;
    /** Makes an instance; without `dei`, reads answer from `dev`. */
    init(devices: {
      deo?: (port: number, value: number) => void;
      dei?: (port: number) => number;
    }): Promise<void>;
    /** Clears everything and copies a ROM to 0x100. */
    load(rom: Uint8Array): this;
    /** Evaluates a vector to its end. */
    eval(address?: number): void;
  }
}
