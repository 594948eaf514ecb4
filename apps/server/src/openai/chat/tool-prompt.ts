import type { ToolFunction } from "./tools-schema.ts";

/** What the system text says about functions that may be called. */
export function toolPrompt(tools: readonly ToolFunction[]): string {
  const list = tools.map(({ name, description, parameters }) =>
    JSON.stringify({ name, description: description ?? undefined, parameters: parameters ?? {} }),
  );
  return [
    'To call a function answer with {"name": …, "arguments": {…}} and nothing else. Functions:',
    ...list,
  ].join("\n");
}

/** A call as the assistant has written it. */
export function callText({ name, arguments: text }: { name: string; arguments: string }): string {
  return `{"name": ${JSON.stringify(name)}, "arguments": ${text}}`;
}

/** What a function has answered, as the user tells it. */
export function resultText(name: string, content: string): string {
  return `${name} = ${content}`;
}
