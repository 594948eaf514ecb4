import type OpenAI from "openai";
import { question, replicaOf } from "./balanced.ts";

/** How a request ended: whole, with an error that the client told, or cut off without a word, which must never be. */
export interface Outcome {
  readonly end: "whole" | "error" | "lost";
  readonly replica?: string | undefined;
  readonly error?: unknown;
}

/** A kind of request, told from its number: every other one is a stream. */
export async function ask(client: OpenAI, index: number, tokens = 60): Promise<Outcome> {
  const body = question(tokens, `What is ${index} plus ${index}?`);
  try {
    return index % 2 === 0 ? await askWhole(client, body) : await askStream(client, body);
  } catch (error) {
    return { end: "error", error };
  }
}

async function askWhole(client: OpenAI, body: ReturnType<typeof question>): Promise<Outcome> {
  const { data, response } = await client.chat.completions.create(body).withResponse();
  const [choice] = data.choices;
  const isWhole = choice?.finish_reason === "length" && choice.message.content !== "";
  return { end: isWhole ? "whole" : "lost", replica: replicaOf(response) };
}

async function askStream(client: OpenAI, body: ReturnType<typeof question>): Promise<Outcome> {
  const stream = client.chat.completions.create({ ...body, stream: true });
  const { data, response } = await stream.withResponse();
  let text = "";
  let finish: string | null | undefined;
  for await (const { choices } of data) {
    text += choices[0]?.delta.content ?? "";
    finish ??= choices[0]?.finish_reason;
  }
  const isWhole = finish === "length" && text !== "";
  return { end: isWhole ? "whole" : "lost", replica: replicaOf(response) };
}

/**
 * Sends requests, so many at a time.
 *
 * @param onEnd - Called with the number of those that have ended.
 */
export async function underLoad(
  { requests, concurrency }: { readonly requests: number; readonly concurrency: number },
  send: (index: number) => Promise<Outcome>,
  onEnd: (ended: number) => void = () => {},
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < requests) {
      const index = next++;
      outcomes[index] = await send(index);
      onEnd(Object.keys(outcomes).length);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return outcomes;
}
