/** Links that hold a program: made, opened, damaged and hostile, in Node and in browsers. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { deflateRawSync, deflateSync, inflateRawSync, constants as zlib } from "node:zlib";
import type { Page } from "puppeteer-core";
import { build } from "vite";
import { root } from "../../scripts/run.mjs";
import { formatArgs } from "../../www/player/program/args.js";
import { joinLink, linkFragment, programInLink, splitLink } from "../../www/player/program/link.js";
import { unpackUlz } from "../../www/player/program/ulz.js";
import { makeLink, type Opened, openLinks } from "./pages/links/links.js";
import { assemble, assembled, linkTo } from "./support/command.js";
import { dice, packUlz, randomRom } from "./support/links.js";
import { describeSite, prints, problem } from "./support/site.js";

/** The largest ROM. */
const LIMIT = 0xff00 + 15 * 0x10000;

const ADVICE = "Copy the whole link again from where you found it, or ask for the program as a file.";
const NOTHING = { refused: `This link holds no program. ${ADVICE}` };
const BROKEN = damaged("its program cannot be unpacked");
const CUT = damaged("its end is missing");

function damaged(what: string): Opened {
  return { refused: `This link was damaged on its way: ${what}. ${ADVICE}` };
}

function tooLarge(limit: number): Opened {
  const bytes = limit.toLocaleString("en");
  return { refused: `This is too large for a Uxn program: more than ${bytes} bytes.` };
}

/** The link of a kind whose program is packed like this. */
function link(kind: string, packed: Iterable<number>): string {
  return `#${kind}=${Buffer.from([...packed]).toString("base64url")}`;
}

function hex(bytes: string): Buffer {
  return Buffer.from(bytes.replaceAll(" ", ""), "hex");
}

async function opened(fragment: string, limit = LIMIT): Promise<Opened> {
  const [result] = await openLinks([fragment], limit);
  assert.ok(result);
  return result;
}

function program(rom: Uint8Array, args: string[] = []): Opened {
  return { rom: Buffer.from(rom).toString("hex"), args };
}

/** What a link of uxn5's comes to, by a second decoder of the simplest kind. */
function expectUlz(packed: Uint8Array, limit: number): Opened {
  const input = [...packed];
  const output: number[] = [];
  while (input.length > 0) {
    const first = input.shift() as number;
    if (first < 128) {
      const literal = input.splice(0, first + 1);
      if (literal.length <= first) return BROKEN;
      output.push(...literal);
    } else {
      const low = first < 192 ? 0 : input.shift();
      const offset = input.shift();
      if (low === undefined || offset === undefined || offset >= output.length) return BROKEN;
      const length = (first < 192 ? first - 128 : (first - 192) * 256 + low) + 4;
      for (let i = 0; i < length; i++) output.push(output[output.length - 1 - offset] as number);
    }
    if (output.length > limit) return tooLarge(limit);
  }
  return output.length === 0 ? NOTHING : program(Uint8Array.from(output));
}

/** What a link of fantail's comes to, by Node's zlib. */
function expectDeflate(packed: Uint8Array, limit: number): Opened {
  if (packed.length === 0) return NOTHING;
  try {
    const { buffer, engine } = inflateRawSync(packed, {
      info: true,
      maxOutputLength: limit,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    if (engine.bytesWritten < packed.length) return BROKEN;
    return buffer.length === 0 ? NOTHING : program(buffer);
  } catch (error) {
    return (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE" ? tooLarge(limit) : BROKEN;
  }
}

/**
 * Of a stream that is too large and then broken, an engine may say the one or the other; and Node does not tell a broken
 * one from one that is cut.
 */
function isEitherFault(fragment: string, result: Opened, expected: Opened): boolean {
  if (!fragment.startsWith("#z")) return false;
  const faults = [BROKEN, CUT, tooLarge(SMALL)].map((fault) => JSON.stringify(fault));
  return faults.includes(JSON.stringify(result)) && faults.includes(JSON.stringify(expected));
}

/** A damaged copy. */
function damage(packed: Uint8Array, roll: (n: number) => number): Buffer {
  const bytes = [...packed];
  for (let times = 1 + roll(3); times > 0; times--) {
    const at = roll(bytes.length + 1);
    const what = roll(5);
    if (what === 0) bytes.length = at;
    else if (what === 1) bytes.splice(at, 1 + roll(4));
    else if (what === 2) bytes.splice(at, 0, roll(256));
    else if (at < bytes.length) bytes[at] = what === 3 ? roll(256) : (bytes[at] as number) ^ (1 << roll(8));
  }
  return Buffer.from(bytes);
}

/** Links of this seed, whole and damaged, and what they must come to in a browser. */
function packedLinks(seed: number, count: number): { fragment: string; expected: Opened }[] {
  const roll = dice(seed);
  return Array.from({ length: count }, () => {
    const rom = randomRom(roll);
    const limit = SMALL;
    const kind = roll(2) === 0 ? "z" : "r";
    const whole = kind === "z" ? deflateRawSync(rom, { level: roll(10) }) : Buffer.from(packUlz(rom));
    const packed = roll(4) === 0 ? whole : damage(whole, roll);
    const expected = kind === "z" ? expectDeflate(packed, limit) : expectUlz(packed, limit);
    return { fragment: link(kind, packed), expected };
  });
}

/** A limit that some of these programs exceed. */
const SMALL = 380;

/** Whatever may stand behind `#`. */
function wildLinks(seed: number, count: number): string[] {
  const roll = dice(seed);
  const pieces =
    "#z= #r= #rom= z= &args= & % %3D %26 %zz %ff = == + / - _ . A Qg é 😀 \ud800 \0 \u00a0".split(" ");
  return Array.from({ length: count }, () => {
    const kind = ["z", "r", "rom"][roll(3)] as string;
    const rom = randomRom(roll);
    const packed = kind === "z" ? deflateRawSync(rom) : kind === "r" ? packUlz(rom) : rom;
    let fragment = roll(4) === 0 ? "" : link(kind, packed);
    if (roll(3) === 0) fragment += `&args=${encodeURIComponent(String.fromCodePoint(roll(0xd800)))}`;
    if (roll(8) === 0) fragment = encodeURIComponent(fragment);
    for (let times = roll(4); times > 0; times--) {
      const at = roll(fragment.length + 1);
      const gone = roll(3) === 0 ? roll(30) : 0;
      fragment = fragment.slice(0, at) + pieces[roll(pieces.length)] + fragment.slice(at + gone);
    }
    return fragment;
  });
}

/** A program, words for the visitor, or nothing, and each of them in some cases. */
function checkWild(results: readonly Opened[]): void {
  let programs = 0;
  let refused = 0;
  for (const result of results) {
    if (result === "no program") continue;
    if ("refused" in result) {
      assert.match(result.refused, /^This .{10,160}\.$/su);
      refused++;
    } else {
      assert.ok(result.rom.length > 0 && result.rom.length <= 2 * SMALL);
      programs++;
    }
  }
  assert.ok(programs > results.length / 20 && refused > results.length / 5, `${programs}, ${refused}`);
  assert.ok(programs + refused < results.length);
}

/** Segments of a megabyte of zeros, without an end. */
const zeros = deflateRawSync(Buffer.alloc(1 << 20), { level: 9, finishFlush: zlib.Z_FULL_FLUSH });
const emptyBlocks = Buffer.from("000000ffff".repeat(300_000), "hex");

/** Links that promise far more than a ROM can be, or nothing at great length. */
const bombs: [name: string, fragment: string, expected: Opened][] = [
  ["16 megabytes in 16 kilobytes", link("z", Buffer.concat(Array(16).fill(zeros))), tooLarge(LIMIT)],
  ["a gigabyte of zeros", link("z", Buffer.concat(Array(1200).fill(zeros))), tooLarge(LIMIT)],
  ["2 gigabytes of ULZ", link("r", hex(`0000${"ffff00".repeat(130_000)}`)), tooLarge(LIMIT)],
  ["300000 empty blocks", link("z", emptyBlocks), CUT],
  [
    "300000 empty blocks, then a byte",
    link("z", [...emptyBlocks, ...hex("01 0100 feff 41")]),
    program(hex("41")),
  ],
  ["more text than any ROM needs", `#rom=${"A".repeat(3 << 20)}`, tooLarge(LIMIT)],
  ["more padding than any ROM needs", `#r=${"=".repeat(2 << 20)}A`, CUT],
  ["more escapes than any ROM needs", `#z=${"%20".repeat(600_000)}`, NOTHING],
  ["more parameters than anybody needs", `#rom=QQ${"&args=a".repeat(200_000)}`, program(hex("41"), ["a"])],
];

describe("a link is made", () => {
  test("and opens to the same program and arguments", async () => {
    const roll = dice(1);
    const roms = [hex("00"), hex("80 41 80 18 17 00"), Buffer.alloc(LIMIT, "fantail"), Buffer.alloc(LIMIT)];
    roms.push(Buffer.from(Array.from({ length: 70_000 }, () => roll(256))));
    for (let i = 0; i < 50; i++) roms.push(randomRom(roll));
    for (const rom of roms) assert.deepEqual(await opened(await linkFragment(rom)), program(rom));
    const lines = [["a"], ["", "two words", "'\"\\"], ["1+1=2", "50%", "#&;?", "%41"], ["é", "😀", "\n"]];
    lines.push(["%41"], ["%2541"], ["%"], ["%zz"], ["-", "."], ["3D"], ["&amp;"], ["_*~`"], ["“é”"]);
    for (const args of lines) {
      assert.deepEqual(await opened(`#${await linkFragment(hex("00"), args)}`), program(hex("00"), args));
      const fragment = joinLink({ program: "z=YwAA", args });
      assert.deepEqual(splitLink(fragment), { program: "z=YwAA", args });
      // A browser's address bar leaves it alone, and nothing in it ends a link in a text.
      assert.equal(new URL(`#${fragment}`, "http://localhost/").hash, `#${fragment}`);
      assert.match(fragment, /^args=[A-Za-z0-9%]+&z=[\w-]+$/);
    }
  });

  test("from half a character, which no encoding has", async () => {
    assert.deepEqual(await opened(await linkFragment(hex("00"), ["\ud800"])), program(hex("00"), ["\ufffd"]));
  });

  test("as small as deflate makes it, and no larger than the bytes themselves", async () => {
    assert.ok((await linkFragment(Buffer.alloc(LIMIT))).length < 2000);
    const roll = dice(2);
    const noise = Buffer.from(Array.from({ length: 3000 }, () => roll(256)));
    // The header, the check sum, and the header of a stored block.
    assert.ok((await linkFragment(noise)).length < 4000 + 2 + 16);
  });
});

describe("a link by the command", () => {
  test("opens to what a link by the page opens to", async () => {
    const args = ["two words", "100%", "'\"\\", "é+&=#"];
    for (const name of ["hostile", "huge", "picture", "tone", "files", "escapes"]) {
      const rom = await assembled(name);
      const url = new URL(await linkTo(await assemble(name), "https://uxn.example/play/", formatArgs(args)));
      const ours = await linkFragment(rom, args);
      assert.equal(url.origin + url.pathname, "https://uxn.example/play/");
      assert.deepEqual(await opened(url.hash), program(rom, args));
      assert.deepEqual(await opened(ours), program(rom, args));
      assert.equal(url.hash.slice(1).split("&")[0], ours.split("&")[0], "arguments look the same");
      assert.ok(url.hash.length <= ours.length + 1, "and it is no longer");
    }
  });
});

describe("ULZ", () => {
  const unpacked = (bytes: string, limit = LIMIT) =>
    Buffer.from(unpackUlz(hex(bytes), limit)).toString("latin1");

  test("the commands", () => {
    assert.equal(unpacked("02 61 62 63 82 02"), "abcabcabc", "case 409");
    assert.equal(unpacked("00 41 c0 40 00"), "A".repeat(69), "case 410");
    assert.equal(unpacked(""), "");
    assert.equal(unpacked(`7f ${"42".repeat(128)}`), "B".repeat(128));
    assert.equal(unpacked("00 43 bf 00"), "C".repeat(68));
    assert.equal(unpacked("00 44 ff ff 00"), "D".repeat(16388));
    assert.equal(unpacked("01 61 62 84 01 00 63"), "abababababc");
    const far = Buffer.from(unpackUlz(hex(`7f ${"01".repeat(128)} 7f 02${"03".repeat(127)} 80 ff`), LIMIT));
    assert.deepEqual(far.subarray(256), hex("01010101"));
  });

  test("errors", () => {
    for (const cut of ["00", "02 61 62", "00 41 80", "00 41 c0", "00 41 c0 40", `7f ${"42".repeat(127)}`]) {
      assert.throws(
        () => unpacked(cut),
        { name: "RangeError", message: "the input ends inside a command" },
        cut,
      );
    }
    for (const far of ["80 00", "c0 00 00", "00 41 80 01", "02 61 62 63 82 03", "00 41 c0 40 ff"]) {
      assert.throws(
        () => unpacked(far),
        { name: "RangeError", message: "a copy starts before the output" },
        far,
      );
    }
    assert.equal(unpacked("02 61 62 63 82 02", 9), "abcabcabc");
    assert.throws(() => unpacked("02 61 62 63 82 02", 8), { name: "RomError" });
    assert.throws(() => unpacked("02 61 62 63 82 02", 2), { name: "RomError" });
  });

  test("what a greedy encoder makes", () => {
    const roll = dice(3);
    for (let i = 0; i < 300; i++) {
      const rom = randomRom(roll);
      assert.deepEqual(Buffer.from(unpackUlz(Uint8Array.from(packUlz(rom)), LIMIT)), rom);
    }
    const long = Buffer.concat([Buffer.alloc(40_000, 7), Buffer.alloc(40_000, "fantail")]);
    assert.deepEqual(Buffer.from(unpackUlz(Uint8Array.from(packUlz(long)), LIMIT)), long);
  });
});

/** Links and what they come to, the same in every engine. */
const cases: [fragment: string, expected: Opened][] = [
  // Each kind: a stored block, a block with fixed codes, ULZ, as it is.
  ["#z=AQMA_P9hYmM", program(Buffer.from("abc"))],
  [link("z", hex("4b 4c 4a 06 00")), program(Buffer.from("abc"))],
  ["z=AQMA_P9hYmM", program(Buffer.from("abc"))],
  ["#r=AmFiY4IC", program(Buffer.from("abcabcabc"))],
  ["#rom=oAEBGBc", program(hex("a0 01 01 18 17"))],
  // Arguments; other parameters are left alone.
  ["#rom=QQ&args=a%20%22b%20c%22", program(hex("41"), ["a", "b c"])],
  ["#rom=QQ&args=a+b%2Bc", program(hex("41"), ["a", "b+c"])],
  ["#rom=QQ&utm_source=x&args=a&args=b&y", program(hex("41"), ["a"])],
  ["#rom=QQ&", program(hex("41"))],
  ["#rom=QQ&args=", program(hex("41"))],
  ["#rom=QQ&args=%zz%e2%82%20100%", program(hex("41"), ["%zz\ufffd", "100%"])],
  // What happens to links on their way.
  ["#z%3DAQMA%5FP9hYmM%26args%3Da%2520b", program(Buffer.from("abc"), ["a", "b"])],
  ["%23z=AQMA_P9hYmM", program(Buffer.from("abc"))],
  ["#z=AQMA%5FP9h%0D%0AYmM%3D", program(Buffer.from("abc"))],
  ["#z=AQMA/P9hYmM=", program(Buffer.from("abc"))],
  ["#rom=-_-_", program(hex("fb ff bf"))],
  ["#rom=+/%2b%2F", program(hex("fb ff bf"))],
  ["#rom=QQ==", program(hex("41"))],
  ["#rom=QQ=", program(hex("41"))],
  ["#rom= Q Q\t=\n=", program(hex("41"))],
  ["#rom=QUJD.", program(hex("414243"))],
  ["#rom=QUJD😀", program(hex("414243"))],
  ["#rom=Q=Q", program(hex("41"))],
  ["#rom=QQ===", program(hex("41"))],
  ["#rom=3DQUJD", program(hex("414243"))],
  ["#Z=AQMA_P9hYmM", program(Buffer.from("abc"))],
  ["##z=AQMA_P9hYmM", program(Buffer.from("abc"))],
  ["#a&z=AQMA_P9hYmM", program(Buffer.from("abc"))],
  // A check sum, and one digit that is missing, or too much.
  [link("z", deflateSync(Buffer.from("abc"))), program(Buffer.from("abc"))],
  [`${link("z", deflateSync(Buffer.from("abc")))}_`, program(Buffer.from("abc"))],
  [link("z", deflateSync(Buffer.from("abc"))).slice(0, -1), CUT],
  [link("z", [...deflateSync(Buffer.from("abc")).subarray(0, -1), 0x00]), BROKEN],
  // Damage.
  ["#z=", NOTHING],
  ["#r=", NOTHING],
  ["#rom=&args=a", NOTHING],
  ["#rom==", NOTHING],
  ["#z=AwA", NOTHING],
  ["#rom=A", CUT],
  ["#rom=QUJDR", CUT],
  ["#rom=QU<b>D", damaged("there is “<” in its program")],
  ["#rom=QU%ZZ", damaged("there is “%” in its program")],
  ["#rom=QU%C3%A9D", damaged("there is “é” in its program")],
  ["#rom=QU…D", damaged("a part of it was left out")],
  ["#rom=QU–D", damaged("there are dashes in its program that were hyphens")],
  ["#rom=QR", CUT],
  ["#z=AQMA_P9hYm", CUT],
  ["#z=AQMA", CUT],
  ["#z=_____w", BROKEN],
  ["#z=AmFiY4IC", BROKEN],
  ["#r=AmFiY4ID", BROKEN],
  ["#r=AmFi", BROKEN],
  // Nothing of ours.
  ["", "no program"],
  ["#", "no program"],
  ["#z", "no program"],
  ["#zz=AQMA_P9hYmM", "no program"],
  ["#from=QQ", "no program"],
  ["#%", "no program"],
  ["#%E0%A4%A", "no program"],
];

describe("a link is opened", () => {
  test("or not, with words", async () => {
    for (const [fragment, expected] of cases) {
      const result = await opened(fragment);
      if (!isEitherFault(fragment, result, expected)) assert.deepEqual(result, expected, fragment);
    }
  });

  test("up to the limit", async () => {
    const rom = Buffer.alloc(300, "fantail");
    for (const fragment of [link("z", deflateRawSync(rom)), link("r", packUlz(rom)), link("rom", rom)]) {
      assert.deepEqual(await opened(fragment, 300), program(rom));
      assert.deepEqual(await opened(fragment, 299), tooLarge(299));
      assert.deepEqual(await opened(fragment, 0), tooLarge(0));
    }
  });

  test("and what it promises takes neither memory nor time", { timeout: 30_000 }, async () => {
    const most = () => process.resourceUsage().maxRSS / 1024;
    const before = most();
    for (const [name, fragment, expected] of bombs) {
      const start = performance.now();
      assert.deepEqual(await opened(fragment), expected, name);
      const taken = performance.now() - start;
      assert.ok(taken < 3000, `${name}: ${taken} ms`);
    }
    assert.ok(most() - before < 256, `${most() - before} MB`);
  });

  test("until it is given up", async () => {
    const reason = new Error("enough");
    const fragment = link("z", deflateRawSync(Buffer.alloc(LIMIT)));
    await assert.rejects(programInLink(fragment, LIMIT, AbortSignal.abort(reason)), reason);
    const giving = new AbortController();
    const opening = programInLink(fragment, LIMIT, giving.signal);
    giving.abort(reason);
    await assert.rejects(opening, reason);
  });

  test("whatever has happened to its bytes", { timeout: 60_000 }, async () => {
    const links = packedLinks(4, 4000);
    const results = await openLinks(
      links.map(({ fragment }) => fragment),
      SMALL,
    );
    let trailing = 0;
    links.forEach(({ fragment, expected }, i) => {
      const result = results[i] as Opened;
      if (isEitherFault(fragment, result, expected)) return;
      // Node's inflate, unlike that of browsers, does not mind what follows the end of the stream.
      if (expected === BROKEN && fragment.startsWith("#z") && result !== "no program" && "rom" in result)
        trailing++;
      else assert.deepEqual(result, expected, fragment);
    });
    assert.ok(trailing < links.length / 8, `${trailing}`);
  });

  test("whatever it is", { timeout: 60_000 }, async () => {
    checkWild(await openLinks(wildLinks(5, 4000), SMALL));
  });
});

const folder = join(root, "target/tests/links");

before(() =>
  build({
    root: join(root, "tests/web/pages/links"),
    configFile: false,
    base: "./",
    logLevel: "warn",
    build: { outDir: folder, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 },
  }),
);

describeSite(
  "links",
  (site) => {
    let page: Page;
    before(async () => {
      page = await site.open("");
      await page.waitForFunction(() => "links" in globalThis);
    });
    const inPage = (fragments: string[], limit = LIMIT) =>
      page.evaluate((all, most) => links.openLinks(all, most), fragments, limit);

    test("opened or not", async () => {
      // Lone surrogates do not survive the way into the page.
      const results = await inPage(cases.map(([fragment]) => fragment));
      cases.forEach(([fragment, expected], i) => {
        assert.deepEqual(results[i], expected, fragment);
      });
    });

    test("more behind the program", async () => {
      const packed = deflateRawSync(Buffer.from("abc"));
      const fragments = ["00", "0300", "41".repeat(2000)].map((more) => link("z", [...packed, ...hex(more)]));
      assert.deepEqual(await inPage(fragments), Array(3).fill(BROKEN));
    });

    test("bombs", { timeout: 60_000 }, async () => {
      for (const [name, fragment, expected] of bombs) {
        const start = performance.now();
        assert.deepEqual(await inPage([fragment]), [expected], name);
        const taken = performance.now() - start;
        assert.ok(taken < 5000, `${name}: ${taken} ms`);
      }
    });

    test("damaged", { timeout: 60_000 }, async () => {
      const made = packedLinks(6, 2000);
      const results = await inPage(
        made.map(({ fragment }) => fragment),
        SMALL,
      );
      made.forEach(({ fragment, expected }, i) => {
        const result = results[i] as Opened;
        if (!isEitherFault(fragment, result, expected)) assert.deepEqual(result, expected, fragment);
      });
    });

    test("wild", { timeout: 60_000 }, async () => {
      checkWild(await inPage(wildLinks(7, 2000), SMALL));
    });

    test("made by the command", async () => {
      for (const name of ["picture", "tone"]) {
        const { hash } = new URL(await linkTo(await assemble(name), "https://uxn.example/", "a 'b c'"));
        assert.deepEqual(await inPage([hash]), [program(await assembled(name), ["a", "b c"])]);
      }
    });

    test("made in a page and opened in Node, and the other way round", async () => {
      const roll = dice(8);
      for (let i = 0; i < 20; i++) {
        const rom = randomRom(roll);
        const args = ["two words", `"${i}"`];
        const made = await page.evaluate((bytes, words) => links.makeLink(bytes, words), [...rom], args);
        assert.deepEqual(await opened(made), program(rom, args));
        assert.deepEqual(await inPage([await makeLink([...rom], args)]), [program(rom, args)]);
      }
      const largest = await linkFragment(Buffer.alloc(LIMIT, "fantail"));
      assert.deepEqual(await inPage([largest]), [program(Buffer.alloc(LIMIT, "fantail"))]);
    });
  },
  folder,
);

describeSite("links on the page", (site) => {
  /** The page at a link; what it has asked the server for. */
  async function visit(fragment: string): Promise<{ page: Page; asked: string[] }> {
    const page = await site.tab();
    const asked: string[] = [];
    page.on("request", (request) => {
      const { protocol, pathname, search } = new URL(request.url());
      // Firefox has fonts of its own in data: addresses.
      if (protocol === "http:") asked.push(pathname + search);
    });
    await page.goto(site.server.url + fragment);
    return { page, asked };
  }

  test("each kind plays with its arguments, and the server learns nothing of it", async () => {
    const rom = await assembled("echo");
    const made = new URL(await linkTo(await assemble("echo"), site.server.url, "'x y'"));
    const fragments = [`#${await linkFragment(rom, ["x y"])}`, made.hash];
    for (const [kind, packed] of [["r", packUlz(rom)] as const, ["rom", rom] as const]) {
      fragments.push(`${link(kind, packed)}&args=%22x+y%22`);
    }
    for (const fragment of fragments) {
      const { page, asked } = await visit(fragment);
      await prints(page, "278 220 279 40a");
      assert.deepEqual(
        asked.filter((path) => path.includes("=") || path.endsWith(".rom")),
        [],
      );
      await page.close();
    }
  });

  test("one after the other, Back, and one that is damaged", async () => {
    const { page } = await visit(link("rom", await assembled("frames")));
    await prints(page, "..");
    await page.evaluate(
      (hash) => {
        location.hash = hash;
      },
      await linkFragment(await assembled("echo"), ["q"]),
    );
    await prints(page, "271 40a");
    await page.goBack();
    await prints(page, "..");
    await page.evaluate(() => {
      location.hash = "#r=AmFi";
    });
    assert.equal(await problem(page), (BROKEN as { refused: string }).refused);
    await page.waitForFunction(() => location.hash.startsWith("#rom="));
    await page.close();
  });

  test("one that is damaged from the start", async () => {
    const { page } = await visit("#z=AQMA_P9hYm");
    assert.equal(await problem(page), (CUT as { refused: string }).refused);
    await page.close();
  });
});
