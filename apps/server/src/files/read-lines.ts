import { createReadStream } from "node:fs";

/** A line that is longer is no conversation, and would only fill memory. */
export const MAX_LINE_BYTES = 16 * 2 ** 20;

const LINE_END = 0x0a;

/** A line of a file. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Undefined for one that is longer than `MAX_LINE_BYTES`: nothing comes behind it. */
  readonly bytes: Buffer | undefined;
}

/** Lines of a file, of which never more than one is in memory. */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let number = 1;
  let parts: Buffer[] = [];
  let size = 0;
  const take = (part: Buffer): void => {
    parts.push(part);
    size += part.length;
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let begin = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, begin)) {
      take(chunk.subarray(begin, end));
      yield { number, bytes: Buffer.concat(parts) };
      [begin, number, parts, size] = [end + 1, number + 1, [], 0];
    }
    take(chunk.subarray(begin));
    if (size > MAX_LINE_BYTES) return yield { number, bytes: undefined };
  }
  if (size > 0) yield { number, bytes: Buffer.concat(parts) };
}
