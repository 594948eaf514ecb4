import { fill } from "../labels/report-labels.ts";
import { formatCount } from "./format.ts";

/**
 * A text of at most about `limit` UTF-16 units: of a longer one the beginning and the end are kept, where answers begin and
 * questions end, with `note` between them.
 *
 * @param note - Holds `{count}`, the characters that are left out.
 */
export function cutText(text: string, limit: number, note: string): string {
  if (text.length <= limit) return text;
  const tail = Math.floor(limit / 4);
  const start = text.slice(0, limit - tail);
  const end = text.slice(text.length - tail);
  const count = formatCount(text.length - limit);
  return `${start}\n${fill(note, { count })}\n${end}`;
}

/** The beginning of a text as one line. */
export function firstLine(text: string, limit: number): string {
  const line = text
    .slice(0, 4 * limit)
    .replaceAll(/\s+/g, " ")
    .trim();
  return line.length <= limit ? line : `${line.slice(0, limit)}…`;
}
