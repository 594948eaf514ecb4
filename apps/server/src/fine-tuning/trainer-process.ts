/**
 * The process that trains. It is one of its own because the network's runtime computes synchronously: in the server's process
 * nobody else would be answered, and running out of memory would end the server as well.
 */
import { constants, setPriority } from "node:os";
import type { TrainerError, TrainerMessage, TrainerRequest } from "./trainer-protocol.ts";

type Order = Extract<TrainerRequest, { type: "train" }>;

const stop = new AbortController();

setPriority(constants.priority.PRIORITY_BELOW_NORMAL); // answering comes first
process.on("message", (request: TrainerRequest) => {
  if (request.type === "stop") stop.abort();
  else void train(request);
});
// The server is gone. Checkpoints are whole whenever they are there: nothing is lost but the steps since the last one.
process.on("disconnect", () => process.exit(1));
// Ctrl-C in a terminal, or the end of a service, reaches all processes; this one goes when the server says so.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});

async function train({ args, threads }: Order): Promise<void> {
  try {
    const { finetune } = await import("@baichuan2/finetune");
    const { parseTrainingArguments } = await import("@baichuan2/finetune/arguments");
    const events = finetune(parseTrainingArguments(args), {
      threads,
      signal: stop.signal,
      onReportError: ({ message }) => void send({ type: "warning", message }),
    });
    for await (const event of events) await send({ type: "event", event });
    await send({ type: "done" });
  } catch (error) {
    const isStopped = stop.signal.aborted;
    await send(isStopped ? { type: "stopped" } : { type: "failed", error: toWire(error) });
  }
  process.exit(0);
}

function send(message: TrainerMessage): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}

function toWire(error: unknown): TrainerError {
  if (!(error instanceof Error)) return { name: "Error", code: undefined, message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return { name: error.name, code, message: error.message };
}
