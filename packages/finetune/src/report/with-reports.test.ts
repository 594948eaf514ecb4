import { describe, expect, it, vi } from "vitest";
import type { TrainingEvent, TrainingResult } from "../trainer/training-event.ts";
import { startEvent, stepEvent } from "./__fixtures__/events.ts";
import { ReportError } from "./report-error.ts";
import type { RunOutcome, TrainingCallback } from "./training-callback.ts";
import { withReports } from "./with-reports.ts";

const result: TrainingResult = { steps: 2, log: [], path: "out", modelStep: 2 };

/** A run of two steps that notes its end. */
async function* run(
  told: string[],
  failure?: Error,
): AsyncGenerator<TrainingEvent, TrainingResult> {
  try {
    yield startEvent();
    yield stepEvent(1);
    if (failure) throw failure;
    yield stepEvent(2);
    return result;
  } finally {
    told.push("run ends");
  }
}

/** A callback that notes what it is told, and throws at an event or at the end. */
function listener(told: string[], name = "a", failsAt?: TrainingEvent["type"] | "end") {
  const note = (moment: string): void => {
    told.push(`${name} ${moment}`);
    if (moment.startsWith(failsAt ?? "never")) throw new Error(`no ${moment}`);
  };
  const onEnd = (outcome: RunOutcome): void => note(`end ${outcome.kind}`);
  return {
    name,
    onEvent: ({ type }: TrainingEvent) => note(type),
    onEnd,
  } satisfies TrainingCallback;
}

describe("withReports", () => {
  it("tells each callback in its turn before it passes an event on", async () => {
    const told: string[] = [];
    const events = withReports(run(told), [listener(told), listener(told, "b")]);
    for (let next = await events.next(); ; next = await events.next()) {
      if (next.done) {
        expect(next.value).toBe(result);
        break;
      }
      told.push(`passed on ${next.value.type}`);
    }
    expect(told.join(", ")).toBe(
      "a start, b start, passed on start, a step, b step, passed on step, a step, b step, passed on step, " +
        "run ends, a end finished, b end finished",
    );
  });

  it("ends a run whose callback throws with an error that names it", async () => {
    const told: string[] = [];
    const events = withReports(run(told), [listener(told, "tracker", "step")]);
    const failure = Array.fromAsync(events);
    await expect(failure).rejects.toThrow(ReportError);
    await expect(failure).rejects.toThrow(
      'tracker: expected to take "step", got Error: no step (see the cause; checkpoints are not affected)',
    );
    expect(told.slice(-2)).toEqual(["run ends", "tracker end failed"]);
  });

  it("goes on without it where somebody takes the error", async () => {
    const told: string[] = [];
    const errors: ReportError[] = [];
    const callbacks = [listener(told, "a", "step"), listener(told, "b", "end")];
    const onReportError = (error: ReportError) => void errors.push(error);
    const events = withReports(run(told), callbacks, { onReportError });
    expect(await Array.fromAsync(events)).toHaveLength(3);
    expect(told.filter((one) => one.startsWith("a"))).toEqual([
      "a start",
      "a step",
      "a end finished",
    ]);
    expect(errors.map(({ report }) => report)).toEqual(["a", "b"]);
  });

  it("ends the run and tells callbacks where the loop is left", async () => {
    const told: string[] = [];
    for await (const event of withReports(run(told), [listener(told)]))
      if (event.type === "step") break;
    expect(told).toEqual(["a start", "a step", "run ends", "a end left"]);
  });

  it("throws the run's own error also where a callback fails at the end, with a warning", async () => {
    const told: string[] = [];
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const events = withReports(run(told, new Error("no memory")), [listener(told, "a", "end")]);
    await expect(Array.fromAsync(events)).rejects.toThrow("no memory");
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ report: "a" }));
    warn.mockRestore();
  });
});
