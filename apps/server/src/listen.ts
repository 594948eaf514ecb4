import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { Server as HttpServer } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { Server } from "./create-server.ts";
import { createHttp, type HttpServerOptions } from "./http/http-server.ts";

/** Where a server listens. */
export interface ListenOptions extends HttpServerOptions {
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** 0: any that is free. Default 8000. */
  readonly port?: number | undefined;
  /** A Unix socket instead of host and port. */
  readonly socket?: string | undefined;
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

/** Default of `close`. */
export const GRACE_MS = 30_000;

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
  const http = createHttp(server.fetch, options);
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
