/** Numbers that cannot be quantized or dequantized as asked: wrong lengths, block sizes, bits. */
export class QuantError extends Error {
  override readonly name = "QuantError";
  readonly code = "ERR_QUANT";
  /** The function that was called. */
  readonly op: string;
  readonly expected: string;
  readonly actual: string;

  constructor(op: string, expected: string, actual: string, hint?: string) {
    super(`${op}: expected ${expected}, got ${actual}${hint === undefined ? "" : ` (${hint})`}`);
    this.op = op;
    this.expected = expected;
    this.actual = actual;
  }
}
