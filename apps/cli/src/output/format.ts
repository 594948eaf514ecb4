const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Bytes for people, with decimal units: "15.0 GB". */
export function formatBytes(bytes: number): string {
  const unit = Math.min(
    UNITS.length - 1,
    Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)),
  );
  return `${(bytes / 1000 ** unit).toFixed(unit === 0 ? 0 : 1)} ${UNITS[unit]}`;
}

/** A number with a comma between thousands. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** Rows of cells, such as label and value, the cells of a column below each other. */
export function formatRows(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
  const pad = (cell: string, column: number): string =>
    cell + " ".repeat((widths[column] ?? 0) - displayWidth(cell));
  return rows.map((row) => `${row.map(pad).join("  ").trimEnd()}\n`).join("");
}

/** Columns of a terminal: Chinese characters and full-width signs take two. */
function displayWidth(text: string): number {
  return text.length + (text.match(/[\u2E80-\uFFEF]/g)?.length ?? 0);
}
