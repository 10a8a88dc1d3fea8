/** What is doubtful about a program. Loaded when there is reason to ask. */

import init, { romWarning } from "#wasm/compiler";
import { sentence } from "./rom.js";

/** Why a ROM is perhaps not the one meant, in words; nothing where nothing is doubtful. */
export async function warning(rom: Uint8Array): Promise<string | undefined> {
  await init();
  const words = romWarning(rom);
  return words && sentence(words);
}
