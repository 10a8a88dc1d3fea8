/** Programs in pieces that can be left out one by one: what the generators make and the shrinker works on. */

/** A place in a program. */
export interface Label {
  readonly id: number;
}

/** What two bytes or one of an item are made from once all addresses are known. */
export interface Reference {
  /** Where in the item's bytes. */
  readonly at: number;
  /**
   * `short`: the address. `low`: its low byte. `byte`, `distance`: how far it is from behind the item, as a byte or a
   * short. `operand`: the distance that an immediate jump at `from` would need.
   */
  readonly kind: "short" | "low" | "byte" | "distance" | "operand";
  readonly to: Label;
  readonly from?: Label;
  /** Added to the address of `to`. */
  readonly plus: number;
}

/** Some bytes that belong together, mostly one instruction; or a label, which is none. */
export interface Item {
  readonly bytes: readonly number[];
  readonly label?: Label;
  readonly reference?: Reference;
}

/** Items in memory from an address on, which wraps at the end of memory. */
export interface Section {
  readonly address: number;
  readonly items: readonly Item[];
}

/** A piece of memory. */
export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Makes bytes of items. A label that has been left out is where the program begins. */
export function assemble(sections: readonly Section[]): {
  segments: Segment[];
  addresses: Map<Label, number>;
} {
  const addresses = new Map<Label, number>();
  for (const { address, items } of sections) {
    let at = address;
    for (const { bytes, label } of items) {
      if (label) addresses.set(label, at & 0xffff);
      at += bytes.length;
    }
  }
  const first = sections[0]?.address ?? 0;
  const segments = sections.map(({ address, items }) => {
    const bytes: number[] = [];
    for (const item of items) {
      const start = bytes.length;
      bytes.push(...item.bytes);
      const { reference } = item;
      if (!reference) continue;
      const target = (addresses.get(reference.to) ?? first) + reference.plus;
      const behind = address + bytes.length;
      const origin = reference.from ? (addresses.get(reference.from) ?? first) + 3 : 0;
      const value = {
        short: target,
        low: target,
        byte: target - behind,
        distance: target - behind,
        operand: target - origin,
      }[reference.kind];
      if (reference.kind === "low" || reference.kind === "byte") {
        bytes[start + reference.at] = value & 0xff;
      } else {
        bytes[start + reference.at] = (value >> 8) & 0xff;
        bytes[start + reference.at + 1] = value & 0xff;
      }
    }
    return { address, bytes: Uint8Array.from(bytes) };
  });
  return { segments, addresses };
}
