/** The `fantail` command, which the tests compare the page with. */

import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { must, root } from "../../../scripts/run.mjs";

let built: Promise<string> | undefined;

/** Builds the command, the first time, and returns its path. */
function command(): Promise<string> {
  built ??= (async () => {
    await must(["cargo", "build", "--quiet", "--locked", "--bin", "fantail"]);
    const metadata = await must(["cargo", "metadata", "--format-version=1", "--no-deps"], { output: "keep" });
    return join(JSON.parse(metadata).target_directory, "debug", "fantail");
  })();
  return built;
}

const roms = new Map<string, Promise<string>>();

/** Assembles one of the programs in `tests/web/roms`; the path of the ROM. */
export function assemble(name: string): Promise<string> {
  const known = roms.get(name) ?? runAssembler(name);
  roms.set(name, known);
  return known;
}

async function runAssembler(name: string): Promise<string> {
  // Files of tests run at the same time, each in a process of its own.
  const folder = join(root, "target/tests/web", String(process.pid));
  mkdirSync(folder, { recursive: true });
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const rom = join(folder, `${name}.rom`);
  await must([await command(), "asm", join(root, "tests/web/roms", `${name}.tal`), rom], { output: "keep" });
  return rom;
}

/** The bytes of one of those programs. */
export async function assembled(name: string): Promise<Buffer> {
  return readFileSync(await assemble(name));
}

/** What `fantail link` prints. */
export async function linkTo(rom: string, page: string, args: string): Promise<string> {
  const line = await must([await command(), "link", rom, "--page", page, "--args", args], { output: "keep" });
  return line.trimEnd();
}

/** What `fantail shot` says of a ROM after some frames. */
export interface Shot {
  readonly width: number;
  readonly height: number;
  readonly rgb_sha256: string;
  readonly stdout: string;
}

const shots = new Map<string, Promise<Shot>>();

/** Runs a ROM natively, once: every browser is compared with the same answer. */
export function shot(rom: string, frames: number): Promise<Shot> {
  const key = `${frames} ${rom}`;
  const known = shots.get(key) ?? runShot(rom, frames);
  shots.set(key, known);
  return known;
}

async function runShot(rom: string, frames: number): Promise<Shot> {
  const line = await must([await command(), "shot", rom, "--frames", String(frames), "--json"], {
    output: "keep",
  });
  return JSON.parse(line);
}
