import { publishedScore } from "../../published/published-scores.ts";
import type { ReportRow } from "../table/report-row.ts";
import type { ScoreColumn } from "../table/score-table.ts";
import { markup, type Markup, type MarkupValue } from "./markup.ts";
import { whisker } from "./whisker.ts";

/** A cell of a table. */
export interface Cell {
  readonly value: MarkupValue;
  readonly isNumber?: boolean | undefined;
}

/** A table that can be scrolled sideways where it is too wide. */
export function tableHtml(header: readonly Cell[], rows: readonly (readonly Cell[])[]): Markup {
  return markup`<div class="wide" tabindex="0"><table>
<thead><tr>${header.map(({ value, isNumber }) => markup`<th scope="col"${isNumber && NUMBER}>${value}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => markup`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table></div>`;
}

const NUMBER = markup` class="number"`;
const TEXT = markup` class="text"`;

function cell({ value, isNumber }: Cell): Markup {
  return markup`<td${isNumber ? NUMBER : TEXT}>${value}</td>`;
}

/** How a table of scores is drawn. */
export interface ScoreTableParts {
  readonly columns: readonly ScoreColumn[];
  readonly rows: readonly ReportRow[];
  /** Models of the README. */
  readonly models: readonly string[];
  /** Where a row's name leads to; undefined: nowhere. */
  readonly hrefOf?: ((row: ReportRow, index: number) => MarkupValue | undefined) | undefined;
}

/** A table of scores, with a drawing of each score behind its name. */
export function scoreTableHtml({ columns, rows, models, hrefOf }: ScoreTableParts): Markup {
  const [name, ...rest] = columns;
  const header: Cell[] = [{ value: name?.title }, { value: "" }, ...rest.map(headerCell)];
  const cells = rows.map((row, index): Cell[] => [
    { value: hrefOf?.(row, index) ?? name?.text(row) },
    { value: whisker(row.score, publishedOf(row, models)) },
    ...rest.map((column) => ({ value: column.text(row), isNumber: column.isNumber })),
  ]);
  return tableHtml(header, cells);
}

function headerCell({ title, isNumber }: ScoreColumn): Cell {
  return { value: title, isNumber };
}

function publishedOf({ published }: ReportRow, models: readonly string[]): number[] {
  return models.flatMap((model) => publishedScore(model, published) ?? []);
}
