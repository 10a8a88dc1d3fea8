// The browsers that the tests and benchmarks run in: found, installed where that is one command, launched.

import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Failure, run, say } from "./run.mjs";

/** @typedef {"chromium" | "firefox"} BrowserName */

/** @type {BrowserName[]} */
export const browserNames = ["chromium", "firefox"];

const places = {
  chromium: {
    variable: "CHROMIUM_PATH",
    advice: "install Chromium, Chrome or Edge",
    debian: "chromium",
    commands: ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge"],
    darwin: [
      "Chromium.app/Contents/MacOS/Chromium",
      "Google Chrome.app/Contents/MacOS/Google Chrome",
      "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ],
    win32: [
      "Chromium/Application/chrome.exe",
      "Google/Chrome/Application/chrome.exe",
      "Microsoft/Edge/Application/msedge.exe",
    ],
  },
  firefox: {
    variable: "FIREFOX_PATH",
    advice: "install Firefox",
    debian: "firefox-esr",
    commands: ["firefox-esr", "firefox"],
    darwin: ["Firefox.app/Contents/MacOS/firefox"],
    win32: ["Mozilla Firefox/firefox.exe"],
  },
};

/**
 * The path of an installed browser.
 * @param {BrowserName} name
 * @returns {string | undefined}
 */
export function findBrowser(name) {
  const { variable, commands, darwin, win32 } = places[name];
  const chosen = process.env[variable];
  if (chosen) {
    if (!existsSync(chosen)) throw new Failure(`${variable} is ${chosen}, and there is no such file`);
    return chosen;
  }
  let candidates;
  if (process.platform === "darwin") {
    candidates = darwin.map((path) => join("/Applications", path));
  } else if (process.platform === "win32") {
    const roots = [process.env.ProgramFiles, process.env["ProgramFiles(x86)"], process.env.LOCALAPPDATA];
    candidates = roots.flatMap((folder) => (folder ? win32.map((path) => join(folder, path)) : []));
  } else {
    const folders = (process.env.PATH ?? "").split(delimiter);
    candidates = commands.flatMap((command) => folders.map((folder) => join(folder, command)));
  }
  return candidates.find(isProgram);
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Sees to it that the browsers are there: on Debian through apt-get if we may, elsewhere with words.
 * @param {BrowserName[]} [names]
 */
export async function installBrowsers(names = browserNames) {
  const missing = names.filter((name) => !findBrowser(name));
  if (missing.length === 0) return;
  const packages = missing.map((name) => places[name].debian);
  const apt = await aptGet();
  if (apt) {
    say(`Installing ${packages.join(" and ")}`, "the page is tested in real browsers");
    await run([...apt, "update"]);
    // One by one: a relative of Debian may have one and not the other.
    for (const name of packages) await run([...apt, "install", "--yes", "--no-install-recommends", name]);
  }
  const words = names
    .filter((name) => !findBrowser(name))
    .map((name) => `${places[name].advice}, or set ${places[name].variable} to its program`);
  if (words.length > 0) throw new Failure(`a browser is missing: ${words.join("; ")}`);
}

/** The command for apt-get as root on Debian and its relatives; nothing where it is not to be had. */
async function aptGet() {
  if (!existsSync("/etc/debian_version") || !isProgram("/usr/bin/apt-get")) return undefined;
  // sudo hands no environment on.
  const apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  if (process.getuid?.() === 0) return apt;
  return (await run(["sudo", "-n", "true"], { output: "keep" })).code === 0
    ? ["sudo", "-n", ...apt]
    : undefined;
}

/**
 * Starts a browser without a window and with a profile of its own.
 * @param {BrowserName} name
 * @param {import("puppeteer-core").LaunchOptions} [options] What differs from the usual.
 * @returns {Promise<import("puppeteer-core").Browser>}
 */
export async function launch(name, options = {}) {
  const executablePath = findBrowser(name);
  if (!executablePath) throw new Failure(`a browser is missing: ${places[name].advice}`);
  const { default: puppeteer } = await import("puppeteer-core");
  if (name === "firefox") {
    // Without a sound card Firefox would have no running AudioContext; Chromium plays to nobody by itself.
    const extraPrefsFirefox = { "media.cubeb.force_mock_context": true };
    return puppeteer.launch({ browser: "firefox", executablePath, extraPrefsFirefox, ...options });
  }
  return puppeteer.launch({
    browser: "chrome",
    executablePath,
    args: [
      // Chromium's sandbox refuses root.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      // Nothing is asked of the network but the page under test.
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-quic",
      "--no-first-run",
    ],
    ...options,
  });
}
