import { describe, expect, it } from "vitest";
import { ApiError } from "../errors/api-error.ts";
import { Admission } from "./admission.ts";

const refusal = (enter: () => unknown): ApiError => {
  try {
    enter();
  } catch (error) {
    if (error instanceof ApiError) return error;
  }
  throw new Error("expected a refusal");
};

describe("admission", () => {
  it("lets in what may run or wait, and refuses what is more until some leave", () => {
    const admission = new Admission({ maxSequences: 2, maxWaiting: 1 });
    const tickets = [1, 1, 1].map((width) => admission.enter(width));
    const error = refusal(() => admission.enter(1));
    expect(error).toMatchObject({ status: 429, code: "queue_full", shouldRetry: true });
    expect(error.headers["retry-after"]).toMatch(/^\d+$/);
    tickets[0]?.[Symbol.dispose]();
    tickets[0]?.[Symbol.dispose](); // leaves once
    expect(admission.sequences).toBe(2);
    admission.enter(1);
    expect(admission.requests).toBe(3);
  });

  it("lets a request that is wider than all in when nobody else is there", () => {
    const admission = new Admission({ maxSequences: 2, maxWaiting: 1 });
    const wide = admission.enter(9);
    expect(refusal(() => admission.enter(1)).status).toBe(429);
    wide[Symbol.dispose]();
    expect(admission.sequences).toBe(0);
  });

  it("tells a longer wait where more are waiting", () => {
    const wait = (maxWaiting: number): number => {
      const admission = new Admission({ maxSequences: 1, maxWaiting });
      for (let i = 0; i <= maxWaiting; i++) admission.enter(1);
      return admission.retryAfterMs;
    };
    expect(wait(10)).toBe(10 * wait(1));
    expect(wait(1000)).toBe(60_000); // no client takes more seriously
  });

  it("drains: refuses new ones with 503 and waits for the last", async () => {
    const admission = new Admission({ maxSequences: 1, maxWaiting: 1 });
    const ticket = admission.enter(1);
    let isDrained = false;
    const drained = admission.drain().then(() => (isDrained = true));
    expect(refusal(() => admission.enter(1))).toMatchObject({ status: 503, code: "shutting_down" });
    await Promise.resolve();
    expect(isDrained).toBe(false);
    ticket[Symbol.dispose]();
    await drained;
    expect(isDrained).toBe(true);
  });
});
