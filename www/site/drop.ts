/** Files and links dropped anywhere on the page. */

import { byId } from "./dom.js";

/** What was dropped. */
export interface DropEvents {
  file(file: File): void;
  address(address: string): void;
}

/** Listens for the whole page, and says so while something is dragged over it. */
export function acceptDrops(events: DropEvents): void {
  const note = byId("drop", HTMLElement);
  const isWelcome = (event: DragEvent) =>
    event.dataTransfer?.types.some((type) => type === "Files" || type === "text/uri-list") ?? false;

  document.addEventListener("dragover", (event) => {
    if (!isWelcome(event)) return;
    event.preventDefault();
    note.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    // Between two elements of the page there is one that is entered.
    if (event.relatedTarget === null) note.hidden = true;
  });
  document.addEventListener("drop", (event) => {
    note.hidden = true;
    if (!event.dataTransfer || !isWelcome(event)) return;
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    // Lines that start with # are comments.
    const address = event.dataTransfer
      .getData("text/uri-list")
      .split("\n")
      .find((line) => line.trim() !== "" && !line.startsWith("#"));
    if (file) events.file(file);
    else if (address) events.address(address.trim());
  });
}
