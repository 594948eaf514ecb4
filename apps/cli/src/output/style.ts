import { styleText } from "node:util";
import type { Io, Output } from "../io.ts";

type Format = Parameters<typeof styleText>[0];

/** Text with terminal colours, where the stream is a terminal and NO_COLOR is not set. */
export function style(io: Io, stream: Output, format: Format, text: string): string {
  return hasColor(io, stream) ? styleText(format, text, { validateStream: false }) : text;
}

/** @see https://no-color.org: any value but the empty one turns colours off. */
export function hasColor({ env }: Io, stream: Output): boolean {
  return stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}
