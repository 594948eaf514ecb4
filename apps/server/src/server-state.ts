import type { Tracer } from "@opentelemetry/api";
import type { Logger } from "pino";
import type { Admission } from "./engine/admission.ts";
import type { ServedModel } from "./engine/served-model.ts";
import type { Metrics } from "./operations/metrics.ts";
import type { ServerData } from "./server-data.ts";
import type { ServerSettings } from "./settings.ts";

/** What all requests share. */
export interface ServerState {
  readonly served: ServedModel;
  readonly admission: Admission;
  readonly metrics: Metrics;
  readonly settings: ServerSettings;
  readonly logger: Logger;
  /** Of spans of requests; undefined: there are none. */
  readonly tracer: Tracer | undefined;
  /** Files and jobs; undefined for a server without a folder for them. */
  readonly data: ServerData | undefined;
  /** Aborts when the server gives up on what runs. */
  readonly cut: AbortSignal;
}
