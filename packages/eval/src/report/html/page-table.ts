import type { Column } from "../table/column.ts";
import type { Fact } from "../table/report-notes.ts";
import { markup, type Markup } from "./markup.ts";

/** A table of a page. */
export interface PageTable<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Drawn behind the first cell. */
  readonly draw?: ((row: Row) => Markup) | undefined;
  /** The first cell, in place of its text. */
  readonly nameOf?: ((row: Row, index: number) => Markup) | undefined;
}

const NUMBER = markup` class="number"`;
const TEXT = markup` class="text"`;

/** Tasks of a benchmark that are shown without being asked for. */
export const OPEN_TASKS = 10;

/** A table that can be scrolled sideways where it is too wide. */
export function tableHtml<Row>({ columns, rows, draw, nameOf }: PageTable<Row>): Markup {
  const [first, ...rest] = columns;
  const header = rest.map(
    ({ title, isNumber }) => markup`<th scope="col"${isNumber && NUMBER}>${title}</th>`,
  );
  const cells = rows.map((row, i) => [
    markup`<td${TEXT}>${nameOf?.(row, i) ?? first?.text(row)}</td>`,
    draw && markup`<td>${draw(row)}</td>`,
    rest.map(({ text, isNumber }) => markup`<td${isNumber ? NUMBER : TEXT}>${text(row)}</td>`),
  ]);
  return markup`<div class="wide" tabindex="0"><table>
<thead><tr><th scope="col">${first?.title}</th>${draw && markup`<td></td>`}${header}</tr></thead>
<tbody>
${cells.map((row) => markup`<tr>${row}</tr>\n`)}</tbody>
</table></div>`;
}

/** Facts as a list. */
export function factsHtml(facts: readonly Fact[]): Markup {
  const rows = facts.map(([label, value]) => markup`<div><dt>${label}</dt><dd>${value}</dd></div>`);
  return markup`<dl>${rows}</dl>`;
}

/** What a reader has to know before anything else; nothing where there is nothing. */
export function notesHtml(notes: readonly string[]): Markup | undefined {
  if (notes.length === 0) return undefined;
  return markup`<section class="warn" role="note">${notes.map((note) => markup`<p>${note}</p>`)}</section>`;
}
