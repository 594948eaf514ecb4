import { markdownTable } from "markdown-table";
import type { Column } from "../table/column.ts";
import type { Fact } from "../table/report-notes.ts";

/** Characters that mean something in Markdown; an underscore does between words alone. */
const SPECIAL = /[\\`*[\]<>|~&]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

/** Characters that end a line, and those that are not seen and turn the direction of writing. */
const UNSEEN = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** A text as one line of Markdown that shows it, whatever is in it. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(UNSEEN, " ").replaceAll(SPECIAL, "\\$&").trim();
}

/** A table of rows; cells are escaped. */
export function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const header = columns.map(({ title }) => title);
  const cells = rows.map((row) => columns.map((column) => column.text(row)));
  return markdownTable(
    [header, ...cells].map((row) => row.map(escapeMarkdown)),
    { align: columns.map(({ isNumber }) => (isNumber ? "r" : "l")) },
  );
}

/** Facts as a list. */
export function factList(facts: readonly Fact[]): string {
  return facts
    .map(([label, value]) => `- ${escapeMarkdown(label)}: ${escapeMarkdown(value)}`)
    .join("\n");
}

/** What a reader has to know before anything else. */
export function noteList(notes: readonly string[]): string {
  return notes.map((note) => `> **${escapeMarkdown(note)}**`).join("\n>\n");
}

/** A document of blocks, with an empty line between them. */
export function documentOf(blocks: readonly (string | false | undefined)[]): string {
  return `${blocks.filter((block) => block !== false && block !== undefined && block !== "").join("\n\n")}\n`;
}
