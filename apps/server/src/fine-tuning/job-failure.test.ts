import { expect, it } from "vitest";
import { jobRecord } from "./__fixtures__/job-record.ts";
import { toFailure } from "./job-failure.ts";

const files = {
  contentPath: ({ id }: { readonly id: string }) => `/data/files/${id}/content.jsonl`,
};

it("a failure names files by their ids, and the field of the request", () => {
  const { trainingFile } = jobRecord;
  const message = `/data/files/${trainingFile}/content.jsonl, row 3: expected ids, got others`;
  const error = { name: "DataError", code: "ERR_DATA", message };
  expect(toFailure({ kind: "failed", error }, jobRecord, files)).toEqual({
    code: "invalid_training_file",
    message: `${trainingFile}, row 3: expected ids, got others`,
    param: "training_file",
  });
});

it("a training that is done has not failed", () => {
  expect(toFailure({ kind: "done" }, jobRecord, files)).toBeUndefined();
});
