import type { Logger } from "pino";
import { checkTrainingRows } from "../files/check-training-rows.ts";
import type { FileStore } from "../files/file-store.ts";
import type { Job } from "./job.ts";
import { failureOf } from "./job-failure.ts";

/** What checking files needs, and who is told when a job may run. */
interface JobValidationParts {
  readonly files: FileStore;
  readonly logger: Logger;
  readonly onValid: () => void;
}

/** Checks the files of jobs once more, one job after another: they may have been changed on disk. */
export class JobValidation {
  readonly #parts: JobValidationParts;
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: JobValidationParts) {
    this.#parts = parts;
  }

  /** Checks the files of a job when those of the jobs before it have been. */
  later(job: Job): void {
    this.#last = this.#last
      .then(() => this.#validate(job))
      .catch((err: unknown) => {
        this.#parts.logger.error({ err, job: job.id }, "a job's folder cannot be written");
      });
  }

  /** Leaves jobs as they are, and waits for the file at hand. */
  close(): Promise<void> {
    this.#isClosed = true;
    return this.#last;
  }

  async #validate(job: Job): Promise<void> {
    if (!this.#isWanted(job)) return;
    const { trainingFile, validationFile } = job.record;
    try {
      await this.#check(job, trainingFile, "training_file");
      if (validationFile !== null) await this.#check(job, validationFile, "validation_file");
    } catch (cause) {
      if (this.#isWanted(job)) await job.fail(failureOf(cause));
      return;
    }
    if (!this.#isWanted(job)) return;
    await job.addEvent({ message: "Files validated, the job waits for its turn" });
    if (!this.#isWanted(job)) return;
    await job.update({ status: "queued" });
    this.#parts.onValid();
  }

  async #check(job: Job, id: string, param: string): Promise<void> {
    await job.addEvent({ message: `Validating ${param.replace("_", " ")}: ${id}` });
    await checkTrainingRows(this.#parts.files.contentPath({ id }), param);
  }

  /** It may have been cancelled meanwhile. */
  #isWanted({ record }: Job): boolean {
    return record.status === "validating_files" && !this.#isClosed;
  }
}
