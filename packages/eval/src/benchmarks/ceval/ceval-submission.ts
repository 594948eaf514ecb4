import type { SampleRecord } from "../../results.ts";

/** Answers by subject and row, as C-Eval's site takes them. */
export type CevalSubmission = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Ids of the test rows: `law/test/12`. */
const TEST_ID = /^(\w+)\/test\/(\d+)$/;

/**
 * The file that C-Eval's site scores: it alone has the answers to the test rows.
 *
 * Rows of other splits and benchmarks are left out; an answer in which no letter was found is an empty text.
 *
 * @see https://cevalbenchmark.com and C-Eval submission_example.json at cba65ae
 */
export function cevalSubmission(records: readonly SampleRecord[]): CevalSubmission {
  const subjects: Record<string, Record<string, string>> = {};
  for (const { benchmark, id, grade } of records) {
    const [, subject, row] = (benchmark === "ceval" && TEST_ID.exec(id)) || [];
    if (subject === undefined || row === undefined) continue;
    (subjects[subject] ??= {})[row] = grade.answer ?? "";
  }
  return subjects;
}
