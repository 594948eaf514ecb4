import { markdownTable } from "markdown-table";

/** Characters that mean something in Markdown; an underscore does between words alone. */
const SPECIAL = /[\\`*[\]<>|~&]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

/** Characters that end a line, and those that are not seen and turn the direction of writing. */
const UNSEEN = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** A text as one line of Markdown that shows it, whatever is in it. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(UNSEEN, " ").replaceAll(SPECIAL, "\\$&").trim();
}

/** A column of a table. */
export interface MarkdownColumn {
  readonly title: string;
  /** Default: to the left. */
  readonly isNumber?: boolean | undefined;
}

/** A table; cells are escaped. */
export function tableOf(
  columns: readonly MarkdownColumn[],
  rows: readonly (readonly string[])[],
): string {
  const header = columns.map(({ title }) => title);
  return markdownTable(
    [header, ...rows].map((row) => row.map(escapeMarkdown)),
    { align: columns.map(({ isNumber }) => (isNumber ? "r" : "l")) },
  );
}

/** A document of blocks, with an empty line between them. */
export function documentOf(blocks: readonly (string | false | undefined)[]): string {
  return `${blocks.filter((block) => block !== false && block !== undefined && block !== "").join("\n\n")}\n`;
}
