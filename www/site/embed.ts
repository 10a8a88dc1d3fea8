/**
 * The page for frames: one player that fills it. Its address says what plays and how, in the query or behind `#`:
 * `rom=ADDRESS` or a program as in {@link splitLink}, and attributes of the element by their names. Flags are on by
 * their name alone, `1` or `true`, and off by `0` or `false`; `controls` is on unless it is off. The page around may
 * speak to it, see `messages.ts`.
 */

import { UxnPlayer } from "../player/index.js";
import { splitLink } from "../player/link.js";
import {
  asCommand,
  EMBED_ATTRIBUTES,
  type EmbedAttribute,
  type EmbedCommand,
  type EmbedMessage,
  VERSION,
} from "../player/messages.js";
import { byId } from "./dom.js";

const FLAGS: ReadonlySet<EmbedAttribute> = new Set(["autoplay", "muted", "controls", "background"]);

const player = byId("player", UxnPlayer);

/** Sets the player up as the address says. */
function configure(): void {
  const program = splitLink(location.hash);
  const parameters = new URLSearchParams(location.search);
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) parameters.set(name, value);
  for (const name of EMBED_ATTRIBUTES) {
    const value = parameters.get(name);
    if (value !== null) setAttribute(name, value);
  }
  const rom = parameters.get("rom");
  // A link's `rom` is a program, not an address.
  if (program) player.src = location.hash;
  else if (rom) player.src = rom;
  if (player.autoplay && player.src !== "") player.play().catch(() => {});
}

function setAttribute(name: EmbedAttribute, value: string | null): void {
  if (!FLAGS.has(name)) {
    if (value === null) player.removeAttribute(name);
    else player.setAttribute(name, value);
    return;
  }
  if (value !== null && !/^(|0|1|true|false)$/.test(value)) {
    console.warn(`${name}=${value}: this is on (1, true) or off (0, false).`);
    return;
  }
  player.toggleAttribute(name, value !== null && value !== "0" && value !== "false");
}

/** Does what the page around asks for; the promise is for the answer. */
async function obey(command: EmbedCommand): Promise<{ picture?: ArrayBuffer }> {
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
    case "load":
      await player.load(command.source);
      break;
    case "sendInput":
      player.sendInput(command.text);
      break;
    case "endInput":
      player.endInput();
      break;
    case "screenshot":
      return { picture: await (await player.screenshot()).arrayBuffer() };
    case "set":
      for (const name of EMBED_ATTRIBUTES) {
        const value = command.attributes[name];
        if (value !== undefined) setAttribute(name, value);
      }
      break;
  }
  return {};
}

function say(message: EmbedMessage, transfer: Transferable[] = []): void {
  if (window.parent !== window) window.parent.postMessage(message, { targetOrigin: "*", transfer });
}

function reportEvents(): void {
  for (const type of ["loadstart", "loadeddata", "emptied", "play", "pause"] as const) {
    player.addEventListener(type, () => say({ fantail: VERSION, type }));
  }
  player.addEventListener("loadedmetadata", () => {
    document.title = player.programName;
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
  let result: { readonly error?: string; readonly picture?: ArrayBuffer };
  try {
    result = await obey(command);
  } catch (error) {
    result = { error: error instanceof Error ? error.message : String(error) };
  }
  const { id } = command;
  const transfer = result.picture ? [result.picture] : [];
  if (id !== undefined) say({ fantail: VERSION, type: "answer", id, ...result }, transfer);
});
reportEvents();
configure();
say({ fantail: VERSION, type: "ready" });
