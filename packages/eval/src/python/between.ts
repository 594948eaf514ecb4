/**
 * What stands between two marks on a line: Python's `open(.*?)close`, whose point does not match a line feed.
 *
 * A regular expression of this form looks through the rest of the line for each mark that is never closed, which takes hours for
 * a megabyte of marks; here the first of them ends the search.
 */

interface Span {
  readonly start: number;
  readonly end: number;
  readonly inner: string;
}

/** `re.sub(open + "(.*?)" + close, replace, text)` */
export function replaceBetween(
  text: string,
  open: string,
  close: string,
  replace: (inner: string) => string,
): string {
  return text
    .split("\n")
    .map((line) => replaceInLine(line, [...spansOf(line, open, close)], replace))
    .join("\n");
}

/** `re.findall(open + "(.*?)" + close, text)`, but for its being lazy. */
export function* findBetween(text: string, open: string, close: string): Generator<string> {
  for (const line of text.split("\n"))
    for (const { inner } of spansOf(line, open, close)) yield inner;
}

/** The last of {@link findBetween}; null: there is none. */
export function lastBetween(text: string, open: string, close: string): string | null {
  let last: string | null = null;
  for (const inner of findBetween(text, open, close)) last = inner;
  return last;
}

/** `re.sub("(open)(.*)(close)", r"\2", text)`: what stands between the first mark of a line and its last. */
export function unwrapWidest(text: string, open: string, close: string): string {
  return text
    .split("\n")
    .map((line) => {
      const [start, end] = [line.indexOf(open), line.lastIndexOf(close)];
      const from = start + open.length;
      if (start < 0 || end < from) return line;
      return line.slice(0, start) + line.slice(from, end) + line.slice(end + close.length);
    })
    .join("\n");
}

function replaceInLine(
  line: string,
  spans: readonly Span[],
  replace: (inner: string) => string,
): string {
  let position = 0;
  const parts: string[] = [];
  for (const { start, end, inner } of spans) {
    parts.push(line.slice(position, start), replace(inner));
    position = end;
  }
  return parts.join("") + line.slice(position);
}

function* spansOf(line: string, open: string, close: string): Generator<Span> {
  let start = line.indexOf(open);
  while (start >= 0) {
    const from = start + open.length;
    const until = line.indexOf(close, from);
    if (until < 0) return;
    const end = until + close.length;
    yield { start, end, inner: line.slice(from, until) };
    start = line.indexOf(open, end);
  }
}
