/** What the visitor has chosen, remembered by the browser, if it does that for this page. */

/** The value that was last given to {@link remember} under a name. */
export function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(`fantail.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a value until the next visit. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`fantail.${name}`, value);
  } catch {
    // The choice holds for this visit.
  }
}
