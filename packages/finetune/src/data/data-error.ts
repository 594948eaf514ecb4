/** A row of training data that cannot be used. */
export class DataError extends Error {
  override readonly name = "DataError";
  readonly code = "ERR_DATA";
  /** File and row. */
  readonly where: string;

  constructor(where: string, expected: string, actual: string, options?: ErrorOptions) {
    super(`${where}: expected ${expected}, got ${actual}`, options);
    this.where = where;
  }
}
