import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel, type Model } from "@baichuan2/model";
import type OpenAI from "openai";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NAME, start, tinyChat, type Started } from "../__fixtures__/start.ts";
import {
  conversations,
  hasSteps,
  isEnded,
  upload,
  whenJob,
} from "../__fixtures__/training-file.ts";

type Job = OpenAI.FineTuning.FineTuningJob;
type Params = OpenAI.FineTuning.JobCreateParams;

let model: Model;
let dataDir: string;
let started: Started;
let client: OpenAI;
const logged: string[] = [];
beforeAll(async () => {
  model = await loadModel(tinyChat, { adapters: {} });
});
afterAll(() => model.dispose());

async function open(): Promise<void> {
  dataDir = await mkdtemp(join(tmpdir(), "baichuan2-jobs-"));
  await startServer();
}

async function close(): Promise<void> {
  await shutDown();
  await rm(dataDir, { recursive: true, force: true });
}

async function startServer(): Promise<void> {
  logged.length = 0;
  const logger = pino({ level: "warn" }, { write: (line) => logged.push(line) });
  started = await start({ model, dataDir, logger, trainingThreads: 1 });
  client = started.client;
}

/** Ends the server; the model stays, without what jobs have made of it. */
async function shutDown(): Promise<void> {
  await started[Symbol.asyncDispose]();
  for (const { name } of model.adapters) await model.unloadAdapter(name);
}

const hyperparameters = { n_epochs: 1, batch_size: 4 };
/** So long that no test sees its end. */
const long = { hyperparameters: { n_epochs: 50, batch_size: 1 }, seed: 1 };

async function create(more: Partial<Params> = {}): Promise<Job> {
  const training_file = more.training_file ?? (await upload(client));
  return client.fineTuning.jobs.create({ model: NAME, hyperparameters, ...more, training_file });
}

async function messagesOf({ id }: Pick<Job, "id">): Promise<string> {
  const { data } = await client.fineTuning.jobs.listEvents(id, { limit: 1000 });
  return data.map(({ message }) => message).join("\n");
}

const modelNames = async (): Promise<string[]> => {
  return (await client.models.list()).data.map(({ id }) => id);
};

describe("a job that has succeeded", () => {
  let begun: Job;
  let done: Job;
  let name: string;
  beforeAll(async () => {
    await open();
    const validation_file = await upload(client, conversations(2));
    begun = await create({ validation_file, suffix: "numbers", metadata: { of: "test" } });
    done = await whenJob(client, begun.id, isEnded);
    name = `${NAME}:numbers-${begun.id.slice(-8)}`;
  });
  afterAll(() => close());

  const chat = (): Promise<OpenAI.ChatCompletion> =>
    client.chat.completions.create({
      model: name,
      messages: [{ role: "user", content: "What is number 3?" }],
      max_tokens: 5,
    });

  it("was told whole when it began, and when it was done", () => {
    expect(begun).toMatchObject({
      object: "fine_tuning.job",
      id: expect.stringMatching(/^ftjob-[0-9a-f]{24}$/),
      status: "validating_files",
      model: NAME,
      fine_tuned_model: null,
      finished_at: null,
      error: null,
      trained_tokens: null,
      result_files: [],
      hyperparameters: { ...hyperparameters, learning_rate_multiplier: 1 },
      metadata: { of: "test" },
    });
    expect(done).toMatchObject({
      ...begun,
      status: "succeeded",
      fine_tuned_model: name,
      finished_at: expect.any(Number),
      trained_tokens: 8 * 64, // each row padded to the shortest length
      result_files: [expect.any(String)],
    });
  });

  it("has made a model that is listed and answers, and is no base for others", async () => {
    expect(await modelNames()).toEqual([NAME, name]);
    expect((await chat()).model).toBe(name);
    await expect(create({ model: name })).rejects.toMatchObject({ status: 400, param: "model" });
  });

  it("has left its log as a file", async () => {
    const [log = ""] = done.result_files;
    expect(await client.files.retrieve(log)).toMatchObject({ purpose: "fine-tune-results" });
    expect(await (await client.files.content(log)).text()).toMatch(/^\{"type":"step","step":1,/);
    await expect(create({ training_file: log })).rejects.toMatchObject({ param: "training_file" });
  });

  it("has told by events what happened", async () => {
    const events: OpenAI.FineTuning.FineTuningJobEvent[] = [];
    const pages = client.fineTuning.jobs.listEvents(begun.id, { limit: 3 });
    for await (const event of pages) events.unshift(event);
    expect(events[0]?.message).toBe(`Created fine-tuning job: ${begun.id}`);
    expect(events.at(-1)?.message).toBe("The job has successfully completed");
    const metrics = events.filter(({ type }) => type === "metrics");
    expect(metrics.map(({ data }) => data)).toEqual([
      expect.objectContaining({ step: 1, total_steps: 2, learning_rate: 2e-4 }),
      expect.objectContaining({ step: 2, total_steps: 2, train_loss: expect.any(Number) }),
      expect.objectContaining({ step: 2, valid_loss: expect.any(Number) }),
    ]);
    expect(metrics[0]?.message).toMatch(/^Step 1\/2: training loss=\d+\.\d\d$/);
  });

  it("has checkpoints", async () => {
    const { data } = await client.fineTuning.jobs.checkpoints.list(begun.id);
    expect(data).toEqual([
      expect.objectContaining({
        object: "fine_tuning.job.checkpoint",
        fine_tuning_job_id: begun.id,
        step_number: 2,
        metrics: {
          step: 2,
          train_loss: expect.any(Number),
          valid_loss: expect.any(Number),
          full_valid_loss: expect.any(Number),
        },
      }),
    ]);
  });

  it("is no reason not to start where its model or another job is damaged", async () => {
    const other = await create(long);
    await client.fineTuning.jobs.cancel(other.id);
    await shutDown();
    const output = join(dataDir, "jobs", begun.id, "output");
    await rename(output, `${output}-lost`);
    await writeFile(join(dataDir, "jobs", other.id, "job.json"), "{");
    await startServer();
    expect(await modelNames()).toEqual([NAME]);
    expect((await client.fineTuning.jobs.list()).data).toEqual([done]);
    expect(logged.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      "a fine-tuning job cannot be read",
      "the model of a fine-tuning job cannot be loaded",
    ]);
    await rm(join(dataDir, "jobs", other.id), { recursive: true });
    await rename(`${output}-lost`, output);
  });

  it("is there after a restart with its model, until that is deleted", async () => {
    await shutDown();
    await startServer();
    expect(await client.fineTuning.jobs.retrieve(begun.id)).toEqual(done);
    expect(await modelNames()).toEqual([NAME, name]);
    expect((await chat()).model).toBe(name);
    expect(await client.models.delete(name)).toEqual({ id: name, object: "model", deleted: true });
    await expect(chat()).rejects.toMatchObject({ status: 404 });
    await expect(client.models.delete(name)).rejects.toMatchObject({ status: 404 });
    await expect(client.models.delete(NAME)).rejects.toMatchObject({ status: 400 });
    await shutDown();
    await startServer();
    expect(await modelNames()).toEqual([NAME]);
    expect(logged).toEqual([]);
  });
});

describe("a job", () => {
  beforeEach(() => open());
  afterEach(() => close());

  it("waits for those before it, and can be cancelled while it waits and while it runs", async () => {
    const first = await create(long);
    const second = await create();
    await whenJob(client, first.id, hasSteps(client, 2));
    const running = await client.fineTuning.jobs.retrieve(first.id);
    expect(running.status).toBe("running");
    expect(running.estimated_finish).toBeGreaterThan(Date.now() / 1000);
    expect((await client.fineTuning.jobs.retrieve(second.id)).status).toBe("queued");
    const third = await create(long);
    expect((await client.fineTuning.jobs.cancel(third.id)).status).toBe("cancelled");
    expect(await client.fineTuning.jobs.cancel(first.id)).toMatchObject({
      status: "cancelled",
      finished_at: expect.any(Number),
      fine_tuned_model: null,
    });
    await whenJob(client, second.id, ({ status }) => status === "running");
    expect((await client.fineTuning.jobs.retrieve(first.id)).status).toBe("cancelled");
    await expect(client.fineTuning.jobs.cancel(first.id)).rejects.toMatchObject({
      status: 400,
      code: "invalid_job_status",
    });
  });

  it("fails when its process is killed, and the next one runs", async () => {
    const { id } = await create(long);
    const next = await create(long);
    await whenJob(client, id, hasSteps(client, 1));
    process.kill(started.server.trainingPid as number, "SIGKILL");
    expect(await whenJob(client, id, isEnded)).toMatchObject({
      status: "failed",
      error: { code: "trainer_died", message: expect.stringContaining("SIGKILL"), param: null },
    });
    await whenJob(client, next.id, ({ status }) => status === "running");
  });

  it("goes on from its last checkpoint after the server was ended, and after a pause", async () => {
    const job = await create({ hyperparameters: { n_epochs: 12, batch_size: 8 } });
    await whenJob(client, job.id, hasSteps(client, 2)); // each has a checkpoint
    await shutDown();
    await startServer();
    await whenJob(client, job.id, async () =>
      /Training goes on after step \d/.test(await messagesOf(job)),
    );
    expect((await client.fineTuning.jobs.pause(job.id)).status).toBe("paused");
    await expect(client.fineTuning.jobs.pause(job.id)).rejects.toMatchObject({ status: 400 });
    expect(started.server.trainingPid).toBeUndefined();
    expect(await messagesOf(job)).toContain("The server was started again");
    expect((await client.fineTuning.jobs.resume(job.id)).status).toMatch(/queued|running/);
    expect((await whenJob(client, job.id, isEnded)).status).toBe("succeeded");
    expect((await messagesOf(job)).match(/Training goes on after step/g)).toHaveLength(2);
  });

  it("fails where its file was damaged on disk", async () => {
    const training_file = await upload(client);
    await writeFile(join(dataDir, "files", training_file, "content.jsonl"), "{}\n");
    const { id } = await create({ training_file });
    expect(await whenJob(client, id, isEnded)).toMatchObject({
      status: "failed",
      error: { code: "invalid_training_file", param: "training_file" },
    });
  });

  it("fails where the training does, with the words of the trainer", async () => {
    const content = "What is a number? ".repeat(200); // no answer is left within 512 tokens
    const messages = [
      { role: "user", content },
      { role: "assistant", content: "Much." },
    ];
    const training_file = await upload(client, JSON.stringify({ messages }));
    const { id } = await create({ training_file });
    const { status, error } = await whenJob(client, id, isEnded);
    expect({ status, error }).toEqual({
      status: "failed",
      error: {
        code: "invalid_training_file",
        message: expect.stringContaining(training_file),
        param: "training_file",
      },
    });
    expect(error?.message).not.toContain(dataDir);
  });

  it("keeps its files while it needs them", async () => {
    const training_file = await upload(client);
    const { id } = await create({ ...long, training_file });
    await expect(client.files.delete(training_file)).rejects.toMatchObject({
      status: 409,
      code: "file_in_use",
    });
    await client.fineTuning.jobs.cancel(id);
    await client.files.delete(training_file);
  });
});

describe("jobs", () => {
  beforeAll(() => open());
  afterAll(() => close());

  it.each<[string, Partial<Params>]>([
    ["training_file", { training_file: "file-nothing" }],
    ["training_file", { training_file: `file-${"0".repeat(24)}` }],
    ["validation_file", { validation_file: "../../etc/passwd" }],
    ["suffix", { suffix: "a:b" }],
    ["seed", { seed: -1 }],
    ["method.type", { method: { type: "dpo", dpo: {} } }],
    ["method.type", { method: { type: "reinforcement" } }],
    ["integrations", { integrations: [{ type: "wandb", wandb: { project: "a" } }] }],
    ["hyperparameters.n_epochs", { hyperparameters: { n_epochs: 0 } }],
    ["metadata.key", { metadata: { key: "v".repeat(513) } }],
  ])("are refused with param %s", async (param, params) => {
    await expect(create(params)).rejects.toMatchObject({ status: 400, param });
  });

  it("are refused for a model that is not there", async () => {
    await expect(create({ model: "other" })).rejects.toMatchObject({ status: 404, param: "model" });
  });

  it("are refused where the model takes no adapters", async () => {
    await using frozen = await start({
      dataDir: join(dataDir, "frozen"),
      load: { adapters: undefined },
    });
    const training_file = await upload(frozen.client);
    const asked = frozen.client.fineTuning.jobs.create({ model: NAME, training_file });
    await expect(asked).rejects.toMatchObject({ status: 400, code: "adapter_not_enabled" });
  });

  it("are listed newest first, in pages, and by their metadata", async () => {
    const training_file = await upload(client);
    const ids: string[] = [];
    for (const of of ["a", "b", "a"]) {
      const { id } = await create({ ...long, training_file, metadata: { of } });
      ids.unshift(id);
    }
    for (const id of ids) await client.fineTuning.jobs.cancel(id);
    const listed: string[] = [];
    for await (const { id } of client.fineTuning.jobs.list({ limit: 2 })) listed.push(id);
    expect(listed).toEqual(ids);
    const { data } = await client.fineTuning.jobs.list({ metadata: { of: "b" } });
    expect(data.map(({ id }) => id)).toEqual([ids[1]]);
    expect((await client.fineTuning.jobs.list({ metadata: null })).data).toEqual([]);
  });

  it("take hyperparameters of either place", async () => {
    const auto = { n_epochs: "auto", batch_size: 3, learning_rate_multiplier: 2 } as const;
    const method = { type: "supervised", supervised: { hyperparameters: auto } } as const;
    const job = await create({ hyperparameters: {}, method });
    await client.fineTuning.jobs.cancel(job.id);
    expect(job.hyperparameters).toEqual({
      n_epochs: 12,
      batch_size: 3,
      learning_rate_multiplier: 2,
    });
    expect(job.method?.supervised).toEqual({ hyperparameters: job.hyperparameters });
  });

  it("are not found under other ids", async () => {
    for (const id of ["ftjob-1", "..%2F..%2Fetc"])
      await expect(client.fineTuning.jobs.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });
});

it("a server without a folder has neither files nor jobs, and says so", async () => {
  await using bare = await start({ model });
  for (const asked of [bare.client.files.list(), bare.client.fineTuning.jobs.list()])
    await expect(asked).rejects.toMatchObject({
      status: 404,
      code: "no_data_dir",
      message: expect.stringContaining("--data-dir"),
    });
});
