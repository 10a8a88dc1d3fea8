/**
 * A program's arguments as one line of text: words with spaces between them. Quotation marks, double or
 * single, keep a word with spaces together or make an empty one; a backslash, except between single ones,
 * makes the character after it stand for itself.
 */

/** The arguments in a line. A quotation that does not end goes to the end of the line. */
export function parseArgs(line: string): string[] {
  const args: string[] = [];
  let word: string | undefined;
  let quote = "";
  const characters = line[Symbol.iterator]();
  for (const character of characters) {
    if (character === "\\" && quote !== "'") {
      word = (word ?? "") + (characters.next().value ?? character);
    } else if (quote !== "" ? character === quote : character === '"' || character === "'") {
      word ??= "";
      quote = quote === "" ? character : "";
    } else if (quote === "" && /\s/.test(character)) {
      if (word !== undefined) args.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (word !== undefined) args.push(word);
  return args;
}

/** A line from which {@link parseArgs} reads these arguments. */
export function formatArgs(args: readonly string[]): string {
  return args
    .map((arg) => (/^[^\s"'\\]+$/.test(arg) ? arg : `"${arg.replaceAll(/["\\]/g, "\\$&")}"`))
    .join(" ");
}
