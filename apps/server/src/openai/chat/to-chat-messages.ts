import type { ChatMessage } from "@baichuan2/model";
import { invalidRequest } from "../../errors/api-error.ts";
import type { RequestMessage } from "./messages-schema.ts";
import { callText, resultText } from "./tool-prompt.ts";

/**
 * The conversation as the model was trained on: one system text in front, then user and assistant in turns. What tools have
 * answered is told by the user.
 *
 * @param tools - What the system text says about tools, if there are any.
 * @throws {ApiError} 400 for the answer of a tool that was not called.
 */
export function toChatMessages(
  messages: readonly RequestMessage[],
  tools: string | undefined,
): ChatMessage[] {
  const called = new Map<string, string>();
  const system: string[] = [];
  const turns: ChatMessage[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === "system" || message.role === "developer") {
      system.push(textOf(message.content));
    } else if (message.role === "assistant") {
      for (const call of message.tool_calls ?? []) called.set(call.id, call.function.name);
      turns.push({ role: "assistant", content: assistantText(message) });
    } else if (message.role === "tool") {
      const name = called.get(message.tool_call_id);
      if (name === undefined) throw unknownCall(index, message.tool_call_id);
      turns.push({ role: "user", content: resultText(name, textOf(message.content)) });
    } else {
      turns.push({ role: "user", content: textOf(message.content) });
    }
  }
  const head = [...system, ...(tools === undefined ? [] : [tools])].join("\n\n");
  return head === "" ? turns : [{ role: "system", content: head }, ...turns];
}

function assistantText(message: Extract<RequestMessage, { role: "assistant" }>): string {
  const calls = (message.tool_calls ?? []).map((call) => callText(call.function));
  const said = textOf(message.content ?? "") || (message.refusal ?? "");
  return [...(said === "" ? [] : [said]), ...calls].join("\n");
}

function textOf(
  content: string | readonly ({ readonly text: string } | { readonly refusal: string })[],
): string {
  if (typeof content === "string") return content;
  return content.map((part) => ("text" in part ? part.text : part.refusal)).join("");
}

function unknownCall(index: number, id: string): Error {
  const param = `messages[${index}].tool_call_id`;
  return invalidRequest(
    `${param}: expected the id of a call that an assistant's message before it makes, got ${JSON.stringify(id.slice(0, 100))}`,
    { param },
  );
}
