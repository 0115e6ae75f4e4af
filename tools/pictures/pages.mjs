// Opens pages of the coverage report in Chromium: node pages.mjs COVERAGE TESTDATA, where COVERAGE is the program and
// TESTDATA has the golden files; MANY may name further numbers of rows. Each page has to load nothing, complain of nothing, sort by every column, and print on A4.
import { chromium } from "playwright-core";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const [coverage, testdata] = process.argv.slice(2);
// rowsAPage is how few rows of the table a printed page may hold, on average.
const rowsAPage = 12;

// many is a saved answer of list-coverage with so many uncovered resources, some of them with hostile names.
function many(count) {
  const names = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{.}}", "javascript:alert(1)"];
  const Resources = Array.from({ length: count }, (_, i) => ({
    ResourceId: `r${i}`, AccountId: String(111122223333 + (i * 7919) % 400), CoverageStatus: "UNHEALTHY",
    Issue: "Addon Status Unhealthy:EKS Addon issue - InsufficientNumberOfReplicas: The add-on is unhealthy because it "
      + "doesn't have the desired number of replicas.",
    UpdatedAt: new Date(Date.UTC(2026, 1, 1) + ((i * 7919) % count) * 60_000).toISOString(),
    ResourceDetails: {
      ResourceType: "EKS", EksClusterDetails: { ClusterName: names[i] ?? `cluster-${(i * 31) % count}`, AddonDetails: {} },
    },
  }));
  return JSON.stringify({ Resources });
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pages-"));
const golden = path.join(testdata, "report/golden");
const pages = fs.readdirSync(golden, { recursive: true }) // Every language but English has a folder.
  .filter((name) => name.endsWith(".html")).map((name) => path.resolve(golden, name));
for (const count of [2000, ...(process.env.MANY ?? "").split(" ").filter(Boolean).map(Number)]) {
  const page = execFileSync(coverage, ["report", "--file", "-", "--region", "eu-central-1", "--format", "html"],
    { input: many(count), maxBuffer: 1 << 30 });
  pages.push(path.join(folder, `${count}.html`));
  fs.writeFileSync(pages.at(-1), page);
}
assert.ok(pages.length > 2, "there are no golden pages");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
for (const file of pages) {
  const started = Date.now();
  const page = await browser.newPage();
  const faults = [];
  page.on("console", (line) => faults.push(line.text()));
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("dialog", (dialog) => { faults.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => { if (request.url() !== `file://${file}`) faults.push(`it loads ${request.url()}`); });
  await page.goto(`file://${file}`, { timeout: 300_000 });
  const loaded = Date.now() - started;
  const styled = await page.evaluate(() => getComputedStyle(document.querySelector("table, main")).display);
  const columns = await page.locator("table.sorts th button").count();
  let rows = 0;
  for (let column = 0; column < columns; column++) {
    const found = await page.evaluate((at) => {
      const table = document.querySelector("table.sorts");
      const texts = () => Array.from(table.tBodies[0].rows, (row) => row.cells[at].textContent);
      const head = table.tHead.rows[0].cells[at];
      head.removeAttribute("aria-sort");
      const orders = [];
      for (let click = 0; click < 2; click++) {
        head.querySelector("button").click();
        orders.push({ order: head.getAttribute("aria-sort"), texts: texts() });
      }
      return { orders, language: document.documentElement.lang };
    }, column);
    const { compare } = new Intl.Collator(found.language, { numeric: true });
    for (const { order, texts } of found.orders) {
      const sign = order === "ascending" ? 1 : -1;
      const filled = texts.filter((text) => text !== "");
      assert.deepEqual(texts.slice(filled.length).filter((text) => text !== ""), [], `${file}: empty cells are not last`);
      for (let i = 1; i < filled.length; i++) {
        assert.ok(sign * compare(filled[i - 1], filled[i]) <= 0, `${file}: column ${column} is not ${order}`);
      }
      rows = texts.length;
    }
    assert.deepEqual(found.orders.map(({ order }) => order), ["ascending", "descending"], `${file}: column ${column}`);
  }
  const pdf = await page.pdf({ preferCSSPageSize: true, timeout: 300_000 });
  const printed = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  const size = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(pdf.toString("latin1")).slice(1).map(Number);
  assert.ok(Math.abs(size[0] - 595.28) < 2 && Math.abs(size[1] - 841.89) < 2, `${file} prints on ${size} points, not on A4`);
  assert.ok(printed <= 3 + rows / rowsAPage, `${file} with ${rows} rows prints on ${printed} pages`);
  assert.deepEqual(faults, [], file);
  assert.ok(styled, file);
  console.log(`${path.relative(testdata, file)}: ${rows} rows, loaded in ${loaded} ms, ${printed} A4 pages`);
  await page.close();
}
await browser.close();
fs.rmSync(folder, { recursive: true });
