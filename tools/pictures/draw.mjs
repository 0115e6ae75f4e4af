// Draws golden Slack messages with Chromium: node draw.mjs TESTDATA OUT, where TESTDATA has the golden files.
import { build } from "esbuild";
import { chromium } from "playwright-core";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const [testdata, out] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));

// Each picture: its name, the golden file without the language's folder, which of its messages, counted from the end, and
// how many phone screens it may take.
const pictures = [
  ["loss", "golden/eks-addon-removed", 1, 1],
  ["recovery", "golden/incident", 1, 1],
  ["group", "diagnosed/group", 1, 1.25],
  ["diagnosed", "diagnosed/ec2-unmanaged", 1, 1.25],
  ["report", "report/golden/organization", 1, 2],
];
// Golden files in English have no folder of their own.
const languages = ["en", ...fs.readdirSync(path.join(testdata, "golden")).filter((name) => /^[a-z]{2}$/.test(name))];
const phone = { width: 390, screen: 674, scale: 2 };
const desktop = { width: 760, screen: 900, scale: 1 };

const logo = "data:image/svg+xml," + encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="36" height="36"><rect width="36" height="36" rx="6" fill="#7b1fa2"/>' +
  '<path d="M18 6l10 4v8c0 6-4 10-10 12-6-2-10-6-10-12v-8z" fill="#fff"/></svg>');
const css = fs.readFileSync(path.join(here, "node_modules/slack-blocks-to-jsx/dist/style.css"), "utf8") + `
  body { margin: 0; background: #fff; }
  #root, #root * { min-width: 0; }
  #root * { font-family: Lato, "Noto Sans CJK JP", "Noto Color Emoji", sans-serif !important; }
  #root pre, #root pre *, #root code, #root code * { font-family: "DejaVu Sans Mono", "Noto Sans Mono CJK JP", monospace !important; }
  #root pre, #root code { white-space: pre-wrap !important; overflow-wrap: anywhere !important; word-break: break-word !important; }
  #root [id=slack_blocks_to_jsx] { max-width: 100% !important; }`;

// documents are the JSON documents of a file, one behind the other.
function documents(file) {
  return fs.readFileSync(file, "utf8").split(/(?<=^})\s*$/m).filter((text) => text.trim()).map((text) => JSON.parse(text));
}

const bundle = await build({
  entryPoints: [path.join(here, "entry.jsx")], bundle: true, write: false, minify: true, format: "iife",
  define: { "process.env.NODE_ENV": '"production"' }, loader: { ".js": "jsx" }, jsx: "transform",
});
const script = bundle.outputFiles[0].text;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
fs.mkdirSync(out, { recursive: true });
let tooLong = 0;
for (const [name, file, fromEnd, most] of pictures) {
  for (const language of languages) {
    const folder = path.join(testdata, path.dirname(file), language === "en" ? "" : language);
    const messages = documents(path.join(folder, path.basename(file) + ".slack.json"));
    const payload = JSON.stringify(messages[messages.length - fromEnd]).replaceAll("<", "\\u003c");
    for (const [size, { width, screen, scale }] of Object.entries({ phone, desktop })) {
      const page = await browser.newPage({ viewport: { width, height: 100 }, deviceScaleFactor: scale });
      page.on("pageerror", (error) => { throw error; });
      const padding = size === "phone" ? "8px 12px" : "16px 20px";
      await page.setContent(`<!doctype html><meta charset=utf8><style>${css} body { padding: ${padding}; }</style><div id=root></div>
        <script>window.LOGO=${JSON.stringify(logo)};window.PAYLOAD=${payload};</script><script>${script}</script>`);
      await page.waitForSelector("#root *");
      await page.waitForTimeout(400); // Fonts and charts.
      await page.evaluate(() => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) walker.currentNode.data = walker.currentNode.data.replaceAll("\u2236", ":");
      });
      const height = await page.evaluate(() => Math.ceil(document.body.getBoundingClientRect().height));
      const target = path.join(out, `${name}-${size}${language === "en" ? "" : "-" + language}.png`);
      const screens = height / screen;
      console.log(`${path.basename(target)}: ${height} px, ${screens.toFixed(1)} screens`);
      if (size === "phone" && screens > most) {
        console.error(`${path.basename(target)} may take ${most} screens`);
        tooLong++;
      }
      await page.locator("body").screenshot({ path: target });
      await page.close();
    }
  }
}
await browser.close();
process.exit(tooLong ? 1 : 0);
