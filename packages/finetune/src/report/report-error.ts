/** A callback of a run that has thrown; the cause has what it threw. */
export class ReportError extends Error {
  override readonly name = "ReportError";
  readonly code = "ERR_REPORT";
  /** Name of the callback. */
  readonly report: string;

  /** @param moment - What it was told: the type of an event, or "end". */
  constructor(report: string, moment: string, cause: unknown) {
    const hint = "see the cause; checkpoints are not affected";
    super(`${report}: expected to take "${moment}", got ${String(cause)} (${hint})`, { cause });
    this.report = report;
  }
}
