// What `npm run lint` and `npm test` look at besides running tests. Each check is a name and a command.

import { nodeModule } from "./run.mjs";

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string[]} command
 * @property {Record<string, string>} [env]
 */

const biome = nodeModule("@biomejs/biome/bin/biome");
const tsc = nodeModule("typescript/bin/tsc");

/** @param {string[]} args */
function clippy(...args) {
  return ["cargo", "clippy", "--quiet", "--locked", ...args, "--", "--deny", "warnings"];
}

const library = ["--package", "fantail", "--lib", "--no-default-features"];
const wasm = ["--target", "wasm32-unknown-unknown"];

const compiledTests = [
  "--package",
  "fantail",
  "--test=cpu",
  "--test=devices",
  "--test=pictures",
  "--test=roms",
];

/** @type {Check[]} */
export const checks = [
  { name: "rustfmt", command: ["cargo", "fmt", "--all", "--check"] },
  { name: "biome", command: [...biome, "check", "--error-on-warnings", "."] },
  { name: "clippy", command: clippy("--workspace", "--all-targets") },
  { name: "clippy, without tail calls", command: clippy(...library) },
  { name: "clippy, wasm", command: clippy(...library, ...wasm, "--features", "web,blocks") },
  { name: "clippy, compiler", command: clippy(...library, ...wasm, "--features", "compiler") },
  { name: "clippy, wasm without tail calls", command: clippy(...library, ...wasm, "--features", "web") },
  { name: "clippy, the fuzzer's build", command: clippy(...library, ...wasm, "--features", "fuzz") },
  {
    name: "clippy, wasm build of the tests",
    command: clippy(...compiledTests, "--no-default-features", ...wasm, "--features", "eager"),
  },
  {
    name: "rustdoc",
    command: ["cargo", "doc", "--quiet", "--locked", "--package", "fantail", "--no-deps"],
    env: { RUSTDOCFLAGS: "--deny warnings" },
  },
];

/** These need the types of the wasm modules. @type {Check[]} */
export const typeChecks = [
  { name: "TypeScript, page", command: [...tsc, "--project", "www"] },
  { name: "TypeScript, tests and scripts", command: [...tsc, "--project", "."] },
];

/** @type {string[][]} */
export const formatters = [
  ["cargo", "fmt", "--all"],
  [...biome, "check", "--write", "."],
];
