import { fileURLToPath } from "node:url";
import type { Backend, Tensor } from "@baichuan2/kernels";
import { createOrtNodeBackend } from "@baichuan2/kernels/ort-node";
import { Decoder } from "../../network/decoder.ts";
import { engineLimits } from "../engine-defaults.ts";
import { openSource } from "../open-source.ts";
import type { EngineJob, EngineOptions, GenerateJob, TaskEvent } from "../protocol.ts";
import { RequestHandler } from "../request-handler.ts";
import { fromWireError } from "../wire-error.ts";

/** A random model of 3 layers, hidden size 64 and 512 tokens. */
export const tinyChat = fileURLToPath(
  new URL("../../../../../apps/cli/fixtures/tiny-chat", import.meta.url),
);

/** A run of the network, as a test sees it before it is handed on. */
export type OnRun = (
  feeds: Readonly<Record<string, Tensor>>,
  run: () => Promise<Record<string, Tensor>>,
) => Promise<Record<string, Tensor>>;

/** What a test engine is made of. */
export interface EngineBenchOptions extends EngineOptions {
  /** Stands between the engine and its backend. */
  readonly onRun?: OnRun | undefined;
}

/** The engine without its thread: a test sees every event and may break every run. */
export class EngineBench implements AsyncDisposable {
  readonly decoder: Decoder;
  /** All events, in order. */
  readonly events: TaskEvent[] = [];
  readonly fatal: Error[] = [];
  readonly #handler: RequestHandler;
  readonly #waiting = new Map<number, (event: TaskEvent) => void>();
  #nextId = 0;

  private constructor(decoder: Decoder, options: EngineBenchOptions) {
    this.decoder = decoder;
    const emit = (event: TaskEvent): void => {
      this.events.push(event);
      this.#waiting.get(event.id)?.(event);
    };
    const { maxSlots } = decoder.cacheStats;
    const limits = { ...engineLimits(decoder.config, options, 2 ** 40), maxSlots };
    const onFatal = (error: Error): void => void this.fatal.push(error);
    this.#handler = new RequestHandler(decoder, emit, { ...limits, fingerprint: "bench", onFatal });
  }

  /** @param options.prefixCacheSlots - Default 0 here: nothing is left behind. */
  static async open(options: EngineBenchOptions = {}): Promise<EngineBench> {
    await using source = await openSource({ kind: "checkpoint", path: tinyChat }, options);
    const { config, weights, plan } = source;
    const all = { prefixCacheSlots: 0, ...options };
    const { maxSlots, prefixCacheSlots } = engineLimits(config, all, 2 ** 40);
    const backend = observed(await createOrtNodeBackend(), options.onRun);
    const decoder = await Decoder.create(config, backend, weights, {
      formatOf: plan.formatOf,
      deterministic: options.deterministic,
      maxSlots,
      prefixCacheSlots,
    });
    return new EngineBench(decoder, all);
  }

  /** Sends a request. @returns its number, and its events up to the one that ends it. */
  start(request: EngineJob): { readonly id: number; readonly done: Promise<TaskEvent[]> } {
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<TaskEvent[]>();
    promise.catch(() => {}); // told to whoever waits
    const events: TaskEvent[] = [];
    let left = request.type === "generate" ? request.job.n : 1;
    this.#waiting.set(id, (event) => {
      events.push(event);
      if (event.type === "failed") reject(fromWireError(event.error));
      if (isLast(event)) left -= 1;
      if (left === 0) resolve(events);
    });
    this.#handler.handle({ ...request, id });
    return { id, done: promise };
  }

  /** New ids of each text of a generation. */
  async generate(job: GenerateJob): Promise<number[][]> {
    const events = await this.start({ type: "generate", job }).done;
    const texts: number[][] = Array.from({ length: job.n }, () => []);
    for (const event of events)
      if (event.type === "tokens") texts[event.choice]?.push(...event.tokenIds);
    return texts;
  }

  abort(id: number): void {
    this.#handler.handle({ type: "abort", id });
  }

  send(request: Parameters<RequestHandler["handle"]>[0]): void {
    this.#handler.handle(request);
  }

  async stats(): Promise<Extract<TaskEvent, { type: "stats" }>["stats"]> {
    const [event] = await this.start({ type: "stats" }).done;
    if (event?.type !== "stats") throw new Error("expected stats");
    return event.stats;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handler.close();
    await this.decoder.dispose();
  }
}

/** A greedy generation that does not end by itself. */
export function greedy(
  promptIds: readonly number[],
  maxNewTokens: number,
  more: Partial<GenerateJob> = {},
): GenerateJob {
  return {
    promptIds,
    n: 1,
    maxNewTokens,
    stopTokenIds: [],
    sampler: { doSample: false, temperature: 1, topK: 0, topP: 1, repetitionPenalty: 1 },
    ...more,
  };
}

/** A text of ids that no vocabulary of 512 lacks. */
export function someIds(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => 4 + ((i * 37 + seed * 101) % 500));
}

function isLast({ type }: TaskEvent): boolean {
  return !["started", "tokens", "promptLogprobs", "process"].includes(type);
}

function observed(backend: Backend, onRun: OnRun | undefined): Backend {
  if (!onRun) return backend;
  return {
    ...backend,
    compile: async (...args) => {
      const executable = await backend.compile(...args);
      return {
        run: (feeds, fetches) => onRun(feeds, () => executable.run(feeds, fetches)),
        dispose: () => executable.dispose(),
        [Symbol.asyncDispose]: () => executable.dispose(),
      };
    },
  };
}
