/** Words for whoever has written the page. */

const warned = new Set<string>();

/** Tells the browser's console what is wrong with a page: each thing once, however many players have it. */
export function warnOnce(message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  console.warn(`<uxn-player>: ${message}`);
}
