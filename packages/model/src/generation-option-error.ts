/** A generation option or a key of generation_config.json has a value that cannot be used. */
export class GenerationOptionError extends Error {
  override readonly name = "GenerationOptionError";
  readonly code = "ERR_GENERATION_OPTION";
  /** The file, or "generation options". */
  readonly where: string;
  /** The option as the caller or the file spells it; `logitBias[7]` for one entry. */
  readonly field: string;
  /** What the field may hold. */
  readonly expected: string;
  readonly actual: unknown;

  constructor(where: string, field: string, expected: string, actual: unknown) {
    super(`${where}: expected ${field} to be ${expected}, got ${show(actual)}`);
    this.where = where;
    this.field = field;
    this.expected = expected;
    this.actual = actual;
  }
}

/** Numbers as they are: JSON would write NaN as null. */
function show(value: unknown): string {
  if (typeof value === "number") return String(value);
  return (JSON.stringify(value) as string | undefined) ?? String(value);
}
