import type { EngineStats } from "@baichuan2/model";
import { Counter, Gauge, Histogram, Registry } from "prom-client";

const PREFIX = "baichuan2:";

/** Seconds up to the first token, and of whole requests. */
const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
/** Seconds between tokens. */
const SHORT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2.5];
const TOKENS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

/** What a finished request is measured by. */
export interface RequestMeasures {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly queueMs: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  readonly finishReasons: readonly string[];
}

/**
 * Counts for Prometheus, with the names and meanings of vLLM's, so that boards made for it can be used: each comes as
 * `baichuan2:…` and again as `vllm:…`.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #model: string;
  readonly #requests: Counter<"model_name" | "finished_reason">;
  readonly #errors: Counter<"model_name" | "status">;
  readonly #aborted: Counter<"model_name">;
  readonly #promptTokens: Counter<"model_name">;
  readonly #generationTokens: Counter<"model_name">;
  readonly #engineCounters: Record<EngineCounterName, Counter<"model_name">>;
  readonly #gauges: Record<GaugeName, Gauge<"model_name">>;
  readonly #histograms: Record<HistogramName, Histogram<"model_name">>;

  /** @param model - Value of `model_name`. */
  constructor(model: string) {
    this.#model = model;
    this.#requests = this.#counter("request_success_total", "Texts that have ended.", [
      "finished_reason",
    ]);
    this.#errors = this.#counter("request_errors_total", "Requests answered with an error.", [
      "status",
    ]);
    this.#aborted = this.#counter("request_aborted_total", "Requests whose client has gone.");
    this.#promptTokens = this.#counter("prompt_tokens_total", "Tokens of prompts.");
    this.#generationTokens = this.#counter(
      "generation_tokens_total",
      "Tokens that were generated.",
    );
    for (const counter of [this.#aborted, this.#promptTokens, this.#generationTokens])
      counter.inc(this.#labels, 0); // there from the start: boards show 0 and not a gap
    this.#gauges = mapObject(GAUGES, (help, name) => this.#gauge(name, help));
    this.#engineCounters = mapObject(ENGINE_COUNTERS, (help, name) => this.#counter(name, help));
    this.#histograms = mapObject(HISTOGRAMS, ([help, buckets], name) =>
      this.#histogram(name, help, buckets),
    );
  }

  /** A text's first token has come. */
  firstToken(ms: number): void {
    this.#histograms.time_to_first_token_seconds.observe(this.#labels, ms / 1000);
  }

  /** Another token has come. */
  nextToken(ms: number): void {
    this.#histograms.inter_token_latency_seconds.observe(this.#labels, ms / 1000);
  }

  /** A request has been answered whole. */
  finished(measures: RequestMeasures): void {
    const { promptTokens, completionTokens, queueMs, prefillMs, decodeMs } = measures;
    for (const finished_reason of measures.finishReasons)
      this.#requests.inc({ ...this.#labels, finished_reason });
    this.#promptTokens.inc(this.#labels, promptTokens);
    this.#generationTokens.inc(this.#labels, completionTokens);
    const observed: Partial<Record<HistogramName, number>> = {
      request_prompt_tokens: promptTokens,
      request_generation_tokens: completionTokens,
      request_queue_time_seconds: queueMs / 1000,
      request_prefill_time_seconds: prefillMs / 1000,
      request_decode_time_seconds: decodeMs / 1000,
      e2e_request_latency_seconds: (queueMs + prefillMs + decodeMs) / 1000,
    };
    for (const [name, value] of Object.entries(observed))
      this.#histograms[name as HistogramName].observe(this.#labels, value);
  }

  /** A generation has ended before its end. */
  unfinished(promptTokens: number, completionTokens: number): void {
    this.#promptTokens.inc(this.#labels, promptTokens);
    this.#generationTokens.inc(this.#labels, completionTokens);
  }

  failed(status: number): void {
    this.#errors.inc({ ...this.#labels, status: String(status) });
  }

  aborted(): void {
    this.#aborted.inc(this.#labels);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The text that Prometheus reads. */
  async render({ sequences, slots, prefixCache, rssBytes }: EngineStats): Promise<string> {
    // The engine counts: a thread that has been started again begins at 0, which Prometheus understands.
    const counted: Record<EngineCounterName, number> = {
      num_preemptions_total: sequences.preemptions,
      prefix_cache_queries_total: prefixCache.lookupTokens,
      prefix_cache_hits_total: prefixCache.hitTokens,
    };
    for (const [name, value] of Object.entries(counted)) {
      const counter = this.#engineCounters[name as EngineCounterName];
      counter.reset();
      counter.inc(this.#labels, value);
    }
    const values: Record<GaugeName, number> = {
      num_requests_running: sequences.running,
      num_requests_waiting: sequences.waiting,
      kv_cache_usage_perc: slots.limit === 0 ? 0 : (slots.used - slots.cached) / slots.limit,
      resident_memory_bytes: rssBytes,
    };
    for (const [name, value] of Object.entries(values))
      this.#gauges[name as GaugeName].set(this.#labels, value);
    const own = await this.#registry.metrics();
    return own + own.replaceAll(PREFIX, "vllm:");
  }

  get #labels(): { readonly model_name: string } {
    return { model_name: this.#model };
  }

  #counter<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[] = [],
  ): Counter<"model_name" | Label> {
    return new Counter({
      name: PREFIX + name,
      help,
      labelNames: ["model_name", ...labels],
      registers: [this.#registry],
    });
  }

  #gauge(name: string, help: string): Gauge<"model_name"> {
    return new Gauge({
      name: PREFIX + name,
      help,
      labelNames: ["model_name"],
      registers: [this.#registry],
    });
  }

  #histogram(name: string, help: string, buckets: readonly number[]): Histogram<"model_name"> {
    return new Histogram({
      name: PREFIX + name,
      help,
      labelNames: ["model_name"],
      buckets: [...buckets],
      registers: [this.#registry],
    });
  }
}

const GAUGES = {
  num_requests_running: "Sequences that share runs of the network.",
  num_requests_waiting: "Sequences that wait for a place.",
  kv_cache_usage_perc: "Share of the slots for keys and values that sequences hold; 1 is all.",
  resident_memory_bytes: "Memory of the process.",
} as const;
type GaugeName = keyof typeof GAUGES;

const ENGINE_COUNTERS = {
  num_preemptions_total: "Times that a sequence gave its slots to an older one.",
  prefix_cache_queries_total: "Tokens of beginnings of prompts that were looked for.",
  prefix_cache_hits_total: "Those that were there.",
} as const;
type EngineCounterName = keyof typeof ENGINE_COUNTERS;

const HISTOGRAMS = {
  time_to_first_token_seconds: ["From a request to its first token.", SECONDS],
  inter_token_latency_seconds: ["From one token to the next.", SHORT_SECONDS],
  e2e_request_latency_seconds: ["From a request to its end.", SECONDS],
  request_queue_time_seconds: ["Until a request was first run.", SECONDS],
  request_prefill_time_seconds: ["From there to the first token.", SECONDS],
  request_decode_time_seconds: ["From the first token to the last.", SECONDS],
  request_prompt_tokens: ["Tokens of a prompt.", TOKENS],
  request_generation_tokens: ["Tokens of the answers to a prompt.", TOKENS],
} as const;
type HistogramName = keyof typeof HISTOGRAMS;

function mapObject<Key extends string, From, To>(
  object: Readonly<Record<Key, From>>,
  map: (value: From, key: Key) => To,
): Record<Key, To> {
  const entries = Object.entries(object) as [Key, From][];
  return Object.fromEntries(entries.map(([key, value]) => [key, map(value, key)])) as Record<
    Key,
    To
  >;
}
