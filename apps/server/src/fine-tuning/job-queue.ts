import type { Job } from "./job.ts";
import { JobRun, type JobRunParts } from "./job-run.ts";

/** Runs one job at a time, in the order in which they came. */
export class JobQueue {
  readonly #parts: JobRunParts;
  readonly #jobs: () => readonly Job[];
  #running: JobRun | undefined;
  #isClosed = false;

  /** @param jobs - All there are, oldest first. */
  constructor(parts: JobRunParts, jobs: () => readonly Job[]) {
    this.#parts = parts;
    this.#jobs = jobs;
  }

  /** The job that runs now. */
  get running(): JobRun | undefined {
    return this.#running;
  }

  /** The run of a job, if it is running. */
  runOf(job: Job): JobRun | undefined {
    return this.#running?.job === job ? this.#running : undefined;
  }

  /** Runs the job whose turn it is, if none runs. */
  next(): void {
    if (this.#running || this.#isClosed) return;
    const { served } = this.#parts;
    const job = this.#jobs().find(
      ({ record }) => record.status === "queued" && record.model === served.name,
    );
    if (!job) return;
    const run = new JobRun(job, this.#parts);
    this.#running = run;
    void run.ended.then(() => {
      this.#running = undefined;
      this.next();
    });
  }

  /** Runs no more jobs, and ends the training of the one that runs. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running?.stop();
  }

  /** As `close`, at once. */
  kill(): void {
    this.#isClosed = true;
    this.#running?.kill();
  }
}
