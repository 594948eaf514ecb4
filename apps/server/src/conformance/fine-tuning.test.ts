import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel, type Model } from "@baichuan2/model";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NAME, start, tinyChat, type Started } from "../__fixtures__/start.ts";
import {
  conversations,
  hasSteps,
  isEnded,
  upload,
  whenJob,
} from "../__fixtures__/training-file.ts";

let model: Model;
let dataDir: string;
let started: Started;
let client: OpenAI;
beforeAll(async () => {
  model = await loadModel(tinyChat, { adapters: {} });
});
afterAll(() => model.dispose());
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "baichuan2-jobs-"));
  await restart();
});
afterEach(async () => {
  await started[Symbol.asyncDispose]();
  for (const { name } of model.adapters) await model.unloadAdapter(name);
  await rm(dataDir, { recursive: true, force: true });
});

async function restart(): Promise<void> {
  started = await start({ model, dataDir, trainingThreads: 1 });
  client = started.client;
}

/** Ends the server; the model stays, without what jobs have made of it. */
async function shutDown(): Promise<void> {
  await started[Symbol.asyncDispose]();
  for (const { name } of model.adapters) await model.unloadAdapter(name);
}

type Params = OpenAI.FineTuning.JobCreateParams;
const hyperparameters = { n_epochs: 1, batch_size: 4 };
/** So long that no test sees its end. */
const long = { hyperparameters: { n_epochs: 50, batch_size: 1 }, seed: 1 };

async function create(more: Partial<Params> = {}): Promise<OpenAI.FineTuning.FineTuningJob> {
  const training_file = more.training_file ?? (await upload(client));
  return client.fineTuning.jobs.create({ model: NAME, hyperparameters, ...more, training_file });
}

describe("a job", () => {
  it("makes a model that is listed and answers, and is there again after a restart", async () => {
    const validation_file = await upload(client, conversations(2));
    const begun = await create({ validation_file, suffix: "numbers", metadata: { of: "test" } });
    expect(begun).toMatchObject({
      object: "fine_tuning.job",
      id: expect.stringMatching(/^ftjob-[0-9a-f]{24}$/),
      model: NAME,
      fine_tuned_model: null,
      finished_at: null,
      error: null,
      trained_tokens: null,
      result_files: [],
      validation_file,
      hyperparameters: { ...hyperparameters, learning_rate_multiplier: 1 },
      metadata: { of: "test" },
    });
    const done = await whenJob(client, begun.id, isEnded);
    const name = `${NAME}:numbers-${begun.id.slice(-8)}`;
    expect(done).toMatchObject({ status: "succeeded", fine_tuned_model: name, error: null });
    // 8 rows of at most 64 tokens with padding
    expect(done.trained_tokens).toBeGreaterThanOrEqual(8 * 32);

    const chat = (): Promise<OpenAI.ChatCompletion> =>
      client.chat.completions.create({
        model: name,
        messages: [{ role: "user", content: "What is number 3?" }],
        max_tokens: 5,
      });
    const names = async (): Promise<string[]> =>
      (await client.models.list()).data.map(({ id }) => id);
    expect(await names()).toEqual([NAME, name]);
    expect((await chat()).model).toBe(name);

    const [log = ""] = done.result_files;
    expect(await client.files.retrieve(log)).toMatchObject({ purpose: "fine-tune-results" });
    expect(await (await client.files.content(log)).text()).toMatch(/^\{"type":"step","step":1,/);

    await shutDown();
    await restart();
    expect(await names()).toEqual([NAME, name]);
    expect((await chat()).model).toBe(name);
    expect(await client.fineTuning.jobs.retrieve(begun.id)).toEqual(done);
  });

  it("tells what happens by events, and has checkpoints", async () => {
    const validation_file = await upload(client, conversations(2));
    const { id } = await create({ validation_file });
    await whenJob(client, id, isEnded);
    const events: OpenAI.FineTuning.FineTuningJobEvent[] = [];
    for await (const event of client.fineTuning.jobs.listEvents(id, { limit: 3 }))
      events.push(event);
    const told = events.toReversed();
    expect(told[0]?.message).toBe(`Created fine-tuning job: ${id}`);
    expect(told.at(-1)?.message).toBe("The job has successfully completed");
    const metrics = told.filter(({ type }) => type === "metrics");
    expect(metrics.map(({ data }) => data)).toEqual([
      expect.objectContaining({ step: 1, total_steps: 2, learning_rate: 2e-4 }),
      expect.objectContaining({ step: 2, total_steps: 2, train_loss: expect.any(Number) }),
      expect.objectContaining({ step: 2, valid_loss: expect.any(Number) }),
    ]);
    expect(metrics[0]?.message).toMatch(/^Step 1\/2: training loss=\d+\.\d\d$/);
    const { data } = await client.fineTuning.jobs.checkpoints.list(id);
    expect(data).toEqual([
      expect.objectContaining({
        object: "fine_tuning.job.checkpoint",
        fine_tuning_job_id: id,
        step_number: 2,
        metrics: expect.objectContaining({ step: 2, train_loss: expect.any(Number) }),
      }),
    ]);
  });

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
    expect((await whenJob(client, second.id, isEnded)).status).toBe("succeeded");
    expect((await client.fineTuning.jobs.retrieve(first.id)).status).toBe("cancelled");
    await expect(client.fineTuning.jobs.cancel(first.id)).rejects.toMatchObject({
      status: 400,
      code: "invalid_job_status",
    });
  });

  it("fails when its process is killed, and the next one runs", async () => {
    const { id } = await create(long);
    await whenJob(client, id, hasSteps(client, 1));
    process.kill(started.server.trainingPid as number, "SIGKILL");
    expect(await whenJob(client, id, isEnded)).toMatchObject({
      status: "failed",
      error: { code: "trainer_died", message: expect.stringContaining("SIGKILL"), param: null },
    });
    const next = await create();
    expect((await whenJob(client, next.id, isEnded)).status).toBe("succeeded");
  });

  it("goes on from its last checkpoint when the server was ended meanwhile", async () => {
    const { id } = await create({ hyperparameters: { n_epochs: 3, batch_size: 2 } });
    await whenJob(client, id, hasSteps(client, 5)); // checkpoints at 4, 8, 12
    await shutDown();
    await restart();
    expect((await whenJob(client, id, isEnded)).status).toBe("succeeded");
    const { data } = await client.fineTuning.jobs.listEvents(id, { limit: 1000 });
    const messages = data.map(({ message }) => message);
    expect(messages).toContain("The server was started again: the job waits to go on");
    expect(messages.join("\n")).toMatch(/Training goes on after step (4|8)/);
  });

  it("is paused and resumed", async () => {
    const { id } = await create({ hyperparameters: { n_epochs: 3, batch_size: 2 } });
    await whenJob(client, id, hasSteps(client, 5));
    expect((await client.fineTuning.jobs.pause(id)).status).toBe("paused");
    await expect(client.fineTuning.jobs.pause(id)).rejects.toMatchObject({ status: 400 });
    expect(started.server.trainingPid).toBeUndefined();
    expect((await client.fineTuning.jobs.resume(id)).status).toMatch(/queued|running/);
    expect((await whenJob(client, id, isEnded)).status).toBe("succeeded");
    const { data } = await client.fineTuning.jobs.listEvents(id, { limit: 1000 });
    expect(data.map(({ message }) => message).join("\n")).toMatch(/goes on after step (4|8)/);
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
  ])("are refused with param %s for %j", async (param, params) => {
    await expect(create(params)).rejects.toMatchObject({ status: 400, param });
  });

  it("are refused for models that are not the served one", async () => {
    await expect(create({ model: "other" })).rejects.toMatchObject({ status: 404, param: "model" });
    const { id } = await create();
    const { fine_tuned_model: name } = await whenJob(client, id, isEnded);
    await expect(create({ model: name as string })).rejects.toMatchObject({
      status: 400,
      param: "model",
    });
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

  it("choose what is auto by the number of examples", async () => {
    const auto = {
      n_epochs: "auto",
      batch_size: "auto",
      learning_rate_multiplier: "auto",
    } as const;
    const method = { type: "supervised", supervised: { hyperparameters: auto } } as const;
    const job = await create({ hyperparameters: {}, method });
    await client.fineTuning.jobs.cancel(job.id);
    // 8 examples: 100 / 8 epochs of batches of 1
    expect(job.hyperparameters).toEqual({
      n_epochs: 12,
      batch_size: 1,
      learning_rate_multiplier: 1,
    });
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
