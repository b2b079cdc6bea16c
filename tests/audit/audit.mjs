// Looks over a built site: every page by html-validate, some by Lighthouse as a phone sees them.
//
//   node audit.mjs SITE [PAGE ...]

import { createServer } from "node:http";
import { readFile, readdir } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { gzipSync } from "node:zlib";
import { launch } from "chrome-launcher";
import { HtmlValidate } from "html-validate";
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const LEAST = 95;
const KINDS = {
  ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".json": "application/json",
  ".mp4": "video/mp4", ".png": "image/png", ".svg": "image/svg+xml",
};
const PACKED = new Set([".css", ".html", ".js", ".json", ".svg"]);

const [site, ...asked] = process.argv.slice(2);
const pages = asked.length ? asked : ["index.html", "modular-addition.html", "when.html"];
let failed = false;

const files = await readdir(site, { recursive: true });
const html = files.filter((file) => file.endsWith(".html"));
const rules = await readFile(new URL("rules.json", import.meta.url), "utf8");
const validator = new HtmlValidate(JSON.parse(rules));
for (const file of html) {
  const report = await validator.validateFile(join(site, file));
  for (const { line, ruleId, message } of report.results.flatMap((result) => result.messages)) {
    failed = true;
    console.log(`${file}:${line}: ${message} (${ruleId})`);
  }
}
console.log(`html-validate: ${html.length} pages`);

// As Pages serves it: text is packed, and may be kept for ten minutes.
const server = createServer(async (request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
  try {
    const content = await readFile(join(site, path.endsWith("/") ? `${path}index.html` : path));
    const kind = extname(path.endsWith("/") ? "index.html" : path);
    const packed = PACKED.has(kind);
    response.writeHead(200, {
      "content-type": KINDS[kind] ?? "application/octet-stream",
      "cache-control": "max-age=600",
      ...(packed ? { "content-encoding": "gzip" } : {}),
    });
    response.end(packed ? gzipSync(content) : content);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const chrome = await launch({ chromeFlags: ["--headless", "--no-sandbox", "--disable-gpu"] });
const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${chrome.port}` });
for (const page of pages) {
  const address = `http://127.0.0.1:${server.address().port}/${page}`;
  const tab = await browser.newPage();
  // Lighthouse asks for robots.txt from within the page, whose policy refuses every request.
  await tab.setBypassCSP(true);
  const { lhr } = await lighthouse(address, { logLevel: "error" }, undefined, tab);
  await tab.close();
  const scores = Object.values(lhr.categories).map(({ title, score }) => [title, Math.round(100 * score)]);
  console.log(`${page}: ${scores.map(([title, score]) => `${title} ${score}`).join(", ")}`);
  failed ||= scores.some(([, score]) => score < LEAST);
  for (const audit of Object.values(lhr.audits)) {
    const weighed = audit.scoreDisplayMode === "binary" || audit.scoreDisplayMode === "metricSavings";
    if (weighed && audit.score !== null && audit.score < 0.9) {
      console.log(`  ${audit.id}: ${audit.displayValue ?? audit.title}`);
    }
  }
}
await browser.disconnect();
chrome.kill();
server.close();
process.exit(failed ? 1 : 0);
