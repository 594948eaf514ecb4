import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { jobRecord } from "./__fixtures__/job-record.ts";
import { Job } from "./job.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "baichuan2-job-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("a job is the same when it is opened again", async () => {
  const job = await Job.create(folder, jobRecord);
  await job.update({ status: "running", checkpoints: [{ id: "a", createdMs: 1, step: 2 }] });
  const again = await Job.open(folder, jobRecord.id);
  expect(again.record).toEqual(job.record);
  expect(again.record.status).toBe("running");
});

it("the last of several changes stands, whatever the disk does", async () => {
  const job = await Job.create(folder, jobRecord);
  await Promise.all(Array.from({ length: 20 }, (_, step) => job.update({ trainedTokens: step })));
  expect((await Job.open(folder, jobRecord.id)).record.trainedTokens).toBe(19);
});

it("events keep their order, and one that was left unfinished spoils no other", async () => {
  const job = await Job.create(folder, jobRecord);
  const told = Array.from({ length: 10 }, (_, index) => `event ${index}`);
  for (const message of told) void job.addEvent({ message });
  expect((await job.events()).map(({ message }) => message)).toEqual(told);
  await appendFile(join(folder, jobRecord.id, "events.jsonl"), '\n{"id":"ftev');
  await job.addEvent({ message: "after" });
  expect((await job.events()).at(-1)?.message).toBe("after");
  expect(await job.events()).toHaveLength(11);
});

it("a folder whose record is no record is refused", async () => {
  await expect(Job.open(folder, jobRecord.id)).rejects.toThrow(/ENOENT/);
});
