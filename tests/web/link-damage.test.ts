/** Links that chat programs, mail and browsers have changed: each plays its program, or says why not. */

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Page } from "puppeteer-core";
import { RomError } from "../../www/player/page/fetch.js";
import { formatArgs, parseArgs } from "../../www/player/program/args.js";
import { joinLink, linkIn, openLink, splitLink } from "../../www/player/program/link.js";
import { unknownLink } from "../../www/player/program/unpack.js";
import { type Place, placeIn, placeOf } from "../../www/site/address.js";
import { readAddress } from "../../www/site/parameters.js";
import { CHANGES, type Change, type Roll } from "./support/changes.js";
import { assembled } from "./support/command.js";
import { makeInflateStrict } from "./support/inflate.js";
import { dice, FORMATS, type Format, packedProgram, randomRom } from "./support/links.js";
import { describeSite, prints, problem } from "./support/site.js";

/** The largest ROM. */
const LIMIT = 0xff00 + 15 * 0x10000;
const PAGE = "https://uxn.example/fantail/";
/** Chains of three changes. `FANTAIL_LINKS=1000000` tries more, of another seed. */
const CHAINS = Number(process.env.FANTAIL_LINKS ?? 10_000);
const SEED = Number(process.env.FANTAIL_SEED ?? 13);

makeInflateStrict();

/** What comes of a text: a program, words for the visitor, an address that is fetched, or nothing. */
type Outcome =
  | { rom: string; args: readonly string[] }
  | { refused: string }
  | { fetched: string }
  | "nothing";

async function outcome(place: Place | undefined): Promise<Outcome> {
  if (!place) return "nothing";
  if (!place.address.startsWith("#")) return { fetched: place.address };
  const link = splitLink(place.address);
  // The player says so.
  if (!link) return { refused: unknownLink(place.address).message };
  try {
    const { rom } = await openLink(link, LIMIT);
    return { rom: Buffer.from(rom).toString("hex"), args: place.args };
  } catch (error) {
    if (!(error instanceof RomError)) throw error;
    return { refused: error.message };
  }
}

/** What the page does when it is opened at an address, as a browser has it. */
function visited(address: string): Promise<Outcome> {
  return outcome(placeIn(new URL(address).href));
}

/** What the page does with a text that is pasted into its field, or dropped on it. */
function pasted(text: string): Promise<Outcome> {
  // A field has one line.
  return outcome(placeOf(text.replaceAll(/[\r\n]/g, "").trim(), PAGE));
}

/** What the page for frames does when it is opened at an address. */
async function framed(address: string): Promise<Outcome> {
  const { src, attributes } = readAddress(new URL(address.replace(PAGE, `${PAGE}embed.html`)));
  if (src === undefined) return "nothing";
  const link = linkIn(src);
  if (!link) return { fetched: src };
  return outcome({ address: `#${link.program}`, args: parseArgs(attributes.get("args") ?? "") });
}

/** A link of a format, to a program that has the digits in it of which changes make something else. */
function madeLink(format: Format, roll: Roll, args: readonly string[] = []): { link: string; rom: string } {
  for (;;) {
    const rom = randomRom(roll);
    const program = packedProgram(format, rom);
    if (!/_/.test(program) || !/-/.test(program)) continue;
    return { link: `${PAGE}#${joinLink({ program, args })}`, rom: rom.toString("hex") };
  }
}

function isPlayed(result: Outcome, rom: string): boolean {
  return typeof result === "object" && "rom" in result && result.rom === rom;
}

function hasWords(result: Outcome): boolean {
  return typeof result === "object" && "refused" in result && /^This .{10,170}\.$/su.test(result.refused);
}

/** Whether the page can be opened with it: the browser goes where it should. */
function isVisited(text: string, changes: readonly Change[]): boolean {
  return changes.every(({ inAddress }) => inAddress !== false) && text.startsWith(PAGE);
}

describe("a link that was changed", () => {
  for (const change of CHANGES) {
    test(change.name, async () => {
      const roll = dice(1);
      for (const format of FORMATS) {
        const mayBeRefused = change.becomes === "lost" || (change.becomes === "checked" && format !== "zlib");
        for (let i = 0; i < 12; i++) {
          const args = i % 3 === 0 ? ["two words", "-x_*y*", "“é”."] : [];
          const { link, rom } = madeLink(format, roll, args);
          const text = change.apply(link, roll);
          const results = [await pasted(text)];
          if (isVisited(text, [change])) results.push(await visited(text), await framed(text));
          for (const result of results) {
            const what = `${format}\n${link}\n${text}\n${JSON.stringify(result)}`;
            if (isPlayed(result, rom)) assert.deepEqual((result as { args?: string[] }).args, args, what);
            else assert.ok(mayBeRefused, what);
            // Whoever writes the address of a frame is told of it on the console.
            if (result !== results[2]) assert.notEqual(result, "nothing", what);
            if (format === "zlib" && !isPlayed(result, rom) && result !== "nothing") {
              // Cut before the program, it is an address.
              assert.ok(
                hasWords(result) || (change.becomes === "lost" && "fetched" in (result as object)),
                what,
              );
            }
          }
        }
      }
    });
  }
});

describe("three changes to a link", () => {
  test(`it plays, or says why (seed ${SEED}, ${CHAINS} chains)`, { timeout: 3_600_000 }, async () => {
    const roll = dice(SEED);
    const undone = CHANGES.filter(({ becomes }) => becomes === "undone");
    let played = 0;
    let mayPlay = 0;
    const failures: string[] = [];
    for (let i = 0; i < CHAINS; i++) {
      const format = FORMATS[roll(3) === 0 ? roll(4) : 0] as Format;
      const { link, rom } = madeLink(format, roll, roll(4) === 0 ? ["two words", "-x_"] : []);
      const pool = roll(2) === 0 ? CHANGES : undone;
      const changes = Array.from({ length: 3 }, () => pool[roll(pool.length)] as Change);
      const text = changes.reduce((changed, change) => change.apply(changed, roll), link);
      const isLost = changes.some(
        ({ becomes }) => becomes === "lost" || (becomes === "checked" && format !== "zlib"),
      );
      const results = [await pasted(text)];
      if (isVisited(text, changes)) results.push(await visited(text));
      for (const result of results) {
        const isRight = isPlayed(result, rom);
        if (!isLost) {
          mayPlay++;
          if (isRight) played++;
          else if (process.env.FANTAIL_SHOW)
            console.log(changes.map(({ name }) => name).join(" + "), format, text, result);
        }
        const isAnother = typeof result === "object" && "rom" in result && !isRight;
        const isSaid = hasWords(result) || (typeof result === "object" && "fetched" in result && isLost);
        if (isRight || isSaid || (isAnother && isLost && format !== "zlib")) continue;
        failures.push(
          `${i} ${format} ${changes.map(({ name }) => name).join(" + ")}\n${link}\n${text}\n${JSON.stringify(result)}`,
        );
      }
    }
    assert.deepEqual(failures.slice(0, 5), [], `${failures.length} of ${CHAINS}`);
    console.log(`${played} of ${mayPlay} from which nothing was lost play`);
    assert.ok(played > mayPlay * 0.98, `${played} of ${mayPlay}`);
  });
});

describe("a hostile address", () => {
  // What takes the square of the length would take minutes.
  test("takes no time, and no stack", { timeout: 60_000 }, () => {
    const size = 1 << 16;
    for (const piece of [
      ...[
        "=",
        "#",
        "%25",
        "25",
        "&amp;",
        "&",
        "?z=",
        "#z=",
        "&z=",
        ".",
        ":",
        ":~:",
        "%",
        "%3D",
        "z%3D",
        "&#38;",
      ],
      ...[" ", "—", "\u00ad", ")", "…", "\\", "_", "%C2%AD", "a b ", "&args=%25", "&a"],
    ]) {
      const long = piece.repeat(size / piece.length);
      for (const start of ["", "#z=eJ", "#rom=", "#args=%25", "?rom="]) {
        placeIn(`${PAGE}${start}${long}A`);
        placeOf(`${start}${long}A`, PAGE);
      }
    }
  });
});

describe("an address without a program", () => {
  test("holds nothing, or something unknown", async () => {
    for (const rest of [
      "",
      "#",
      "#/",
      "?",
      "?utm_source=x",
      "#utm_source=x&fbclid=y",
      "#:~:text=z=AA",
      "?engine=switch",
    ]) {
      assert.equal(await visited(PAGE + rest), "nothing", rest);
    }
    for (const rest of ["#zz=AAAA", "#foo", "#program=AAAA", "#A", "#z", "#args=a", "#…", "#%E0%A4%A"]) {
      assert.ok(hasWords(await visited(PAGE + rest)), rest);
    }
  });

  test("or has one in the address of a page in another such address", async () => {
    const { link, rom } = madeLink("zlib", dice(3));
    const warning = (address: string) => `https://safe.example/?url=${encodeURIComponent(address)}&data=05`;
    assert.ok(isPlayed(await pasted(warning(warning(link).replaceAll("&", "&#38;"))), rom));
  });

  test("or has one elsewhere", async () => {
    const { link, rom } = madeLink("zlib", dice(2));
    const program = splitLink(new URL(link).hash)?.program;
    for (const rest of [
      `?${program}`,
      `?engine=switch%23${program}`,
      `?rom=${encodeURIComponent(link)}`,
      `?rom=x.rom#${program}`,
    ]) {
      assert.ok(isPlayed(await visited(PAGE + rest), rom), rest);
    }
    const fetched = { fetched: "roms/a.rom" };
    for (const rest of [
      ...[
        "?rom=roms/a.rom",
        "?rom=roms%2Fa.rom",
        "?rom%3Droms%2Fa.rom",
        "?ROM=roms/a.rom",
        "?rom=roms/a.rom.",
      ],
      ...["?a=b&amp;rom=roms/a.rom", "?rom=roms/a.rom&amp;args=a", "?rom=roms/a.rom”", "?rom=roms/a.rom#foo"],
      ...[
        "?rom=roms/a.rom)",
        "?rom=%E2%80%8Broms/a.rom",
        "?utm_source=x&rom=roms/a.rom",
        "?rom=ro\u00adms/a.rom",
      ],
    ]) {
      assert.deepEqual(await visited(PAGE + rest), fetched, rest);
    }
    assert.deepEqual(placeIn(`${PAGE}?rom=a.rom&amp;args=a+%22b+c%22`)?.args, ["a", "b c"]);
  });

  test("is fetched as it was", async () => {
    for (const address of [
      ...[
        "a.rom",
        "../a(1).rom",
        "https://h.example/a.rom?x=1&y=%20#part",
        "%23z=1.rom",
        "r=1.rom",
        "http://[::1]/x",
      ],
    ]) {
      assert.deepEqual(await pasted(address), { fetched: address }, address);
      assert.equal(linkIn(address), undefined, address);
    }
    assert.deepEqual(await pasted("<https://h.example/a.rom>,"), { fetched: "https://h.example/a.rom" });
    assert.deepEqual(await pasted(`“${PAGE}?rom=a.rom&args=b”`), { fetched: "a.rom" });
    assert.equal(formatArgs(placeOf(`${PAGE}?rom=a.rom&args=b`, PAGE).args), "b");
  });
});

/** Of what a browser makes something of its own in an address, and of the rest some. */
const SAMPLE: readonly string[] = [
  ...[
    "\\_ for _",
    "%5C_ for _",
    "” at the end",
    ". at the end",
    '" at the end',
    "… at the end",
    "_ at the end",
  ],
  ...["soft hyphens inside", "zero-width spaces inside", "no-break spaces inside", "spaces inside"],
  ...[
    "lines with line breaks and >  between",
    "&amp; for &",
    "encoded",
    "encoded twice",
    "some of it encoded",
  ],
  ...["“/” before z=", "“#” before z=", "“ ” before z=", "Z= for z=", "plain base64", "— for --"],
  ...["?utm_source= after", ":~:text=Uxn at the end", "without marks at the end"],
];

describeSite("links that were changed, on the page", (site) => {
  /** To a program that prints its arguments. */
  let program: string;
  before(async () => {
    program = packedProgram("zlib", await assembled("echo"));
  });
  const link = (word: string) => `${site.server.url}#${joinLink({ program, args: [word] })}`;
  /** What the program prints of an argument. */
  const printed = (word: string) => word.replaceAll(/./g, (c) => `2${c.charCodeAt(0).toString(16)} `);
  const paste = async (page: Page, text: string) => {
    await page.$eval(
      "#url",
      (field, value) => {
        (field as HTMLInputElement).value = value;
      },
      text,
    );
    await page.focus("#url");
    await page.keyboard.press("Enter");
  };

  test("as addresses", { timeout: 120_000 }, async () => {
    const page = await site.tab();
    for (const [i, name] of SAMPLE.entries()) {
      const change = CHANGES.find((other) => other.name === name);
      assert.ok(change, name);
      const text = change.apply(link(`w${i}`), dice(i));
      // In an address of its own, or the browser would stay in the page.
      await page.goto(text.replace(site.server.url, `${site.server.url}?visit=${i}`));
      await prints(page, printed(`w${i}`));
    }
    await page.close();
  });

  test("pasted into the field, in texts", { timeout: 60_000 }, async () => {
    const page = await site.open("");
    const names = ["<…> around", "[a game](…) around", "“…” around", "in the address of a page that warns"];
    for (const [i, name] of [...names, "lines with line breaks and >  between", "%23 for #"].entries()) {
      const change = CHANGES.find((other) => other.name === name);
      assert.ok(change, name);
      await paste(page, change.apply(link(`p${i}`), dice(i)));
      await prints(page, printed(`p${i}`));
      assert.equal(
        new URL(page.url()).hash,
        new URL(link(`p${i}`)).hash,
        "the page's own address is undamaged",
      );
    }
    await page.close();
  });

  test("as the source of an element", async () => {
    const page = await site.open("");
    const errors = await page.evaluate(
      async (texts) => {
        const player = document.createElement("uxn-player");
        const words: string[] = [];
        for (const text of texts) {
          await player.load(text).then(
            () => words.push(`${player.readyState}`),
            (error) => words.push(error.message),
          );
        }
        return words;
      },
      [
        ` \u00ad#${program}`,
        `#Z=${program.slice(2)}.`,
        `%23${program}`,
        "#zz=AAAA",
        ` #${program.slice(0, 60)}`,
      ],
    );
    assert.deepEqual(errors.slice(0, 3), ["4", "4", "4"]);
    assert.match(errors[3] ?? "", /^This link holds something unknown: “#zz=AAAA”\. Copy /);
    assert.match(errors[4] ?? "", /^This link was damaged on its way: its end is missing\. Copy /);
    await page.close();
  });

  test("that cannot be opened, and why", async () => {
    const whole = new URL(link("a")).hash;
    const bold = packedProgram("zlib", randomRom(dice(21))).replaceAll("_", "");
    for (const [hash, words] of [
      [whole.slice(0, -40), /damaged on its way: its end is missing\./],
      [`${whole.slice(0, 60)}…`, /damaged on its way: its end is missing\./],
      [`#${bold}`, /damaged on its way: its (program cannot be unpacked|end is missing)\./],
      ["#game=eJxjAAAAAQAB", /holds something unknown: “#game=eJxjAAAAAQAB”\./],
      ["#z=", /holds no program\./],
    ] as const) {
      const page = await site.tab();
      await page.goto(site.server.url + hash);
      assert.match(await problem(page), words);
      assert.match(
        await problem(page),
        /Copy the whole link again from where you found it, or ask for the program as a file\.$/,
      );
      // A way on: the menu, and no program that plays instead.
      assert.match(await page.$eval("#credits", (line) => line.textContent ?? ""), /^Choose a program/);
      assert.equal(await page.$eval("#title", (title) => title.textContent), "fantail");
      await page.close();
    }
  });
});
