/** Line ends to many readers of lines (Python's `splitlines` among them) that JSON leaves as they are. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g;

/** A value as one line of JSON, whatever the reader takes for the end of a line. */
export function toJsonLine(value: unknown): string {
  const json = JSON.stringify(value).replace(
    LINE_ENDS,
    (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${json}\n`;
}
