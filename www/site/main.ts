/** The page: a player, a menu of programs, the console, and words for whatever goes wrong. */

import { ProgramFiles } from "../player/files.js";
import { Player, type PlayerState, type Uses } from "../player/player.js";
import { fetchRom, readRom, romUrl } from "../player/rom.js";
import { type Fantail, loadFantail } from "../player/wasm.js";
import {
  type Outcome,
  PageHistory,
  type Place,
  pageAddress,
  requestedBuild,
  requestedPlace,
} from "./address.js";
import { Console } from "./console.js";
import { Controls } from "./controls.js";
import { byId } from "./dom.js";
import { acceptDrops } from "./drop.js";
import { FilesPanel } from "./files.js";
import { Programs } from "./programs.js";
import { Volume } from "./volume.js";

/** Where a program comes from: an address, or the visitor's computer. */
type Origin = Place | { readonly file: File };

/** A program that has been opened. */
interface Loaded {
  readonly fantail: Fantail;
  readonly rom: Uint8Array;
  /** Where it can be had again, if anywhere. */
  readonly address: string | undefined;
  readonly args: readonly string[];
  readonly files: ProgramFiles;
}

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
/** The program that plays. */
let loaded: Loaded | undefined;
/** Whether the program has said what it is called. */
let isNamed = false;
let uses: Uses | undefined;
let hasPicture = false;
let hasPrinted = false;
/** Whether the program is one that prints or reads lines. */
let hasConsole = false;
let mayBeTextOnly = false;
let textOnlyTimer = 0;

const player = new Player(byId("room", HTMLElement), {
  state: showState,
  output(text, isError) {
    // Once: the visitor may fold it again.
    if (!hasPrinted) output.isOpen = true;
    hasPrinted = true;
    hasConsole = true;
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
    hasConsole ||= now.console;
    uses = now;
    controls.uses = now;
    if (now.files) filesPanel.isUsed = true;
    showHint();
    showScreen();
  },
  sound(problem) {
    volume.problem = problem;
  },
  gamepads(names) {
    controls.gamepads = names;
  },
  virtualKeyboard(isOn) {
    controls.isTyping = isOn;
  },
});
const controls = new Controls(player);
const filesPanel = new FilesPanel();
const volume = new Volume(player);
const output = new Console({
  line: (text) => player.type(text),
  end: () => player.endInput(),
  start(args) {
    if (!loaded) return;
    play({ ...loaded, args });
    visits.push(place());
  },
});
const visits = new PageHistory({
  open: (place) => (place ? open(place) : openFirst()),
  cancel: () => opening.abort(),
});

function showTitle(name: string): void {
  title.textContent = name;
  document.title = `${name} – fantail`;
  player.label = `Screen of ${name}`;
}

/** Shows what the menu knows of the program that plays. */
function showProgram(): void {
  const program = programs.mark(loaded?.address);
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
  const isTextOnly = mayBeTextOnly && hasConsole && !hasPicture && !isPlayed;
  // The focus would be on something that is not to be seen.
  if (isTextOnly && player.hasFocus) output.focus();
  document.body.toggleAttribute("data-text-only", isTextOnly);
}

function showHint(): void {
  hint.hidden = !uses?.controller || !player.live || player.hasFocus;
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
  mayBeTextOnly = programs.mark(loaded?.address)?.kind === "console";
  hasConsole = mayBeTextOnly;
  if (mayBeTextOnly) output.isOpen = true;
  showScreen();
  clearTimeout(textOnlyTimer);
  textOnlyTimer = window.setTimeout(() => {
    mayBeTextOnly = true;
    showScreen();
  }, TEXT_ONLY_MS);
}

/** Starts a program. */
function play(program: Loaded): void {
  loaded = program;
  prepare();
  output.args = program.args;
  player.load(program.fantail, program.rom, program.args, program.files);
}

/** Opens a program. If it cannot be had, the one before goes on, and the page says why. */
async function open(origin: Origin): Promise<Outcome> {
  opening.abort();
  opening = new AbortController();
  const { signal } = opening;
  problem.hidden = true;
  document.body.dataset.loading = "";
  try {
    const fantail = await loadFantail(requestedBuild());
    let name: string;
    let rom: Uint8Array<ArrayBuffer>;
    if ("file" in origin) {
      name = origin.file.name;
      rom = await readRom(fantail, origin.file);
    } else {
      const url = romUrl(origin.address, document.baseURI);
      name = fileName(url);
      rom = await fetchRom(fantail, url, signal);
    }
    const before = loaded?.files;
    const files = before?.isOf(rom) ? before : await ProgramFiles.open(fantail, rom);
    if (signal.aborted) {
      if (files !== before) void files.close();
      return "superseded";
    }
    const { address, args } = "address" in origin ? origin : { address: undefined, args: [] };
    loaded = { fantail, rom, address, args, files };
    filesPanel.files = files;
    isNamed = false;
    showTitle(name.replace(/\.rom$/i, ""));
    credits.textContent = "";
    showProgram();
    // Unless the visitor is there.
    output.isOpen = output.hasFocus;
    play(loaded);
    if (files !== before) void before?.close();
    return "opened";
  } catch (error) {
    if (signal.aborted) return "superseded";
    showProblem(error instanceof Error ? error.message : String(error));
    if (player.state.name === "empty") credits.textContent = "Choose a program, or open one of your own.";
    return "failed";
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

/** The place of the program that plays, if it has one. */
function place(): Place | undefined {
  return loaded?.address === undefined ? undefined : { address: loaded.address, args: loaded.args };
}

/** Opens what the visitor has chosen; Back returns to the one before. */
async function choose(origin: Origin): Promise<void> {
  const focused = document.activeElement;
  const outcome = await open(origin);
  if (outcome === "failed") visits.settle();
  if (outcome !== "opened") return;
  visits.push(place());
  // Unless the visitor has gone elsewhere while it was fetched.
  const now = document.activeElement;
  if (now === focused || now === document.body) {
    if (document.body.hasAttribute("data-text-only")) output.focus();
    else player.focus();
  }
  // On a small screen the list would now be in the way.
  if (!wide.matches) list.open = false;
}

/** Opens the first program of the menu. */
async function openFirst(): Promise<Outcome> {
  const before = opening;
  const address = await first;
  // The visitor may have been faster than the list.
  if (opening !== before) return "superseded";
  return address === undefined ? "failed" : open({ address, args: [] });
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
for (const event of ["focusin", "focusout"]) byId("room", HTMLElement).addEventListener(event, showHint);

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
programs.onChoose(chooseAddress);

// On a small screen the list of programs is folded away.
const list = byId("programs", HTMLDetailsElement);
const wide = matchMedia("(min-width: 56rem)");
const fold = () => {
  list.open = wide.matches;
};
wide.addEventListener("change", fold);
fold();

showState(player.state);
const first = programs.load((address) => pageAddress({ address, args: [] }));
void first.then(showProgram);
const requested = requestedPlace();
void (requested ? open(requested) : openFirst());
