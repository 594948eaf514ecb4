import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { invalidRequest, notFound, unavailable } from "../errors/api-error.ts";
import { isRecordId } from "../openai/record-id.ts";
import { Job } from "./job.ts";
import { JobQueue } from "./job-queue.ts";
import { isEnded, tunedModel, type JobRecord, type JobStatus } from "./job-record.ts";
import type { JobRun, JobRunParts } from "./job-run.ts";
import { JobValidation } from "./job-validation.ts";
import { deleteTunedModel, loadTunedModel } from "./tuned-models.ts";

/** Fine-tuning jobs in a folder: their files are checked, then they wait for their turn, and are run. */
export class Jobs {
  readonly #directory: string;
  readonly #parts: JobRunParts;
  readonly #jobs = new Map<string, Job>();
  readonly #queue: JobQueue;
  readonly #validation: JobValidation;
  #isClosed = false;

  private constructor(directory: string, parts: JobRunParts) {
    this.#directory = directory;
    this.#parts = parts;
    this.#queue = new JobQueue(parts, () => this.all);
    this.#validation = new JobValidation({ ...parts, onValid: () => this.#queue.next() });
  }

  /**
   * Opens a folder, which is made if it is not there: models of jobs that have succeeded are loaded, and jobs that were not at
   * their end go on when `begin` is called. What cannot be read or loaded is logged and left alone.
   */
  static async open(directory: string, parts: JobRunParts): Promise<Jobs> {
    const jobs = new Jobs(directory, parts);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(directory)) {
      if (!isRecordId("ftjob", name)) continue;
      try {
        jobs.#jobs.set(name, await Job.open(directory, name));
      } catch (err) {
        const path = join(directory, name);
        parts.logger.warn({ err, path }, "a fine-tuning job cannot be read");
      }
    }
    for (const job of jobs.all) await jobs.#takeUp(job);
    return jobs;
  }

  /** Takes up what waits: nothing runs before. */
  begin(): void {
    for (const job of this.all)
      if (job.record.status === "validating_files") this.#validation.later(job);
    this.#queue.next();
  }

  /** Oldest first. */
  get all(): readonly Job[] {
    return [...this.#jobs.values()].toSorted((a, b) => a.record.createdMs - b.record.createdMs);
  }

  /** The job that runs now. */
  get running(): JobRun | undefined {
    return this.#queue.running;
  }

  /** @throws {ApiError} 404 if no job has the id. */
  get(id: string): Job {
    const job = this.#jobs.get(id);
    if (job) return job;
    throw notFound(
      `fine_tuning_job_id: expected the id of a job, got ${JSON.stringify(id.slice(0, 100))} (GET /v1/fine_tuning/jobs lists them)`,
      { param: "fine_tuning_job_id", code: "fine_tuning_job_not_found" },
    );
  }

  /** The id of a job that is not at its end and needs a file. */
  userOf(fileId: string): string | undefined {
    const user = this.all.find(({ record }) => {
      const { trainingFile, validationFile } = record;
      return !isEnded(record) && (trainingFile === fileId || validationFile === fileId);
    });
    return user?.id;
  }

  /** Begins a job. @throws {ApiError} 503 while the server shuts down. */
  async create(record: JobRecord): Promise<Job> {
    if (this.#isClosed)
      throw unavailable("the server is shutting down and begins no jobs", {
        code: "shutting_down",
      });
    const job = await Job.create(this.#directory, record);
    this.#jobs.set(job.id, job);
    await job.addEvent({ message: `Created fine-tuning job: ${job.id}` });
    this.#validation.later(job);
    return job;
  }

  /** Ends a job for good. @throws {ApiError} 400 for one that has ended. */
  async cancel(job: Job): Promise<void> {
    await this.#finishing(job);
    requireStatus(job, ["validating_files", "queued", "running", "paused"], "cancel");
    const change = { status: "cancelled", finishedMs: Date.now() } as const;
    void this.#queue.runOf(job)?.stop();
    await job.update(change, { message: "Fine-tuning job cancelled" });
  }

  /**
   * Ends a job's training for now; steps since the last checkpoint are done again later.
   *
   * @throws {ApiError} 400 for one that neither waits nor runs.
   */
  async pause(job: Job): Promise<void> {
    await this.#finishing(job);
    requireStatus(job, ["queued", "running"], "pause");
    const stopped = this.#queue.runOf(job)?.stop();
    await job.update({ status: "paused" }, { message: "Fine-tuning job paused" });
    await stopped; // it may be resumed from what it leaves
  }

  /** Lets a paused job go on, when it is its turn. @throws {ApiError} 400 for one that is not paused. */
  async resume(job: Job): Promise<void> {
    requireStatus(job, ["paused"], "resume");
    const message = "Fine-tuning job resumed, and waits for its turn";
    await job.update({ status: "queued" }, { message });
    this.#queue.next();
  }

  /**
   * Deletes the model that a job has made.
   *
   * @param id - Its name.
   * @returns whether a job has made it.
   */
  async deleteModel(id: string): Promise<boolean> {
    const maker = this.all.find(({ record }) => {
      return record.status === "succeeded" && !record.isModelDeleted && tunedModel(record) === id;
    });
    if (!maker) return false;
    await deleteTunedModel(maker, this.#parts.served);
    return true;
  }

  /** Begins no more jobs and ends the training of the one that runs, which goes on when the folder is opened again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#validation.close(), this.#queue.close()]);
  }

  /** Ends the training at once. */
  kill(): void {
    this.#isClosed = true;
    this.#queue.kill();
  }

  /** A job whose model is just being loaded cannot be stopped: it has succeeded a moment later. */
  async #finishing(job: Job): Promise<void> {
    const run = this.#queue.runOf(job);
    if (run?.isFinishing) await run.ended;
  }

  /** What becomes of a job that was there when the folder was opened. */
  async #takeUp(job: Job): Promise<void> {
    const { status, model } = job.record;
    const { served, logger } = this.#parts;
    try {
      await loadTunedModel(job, served);
    } catch (err) {
      logger.warn({ err, job: job.id }, "the model of a fine-tuning job cannot be loaded");
    }
    if (status === "running") {
      const message = "The server was started again: the job waits to go on";
      await job.update({ status: "queued" }, { message });
    }
    if (!isEnded(job.record) && model !== served.name)
      logger.warn({ job: job.id, model }, "a fine-tuning job waits for a server with its model");
  }
}

function requireStatus({ record }: Job, allowed: readonly JobStatus[], verb: string): void {
  if (allowed.includes(record.status)) return;
  throw invalidRequest(
    `fine_tuning_job_id: expected a job to ${verb} that is ${allowed.join(" or ")}, got one that is ${record.status}`,
    { param: "fine_tuning_job_id", code: "invalid_job_status" },
  );
}
