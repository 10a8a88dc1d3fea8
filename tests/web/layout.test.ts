/**
 * `<uxn-player>` in whatever box a page has for it: containers, writing modes, directions, root sizes, zooms, displays and
 * transforms. It is to take as much room as a canvas with `max-width: 100%` would or more, to stay inside of it, to show as
 * large a picture as fits, and to report the pixel that is under the pointer.
 *
 * `SWEEP=5000 node --import tsx --test tests/web/layout.test.ts` tries as many combinations by chance as well.
 */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Page } from "puppeteer-core";
import { Articles } from "./support/article.js";
import { anyOf, type Combination, pairs, random } from "./support/pairs.js";
import { describeSite, frames, type Site } from "./support/site.js";

const SEED = 13;
/** How many combinations are tried besides all pairs of choices. */
const MORE = Number(process.env.SWEEP ?? 0);

/** Boxes of pages, each with a place for the player. */
const CONTAINERS: Readonly<Record<string, string>> = {
  block: "<slot></slot>",
  padded: `<div style="padding: 7px 13.3px; border: 3px solid"><slot></slot></div>`,
  narrow: `<div style="width: 231.4px"><slot></slot></div>`,
  wide: `<div style="width: 950px"><slot></slot></div>`,
  column: `<div style="display: flex"><nav style="width: 250px; flex: none">Menu</nav><div style="flex: 1"><slot></slot></div></div>`,
  "flex item": `<div style="display: flex"><nav style="flex: none">Menu</nav><slot></slot><b>x</b></div>`,
  "flex item that grows": `<div style="display: flex; width: 700px"><slot class="grow"></slot><b>x</b></div>`,
  "flex column": `<div style="display: flex; flex-direction: column"><b>x</b><slot></slot></div>`,
  "centred in a flex column": `<div style="display: flex; flex-direction: column; align-items: center"><slot></slot></div>`,
  "grid cards": `<div style="display: grid; grid-template-columns: repeat(3, 1fr); gap: 10px"><div><slot></slot></div><div>x</div><div>x</div></div>`,
  "grid item": `<div style="display: grid; grid-template-columns: 1fr 1fr; gap: 10px"><slot></slot><div>x</div></div>`,
  "flex cards": `<div style="display: flex; gap: 10px"><div style="flex: 1"><slot></slot></div><div style="flex: 1">x</div><div style="flex: 1">x</div></div>`,
  "place-items": `<div style="display: grid; place-items: center; height: 600px"><slot></slot></div>`,
  fieldset: `<div style="width: 300px"><fieldset><legend>x</legend><fieldset><slot></slot></fieldset></fieldset></div>`,
  table: `<table style="width: 100%"><tr><td>word</td><td><slot></slot></td></tr></table>`,
  "narrow table": `<table style="width: 260px"><tr><td><slot></slot></td><td>word</td></tr></table>`,
  "fixed table": `<table style="width: 100%; table-layout: fixed"><tr><td><slot></slot></td><td>word</td></tr></table>`,
  dialog: `<dialog open style="position: static"><slot></slot></dialog>`,
  details: `<details open><summary>x</summary><slot></slot></details>`,
  list: `<ul><li><slot></slot></li></ul>`,
  figure: `<figure><slot></slot><figcaption>Words</figcaption></figure>`,
  float: `<div style="float: left"><slot></slot></div>`,
  "inline-block": `<p>word <span style="display: inline-block"><slot></slot></span> word</p>`,
  absolute: `<div style="position: relative; min-height: 700px"><div style="position: absolute; left: 20px; top: 5px"><slot></slot></div></div>`,
  multicol: `<div style="columns: 3 200px"><slot></slot></div>`,
  "max-content": `<div style="width: max-content"><slot></slot></div>`,
  "fit-content": `<div style="width: fit-content"><slot></slot></div>`,
  scroller: `<div style="overflow: auto; max-height: 400px"><slot></slot></div>`,
  "of a height": `<div style="height: 300px"><slot></slot></div>`,
};

/** What pages say of the player itself. */
const HOSTS: Readonly<Record<string, string>> = {
  nothing: "",
  "width: 100%": "width: 100%",
  "width: 60%": "width: 60%",
  "width: 30rem": "width: 480px; max-width: 100%",
  "width: fit-content": "width: fit-content; max-width: 100%",
  "max-height: 200px": "max-height: 200px",
  "max-height: 50%": "max-height: 50%",
  "height: 240px": "height: 240px",
  "height: 100%": "height: 100%",
  "border and padding": "border: 5px solid; padding: 3px 11px; max-height: 260px",
  "border box": "box-sizing: border-box; border: 5px solid; padding: 3px; max-width: 100%",
  "display: block": "display: block",
  "block of a height at most": "display: block; max-height: 200px",
  "padded block of a height at most":
    "display: block; box-sizing: border-box; padding: 9px; border: 4px solid; max-height: 220px",
  "inline block of a height at most": "display: inline-block; max-width: 100%; max-height: 230px",
  "display: inline-block": "display: inline-block; max-width: 100%",
  "display: flex": "display: flex; max-height: 230px",
  "display: flow-root": "display: flow-root; height: 210px",
  float: "float: left; max-width: 100%",
  "aspect-ratio": "aspect-ratio: 1; width: 400px; max-width: 100%",
};

const CHOICES = {
  container: Object.keys(CONTAINERS),
  host: Object.keys(HOSTS),
  attributes: ["", "controls", 'controls scale="1"', 'controls scale="2"', 'scale="3"'],
  writing: ["horizontal-tb", "vertical-rl", "vertical-lr", "sideways-lr"],
  direction: ["ltr", "rtl"],
  root: ["62.5%", "100%", "200%"],
  zoom: ["1", "1.5", "0.8"],
  doctype: ["standards", "quirks"],
} as const;

type Case = Combination<typeof CHOICES>;

/** Tries cases in the page, and says what is wrong with each. `player` plays a program of 512 by 320 pixels. */
async function tryAll(cases: readonly (Case & { box: string; style: string })[]): Promise<string[]> {
  const faults: string[] = [];
  const html = document.documentElement;
  const main = document.querySelector("main") as HTMLElement;
  const ours = ["controls", "scale"];
  const drawn = () => new Promise(requestAnimationFrame);
  const put = (box: string, element: Element) => {
    main.innerHTML = `<p>Before</p>${box}<p id="after">After</p>`;
    const slot = main.querySelector("slot") as Element;
    element.classList.toggle("grow", slot.classList.contains("grow"));
    slot.replaceWith(element);
    return element.parentElement as HTMLElement;
  };
  /** The inside of a box. */
  const inside = (element: Element) => {
    const zoom = element.currentCSSZoom;
    const { left, top, width, height } = element.getBoundingClientRect();
    const { clientLeft, clientTop, clientWidth, clientHeight } = element as HTMLElement;
    const style = getComputedStyle(element);
    const pad = (side: string) => Number.parseFloat(style.getPropertyValue(`padding-${side}`)) * zoom;
    const isBox = clientWidth > 0;
    return {
      left: left + clientLeft * zoom + pad("left"),
      top: top + clientTop * zoom + pad("top"),
      right: left + (isBox ? (clientLeft + clientWidth) * zoom : width) - pad("right"),
      bottom: top + (isBox ? (clientTop + clientHeight) * zoom : height) - pad("bottom"),
    };
  };
  for (const tried of cases) {
    const { box, style, ...chosen } = tried;
    const fault = (words: string) => faults.push(`${words}: ${JSON.stringify(chosen)}`);
    html.style.cssText = `font-size: ${chosen.root}; writing-mode: ${chosen.writing}; direction: ${chosen.direction}`;
    document.body.style.zoom = chosen.zoom;
    for (const name of ours) player.removeAttribute(name);
    for (const [, name, value] of chosen.attributes.matchAll(/(\w+)(?:="(.)")?/g)) {
      player.setAttribute(name ?? "", value ?? "");
    }
    const scale = Number(player.getAttribute("scale") ?? 1);

    // As a picture does.
    const canvas = document.createElement("canvas");
    canvas.width = 512 * scale;
    canvas.height = 320 * scale;
    canvas.style.cssText = `display: block; width: ${512 * scale}px; max-width: 100%; ${style}; box-sizing: border-box; height: auto; max-height: none; aspect-ratio: auto`;
    const room = inside(put(box, canvas));
    const canvasBox = canvas.getBoundingClientRect();
    const pageWidth = html.scrollWidth;

    player.setAttribute("style", style);
    const parent = put(box, player);
    for (let count = 0; count < 3; count++) await drawn();
    const host = player.getBoundingClientRect();
    const within = inside(player);
    const shown = (selector: string) => {
      const element = inPlayer(selector);
      return element?.checkVisibility() ? element.getBoundingClientRect() : undefined;
    };
    // Vertical pages grow in the other direction.
    const isVertical = chosen.writing !== "horizontal-tb";
    // In Firefox `zoom` leaves alone how large a canvas is by itself.
    const wanted = chosen.container === "max-content" ? (512 * scale + 40) * Number(chosen.zoom) : 0;
    if (!isVertical && html.scrollWidth > Math.max(innerWidth, pageWidth, wanted) + 1) {
      fault(`the page is ${html.scrollWidth} wide, with a canvas ${pageWidth}`);
    }
    const around = inside(parent);
    const widest = around.right - around.left;
    // Across the lines of vertical writing percentages are of nothing, and containers grow.
    const least = Math.min(
      canvasBox.width,
      512 * scale * Number(chosen.zoom),
      room.right - room.left - (innerWidth - html.clientWidth),
      isVertical ? (/%/.test(style) ? 0 : Math.min(widest, innerWidth - 40)) : innerWidth,
    );
    // Beside others in one row a canvas makes the page wider instead.
    if (host.width < least - 1 && !chosen.container.startsWith("flex item")) {
      fault(`${host.width} wide, a canvas ${canvasBox.width}`);
    }
    if (!isVertical && host.width > Math.max(widest, canvasBox.width) + 1)
      fault(`${host.width} wide in ${widest}`);
    for (const selector of ["#root", "#stage", "#room canvas", "#bar", "#play", "#fullscreen"]) {
      const part = shown(selector);
      if (!part) continue;
      const out = Math.max(
        within.left - part.left,
        within.top - part.top,
        part.right - within.right,
        part.bottom - within.bottom,
      );
      if (out > 1.05 * Math.max(1, Number(chosen.zoom))) fault(`${selector} is ${out} outside of the player`);
    }
    const stage = shown("#stage");
    const picture = shown("#room canvas");
    if (!stage || !picture || stage.width === 0) {
      fault("there is no picture");
      continue;
    }
    const free = Math.min(stage.width / 512, stage.height / 320) * devicePixelRatio;
    const most = player.hasAttribute("scale")
      ? Math.max(1, Math.round(scale * Number(chosen.zoom) * devicePixelRatio))
      : Number.POSITIVE_INFINITY;
    const fits = Math.min(most, free >= 1 ? Math.floor(free + 0.005) : free);
    const got = (picture.width * devicePixelRatio) / 512;
    if (Math.abs(got - fits) > 0.01)
      fault(
        `the picture is enlarged by ${got}, and ${fits} (${free}) fits at ${devicePixelRatio} in ${getComputedStyle(inPlayer("#room") as Element).width} of ${inPlayer("#room canvas")?.style.cssText}`,
      );
    if (Math.abs(picture.width / picture.height - 1.6) > 0.02) fault("the picture has another shape");
    // The room for it is of its shape where nobody says how high it is.
    // In pages without a doctype Chromium's percentages are of the window in blocks of no height.
    const isQuirk = chosen.doctype === "quirks" && /display: (inline-)?block/.test(style);
    const isFree = !/height|aspect|min/.test(box + style) && !isVertical && !isQuirk;
    const natural = Math.min(stage.width / 1.6, innerHeight * Number(chosen.zoom));
    if (isFree && Math.abs(stage.height - natural) > 2) fault(`${stage.height} high, not ${natural}`);
    const button = shown("#play");
    const size = 36 * Number(chosen.zoom);
    if (button && Math.abs(button.height - size) > 1) fault(`a button is ${button.height} high`);
    // All of the width is used.
    const root = shown("#root");
    if (root && Math.abs(root.width - (within.right - within.left)) > 1.5) {
      fault(`${root.width} of ${within.right - within.left} are used`);
    }
  }
  return faults;
}

/** How a player may be turned. The first is the style of a box around it, the second its own. */
const TRANSFORMS: Readonly<Record<string, readonly [around: string, own: string]>> = {
  none: ["", ""],
  moved: ["", "transform: translate(33.3px, 21.7px)"],
  enlarged: ["transform: scale(1.31); transform-origin: 0 0", ""],
  "made smaller": ["", "scale: 0.62"],
  turned: ["", "transform: rotate(17deg)"],
  "turned by a quarter": ["", "rotate: 90deg"],
  "upside down": ["transform: rotate(180deg)", ""],
  mirrored: ["transform: scaleX(-1)", ""],
  "mirrored twice": ["transform: scaleX(-1)", "transform: scaleY(-1)"],
  skewed: ["", "transform: skew(14deg, -6deg)"],
  stretched: ["scale: 1.2 0.7", ""],
  "in perspective": ["perspective: 700px", "transform: rotateY(38deg) rotateX(-11deg)"],
  "a card in space": [
    "perspective: 900px; perspective-origin: 20% 80%",
    "transform: translateZ(60px) rotateX(33deg) rotateZ(8deg)",
  ],
  "turned twice": ["transform: rotate(-20deg) scale(0.9)", "transform: rotate(50deg) scaleX(-0.8)"],
  zoomed: ["zoom: 1.4", ""],
  "zoomed and turned": ["zoom: 0.75", "transform: rotate(-9deg)"],
  "zoomed itself": ["transform: rotate(4deg)", "zoom: 1.25"],
  "along a path": ["", 'offset-path: path("M 300 250 L 500 350"); offset-distance: 50%'],
  padded: ["padding: 9px", "padding: 5px 17px; border: 4px solid; transform: rotate(3deg)"],
};

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The projection of the square from 0 to 1 that has these corners: top left, top right, bottom left, bottom right. */
function projection([a, b, c, d]: readonly Point[]): { to(point: Point): Point; from(point: Point): Point } {
  assert.ok(a && b && c && d);
  const [p, q] = [b.x - d.x, c.x - d.x];
  const [r, s] = [b.y - d.y, c.y - d.y];
  const [x, y] = [a.x - b.x + d.x - c.x, a.y - b.y + d.y - c.y];
  const [g, h] = [(x * s - q * y) / (p * s - q * r), (p * y - x * r) / (p * s - q * r)];
  const [m, n] = [b.x - a.x + g * b.x, c.x - a.x + h * c.x];
  const [k, l] = [b.y - a.y + g * b.y, c.y - a.y + h * c.y];
  return {
    to: ({ x: u, y: v }) => ({
      x: (m * u + n * v + a.x) / (g * u + h * v + 1),
      y: (k * u + l * v + a.y) / (g * u + h * v + 1),
    }),
    from: ({ x, y }) => {
      const [e, f] = [m - g * x, n - h * x];
      const [i, j] = [k - g * y, l - h * y];
      const size = e * j - f * i;
      return {
        x: ((x - a.x) * j - f * (y - a.y)) / size,
        y: (e * (y - a.y) - (x - a.x) * i) / size,
      };
    },
  };
}

/** What is wrong on a page of the site: what makes it wider, and controls that are not wholly in the window. */
function cutOff(): string[] {
  const html = document.documentElement;
  const width = html.clientWidth;
  const faults = html.scrollWidth > innerWidth ? [`the page is ${html.scrollWidth} wide`] : [];
  const controls = "button, a[href], input, select, summary";
  const inside = [...document.querySelectorAll("uxn-player")].flatMap((element) => [
    element,
    ...(element.shadowRoot?.querySelectorAll(`${controls}, canvas, #stage`) ?? []),
  ]);
  for (const element of [...document.querySelectorAll(controls), ...inside]) {
    // What scrolls by itself may be wider.
    if (!element.checkVisibility() || element.closest(".table, pre")) continue;
    const { left, right } = element.getBoundingClientRect();
    if (left < -0.5 || right > width + 0.5) {
      faults.push(`${element.id || element.outerHTML.slice(0, 60)} is from ${left} to ${right} of ${width}`);
    }
  }
  for (const element of document.querySelectorAll("uxn-player")) {
    const bar = element.shadowRoot?.querySelector("#bar");
    const stage = element.shadowRoot?.querySelector("#stage");
    if (!bar || !stage?.checkVisibility()) continue;
    const height = bar.getBoundingClientRect().bottom - stage.getBoundingClientRect().top;
    if (height > innerHeight) faults.push(`screen and bar are ${height} high, the window ${innerHeight}`);
  }
  return faults;
}

declare global {
  /** What the program of the first player has printed. */
  var reports: string;
}

describeSite("layout", (site: Site) => {
  const articles = new Articles(site);
  before(async () => {
    await articles.offer("events");
  });

  const STYLE = "body { margin: 8px; } .grow { flex: 1 }";

  async function play(attributes = "", doctype = "<!doctype html>"): Promise<Page> {
    const page = await articles.open(
      `<uxn-player src="events.rom" muted background ${attributes}></uxn-player>`,
      {
        style: STYLE,
        doctype,
      },
    );
    await page.evaluate(() => player.play());
    await page.waitForFunction(() => player.screenWidth === 512 && player.uses.mouse);
    return page;
  }

  test("in every container it has its place, stays in it, and shows as much as fits", async () => {
    const next = random(SEED);
    const cases = pairs(CHOICES, next);
    for (let count = 0; count < MORE; count++) cases.push(anyOf(CHOICES, next));
    const faults: string[] = [];
    for (const doctype of CHOICES.doctype) {
      const page = await play("", doctype === "quirks" ? "" : "<!doctype html>");
      const chosen = cases.filter((tried) => tried.doctype === doctype);
      for (let start = 0; start < chosen.length; start += 100) {
        const ratio = [1, 2, 1.5][(start / 100) % 3] ?? 1;
        await page.setViewport({ width: 1000 + (start % 7), height: 800, deviceScaleFactor: ratio });
        await frames(page, 2);
        const some = chosen.slice(start, start + 100).map((tried) => ({
          ...tried,
          box: CONTAINERS[tried.container] ?? "",
          style: HOSTS[tried.host] ?? "",
        }));
        faults.push(...(await page.evaluate(tryAll, some)));
      }
      await page.close();
    }
    assert.deepEqual(faults, [], `of ${cases.length} cases, seed ${SEED}`);
  });

  test("the pixel under the pointer is the one that is reported, however the player is turned", async () => {
    const page = await play("controls");
    await page.setViewport({ width: 1400, height: 1000 });
    await page.evaluate(() => {
      globalThis.reports = "";
      player.addEventListener("console", ({ detail }) => {
        reports += detail.text;
      });
    });
    const reported = async () => {
      await page.waitForFunction(() => reports.endsWith("\n"), { timeout: 5000 });
      const [, x, y] = (await page.evaluate(() => reports)).match(/m(....),(....):..\n$/) ?? [];
      return { x: Number.parseInt(x ?? "", 16), y: Number.parseInt(y ?? "", 16) };
    };
    const faults: string[] = [];
    for (const [name, [around, own]] of Object.entries(TRANSFORMS)) {
      await page.mouse.move(1, 1);
      await page.evaluate(
        (around, own) => {
          const box = document.createElement("div");
          box.style.cssText = `width: 600px; margin: 130px 0 0 160px; ${around}`;
          player.style.cssText = own;
          document.querySelector("main")?.replaceChildren(box);
          box.append(player);
        },
        around,
        own,
      );
      await frames(page, 3);
      const corners = await page.evaluate(() => {
        const canvas = inPlayer("#room canvas") as HTMLCanvasElement;
        const { left, top, width, height } = canvas.style;
        return [0, 1, 2, 3].map((corner) => {
          const mark = document.createElement("i");
          const at = (from: string, size: string, far: number) => (far ? `calc(${from} + ${size})` : from);
          mark.style.cssText = `position: absolute; left: ${at(left, width, corner & 1)}; top: ${at(top, height, corner & 2)}`;
          canvas.after(mark);
          const { x, y } = mark.getBoundingClientRect();
          mark.remove();
          return { x, y };
        });
      });
      const { to, from } = projection(corners);
      const screen = ({ x, y }: Point) => to({ x: x / 512, y: y / 320 });
      /** Goes there, and says what is wrong about what the program hears of it. */
      const goTo = async (pixel: Point) => {
        const exact = screen(pixel);
        // Some browsers know whole pixels only.
        const point = { x: Math.round(exact.x), y: Math.round(exact.y) };
        const there = from(point);
        const next = screen({ x: pixel.x + 1, y: pixel.y + 1 });
        const size = Math.min(1, Math.hypot(next.x - exact.x, next.y - exact.y) / Math.SQRT2);
        await page.evaluate(() => {
          reports = "";
        });
        await page.mouse.move(point.x, point.y);
        const got = await reported().catch(() => ({ x: Number.NaN, y: Number.NaN }));
        for (const [axis, count] of [
          ["x", 512],
          ["y", 320],
        ] as const) {
          const wanted = Math.max(0.5, Math.min(count - 0.5, there[axis] * count));
          if (Math.abs(got[axis] + 0.5 - wanted) <= 0.5 + 0.75 / size) continue;
          faults.push(`${name}: ${axis} is ${got[axis]} where it is ${wanted}`);
        }
      };
      await page.evaluate(() => player.focus());
      for (const pixel of [
        { x: 30.5, y: 40.5 },
        { x: 256.5, y: 160.5 },
        { x: 470.5, y: 290.5 },
        { x: 101.5, y: 250.5 },
      ]) {
        await goTo(pixel);
      }
      // Held, it is followed over the edge.
      await page.evaluate(() => {
        reports = "";
      });
      await page.mouse.down();
      await page.waitForFunction(() => reports.endsWith(":01\n"));
      await goTo({ x: 300.5, y: 120.5 });
      await goTo({ x: 531, y: 140.5 });
      await goTo({ x: 200.5, y: -11 });
      await page.mouse.up();
    }
    assert.deepEqual(faults, []);
    await page.close();
  });

  test("what a program prints reads from left to right, and on one side of the page", async () => {
    const page = await articles.open(`<uxn-player src="events.rom" controls></uxn-player>`, {
      style: "html { direction: rtl; text-align: right; text-transform: uppercase; letter-spacing: 1em }",
    });
    await page.evaluate(() => player.play());
    await page.waitForFunction(() => player.uses.controller);
    await page.evaluate(() => {
      player.focus();
      inPlayer("#console-toggle")?.click();
      player.focus();
    });
    await page.keyboard.press("a");
    await page.waitForFunction(() => inPlayer("#log")?.textContent?.includes("k61\n"));
    const [first, last, style] = await page.evaluate(() => {
      const log = inPlayer("#log") as HTMLElement;
      const text = log.querySelector("span")?.firstChild as Text;
      const at = text.data.indexOf("k61");
      const left = (index: number) => {
        const range = document.createRange();
        range.setStart(text, index);
        range.setEnd(text, index + 1);
        return range.getBoundingClientRect().left;
      };
      const { textTransform, letterSpacing } = getComputedStyle(log);
      return [
        left(at) - log.getBoundingClientRect().left,
        left(at + 2) - left(at),
        `${textTransform} ${letterSpacing}`,
      ];
    });
    assert.ok((first as number) < 40 && (last as number) > 0, `${first}, ${last}`);
    assert.equal(style, "none normal");
    await page.close();
  });

  test("filling the page changes nothing that the page has said of the element", async () => {
    const page = await play("controls");
    const styles = [
      "",
      "min-height: 333px;",
      "min-height: 10px !important; width: 70%; max-height: 50vh; --mine: 1;",
      "height: 300px; display: inline-block; max-width: 100%",
      "float: left; position: sticky; min-width: 30px",
    ];
    const seen = await page.evaluate(async (styles) => {
      Object.defineProperty(document, "fullscreenEnabled", { configurable: true, value: false });
      const end = document.createElement("p");
      end.textContent = "After";
      player.after(end);
      const places = () =>
        [player, end].map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return [x, y, width, height].map((value) => Math.round(value * 10) / 10).join();
        });
      const drawn = () =>
        new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const seen = [];
      for (const style of styles) {
        player.setAttribute("style", style);
        await drawn();
        const before = places().join(" ");
        await player.requestFullscreen();
        await drawn();
        const { width, height } = inPlayer("#root")?.getBoundingClientRect() ?? {};
        const fills = width === document.documentElement.clientWidth && height === innerHeight;
        const during = [player.getAttribute("style"), places().join(" ")];
        inPlayer("#fullscreen")?.click();
        await drawn();
        const after = [player.getAttribute("style"), places().join(" ")];
        seen.push({ fills, during, after, expected: [style, before] });
      }
      return seen;
    }, styles);
    for (const { fills, during, after, expected } of seen) {
      assert.ok(fills, "it fills the page");
      assert.deepEqual(during, expected);
      assert.deepEqual(after, expected);
    }
    await page.close();
  });

  for (const deviceScaleFactor of [1, 2]) {
    test(`on our pages no control is cut off, at eight sizes of the window, ${deviceScaleFactor} to 1`, async () => {
      const faults: string[] = [];
      for (const name of ["events", "gallery.html", "docs/embedding.html"]) {
        const page = name === "events" ? await site.open(`rom=${await site.offer(name)}`) : await site.tab();
        if (name !== "events") await page.goto(`${site.server.url}${name}`);
        for (const [width, height] of [
          [320, 480],
          [390, 844],
          [568, 320],
          [640, 360],
          [640, 450],
          [1024, 600],
          [1280, 720],
          [1920, 1080],
        ] as const) {
          await page.setViewport({ width, height, deviceScaleFactor });
          await frames(page, 3);
          const look = async (state: string) => {
            const found = await page.evaluate(cutOff);
            faults.push(...found.map((fault) => `${name}, ${width} by ${height}, ${state}: ${fault}`));
          };
          await look("at rest");
          if (name !== "events") continue;
          await page.evaluate(() => inPlayer("#console-toggle:not([hidden])")?.click());
          await frames(page, 2);
          await look("with a console");
          await page.evaluate(() => inPlayer("#console-toggle:not([hidden])")?.click());
        }
        await page.close();
      }
      assert.deepEqual(faults, []);
    });
  }
});
