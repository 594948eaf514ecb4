import type { Model } from "@baichuan2/model";
import type { Tracer } from "@opentelemetry/api";
import { pino, type Logger } from "pino";
import { createApp } from "./create-app.ts";
import { Admission } from "./engine/admission.ts";
import { ServedModel } from "./engine/served-model.ts";
import { unavailable } from "./errors/api-error.ts";
import { Metrics } from "./operations/metrics.ts";
import { defaultSettings, type ServerSettings } from "./settings.ts";

/** Options of a server. */
export interface ServerOptions extends Partial<ServerSettings> {
  /** The model that it serves; it must have a tokenizer. The caller disposes it, after the server. */
  readonly model: Model;
  /** What requests call it. */
  readonly modelName: string;
  /** Takes a line about each request; default: none is written. */
  readonly logger?: Logger | undefined;
  /** Takes a span of each request: see `startTracing`. */
  readonly tracer?: Tracer | undefined;
}

/** A server that does not listen yet. */
export interface Server {
  readonly settings: ServerSettings;
  readonly logger: Logger;
  /** Answers a request, as the Fetch API has it. */
  readonly fetch: (request: Request, env?: object) => Response | Promise<Response>;
  /** Takes no new requests any more, and waits for those that run. */
  readonly drain: () => Promise<void>;
  /** Ends those that run. */
  readonly cut: () => void;
}

/**
 * A server for a loaded model.
 *
 * @throws {Error} for a model without a tokenizer.
 */
export function createServer({
  model,
  modelName,
  logger,
  tracer,
  ...given
}: ServerOptions): Server {
  const settings = { ...defaultSettings, ...given };
  const cut = new AbortController();
  const state = {
    served: new ServedModel(model, modelName),
    admission: new Admission(settings),
    metrics: new Metrics(modelName),
    settings,
    logger: logger ?? pino({ enabled: false }),
    tracer,
    cut: cut.signal,
  };
  const app = createApp(state);
  return {
    settings,
    logger: state.logger,
    fetch: (request, env) => app.fetch(request, env),
    drain: () => state.admission.drain(),
    cut: () => cut.abort(unavailable("the server has been shut down", { code: "shutting_down" })),
  };
}
