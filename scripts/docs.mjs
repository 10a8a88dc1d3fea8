// Makes web pages of docs/*.md, in www/docs/page.html. The files are read as they are in the repository, too: links
// between them become links between pages, and docs/README.md is the list of them all.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import GithubSlugger from "github-slugger";
import { Marked, Renderer } from "marked";
import { Failure, root } from "./run.mjs";

/** Where the Markdown is. */
const source = join(root, "docs");
/** Where pages are made of it. */
const templates = join(root, "www/docs");
const LIST = "README.md";

/**
 * @typedef {object} Heading
 * @property {number} depth 1 to 6.
 * @property {string} id
 * @property {string} html
 *
 * @typedef {object} Page
 * @property {string} file Of the page.
 * @property {string} title As text.
 * @property {string} description The first paragraph, as text.
 * @property {string} html
 * @property {Heading[]} headings
 * @property {string[]} images Addresses, relative to the page.
 *
 * @typedef {{ title: string, file: string }} ListedPage
 * @typedef {{ heading: string, pages: ListedPage[] }} Group
 */

/**
 * Writes the pages, and what they need besides the player.
 * @param {string} out The folder.
 */
export function buildDocs(out) {
  mkdirSync(out, { recursive: true });
  const template = readFileSync(join(templates, "page.html"), "utf8");
  const groups = readList();
  const order = groups.flatMap(({ pages }) => pages);
  const names = readdirSync(source).filter((name) => name.endsWith(".md"));
  for (const name of names) {
    const page = render(name);
    const at = order.findIndex(({ file }) => file === page.file);
    const sections = page.headings.filter(({ depth }) => depth <= 3);
    const contents = name === LIST || sections.length < 2 ? "" : contentsOf(sections);
    const html = fill(template, {
      title: escapeHtml(page.title),
      description: escapeHtml(page.description || page.title),
      // Only where there is something to play.
      script: page.html.includes("<uxn-player") ? '<script type="module" src="../fantail.js"></script>' : "",
      article: page.html,
      contents,
      neighbours: at < 0 ? "" : neighbourLinks({ prev: order[at - 1], next: order[at + 1] }),
      pages: groups.map((group) => groupLinks(group, page.file)).join("\n"),
    });
    writeFileSync(join(out, page.file), html);
    for (const image of page.images) copyFileSync(join(source, image), join(out, image));
  }
  const styles = [join(root, "www/site/style.css"), join(templates, "style.css")];
  writeFileSync(join(out, "style.css"), styles.map((path) => readFileSync(path, "utf8")).join("\n"));
  copyFileSync(join(root, "www/site/icon.svg"), join(out, "icon.svg"));
  console.error(`${names.length} pages in ${relative(root, out)}`);
}

/**
 * Reads a file of Markdown.
 * @param {string} name
 * @returns {Page}
 */
function render(name) {
  /** @type {Page} */
  const page = { file: pageOf(name), title: name, description: "", html: "", headings: [], images: [] };
  const slugger = new GithubSlugger();
  const usual = Renderer.prototype;
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const text = this.parser.parseInline(tokens, this.parser.textRenderer);
        const html = this.parser.parseInline(tokens);
        const id = slugger.slug(text);
        if (depth === 1) {
          page.title = text;
          return `<h1 id="${id}">${html}</h1>\n`;
        }
        page.headings.push({ depth, id, html });
        return `<h${depth} id="${id}"><a class="anchor" href="#${id}">${html}</a></h${depth}>\n`;
      },
      paragraph(token) {
        page.description ||= this.parser
          .parseInline(token.tokens, this.parser.textRenderer)
          .replaceAll(/\s+/g, " ");
        return usual.paragraph.call(this, token);
      },
      link({ href, tokens }) {
        const html = this.parser.parseInline(tokens);
        const address = /^[a-z]+:/.test(href) ? href : linkOf(href);
        // The rest of the repository is not on the site.
        return address === undefined ? html : `<a href="${escapeHtml(address)}">${html}</a>`;
      },
      image({ href, text }) {
        page.images.push(href);
        return `<img src="${escapeHtml(href)}" alt="${escapeHtml(text)}" />`;
      },
      // What may be wider than the page scrolls by itself, also with the keyboard.
      code({ text }) {
        return `<pre tabindex="0"><code>${escapeHtml(text)}\n</code></pre>\n`;
      },
      table(token) {
        const heading = page.headings.at(-1)?.id;
        const label = heading ? `aria-labelledby="${heading}"` : `aria-label="${escapeHtml(page.title)}"`;
        const table = usual.table.call(this, token);
        return `<div class="table" tabindex="0" role="group" ${label}>\n${table}</div>\n`;
      },
      tablecell(token) {
        // An empty cell is nobody's heading.
        return usual.tablecell.call(this, token.text === "" ? { ...token, header: false } : token);
      },
    },
  });
  page.html = String(marked.parse(readFileSync(join(source, name), "utf8")));
  return page;
}

/**
 * The address of what a link in docs/ leads to, seen from a page; nothing if it is not on the site.
 * @param {string} href
 */
function linkOf(href) {
  const [path = "", fragment] = href.split("#");
  if (path.includes("/")) return undefined;
  const page = path === "" || !path.endsWith(".md") ? path : path === LIST ? "./" : pageOf(path);
  return fragment === undefined ? page : `${page}#${fragment}`;
}

/** @param {string} name Of a file of Markdown. */
function pageOf(name) {
  return name === LIST ? "index.html" : `${basename(name, ".md")}.html`;
}

/**
 * Reads the list of pages: headings, and under each a list of links.
 * @returns {Group[]}
 */
function readList() {
  /** @type {Group[]} */
  const groups = [];
  for (const line of readFileSync(join(source, LIST), "utf8").split("\n")) {
    const [, heading] = /^## (.*)/.exec(line) ?? [];
    if (heading) groups.push({ heading, pages: [] });
    const [, title, name] = /^- \[([^\]]*)\]\(([^)]*)\)/.exec(line) ?? [];
    if (title && name) groups.at(-1)?.pages.push({ title, file: pageOf(name) });
  }
  return groups;
}

/**
 * The part of the navigation for one group.
 * @param {Group} group
 * @param {string} current The page that it is for.
 */
function groupLinks({ heading, pages }, current) {
  const items = pages.map(({ title, file }) => {
    const here = file === current ? ' aria-current="page"' : "";
    return `<li><a href="${file}"${here}>${escapeHtml(title)}</a></li>`;
  });
  return `<p class="group">${escapeHtml(heading)}</p>\n<ul>${items.join("")}</ul>`;
}

/** The table of contents. @param {Heading[]} headings */
function contentsOf(headings) {
  const items = headings.map(
    ({ depth, id, html }) => `<li class="depth-${depth}"><a href="#${id}">${html}</a></li>`,
  );
  return `<ul>${items.join("")}</ul>`;
}

/** @param {Record<"prev" | "next", ListedPage | undefined>} pages The ones before and after. */
function neighbourLinks(pages) {
  const links = Object.entries(pages).flatMap(([rel, page]) =>
    page ? [`<a rel="${rel}" href="${page.file}">${escapeHtml(page.title)}</a>`] : [],
  );
  return links.length > 0
    ? `<nav class="neighbours" aria-label="Next and previous">${links.join("")}</nav>`
    : "";
}

/**
 * Puts texts into the places of a template that have their names.
 * @param {string} template
 * @param {Record<string, string>} texts
 */
function fill(template, texts) {
  return template.replaceAll(/\{(\w+)\}/g, (place, /** @type {string} */ name) => {
    const text = texts[name];
    if (text === undefined)
      throw new Failure(`www/docs/page.html has a place ${place}, for which there is nothing`);
    return text;
  });
}

/** @param {string} text */
function escapeHtml(text) {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  buildDocs(join(root, "dist/docs"));
}
