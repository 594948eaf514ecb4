import { appendFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "@baichuan2/model";
import { newRecordId } from "../openai/record-id.ts";
import { jobRecordSchema, type JobFailure, type JobRecord } from "./job-record.ts";

const RECORD = "job.json";
const EVENTS = "events.jsonl";
const OUTPUT = "output";

/** Something that happened in a job, as OpenAI's API tells it. */
export interface JobEvent {
  readonly id: string;
  readonly object: "fine_tuning.job.event";
  /** Seconds since 1970. */
  readonly created_at: number;
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly type: "message" | "metrics";
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/** An event before it has an id. */
export type NewJobEvent = Pick<JobEvent, "message"> &
  Partial<Pick<JobEvent, "level" | "data" | "type">>;

/** A job and its folder: `job.json` (its record), `events.jsonl`, and `output/`, where the trainer writes. */
export class Job {
  readonly #folder: string;
  #record: JobRecord;
  /** Writes come one after another: none overtakes an earlier one. */
  #lastWrite: Promise<void> = Promise.resolve();

  private constructor(folder: string, record: JobRecord) {
    this.#folder = folder;
    this.#record = record;
  }

  /** Begins a job in a new folder. */
  static async create(directory: string, record: JobRecord): Promise<Job> {
    const job = new Job(join(directory, record.id), record);
    await mkdir(job.#folder, { recursive: true, mode: 0o700 });
    await job.update({});
    return job;
  }

  /**
   * Reads a job again.
   *
   * @throws {Error} if its folder does not say what it is.
   */
  static async open(directory: string, id: string): Promise<Job> {
    const folder = join(directory, id);
    const text = await readFile(join(folder, RECORD), "utf8");
    return new Job(folder, { ...jobRecordSchema.parse(JSON.parse(text)), id });
  }

  get record(): JobRecord {
    return this.#record;
  }

  get id(): string {
    return this.#record.id;
  }

  /** Where the trainer writes checkpoints, the adapter and its reports. */
  get outputDir(): string {
    return join(this.#folder, OUTPUT);
  }

  /**
   * Changes the record, at once here and then on disk.
   *
   * @param event - Is told of the change before it is on disk.
   */
  async update(change: Partial<JobRecord>, event?: NewJobEvent): Promise<void> {
    this.#record = { ...this.#record, ...change };
    const text = `${JSON.stringify(this.#record, null, 2)}\n`;
    const told = event && this.addEvent(event);
    await this.#write(() =>
      writeWhole(join(this.#folder, RECORD), (handle) => handle.writeFile(text)),
    );
    await told;
  }

  /** Ends the job: nothing has come of it. */
  fail(error: JobFailure): Promise<void> {
    const message = `Fine-tuning job failed: ${error.message}`;
    return this.update(
      { status: "failed", error, finishedMs: Date.now() },
      { level: "error", message },
    );
  }

  addEvent({ message, level = "info", type = "message", data }: NewJobEvent): Promise<void> {
    const event: JobEvent = {
      id: newRecordId("ftevent"),
      object: "fine_tuning.job.event",
      created_at: Math.floor(Date.now() / 1000),
      level,
      message,
      type,
      data,
    };
    // The line end stands before the line: one that a killed server left unfinished spoils no other.
    return this.#write(() =>
      appendFile(join(this.#folder, EVENTS), `\n${JSON.stringify(event)}`, { mode: 0o600 }),
    );
  }

  /** All events so far, oldest first. */
  async events(): Promise<JobEvent[]> {
    await this.#lastWrite.catch(() => {});
    const text = await readFile(join(this.#folder, EVENTS), "utf8").catch(() => "");
    return text.split("\n").flatMap((line) => parseEvent(line));
  }

  #write(write: () => Promise<void>): Promise<void> {
    const written = this.#lastWrite.catch(() => {}).then(write);
    this.#lastWrite = written;
    written.catch(() => {}); // who asked for it is told
    return written;
  }
}

function parseEvent(line: string): JobEvent[] {
  try {
    return line === "" ? [] : [JSON.parse(line) as JobEvent];
  } catch {
    return [];
  }
}
