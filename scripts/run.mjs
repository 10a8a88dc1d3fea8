// Running other programs, and saying so. No dependencies: it works before anything is installed.

import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** What we pass on: `cargo` is found where rustup puts it, and rust-toolchain.toml chooses the compiler. */
const environment = { ...process.env };
delete environment.RUSTUP_TOOLCHAIN;
environment.PATH = [process.env.PATH, join(process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "bin")].join(
  delimiter,
);

/** An error whose message is all there is to say. */
export class Failure extends Error {}

/**
 * Announces a step and the reason for it. Progress goes to stderr, so that stdout holds results alone.
 * @param {string} step
 * @param {string} [why]
 */
export function say(step, why) {
  console.error(`\n> ${step}${why ? `: ${why}` : ""}`);
}

/**
 * Runs a program, in the repository if nothing else is said.
 * @param {string[]} command The program and its arguments; no shell is involved.
 * @param {{ output?: "show" | "keep" | "both", env?: Record<string, string>, cwd?: string }} [options] Whether its
 *   output goes to stderr, is returned, or both; another folder to run it in.
 * @returns {Promise<{ code: number, output: string, errors: string }>} The exit code, -1 if there is no such
 *   program; what went to stdout, and to stderr.
 */
export function run([program, ...args], { output: wanted = "show", env = {}, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(/** @type {string} */ (program), args, {
      cwd,
      env: { ...environment, ...(wanted === "both" ? colour() : {}), ...env },
      stdio: wanted === "show" ? ["ignore", 2, 2] : ["ignore", "pipe", "pipe"],
    });
    const read = (/** @type {import("node:stream").Readable | null} */ stream) => {
      const text = { all: "" };
      stream?.setEncoding("utf8");
      stream?.on("data", (/** @type {string} */ part) => {
        text.all += part;
        if (wanted === "both") process.stderr.write(part);
      });
      return text;
    };
    const output = read(child.stdout);
    const errors = read(child.stderr);
    const done = (/** @type {number} */ code) => resolve({ code, output: output.all, errors: errors.all });
    child.on("error", () => done(-1));
    child.on("close", (code) => done(code ?? 1));
  });
}

/** Through a pipe, programs need to be told that there is a terminal behind us. */
function colour() {
  return process.stdout.isTTY ? { CARGO_TERM_COLOR: "always", FORCE_COLOR: "1" } : {};
}

/**
 * As `run`, but a failure ends the script.
 * @param {string[]} command
 * @param {Parameters<typeof run>[1]} [options]
 */
export async function must(command, options) {
  const { code, output, errors } = await run(command, options);
  if (code !== 0) {
    if (options?.output === "keep") process.stderr.write(output + errors);
    throw new Failure(`\`${command.join(" ")}\` ${code < 0 ? "could not be started" : `failed (${code})`}`);
  }
  return output;
}

/**
 * The command for a program of an npm package, without npm or a shell in between.
 * @param {string} script Its path below node_modules.
 * @param {string[]} args
 */
export function nodeModule(script, ...args) {
  return [process.execPath, join(root, "node_modules", script), ...args];
}

/** The command for npm. */
export const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];

/**
 * Runs a script's main function; a `Failure` is reported by its message alone.
 * @param {() => Promise<void>} body
 */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(`\nerror: ${error.message}`);
    process.exitCode = 1;
  }
}
