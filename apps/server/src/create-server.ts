import type { Model } from "@baichuan2/model";
import type { Tracer } from "@opentelemetry/api";
import { pino, type Logger } from "pino";
import { createApp } from "./create-app.ts";
import { Admission } from "./engine/admission.ts";
import { ServedModel } from "./engine/served-model.ts";
import { unavailable } from "./errors/api-error.ts";
import { Metrics } from "./operations/metrics.ts";
import { openServerData } from "./server-data.ts";
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

/** A server that does not listen yet. Disposed it ends what runs, and gives its folder back. */
export interface Server extends AsyncDisposable {
  readonly settings: ServerSettings;
  readonly logger: Logger;
  /** Answers a request, as the Fetch API has it. */
  readonly fetch: (request: Request, env?: object) => Response | Promise<Response>;
  /** Begins with jobs that wait; `listen` does it, when the server can be reached. */
  readonly begin: () => void;
  /** Takes no new requests any more, waits for those that run, and ends training: its job goes on with the next server. */
  readonly drain: () => Promise<void>;
  /** The process that trains, if one does. */
  readonly trainingPid: number | undefined;
  /** Ends those that run. */
  readonly cut: () => void;
}

/**
 * A server for a loaded model. With a `dataDir` the models that its jobs have made are loaded as well, and jobs that an earlier
 * server has left go on.
 *
 * @throws {Error} for a model without a tokenizer, or a folder that cannot be read.
 */
export async function createServer({
  model,
  modelName,
  logger = pino({ enabled: false }),
  tracer,
  ...given
}: ServerOptions): Promise<Server> {
  const settings = { ...defaultSettings, ...given };
  const { dataDir, trainingThreads: threads } = settings;
  const cut = new AbortController();
  const served = new ServedModel(model, modelName, settings.version);
  const data =
    dataDir === undefined ? undefined : await openServerData(dataDir, { served, logger, threads });
  const state = {
    served,
    data,
    admission: new Admission(settings),
    metrics: new Metrics(modelName),
    settings,
    logger,
    tracer,
    cut: cut.signal,
  };
  const app = createApp(state);
  const drain = async (): Promise<void> => {
    await Promise.all([state.admission.drain(), data?.close()]);
  };
  const end = (): void => {
    cut.abort(unavailable("the server has been shut down", { code: "shutting_down" }));
    data?.jobs.kill();
  };
  return {
    settings,
    logger,
    begin: () => data?.jobs.begin(),
    fetch: (request, env) => app.fetch(request, env),
    get trainingPid() {
      return data?.jobs.running?.pid;
    },
    drain,
    cut: end,
    async [Symbol.asyncDispose]() {
      end();
      await drain();
    },
  };
}
