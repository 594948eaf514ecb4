import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadModel } from "../../load-model.ts";
import type { Model } from "../../model.ts";
import { createRandom } from "../../sampling/random.ts";
import { someIds, tinyChat } from "./engine-bench.ts";

/**
 * Mixed requests, half of them aborted at random moments, in a process of its own; prints what is left as JSON.
 *
 * `node soak.ts <requests>`: as many to warm up, then as many that count.
 */

/** Requests at a time. */
const PARALLEL = 12;

const random = createRandom(7);
const below = (end: number): number => Math.floor(random.next() * end);

async function sequenceOf(model: Model, signal: AbortSignal): Promise<void> {
  await using trunk = await model.createSequence({ tokenIds: someIds(1 + below(60), below(9)) });
  await using branch = await trunk.fork();
  await branch.append({ tokenIds: someIds(1 + below(40), below(9)) }, { signal });
  await trunk.generate({ maxNewTokens: 1 + below(20), signal });
  await trunk.rollback(1);
  await branch.generate({ maxNewTokens: 1 + below(20), signal });
}

async function fileOf(model: Model, signal: AbortSignal): Promise<void> {
  const path = join(folder, `${files++}.sequence`);
  await using trunk = await model.createSequence({ tokenIds: someIds(1 + below(60), below(9)) });
  await trunk.save(path, { signal });
  await using restored = await model.restoreSequence(path, { signal });
  await restored.generate({ maxNewTokens: 1 + below(20), signal });
}

/** Letters that come soon. */
const stop = ["a", "e", "i", "o"];

const logitsProcessor = async (logits: Float32Array): Promise<void> => {
  await sleep(below(3));
  logits[below(512)] = 0;
};

async function leftEarly(model: Model, signal: AbortSignal): Promise<void> {
  const tokenIds = someIds(1 + below(300), below(9));
  let left = below(10);
  for await (const delta of model.generateStream({ tokenIds }, { maxNewTokens: 60, n: 2, signal }))
    if (left-- === 0) return void delta;
}

async function request(model: Model, signal: AbortSignal): Promise<unknown> {
  const tokenIds = someIds(1 + below(300), below(9));
  const maxNewTokens = 1 + below(40);
  const sampled = { doSample: true, seed: below(100), maxNewTokens, signal };
  switch (below(13)) {
    case 0:
      return model.score({ tokenIds: tokenIds.slice(0, 1) }, { tokenIds }, { signal });
    case 1:
      return model.embed({ tokenIds }, { signal });
    case 2:
      return model.logits(tokenIds, { last: true, signal });
    case 3:
      return sequenceOf(model, signal);
    case 4:
      return leftEarly(model, signal);
    case 5: {
      const responseFormat = { type: "regex", pattern: "[a-f]{1,20}" } as const;
      return model.generate({ tokenIds }, { ...sampled, responseFormat });
    }
    case 6:
      return model.generate({ tokenIds }, { ...sampled, n: 1 + below(4), logprobs: true });
    case 7:
      return model.generate({ tokenIds }, { ...sampled, promptLogprobs: 1 });
    case 8:
      return model.generate({ tokenIds }, { ...sampled, n: 1 + below(4), stop });
    case 9:
      return model.generate({ tokenIds }, { ...sampled, n: 1 + below(3), logitsProcessor });
    case 10:
      return model.generate({ tokenIds }, { ...sampled, speculative: true });
    case 11:
      return fileOf(model, signal);
    default:
      return model.generate({ tokenIds: [...tokenIds, 512] }, sampled); // an unknown id
  }
}

/** How requests ended: by what they are known as. */
const endings = new Map<string, number>();

async function one(model: Model): Promise<void> {
  const controller = new AbortController();
  const isAborted = random.next() < 0.5;
  const done = request(model, controller.signal).then(
    () => "ok",
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
  if (isAborted) {
    await sleep(40 * random.next());
    controller.abort(new DOMException("enough", "AbortError"));
  }
  const ending = await done;
  endings.set(ending, (endings.get(ending) ?? 0) + 1);
}

async function round(model: Model, requests: number): Promise<void> {
  let left = requests;
  const work = async (): Promise<void> => {
    while (left-- > 0) await one(model);
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
}

const folder = await mkdtemp(join(tmpdir(), "soak-"));
let files = 0;
const requests = Number(process.argv[2]);
await using model = await loadModel(tinyChat, { maxSlots: 1500, prefixCacheSlots: 600 });
await round(model, requests);
globalThis.gc?.();
const before = await model.stats();
endings.clear();
await round(model, requests);
globalThis.gc?.();
const after = await model.stats();
await rm(folder, { recursive: true });
process.stdout.write(JSON.stringify({ before, after, endings: Object.fromEntries(endings) }));
