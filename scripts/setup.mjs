// What has to be there before anything can be built: the pinned Rust toolchain and the npm packages.
// Each part looks first and does nothing if all is in place. No dependencies.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure, must, npm, root, run, say } from "./run.mjs";

/** Everything a build needs. */
export async function setUp() {
  checkNode();
  await installToolchain();
  await installPackages();
}

function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const wanted = engines.node.replace(">=", "");
  const [major = 0, minor = 0] = wanted.split(".").map(Number);
  const [ourMajor = 0, ourMinor = 0] = process.versions.node.split(".").map(Number);
  if (ourMajor < major || (ourMajor === major && ourMinor < minor)) {
    throw new Failure(
      `Node ${wanted} or newer is needed, this is ${process.versions.node}: https://nodejs.org`,
    );
  }
}

async function installToolchain() {
  const pinned = readFileSync(join(root, "rust-toolchain.toml"), "utf8");
  const channel = /^channel\s*=\s*"([^"]+)"/m.exec(pinned)?.[1];
  const components = list(pinned, "components");
  const targets = list(pinned, "targets");
  if (!channel) throw new Failure("rust-toolchain.toml names no channel");

  const installed = await run(["rustup", "component", "list", "--installed", "--toolchain", channel], {
    output: "keep",
  });
  if (installed.code === -1) {
    throw new Failure("`rustup` is needed to install the Rust compiler: https://rustup.rs");
  }
  const parts = installed.output.split("\n");
  const complete =
    installed.code === 0 &&
    components.every((component) => parts.some((part) => part.startsWith(component))) &&
    targets.every((target) => parts.includes(`rust-std-${target}`));
  if (!complete) {
    say(`Installing Rust ${channel}`, "the interpreter's tail calls are a feature of this compiler");
    await must([
      ...["rustup", "toolchain", "install", channel, "--profile", "minimal", "--no-self-update"],
      ...components.flatMap((component) => ["--component", component]),
      ...targets.flatMap((target) => ["--target", target]),
    ]);
  }
  if (process.platform === "linux" && (await run(["cc", "--version"], { output: "keep" })).code !== 0) {
    throw new Failure(
      "Rust needs a C compiler to link with; on Debian or Ubuntu: apt-get install gcc libc6-dev",
    );
  }
}

/**
 * @param {string} toml
 * @param {string} key
 */
function list(toml, key) {
  const text = new RegExp(`^${key}\\s*=\\s*\\[([^\\]]*)\\]`, "m").exec(toml)?.[1] ?? "";
  return Array.from(text.matchAll(/"([^"]+)"/g), (match) => /** @type {string} */ (match[1]));
}

async function installPackages() {
  // npm writes this file last, so an interrupted installation is repeated.
  if (modified("node_modules/.package-lock.json") >= modified("package-lock.json")) return;
  say("Installing the npm packages", "vite builds the page, puppeteer-core drives the test browsers");
  await must([...npm, "ci", "--include=dev"]);
}

/** @param {string} path */
function modified(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
