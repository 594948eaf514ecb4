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
