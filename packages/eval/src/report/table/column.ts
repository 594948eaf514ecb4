/** A column of a table, of which each row is a `Row`. */
export interface Column<Row> {
  readonly title: string;
  readonly isNumber: boolean;
  readonly text: (row: Row) => string;
}

/** A column of words. */
export function textColumn<Row>(title: string, text: Column<Row>["text"]): Column<Row> {
  return { title, isNumber: false, text };
}

/** A column of numbers, which stand to the right. */
export function numberColumn<Row>(title: string, text: Column<Row>["text"]): Column<Row> {
  return { title, isNumber: true, text };
}
