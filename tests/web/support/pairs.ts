/** Choosing some of many combinations. */

/** A generator of numbers from 0 to 1 (mulberry32), the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What each combination chooses from, by name. */
export type Choices = Readonly<Record<string, readonly string[]>>;
/** One of each. */
export type Combination<C extends Choices> = { readonly [Name in keyof C]: string };

/** A combination by chance. */
export function anyOf<C extends Choices>(choices: C, next: () => number): Combination<C> {
  const pick = (values: readonly string[]) => values[Math.floor(next() * values.length)] ?? "";
  return Object.fromEntries(
    Object.entries(choices).map(([name, values]) => [name, pick(values)]),
  ) as Combination<C>;
}

/** Combinations that hold every pair of choices at least once: of some made by chance, always the one with most that are new. */
export function pairs<C extends Choices>(choices: C, next: () => number): Combination<C>[] {
  const names = Object.keys(choices);
  const pairsOf = (chosen: Combination<C>) =>
    names.flatMap((one, index) =>
      names.slice(index + 1).map((other) => `${one}=${chosen[one]} ${other}=${chosen[other]}`),
    );
  const missing = new Map<string, Partial<Combination<C>>>();
  names.forEach((one, index) => {
    for (const other of names.slice(index + 1)) {
      for (const first of choices[one] ?? []) {
        for (const second of choices[other] ?? []) {
          missing.set(`${one}=${first} ${other}=${second}`, { [one]: first, [other]: second } as never);
        }
      }
    }
  });
  const found: Combination<C>[] = [];
  while (missing.size > 0) {
    const [wanted] = missing.values();
    const candidates = Array.from({ length: 20 }, () => ({ ...anyOf(choices, next), ...wanted }));
    const count = (chosen: Combination<C>) => pairsOf(chosen).filter((pair) => missing.has(pair)).length;
    const best = candidates.reduce((one, other) => (count(other) > count(one) ? other : one));
    for (const pair of pairsOf(best)) missing.delete(pair);
    found.push(best);
  }
  return found;
}
