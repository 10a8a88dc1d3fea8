/**
 * The page for frames: one player that fills it. Its address says what plays and how, see `parameters.ts`; the page
 * around may speak to it, see `messages.ts`.
 */

import {
  asCommand,
  EMBED_ATTRIBUTES,
  EMBED_STATE,
  type EmbedAnswer,
  type EmbedAttribute,
  type EmbedCommand,
  type EmbedMessage,
  type EmbedState,
  VERSION,
} from "../player/element/messages.js";
import { UxnPlayer } from "../player/index.js";
import { byId } from "./dom.js";
import { type AttributeValue, readAddress, readValue, wrong } from "./parameters.js";

const player = byId("player", UxnPlayer);
const untitled = document.title;

/** Sets the player up as the address says. */
function configure(): void {
  const { src, attributes, problems } = readAddress(new URL(location.href));
  for (const problem of problems) console.warn(problem);
  for (const [name, value] of attributes) setAttribute(name, value);
  if (src !== undefined) player.src = src;
}

/**
 * Whether a list of files has one of our own server, and the page around is of another. A program can tell that page
 * what is in a file, and our server may show us what it does not show everybody.
 */
function betrays(files: string): boolean {
  if (window.parent === window) return false;
  try {
    if (window.parent.location.origin === location.origin) return false;
  } catch {
    // Of another origin, then.
  }
  return files.split(/\s+/).some((item) => {
    const address = item.replace(/^[^=:?#]*=/, "");
    return (
      URL.canParse(address, document.baseURI) && new URL(address, document.baseURI).origin === location.origin
    );
  });
}

function setAttribute(name: EmbedAttribute, value: AttributeValue): void {
  if (name === "files" && value && betrays(value)) {
    console.warn("A page of another site gives a program no files of this one.");
    return;
  }
  // These two are what there is to begin with. What counts is that from now on it is so.
  if (name === "muted") player.muted = value !== null;
  else if (name === "volume") player.setAttribute(name, value ?? "");
  else if (value === null) player.removeAttribute(name);
  else player.setAttribute(name, value);
  showTitle();
}

function showTitle(): void {
  document.title = player.programName || untitled;
}

/** Does what the page around asks for, and returns what it has asked for. */
async function obey(command: EmbedCommand): Promise<Pick<EmbedAnswer, "picture" | "state">> {
  switch (command.type) {
    case "play":
      await player.play();
      break;
    case "pause":
      player.pause();
      break;
    case "reset":
      player.reset();
      break;
    case "unload":
      player.unload();
      break;
    case "load": {
      const files = Object.entries(command.files ?? {}).map(
        ([name, bytes]) => [name, new Uint8Array(bytes)] as const,
      );
      await player.load(command.source, { files: new Map(files) });
      break;
    }
    case "sendInput":
      player.sendInput(command.text);
      break;
    case "endInput":
      player.endInput();
      break;
    case "screenshot":
      return { picture: await (await player.screenshot()).arrayBuffer() };
    case "state":
      return { state: Object.fromEntries(EMBED_STATE.map((name) => [name, player[name]])) as EmbedState };
    case "set":
      set(command.attributes);
      break;
  }
  return {};
}

/** @throws Error for the first of the values that an attribute cannot have. The others are set all the same. */
function set(attributes: (EmbedCommand & { readonly type: "set" })["attributes"]): void {
  const problems: string[] = [];
  for (const name of EMBED_ATTRIBUTES) {
    const given = attributes[name];
    if (given === undefined) continue;
    const value = readValue(name, given);
    if (value === undefined) problems.push(wrong(name, given));
    else setAttribute(name, value);
  }
  for (const problem of problems) console.warn(problem);
  if (problems[0] !== undefined) throw new Error(problems[0]);
}

function say(message: EmbedMessage, transfer: Transferable[] = []): void {
  if (window.parent !== window) window.parent.postMessage(message, { targetOrigin: "*", transfer });
}

function reportEvents(): void {
  const plain = ["loadstart", "loadeddata", "emptied", "play", "playing", "waiting", "pause"] as const;
  for (const type of plain) {
    player.addEventListener(type, () => say({ fantail: VERSION, type }));
  }
  for (const type of ["loadeddata", "loadedmetadata", "emptied"] as const) {
    player.addEventListener(type, showTitle);
  }
  player.addEventListener("loadedmetadata", () => {
    say({ fantail: VERSION, type: "loadedmetadata", metadata: player.metadata });
  });
  player.addEventListener("volumechange", () => {
    const { volume, muted } = player;
    say({ fantail: VERSION, type: "volumechange", volume, muted });
  });
  player.addEventListener("resize", () => {
    const { screenWidth: width, screenHeight: height } = player;
    say({ fantail: VERSION, type: "resize", width, height });
  });
  player.addEventListener("console", ({ detail: { text, stream } }) => {
    say({ fantail: VERSION, type: "console", text, stream });
  });
  player.addEventListener("exit", ({ detail: { code } }) => say({ fantail: VERSION, type: "exit", code }));
  player.addEventListener("error", () => {
    if (player.error) say({ fantail: VERSION, type: "error", ...player.error });
  });
}

window.addEventListener("message", async ({ source, data }) => {
  const command = source === window.parent ? asCommand(data) : undefined;
  if (!command) return;
  let result: Pick<EmbedAnswer, "error" | "picture" | "state">;
  try {
    result = await obey(command);
  } catch (error) {
    result = { error: error instanceof Error ? error.message : String(error) };
  }
  const { id } = command;
  const transfer = result.picture ? [result.picture] : [];
  if (id !== undefined) say({ fantail: VERSION, type: "answer", id, ...result }, transfer);
});
// The page around has changed what is behind #: that is no other document.
window.addEventListener("hashchange", () => location.reload());
reportEvents();
say({ fantail: VERSION, type: "ready" });
configure();
