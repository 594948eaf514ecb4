import { invalidRequest } from "../errors/api-error.ts";
import { MAX_LINE_BYTES, readLines, type Line } from "./read-lines.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Checks that each line of a file is a conversation that a model can be trained on: `{"messages": […]}` as OpenAI has it, with
 * an answer of the assistant.
 *
 * @param param - Field of the request that the file is of.
 * @returns how many there are.
 * @throws {ApiError} 400 naming the first line that is none.
 */
export async function checkTrainingRows(path: string, param: string): Promise<number> {
  // The trainer's modules are loaded when they are needed first: a server without jobs starts sooner.
  const { parseExample } = await import("@baichuan2/finetune");
  let rows = 0;
  for await (const line of readLines(path)) {
    const where = `${param}, line ${line.number}`;
    const text = textOf(line, where, param);
    if (text.trim() === "") continue;
    const row = parseRow(text, where, param);
    refuseOthers(row, where, param);
    try {
      const example = parseExample(row, where);
      const hasAnswer =
        example.kind === "conversation" && example.turns.some(({ role }) => role === "assistant");
      if (!hasAnswer)
        throw wrongRow(`${where}: expected a message of the assistant, got none`, param);
    } catch (cause) {
      if (!isDataError(cause)) throw cause;
      throw wrongRow(cause.message, param, cause);
    }
    rows += 1;
  }
  if (rows === 0) throw wrongRow(`${param}: expected at least one line, got none`, param);
  return rows;
}

function textOf({ bytes }: Line, where: string, param: string): string {
  if (!bytes) throw wrongRow(`${where}: expected at most ${MAX_LINE_BYTES} bytes, got more`, param);
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw wrongRow(`${where}: expected UTF-8, got other bytes`, param, cause);
  }
}

function parseRow(text: string, where: string, param: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message.slice(0, 200) : "another text";
    throw wrongRow(`${where}: expected a JSON object, got ${got}`, param, cause);
  }
}

/** What would be read otherwise than OpenAI means it: layouts of other tools, and answers that are not to be learned. */
function refuseOthers(row: unknown, where: string, param: string): void {
  const messages: unknown =
    typeof row === "object" && row !== null && "messages" in row ? row.messages : undefined;
  if (!Array.isArray(messages))
    throw wrongRow(`${where}: expected an object with a list "messages", got another one`, param);
  const unlearned = messages.findIndex(
    (message: unknown) =>
      typeof message === "object" &&
      message !== null &&
      "weight" in message &&
      message.weight === 0,
  );
  if (unlearned >= 0)
    throw wrongRow(
      `${where}, messages[${unlearned}].weight: expected 1 or none, got 0 (all answers are learned here: leave the conversation out)`,
      param,
    );
}

function isDataError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === "ERR_DATA";
}

function wrongRow(message: string, param: string, cause?: unknown): Error {
  return invalidRequest(message, { param, code: "invalid_training_file", cause });
}
