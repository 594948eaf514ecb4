import { readFile } from "node:fs/promises";
import { UsageError } from "./exit-codes.ts";
import { readAll, type Cli } from "./io.ts";

/**
 * The text a command works on: its argument, or stdin for "-" and for no argument where stdin is not a terminal.
 *
 * One line end at the end of stdin is not part of the text: `echo` and editors put it there.
 *
 * @throws {UsageError} if there is none.
 */
export async function readText({ io, t }: Cli, argument: string | undefined): Promise<string> {
  if (argument !== undefined && argument !== "-") return argument;
  if (argument === undefined && io.stdin.isTTY === true) throw new UsageError(t("error.noMessage"));
  const text = (await readAll(io.stdin, io.signal)).replace(/\r?\n$/, "");
  if (text === "") throw new UsageError(t("error.noMessage"));
  return text;
}

/**
 * The text of a file as it is, its last line end included; "-" reads stdin.
 *
 * @throws {UsageError} if it is not named, or cannot be read.
 */
export async function readTextFile({ io, t }: Cli, path: string | undefined): Promise<string> {
  if (path === undefined) throw new UsageError(t("error.noText"));
  if (path === "-") return readAll(io.stdin, io.signal);
  try {
    return await readFile(path, { encoding: "utf8", signal: io.signal });
  } catch (cause) {
    io.signal.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(t("error.textFile", { path, reason }), { cause });
  }
}
