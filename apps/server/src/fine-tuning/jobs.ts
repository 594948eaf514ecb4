import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { invalidRequest, notFound, unavailable } from "../errors/api-error.ts";
import { checkTrainingRows } from "../files/check-training-rows.ts";
import { isRecordId } from "../openai/record-id.ts";
import { Job } from "./job.ts";
import { failureOf } from "./job-failure.ts";
import { isEnded, tunedModel, type JobRecord, type JobStatus } from "./job-record.ts";
import { JobRun, type JobRunParts } from "./job-run.ts";

/** Fine-tuning jobs in a folder. One runs at a time, the others wait in the order in which they came. */
export class Jobs {
  readonly #directory: string;
  readonly #parts: JobRunParts;
  readonly #jobs = new Map<string, Job>();
  #running: JobRun | undefined;
  #validation: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(directory: string, parts: JobRunParts) {
    this.#directory = directory;
    this.#parts = parts;
  }

  /**
   * Opens a folder, which is made if it is not there: models of jobs that have succeeded are loaded, and jobs that were not at
   * their end go on. What cannot be read or loaded is logged and left alone.
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
    jobs.#next();
    return jobs;
  }

  /** Oldest first. */
  get all(): readonly Job[] {
    return [...this.#jobs.values()].toSorted((a, b) => a.record.createdMs - b.record.createdMs);
  }

  /** The job that trains now. */
  get running(): JobRun | undefined {
    return this.#running;
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
    this.#validateLater(job);
    return job;
  }

  /** Ends a job for good. @throws {ApiError} 400 for one that has ended. */
  async cancel(job: Job): Promise<void> {
    await this.#leave(job, ["validating_files", "queued", "running", "paused"], "cancelled");
  }

  /** Ends a job's training for now; steps since the last checkpoint are done again later. @throws {ApiError} 400 for one that does not run or wait. */
  async pause(job: Job): Promise<void> {
    await this.#leave(job, ["queued", "running"], "paused");
  }

  /** Lets a paused job go on, behind those that wait. @throws {ApiError} 400 for one that is not paused. */
  async resume(job: Job): Promise<void> {
    requireStatus(job, ["paused"], "resume");
    await job.update({ status: "queued" });
    await job.addEvent({ message: "Fine-tuning job resumed, and waits for its turn" });
    this.#next();
  }

  /**
   * Deletes the model that a job has made, from memory and disk.
   *
   * @throws {ApiError} 404 if no job has made it, or it has been deleted already.
   */
  async deleteModel(id: string): Promise<void> {
    const maker = this.all.find(({ record }) => {
      return record.status === "succeeded" && !record.isModelDeleted && tunedModel(record) === id;
    });
    if (!maker)
      throw notFound(
        `model: expected one that a fine-tuning job has made, got ${JSON.stringify(id.slice(0, 200))}`,
        { param: "model", code: "model_not_found" },
      );
    await maker.update({ isModelDeleted: true, checkpoints: [] });
    const { served } = this.#parts;
    const { adapter } = maker.record;
    if (served.model.adapters.some(({ name }) => name === adapter))
      await served.unloadAdapter(adapter);
    await rm(maker.outputDir, { recursive: true, force: true });
  }

  /** Begins no more jobs and ends the training of the one that runs, which goes on when the folder is opened again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running?.stop();
    await this.#validation;
  }

  /** Ends the training at once. */
  kill(): void {
    this.#isClosed = true;
    this.#running?.kill();
  }

  async #leave(job: Job, from: readonly JobStatus[], to: "cancelled" | "paused"): Promise<void> {
    const run = this.#running?.job === job ? this.#running : undefined;
    if (run?.isFinishing) await run.ended;
    requireStatus(job, from, to === "paused" ? "pause" : "cancel");
    const finishedMs = to === "cancelled" ? Date.now() : null;
    const stopped = run?.stop();
    // Both at once: nobody may take the job for one that waits in between.
    await Promise.all([
      job.update({ status: to, finishedMs }),
      job.addEvent({ message: `Fine-tuning job ${to}` }),
    ]);
    if (to === "paused") await stopped; // it may be resumed from what it leaves
  }

  /** What becomes of a job that was there when the folder was opened. */
  async #takeUp(job: Job): Promise<void> {
    const { status, model, adapter, isModelDeleted } = job.record;
    const { served, logger } = this.#parts;
    const isOfThisModel = model === served.name;
    try {
      if (status === "succeeded" && isOfThisModel && !isModelDeleted)
        await served.loadAdapter(adapter, job.outputDir);
      if (isEnded(job.record) || status === "paused") return;
      if (!isOfThisModel) return await job.addEvent(otherModel(model, served.name));
      if (status === "validating_files") return this.#validateLater(job);
      if (status === "queued") return;
      await job.addEvent({ message: "The server was started again: the job waits to go on" });
      await job.update({ status: "queued" });
    } catch (err) {
      logger.warn({ err, job: job.id }, "the model of a fine-tuning job cannot be loaded");
    }
  }

  /** Files are checked once more, one job after another: they may have been changed on disk. */
  #validateLater(job: Job): void {
    this.#validation = this.#validation
      .then(() => this.#validate(job))
      .catch((err: unknown) => {
        this.#parts.logger.error({ err, job: job.id }, "a job's folder cannot be written");
      });
  }

  async #validate(job: Job): Promise<void> {
    const { trainingFile, validationFile } = job.record;
    const isWaiting = (): boolean => job.record.status === "validating_files" && !this.#isClosed;
    if (!isWaiting()) return;
    try {
      await this.#check(job, trainingFile, "training_file");
      if (validationFile !== null) await this.#check(job, validationFile, "validation_file");
    } catch (cause) {
      if (!isWaiting()) return;
      const error = failureOf(cause);
      await job.addEvent({ level: "error", message: error.message });
      return await job.update({ status: "failed", error, finishedMs: Date.now() });
    }
    if (!isWaiting()) return;
    await job.update({ status: "queued" });
    await job.addEvent({ message: "Files validated, the job waits for its turn" });
    this.#next();
  }

  async #check(job: Job, id: string, param: string): Promise<void> {
    await job.addEvent({ message: `Validating ${param.replace("_", " ")}: ${id}` });
    await checkTrainingRows(this.#parts.files.contentPath({ id }), param);
  }

  /** Runs the job whose turn it is, if none runs. */
  #next(): void {
    if (this.#running || this.#isClosed) return;
    const job = this.all.find(
      ({ record }) => record.status === "queued" && record.model === this.#parts.served.name,
    );
    if (!job) return;
    const run = new JobRun(job, this.#parts);
    this.#running = run;
    void run.ended.then(() => {
      this.#running = undefined;
      this.#next();
    });
  }
}

function otherModel(model: string, served: string) {
  const message = `The job waits for a server with model ${model}: this one has ${served}`;
  return { level: "warn" as const, message };
}

function requireStatus({ record }: Job, allowed: readonly JobStatus[], verb: string): void {
  if (allowed.includes(record.status)) return;
  throw invalidRequest(
    `fine_tuning_job_id: expected a job to ${verb} that is ${allowed.join(" or ")}, got one that is ${record.status}`,
    { param: "fine_tuning_job_id", code: "invalid_job_status" },
  );
}
