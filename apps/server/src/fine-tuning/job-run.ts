import type { TrainingEvent } from "@baichuan2/finetune";
import type { Logger } from "pino";
import type { ServedModel } from "../engine/served-model.ts";
import type { FileStore } from "../files/file-store.ts";
import { finishJob } from "./finish-job.ts";
import type { Job } from "./job.ts";
import { jobArguments } from "./job-arguments.ts";
import { failureOf, toFailure } from "./job-failure.ts";
import { JobProgress } from "./job-progress.ts";
import type { JobFailure } from "./job-record.ts";
import { Trainer } from "./trainer.ts";

/** What running a job needs. */
export interface JobRunParts {
  readonly served: ServedModel;
  readonly files: FileStore;
  readonly logger: Logger;
  /** Undefined: as many as the trainer takes. */
  readonly threads: number | undefined;
}

/** How long a training may take to end when it is told to, before it is killed. */
const GRACE_MS = 10_000;

/** A job that is being run, from its start to its end or until it is stopped. */
export class JobRun {
  readonly job: Job;
  /** Never rejects. */
  readonly ended: Promise<void>;
  readonly #parts: JobRunParts;
  readonly #progress = new JobProgress();
  #trainer: Trainer | undefined;
  #isStopped = false;
  #isFinishing = false;

  constructor(job: Job, parts: JobRunParts) {
    this.job = job;
    this.#parts = parts;
    this.ended = this.#run();
  }

  get estimatedFinishMs(): number | undefined {
    return this.#progress.estimatedFinishMs;
  }

  /** The training is done, and the model being loaded: it cannot be stopped any more. */
  get isFinishing(): boolean {
    return this.#isFinishing;
  }

  /** Process that trains. */
  get pid(): number | undefined {
    return this.#trainer?.pid;
  }

  /** Ends the training and leaves the job as it stands; checkpoints stay. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#trainer?.stop(GRACE_MS);
    await this.ended;
  }

  /** Ends the training at once. */
  kill(): void {
    this.#isStopped = true;
    this.#trainer?.kill();
  }

  async #run(): Promise<void> {
    const { job } = this;
    try {
      await job.update({ status: "running" }, { message: "Fine-tuning job started" });
      const failure = await this.#train();
      if (this.#isStopped) return;
      if (failure) return await this.#keep(job.fail(failure));
      this.#isFinishing = true;
      await finishJob(job, this.#parts);
    } catch (error) {
      if (this.#isStopped) return;
      this.#parts.logger.error({ err: error, job: job.id }, "a fine-tuning job failed");
      await this.#keep(job.fail(failureOf(error)));
    }
  }

  /** @returns why it failed, if it did. */
  async #train(): Promise<JobFailure | undefined> {
    const args = await jobArguments(this.job, this.#parts);
    if (this.#isStopped) return undefined;
    const { threads, logger } = this.#parts;
    this.#trainer = new Trainer({
      args,
      threads,
      onMessage: (message) => {
        if (message.type === "event") this.#take(message.event);
        else logger.warn({ job: this.job.id }, message.message);
      },
    });
    const end = await this.#trainer.ended;
    if (end.kind === "died" && !this.#isStopped)
      logger.error({ job: this.job.id, how: end.how, stderr: end.stderr }, "a trainer has died");
    return toFailure(end, this.job.record, this.#parts.files);
  }

  #take(event: TrainingEvent): void {
    const { job } = this;
    if (this.#isStopped) return;
    const told = this.#progress.take(event);
    if (told) void this.#keep(job.addEvent(told));
    if (event.type !== "save") return;
    const checkpoints = this.#progress.withCheckpoint(job.record.checkpoints, event.step);
    void this.#keep(job.update({ checkpoints }));
  }

  /** A full disk must not end the server. */
  #keep(written: Promise<void>): Promise<void> {
    return written.catch((err: unknown) => {
      this.#parts.logger.error({ err, job: this.job.id }, "a job's folder cannot be written");
    });
  }
}
