import type { ChatMessage } from "@baichuan2/model";
import { invalidRequest } from "../../errors/api-error.ts";
import { callText, resultText } from "../chat/tool-prompt.ts";
import type { DecisionsRequest, Question } from "./decisions-schema.ts";
import { labelsOf } from "./labels.ts";

type Item = Exclude<DecisionsRequest["input"], string>[number];
type Part =
  | string
  | readonly (
      | { readonly text: string }
      | { readonly data: unknown }
      | { readonly refusal: string }
    )[];

/**
 * The conversations that ask each question: what is asked about comes first, the same in all of them, so that it runs once.
 *
 * @throws {ApiError} 400 for the output of a call that is not there.
 */
export function decisionPrompts({ input, questions }: DecisionsRequest): ChatMessage[][] {
  const { system, turns } = conversationOf(input);
  return questions.map((question) => [
    ...(system === "" ? [] : [{ role: "system" as const, content: system }]),
    ...turns,
    { role: "user" as const, content: questionText(question) },
  ]);
}

/** What a question says, and what may be answered. */
function questionText(question: Question): string {
  const asked = textOf(question.instructions);
  if (question.type === "predicate") return `${asked}\n\nAnswer Yes or No.`;
  const options =
    question.type === "choice"
      ? question.choices.map(({ value, description }) => [String(value), description] as const)
      : question.levels.map(({ label, description }) => [label, description] as const);
  const labels = labelsOf(question);
  const lines = options.map(
    ([option, description], i) =>
      `${labels[i]}. ${option}${description === undefined ? "" : `: ${description}`}`,
  );
  return `${asked}\n\n${lines.join("\n")}\n\nAnswer ${labels[0]} to ${labels.at(-1)}.`;
}

function conversationOf(input: DecisionsRequest["input"]): {
  readonly system: string;
  readonly turns: readonly ChatMessage[];
} {
  if (typeof input === "string") return { system: "", turns: [{ role: "user", content: input }] };
  const names = new Map<string, string>();
  const system: string[] = [];
  const turns: ChatMessage[] = [];
  for (const [index, item] of input.entries()) {
    const turn = turnOf(item, index, names);
    if (turn.role === "system") system.push(turn.content);
    else turns.push(turn);
  }
  return { system: system.join("\n\n"), turns };
}

function turnOf(item: Item, index: number, names: Map<string, string>): ChatMessage {
  switch (item.type) {
    case "function_call":
    case "custom_tool_call": {
      names.set(item.call_id, item.name);
      const text = item.type === "function_call" ? item.arguments : JSON.stringify(item.input);
      return { role: "assistant", content: callText({ name: item.name, arguments: text }) };
    }
    case "function_call_output":
    case "custom_tool_call_output": {
      const name = names.get(item.call_id);
      if (name === undefined) throw unknownCall(index, item.call_id);
      return { role: "user", content: resultText(name, textOf(item.output)) };
    }
    default: {
      const role = item.role === "developer" ? "system" : item.role;
      return { role, content: textOf(item.content) };
    }
  }
}

function textOf(content: Part): string {
  if (typeof content === "string") return content;
  return content
    .map((part) => {
      if ("text" in part) return part.text;
      return "data" in part ? JSON.stringify(part.data) : part.refusal;
    })
    .join("\n");
}

function unknownCall(index: number, id: string): Error {
  const param = `input[${index}].call_id`;
  return invalidRequest(
    `${param}: expected the id of a call before it, got ${JSON.stringify(id.slice(0, 100))}`,
    { param },
  );
}
