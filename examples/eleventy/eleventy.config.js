const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for markup. */
function markup(text) {
  return String(text).replace(/[&<>"]/g, (character) => escapes[character]);
}

/** @param {import("@11ty/eleventy").UserConfig} config */
export default function (config) {
  // The player: its script, and beside it what that loads.
  config.addPassthroughCopy({ "node_modules/fantail-player/*.{js,wasm}": "fantail-player" });
  // Programs stay beside the pages that show them.
  config.addPassthroughCopy("**/*.rom");

  /** `{% uxn "hello.rom" "Hello" %}`: a program with a caption. */
  config.addShortcode("uxn", (rom, title) => {
    const attributes = `src="${markup(rom)}" label="${markup(title)}"`;
    return `<figure><uxn-player ${attributes} controls></uxn-player><figcaption>${markup(title)}</figcaption></figure>`;
  });

  return { dir: { includes: "_includes", output: "_site" } };
}
