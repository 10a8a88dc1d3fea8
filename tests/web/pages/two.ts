/** Two players on one page. `?one=ROM&two=ROM` says what they play. */

import "../../../www/player/index.js";
import type { UxnPlayer } from "../../../www/player/index.js";

const parameters = new URLSearchParams(location.search);

await Promise.all(
  ["one", "two"].map(async (name) => {
    const player = document.getElementById(name) as UxnPlayer;
    const log = document.getElementById(`${name}-log`) as HTMLElement;
    player.addEventListener("console", ({ detail }) => {
      log.textContent = `${log.textContent}${detail.text}`.slice(-2000);
    });
    player.src = parameters.get(name) ?? "";
    await player.play();
  }),
);
document.body.dataset.ready = "";
