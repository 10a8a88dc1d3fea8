/** The page: a player, a menu of programs, and what there is to know and to keep of the program that plays. */

import { type Source, UxnPlayer } from "../player/index.js";
import { recall, remember } from "../player/page/settings.js";
import { formatArgs, parseArgs } from "../player/program/args.js";
import {
  type Outcome,
  PageHistory,
  type Place,
  pageAddress,
  placeOf,
  requestedEngine,
  requestedPlace,
  requestedStats,
} from "./address.js";
import { Controls } from "./controls.js";
import { byId } from "./dom.js";
import { acceptDrops } from "./drop.js";
import { FilesPanel } from "./files.js";
import { Programs } from "./programs.js";

/** Where a program comes from: an address, or the visitor's computer. */
type Origin = Place | { readonly file: File };

const title = byId("title", HTMLElement);
const credits = byId("credits", HTMLElement);
const description = byId("description", HTMLElement);
const player = byId("player", UxnPlayer);
const programs = new Programs();
new Controls(player);
new FilesPanel(player);

let opening = new AbortController();
/** What was last to be opened. */
let asked: Origin | undefined;
/** How many programs are on their way because the page wants them: the player's "Try again" is not the page's. */
let underWay = 0;
/** What could not be opened: the player's "Try again" opens it. */
let failed: Origin | undefined;
/** Where the program that plays came from. */
let loaded: Origin | undefined;

const visits = new PageHistory({
  open: (place) => (place ? open(place) : openFirst()),
  cancel: () => opening.abort(),
});

function showProgram(): void {
  const program = programs.mark(loaded && "address" in loaded ? loaded.address : undefined);
  player.label = player.metadata[0] ?? program?.title ?? "";
  const name = player.programName;
  title.textContent = name || "fantail";
  document.title = name ? `${name} – fantail` : "fantail";
  credits.textContent = player.metadata.slice(1).join(" · ");
  description.textContent = program?.description ?? "";
  description.hidden = !program;
}

/** Opens a program. If it cannot be had, the one before goes on, and the player says why. */
async function open(origin: Origin): Promise<Outcome> {
  opening = new AbortController();
  asked = origin;
  failed = undefined;
  underWay += 1;
  const source: Source = "file" in origin ? origin.file : origin.address;
  try {
    await player.load(source, { signal: opening.signal });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return "superseded";
    failed = origin;
    if (player.readyState === UxnPlayer.HAVE_NOTHING) {
      credits.textContent = "Choose a program, or open one of your own.";
    }
    return "failed";
  } finally {
    underWay -= 1;
  }
  // A listener may have begun something else.
  player.play().catch(() => {});
  return "opened";
}

/** The place of the program that plays, if it has one. */
function place(): Place | undefined {
  return loaded && "address" in loaded ? { ...loaded, args: parseArgs(player.args) } : undefined;
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
  if (now === focused || now === document.body) player.focus();
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

const chooseAddress = (address: string) => void choose(placeOf(address));
const chooseFile = (file: File) => void choose({ file });

player.addEventListener("loadeddata", () => {
  const origin = underWay > 0 ? asked : failed;
  failed = undefined;
  // What a script has loaded is its own affair, and so are the arguments.
  if (origin) {
    loaded = origin;
    player.args = "address" in origin ? formatArgs(origin.args) : "";
    if (underWay === 0) visits.push(place());
  }
  showProgram();
});
player.addEventListener("loadedmetadata", showProgram);
// The visitor may start the program with other arguments.
new MutationObserver(() => visits.push(place())).observe(player, { attributeFilter: ["args"] });

// In percent, as the player's slider has it. Not a number, or nothing: the player's own.
const volume = Number(recall("volume") || Number.NaN) / 100;
if (volume >= 0 && volume <= 1) player.volume = volume;
player.muted = recall("muted") === "yes";
player.addEventListener("volumechange", () => {
  remember("volume", String(Math.round(player.volume * 100)));
  remember("muted", player.muted ? "yes" : "no");
});

const stats = byId("stats", HTMLInputElement);
stats.checked = player.stats = requestedStats() ?? recall("stats") === "yes";
stats.addEventListener("change", () => {
  player.stats = stats.checked;
  remember("stats", stats.checked ? "yes" : "no");
});

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

const engine = requestedEngine();
if (engine) player.setAttribute("engine", engine);
const loadMenu = () => programs.load((address) => pageAddress({ address, args: [] }));
let first = loadMenu();
void first.then(showProgram);
const loadMenuAgain = async () => {
  first = loadMenu();
  // The visitor may have opened something else meanwhile.
  if (asked) await first;
  else if ((await openFirst()) === "opened") player.focus();
  showProgram();
};
byId("menu-retry", HTMLButtonElement).addEventListener("click", loadMenuAgain);
// Play without a program is another attempt as well.
player.addEventListener("error", () => {
  if (!asked && programs.isMissing) void loadMenuAgain();
});
const requested = requestedPlace();
void (requested ? open(requested) : openFirst());
