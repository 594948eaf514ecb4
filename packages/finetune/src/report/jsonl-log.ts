import { appendFile, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeWhole } from "@baichuan2/model";
import { reportRow, type ReportRow } from "./report-row.ts";
import type { TrainingCallback } from "./training-callback.ts";

/** Name of the log in an output directory. */
const LOG_FILE = "train_log.jsonl";

/** Where a run's log is. */
export function logPath(outputDir: string): string {
  return join(outputDir, LOG_FILE);
}

/**
 * Writes `train_log.jsonl`: one row for each step (`"type": "step"`, step, epoch, loss, learning_rate, grad_norm, tokens,
 * seconds, tokens_per_second) and for each row of the Trainer's log (`"type": "log"`), evaluation and early end.
 *
 * A run that goes on appends, after rows behind the step that it goes on from are gone; a new run begins a new log.
 */
export function jsonlLog(outputDir: string): TrainingCallback {
  const path = logPath(outputDir);
  return {
    name: LOG_FILE,
    async onEvent(event) {
      if (event.type === "start") return begin(path, event.step);
      const row = reportRow(event);
      if (row) await appendFile(path, toLine(row));
    },
  };
}

/** Rows of a log, none if there is no file. A line that a killed run has left unfinished is passed over. */
export async function* readLog(path: string): AsyncGenerator<ReportRow> {
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  if (!handle) return;
  await using file = handle;
  for await (const line of file.readLines()) {
    const row = parseRow(line);
    if (row) yield row;
  }
}

/** Makes the log one that ends at a step. */
async function begin(path: string, step: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeWhole(path, async (handle) => {
    if (step === 0) return;
    for await (const row of readLog(path))
      if ((row.step ?? 0) <= step) await handle.appendFile(toLine(row));
  });
}

function toLine(row: ReportRow): string {
  return `${JSON.stringify(row)}\n`;
}

function parseRow(line: string): ReportRow | undefined {
  try {
    const row: unknown = JSON.parse(line);
    return typeof row === "object" && row !== null ? (row as ReportRow) : undefined;
  } catch {
    return undefined;
  }
}
