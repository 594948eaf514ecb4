import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerOptions as HttpOptions,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { getRequestListener, RequestError, type HttpBindings } from "@hono/node-server";
import { invalidRequest } from "../errors/api-error.ts";
import { toApiError } from "../errors/to-api-error.ts";
import { refuseGarbage } from "./refuse-garbage.ts";

/** How an HTTP server is set up. */
export interface HttpServerOptions {
  /** PEM texts of a certificate and its key: HTTPS. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Time for the headers of a request to arrive. Default 20 s: slow senders hold no connection longer. */
  readonly headersArriveMs?: number | undefined;
  /** The same for a whole request. Default 120 s. */
  readonly requestArrivesMs?: number | undefined;
}

/** Answers requests, as the Fetch API has it. */
type Fetch = (request: Request, env: HttpBindings) => Response | Promise<Response>;

const HEADERS_ARRIVE_MS = 20_000;
const REQUEST_ARRIVES_MS = 120_000;
/** How often connections are looked through for slow ones. */
const SLOW_CHECK_MS = 1000;
/** Longer than proxies keep idle connections (60 s), or they would send into one that is just being closed. */
const KEEP_ALIVE_MS = 75_000;
/** Of all headers together. */
const MAX_HEADER_BYTES = 16 * 1024;

/** An HTTP server, or HTTPS, that does not listen yet; all that is wrong is answered as OpenAI's API does. */
export function createHttp(fetch: Fetch, options: HttpServerOptions): HttpServer {
  const { tls, headersArriveMs, requestArrivesMs } = options;
  const settings: HttpOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: headersArriveMs ?? HEADERS_ARRIVE_MS,
    requestTimeout: requestArrivesMs ?? REQUEST_ARRIVES_MS,
    connectionsCheckingInterval: SLOW_CHECK_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requireHostHeader: false, // its refusal has no body; ours has
  };
  const listener = getRequestListener(
    (request, env) => {
      const bindings = env as HttpBindings;
      return hasOneHost(bindings.incoming) ? fetch(request, bindings) : refusal(WRONG_HOST);
    },
    { overrideGlobalObjects: false, errorHandler: refusalOf },
  );
  const http = tls
    ? createHttpsServer({ ...settings, ...tls }, listener)
    : createHttpServer(settings, listener);
  refuseGarbage(http);
  return http;
}

/** Two hosts are one to a proxy in front and another one here. */
function hasOneHost({ headersDistinct }: IncomingMessage): boolean {
  return headersDistinct["host"]?.length === 1;
}

const WRONG_HOST = invalidRequest("host: expected one header of this name, got none or several", {
  code: "invalid_host",
});

/** What could not become a request of the Fetch API, and what nobody has caught. */
function refusalOf(error: unknown): Response {
  if (error instanceof RequestError)
    return refusal(
      invalidRequest("expected a path and a host that are a URL, got others", {
        code: "invalid_url",
        cause: error,
      }),
    );
  return refusal(toApiError(error, "none"));
}

function refusal(error: ReturnType<typeof toApiError>): Response {
  return Response.json(error.toBody(), { status: error.status, headers: error.headers });
}
