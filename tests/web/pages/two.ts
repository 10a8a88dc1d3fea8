/** Two players on one page, made of the parts of the player alone. `?one=ROM&two=ROM` says what they play. */

import { Player } from "../../../www/player/player.js";
import { fetchRom, romUrl } from "../../../www/player/rom.js";
import { loadFantail } from "../../../www/player/wasm.js";

const parameters = new URLSearchParams(location.search);

for (const name of ["one", "two"]) {
  const room = document.getElementById(name) as HTMLElement;
  const log = document.getElementById(`${name}-log`) as HTMLElement;
  const player = new Player(room, {
    state(state) {
      room.dataset.state = state.name;
    },
    output(text) {
      log.textContent = `${log.textContent}${text}`.slice(-2000);
    },
  });
  const fantail = await loadFantail();
  const url = romUrl(parameters.get(name) ?? "", document.baseURI);
  player.load(fantail, await fetchRom(fantail, url, new AbortController().signal));
  room.addEventListener("destroy", () => player.destroy());
}
document.body.dataset.ready = "";
