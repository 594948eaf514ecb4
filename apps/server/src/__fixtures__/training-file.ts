import { setTimeout } from "node:timers/promises";
import type OpenAI from "openai";
import { toFile } from "openai";

type Job = OpenAI.FineTuning.FineTuningJob;

/** A text of conversations, one a line. */
export function conversations(count: number): string {
  return Array.from({ length: count }, (_, index) => {
    const messages = [
      { role: "user", content: `What is number ${index}?` },
      { role: "assistant", content: `It is the number ${index}.` },
    ];
    return `${JSON.stringify({ messages })}\n`;
  }).join("");
}

/** Stores conversations. @returns the file's id. */
export async function upload(client: OpenAI, text = conversations(8)): Promise<string> {
  const file = await toFile(Buffer.from(text), "rows.jsonl");
  return (await client.files.create({ file, purpose: "fine-tune" })).id;
}

/** Asks for a job until it is as wanted. */
export async function whenJob(
  client: OpenAI,
  id: string,
  isWanted: (job: Job) => boolean | Promise<boolean>,
): Promise<Job> {
  for (;;) {
    const job = await client.fineTuning.jobs.retrieve(id);
    if (await isWanted(job)) return job;
    await setTimeout(50);
  }
}

/** Whether nothing becomes of a job any more. */
export function isEnded({ status }: Job): boolean {
  return ["succeeded", "failed", "cancelled"].includes(status);
}

/** Whether a job has taken so many steps. */
export function hasSteps(client: OpenAI, count: number) {
  return async ({ id }: Job): Promise<boolean> => {
    const { data } = await client.fineTuning.jobs.listEvents(id, { limit: 1000 });
    return data.filter(({ type }) => type === "metrics").length >= count;
  };
}
