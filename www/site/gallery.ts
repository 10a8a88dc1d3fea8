/** The gallery: a player for each of our programs with a screen. One plays at a time. */

import { UxnPlayer } from "../player/index.js";
import { byId } from "./dom.js";
import { fetchPrograms, type Program, programAddress, summary } from "./programs.js";

const cards = byId("cards", HTMLElement);

function card(program: Program): HTMLElement {
  const { title, description, author, poster } = program;
  const address = programAddress(program);
  const player = new UxnPlayer();
  player.src = address;
  player.label = title;
  player.controls = true;
  if (poster) player.poster = programAddress({ file: poster });
  player.addEventListener("play", () => {
    for (const other of cards.querySelectorAll("uxn-player")) if (other !== player) other.pause();
  });

  const link = document.createElement("a");
  link.href = `./?rom=${address}`;
  link.textContent = "Open by itself";
  link.ariaLabel = `Open by itself: ${title}`;
  const words = document.createElement("div");
  words.append(element("h2", title), element("p", summary(description)), element("p", `By ${author} · `));
  words.lastElementChild?.append(link);
  const item = document.createElement("li");
  item.className = "card";
  item.append(player, words);
  return item;
}

function element(name: string, text: string): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

const programs = (await fetchPrograms()) ?? [];
byId("gallery-problem", HTMLElement).hidden = programs.length > 0;
cards.append(...programs.filter(({ kind }) => kind === "screen").map(card));
