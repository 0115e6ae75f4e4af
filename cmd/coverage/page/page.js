"use strict";
// sort orders the rows of a table by the text of one column; cells without text stay at the end.
function sort(table, column) {
  const head = table.tHead.rows[0].cells[column];
  const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  const { compare } = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const body = table.tBodies[0];
  const rows = Array.from(body.rows, (row) => ({ row, text: row.cells[column].textContent }));
  rows.sort((a, b) => (a.text === "") - (b.text === "") || sign * compare(a.text, b.text));
  const sorted = document.createDocumentFragment();
  for (const { row } of rows) sorted.appendChild(row);
  body.appendChild(sorted);
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
}
for (const table of document.querySelectorAll("table.sorts")) {
  Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => sort(table, column));
    if (head.classList.contains("since")) sort(table, column);
  });
}
