/** The page: a player, a menu of programs, the console, and words for whatever goes wrong. */

import { Player, type PlayerState, type Uses } from "../player/player.js";
import { fetchRom, readRom, romUrl } from "../player/rom.js";
import { type Build, loadFantail } from "../player/wasm.js";
import { Console } from "./console.js";
import { byId } from "./dom.js";
import { acceptDrops } from "./drop.js";
import { Programs } from "./programs.js";

/** Where a program comes from: an address, maybe relative to the page, or the visitor's computer. */
type Origin = { readonly address: string; readonly args: readonly string[] } | { readonly file: File };

/** After this time in milliseconds a program that prints and does not use the screen is shown without one. */
const TEXT_ONLY_MS = 300;

const title = byId("title", HTMLElement);
const credits = byId("credits", HTMLElement);
const description = byId("description", HTMLElement);
const hint = byId("hint", HTMLElement);
const problem = byId("problem", HTMLElement);
const status = byId("status", HTMLElement);
const stop = byId("stop", HTMLButtonElement);
const reset = byId("reset", HTMLButtonElement);
const programs = new Programs();

let opening = new AbortController();
/** The address of the program that plays, if it has one. */
let playing: string | undefined;
/** Whether the program has said what it is called. */
let isNamed = false;
let uses: Uses | undefined;
let hasPicture = false;
let hasPrinted = false;
let mayBeTextOnly = false;
let textOnlyTimer = 0;

const player = new Player(byId("room", HTMLElement), {
  state: showState,
  output(text, isError) {
    // Once: the visitor may fold it again.
    if (!hasPrinted) output.isOpen = true;
    hasPrinted = true;
    output.write(text, isError ? "error" : "output");
    showScreen();
  },
  metadata(lines) {
    const [name, ...others] = lines.map((line) => line.trim()).filter((line) => line !== "");
    isNamed ||= name !== undefined;
    if (name) showTitle(name);
    credits.textContent = others.join(" · ");
  },
  picture() {
    hasPicture = true;
    showScreen();
  },
  devices(now) {
    if (now.console && !uses?.console) output.isOpen = true;
    uses = now;
    showHint();
    showScreen();
  },
});
const output = new Console({
  line: (text) => player.type(text),
  end: () => player.endInput(),
});

function showTitle(name: string): void {
  title.textContent = name;
  document.title = `${name} – fantail`;
  player.canvas.setAttribute("aria-label", `Screen of ${name}`);
}

/** Shows what the menu knows of the program that plays. */
function showProgram(): void {
  const program = programs.mark(playing);
  if (program && !isNamed) showTitle(program.title);
  description.textContent = program?.description ?? "";
  description.hidden = !program;
}

function showState(state: PlayerState): void {
  const isLive = state.name === "running" || state.name === "working";
  status.dataset.state = state.name;
  status.textContent = stateText(state);
  stop.disabled = !isLive && state.name !== "paused";
  stop.textContent = state.name === "paused" ? "Continue" : "Stop";
  reset.disabled = state.name === "empty" || state.name === "failed";
  output.isLive = isLive;
  showHint();
}

function stateText(state: PlayerState): string {
  switch (state.name) {
    case "empty":
      return "";
    case "running":
      return "Running";
    case "working":
      return "Still working on one frame";
    case "paused":
      return "Stopped";
    case "exited":
      return state.code === 0 ? "Ended" : `Ended with exit code ${state.code}`;
    case "failed":
      return `fantail has failed: ${state.message}`;
  }
}

/** Shows the screen unless the program is one for the console. */
function showScreen(): void {
  const isPlayed = uses?.controller || uses?.mouse;
  const isTextOnly = mayBeTextOnly && !hasPicture && !isPlayed && output.isOpen;
  document.body.toggleAttribute("data-text-only", isTextOnly);
}

function showHint(): void {
  hint.hidden = !uses?.controller || !player.live || document.activeElement === player.canvas;
}

function showProblem(message: string): void {
  byId("problem-text", HTMLElement).textContent = message;
  problem.hidden = false;
}

/** Clears away what is left of a run before. */
function prepare(): void {
  output.clear();
  hasPicture = false;
  hasPrinted = false;
  // Of our own programs it is known; of others it shows after a while.
  mayBeTextOnly = programs.mark(playing)?.kind === "console";
  if (mayBeTextOnly) output.isOpen = true;
  showScreen();
  clearTimeout(textOnlyTimer);
  textOnlyTimer = window.setTimeout(() => {
    mayBeTextOnly = true;
    showScreen();
  }, TEXT_ONLY_MS);
}

/** Opens a program. If it cannot be had, the one before goes on, the page says why, and this is false. */
async function open(origin: Origin): Promise<boolean> {
  opening.abort();
  opening = new AbortController();
  const { signal } = opening;
  problem.hidden = true;
  document.body.dataset.loading = "";
  try {
    const fantail = await loadFantail(requestedBuild());
    let name: string;
    let rom: Uint8Array;
    if ("file" in origin) {
      name = origin.file.name;
      rom = await readRom(fantail, origin.file);
    } else {
      const url = romUrl(origin.address, document.baseURI);
      name = fileName(url);
      rom = await fetchRom(fantail, url, signal);
    }
    if (signal.aborted) return false;
    playing = "address" in origin ? origin.address : undefined;
    isNamed = false;
    showTitle(name.replace(/\.rom$/i, ""));
    credits.textContent = "";
    showProgram();
    output.isOpen = false;
    prepare();
    player.load(fantail, rom, "args" in origin ? origin.args : []);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    showProblem(error instanceof Error ? error.message : String(error));
    if (player.state.name === "empty") credits.textContent = "Choose a program, or open one of your own.";
    return false;
  } finally {
    if (opening.signal === signal) delete document.body.dataset.loading;
  }
}

function fileName(url: URL): string {
  const name = url.pathname.split("/").at(-1) || url.host;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

// The page's own address says what plays: ?rom=ADDRESS&args=WORD+WORD. With &wasm=tailcall or &wasm=switch
// a build can be asked for.

/** The address of this page with a program in it, or with none. */
function pageAddress(rom: string | undefined): string {
  const url = new URL(location.href);
  url.searchParams.delete("rom");
  url.searchParams.delete("args");
  if (rom !== undefined) url.searchParams.set("rom", rom);
  return url.search === "" ? url.pathname : url.search.replaceAll("%2F", "/").replaceAll("%3A", ":");
}

function requestedOrigin(): Origin | undefined {
  const parameters = new URLSearchParams(location.search);
  const address = parameters.get("rom");
  if (!address) return undefined;
  const args = (parameters.get("args") ?? "").split(" ").filter((arg) => arg !== "");
  return { address, args };
}

function requestedBuild(): Build | undefined {
  const build = new URLSearchParams(location.search).get("wasm");
  return build === "tailcall" || build === "switch" ? build : undefined;
}

/** Opens what the visitor has chosen; Back returns to the one before. */
async function choose(origin: Origin): Promise<void> {
  if (!(await open(origin))) return;
  const address = pageAddress(playing);
  if (address !== (location.search || location.pathname)) history.pushState(null, "", address);
  const isTextOnly = document.body.hasAttribute("data-text-only");
  (isTextOnly ? byId("line", HTMLInputElement) : player.canvas).focus({ preventScroll: true });
}

const chooseAddress = (address: string) => void choose({ address, args: [] });
const chooseFile = (file: File) => void choose({ file });

stop.addEventListener("click", () => (player.state.name === "paused" ? player.play() : player.pause()));
reset.addEventListener("click", () => {
  prepare();
  player.reset();
});
byId("problem-close", HTMLButtonElement).addEventListener("click", () => {
  problem.hidden = true;
});
for (const event of ["focus", "blur"]) player.canvas.addEventListener(event, showHint);

const file = byId("file", HTMLInputElement);
file.addEventListener("change", () => {
  const chosen = file.files?.[0];
  if (chosen) chooseFile(chosen);
  file.value = ""; // The same file can be chosen again.
});
byId("address", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const address = byId("url", HTMLInputElement).value.trim();
  if (address !== "") chooseAddress(address);
});
acceptDrops({ file: chooseFile, address: chooseAddress });
programs.onChoose((address) => {
  if (!wide.matches) list.open = false;
  chooseAddress(address);
});

// On a small screen the list of programs is folded away.
const list = byId("programs", HTMLDetailsElement);
const wide = matchMedia("(min-width: 56rem)");
const fold = () => {
  list.open = wide.matches;
};
wide.addEventListener("change", fold);
fold();

showState(player.state);
const first = programs.load(pageAddress);
void first.then(showProgram);
const start = async () => {
  const requested = requestedOrigin();
  if (requested) {
    await open(requested);
    return;
  }
  const before = opening;
  const address = await first;
  // The visitor may have been faster than the list.
  if (address && opening === before) await open({ address, args: [] });
};
window.addEventListener("popstate", start);
void start();
