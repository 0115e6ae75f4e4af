// The page that shows one message as Slack does, as near as slack-blocks-to-jsx comes to it.
import React from "react";
import { createRoot } from "react-dom/client";
import { Message } from "slack-blocks-to-jsx";

// What slack-blocks-to-jsx 1.1.1 does differently is undone before it draws.
const mrkdwn = (text) =>
  text
    .replace(/```\n/g, "```").replace(/\n```/g, "```") // Slack drops the line breaks at the fences.
    .replace(/(\d):(?=\d)/g, "$1\u2236") // 13:36:48 is no emoji.
    .replace(/```[^]*?```|`[^`\n]*`/g, (code) =>
      code.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&")) // Entities in code.
    .replace(/<!date\^\d+\^[^|>]*\|([^>]*)>/g, "$1"); // Everybody is in UTC here.

const corrected = (key, value) => {
  if (key === "verbatim") return undefined;
  return value && value.type === "mrkdwn" ? { ...value, text: mrkdwn(value.text) } : value;
};

// A data_table is drawn as its older sibling, the first page of it.
const table = (block) => {
  const rows = block.rows.slice(0, 1 + (block.page_size || 5));
  const cells = (row) => row.map((cell) => ({ type: "raw_text", text: cell.text ?? String(cell.value) }));
  return { type: "table", rows: rows.map(cells), column_settings: rows[0].map(() => ({ is_wrapped: true })) };
};

const blocks = JSON.parse(JSON.stringify(window.PAYLOAD.blocks, corrected))
  .map((block) => (block.type === "data_table" ? table(block) : block));

createRoot(document.getElementById("root")).render(
  <Message blocks={blocks} name="GuardDuty coverage" logo={window.LOGO} time={new Date("2026-03-05T13:45:00Z")} />,
);
