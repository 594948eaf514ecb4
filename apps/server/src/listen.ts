import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type ServerOptions as HttpOptions,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Server } from "./create-server.ts";

/** Where a server listens. */
export interface ListenOptions {
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** 0: any that is free. Default 8000. */
  readonly port?: number | undefined;
  /** A Unix socket instead of host and port. */
  readonly socket?: string | undefined;
  /** PEM texts of a certificate and its key: HTTPS. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Lets anybody in who can reach the server, also from other machines. */
  readonly allowsAnybody?: boolean | undefined;
}

/** A server that listens. */
export interface ListeningServer extends AsyncDisposable {
  /** `http://127.0.0.1:8000`, or `unix:/path`. */
  readonly url: string;
  /**
   * Shuts down: takes no new requests (503), waits for those that run, closes.
   *
   * @param graceMs - Those that still run then are ended.
   */
  readonly close: (graceMs?: number) => Promise<void>;
}

/** Time for a whole request to arrive, and for its headers: slow senders hold no connection longer. */
const REQUEST_ARRIVES_MS = 120_000;
const HEADERS_ARRIVE_MS = 20_000;
/** Longer than proxies keep idle connections (60 s), or they would send into one that is just being closed. */
const KEEP_ALIVE_MS = 75_000;
/** Of all headers together. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Default of `close`. */
const GRACE_MS = 30_000;

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/;

/**
 * Listens.
 *
 * @throws {Error} where others than this machine could reach a server without keys, or the address is taken.
 */
export async function listen(
  server: Server,
  options: ListenOptions = {},
): Promise<ListeningServer> {
  const { host = "127.0.0.1", port = 8000, socket, tls } = options;
  requireKeys(server, { host, ...options });
  const http = createAdaptorServer({
    fetch: server.fetch,
    createServer: (tls ? createHttpsServer : createHttpServer) as typeof createHttpServer,
    serverOptions: { ...httpOptions, ...tls } as HttpOptions,
    overrideGlobalObjects: false,
  }) as HttpServer;
  http.on("clientError", refuseGarbage);
  if (socket !== undefined) await removeStale(socket);
  await listening(http, socket === undefined ? { host, port } : { path: socket });
  const scheme = tls ? "https" : "http";
  const close = (graceMs = GRACE_MS): Promise<void> => closeServer(server, http, graceMs);
  return {
    url: socket === undefined ? urlOf(scheme, http.address() as AddressInfo) : `unix:${socket}`,
    close,
    [Symbol.asyncDispose]: () => close(0),
  };
}

const httpOptions: HttpOptions = {
  maxHeaderSize: MAX_HEADER_BYTES,
  headersTimeout: HEADERS_ARRIVE_MS,
  requestTimeout: REQUEST_ARRIVES_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
};

function requireKeys(
  { settings }: Server,
  { host, socket, allowsAnybody }: ListenOptions & { readonly host: string },
): void {
  if (socket !== undefined || LOOPBACK.test(host)) return;
  if (settings.apiKeys.length > 0 || allowsAnybody) return;
  throw new Error(
    `host ${host}: expected an API key where other machines can reach the server, got none (give keys, listen on 127.0.0.1, or say that anybody may use it)`,
  );
}

function urlOf(scheme: string, { address, family, port }: AddressInfo): string {
  return `${scheme}://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

function listening(
  http: HttpServer,
  address: { readonly host: string; readonly port: number } | { readonly path: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("error", reject);
    http.listen(address, () => {
      http.off("error", reject);
      resolve();
    });
  });
}

/** A socket that a killed server has left behind; one that somebody listens on stays, and listening fails. */
async function removeStale(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const isAnswered = await new Promise<boolean>((resolve) => {
    const probe: Socket = connect(path, () => resolve(true));
    probe.on("error", () => resolve(false));
    probe.on("close", () => probe.destroy());
    probe.unref();
  });
  if (!isAnswered) await rm(path, { force: true });
}

async function closeServer(server: Server, http: HttpServer, graceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  const drained = server.drain();
  await Promise.race([drained, late]);
  clearTimeout(timer);
  server.cut();
  await drained; // what was cut ends within a step of the network
  const closed = new Promise<void>((resolve) => http.close(() => resolve()));
  http.closeIdleConnections();
  const lastWords = setTimeout(() => http.closeAllConnections(), 500);
  await closed;
  clearTimeout(lastWords);
}

const GARBAGE: Readonly<Record<string, readonly [status: string, code: string]>> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "headers_too_large"],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "request_incomplete"],
};

/** What is no HTTP is answered as all errors are, and the connection closed. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, code] = GARBAGE[error.code ?? ""] ?? ["400 Bad Request", "invalid_http"];
  const message = `expected an HTTP request, got another one (${code})`;
  const body = JSON.stringify({
    error: { message, type: "invalid_request_error", param: null, code },
  });
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
