import type { TrainingEvent, TrainingResult } from "../trainer/training-event.ts";
import { ReportError } from "./report-error.ts";
import type { RunOutcome, TrainingCallback } from "./training-callback.ts";

/** What becomes of a callback that throws. */
export interface ReportOptions {
  /**
   * Takes the error of a callback, which then is told of no further event; the run goes on. Default: the error ends the
   * run.
   */
  readonly onReportError?: ((error: ReportError) => void) | undefined;
}

type Events = AsyncGenerator<TrainingEvent, TrainingResult>;

/**
 * Passes the events of a run on, after each callback in its turn was told of them.
 *
 * @param events - Is ended together with this one.
 * @throws {ReportError} if a callback throws and no `onReportError` takes it.
 * @throws what `events` throws; errors of callbacks that are told of that are warnings of the process.
 */
export async function* withReports(
  events: Events,
  callbacks: readonly TrainingCallback[],
  { onReportError }: ReportOptions = {},
): Events {
  const told = new Audience(callbacks);
  let outcome: RunOutcome = { kind: "left" };
  try {
    for (let next = await events.next(); ; next = await events.next()) {
      if (next.done) {
        outcome = { kind: "finished", result: next.value };
        return next.value;
      }
      await told.event(next.value, onReportError ?? raise);
      yield next.value;
    }
  } catch (error) {
    outcome = { kind: "failed", error };
    throw error;
  } finally {
    await events.return(undefined as never); // does nothing where they have ended
    const isFailed = outcome.kind === "failed";
    await told.end(outcome, onReportError ?? (isFailed ? warn : raise));
  }
}

/** Callbacks of a run. */
class Audience {
  readonly #all: readonly TrainingCallback[];
  /** Those that have not failed. */
  readonly #listening: Set<TrainingCallback>;

  constructor(callbacks: readonly TrainingCallback[]) {
    this.#all = callbacks;
    this.#listening = new Set(callbacks);
  }

  async event(event: TrainingEvent, onError: (error: ReportError) => void): Promise<void> {
    for (const callback of this.#listening) {
      try {
        await callback.onEvent(event);
      } catch (cause) {
        this.#listening.delete(callback);
        onError(new ReportError(callback.name, event.type, cause));
      }
    }
  }

  /** Tells all of them, whoever fails; the first error counts. */
  async end(outcome: RunOutcome, onError: (error: ReportError) => void): Promise<void> {
    const errors: ReportError[] = [];
    for (const callback of this.#all) {
      try {
        await callback.onEnd?.(outcome);
      } catch (cause) {
        errors.push(new ReportError(callback.name, "end", cause));
      }
    }
    for (const error of errors) onError(error);
  }
}

function raise(error: ReportError): never {
  throw error;
}

function warn(error: ReportError): void {
  process.emitWarning(error);
}
