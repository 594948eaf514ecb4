import { expect, it } from "vitest";
import { isRecordId, newRecordId } from "./record-id.ts";

it("an id is one of its kind, and nothing else is", () => {
  const id = newRecordId("file");
  expect(id).toMatch(/^file-[0-9a-f]{24}$/);
  expect(isRecordId("file", id)).toBe(true);
  for (const other of [
    `${id}/..`,
    `${id}\n`,
    id.toUpperCase(),
    `ftjob-${id.slice(5)}`,
    "file-",
    "..",
  ])
    expect(isRecordId("file", other)).toBe(false);
});
