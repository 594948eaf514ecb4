import { lstat, rm } from "node:fs/promises";
import type { Server as HttpServer } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { createSecureContext } from "node:tls";
import type { Server } from "./create-server.ts";
import type { ServerSettings } from "./settings.ts";
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
  checkListen(server.settings, options);
  const http = createHttp(server.fetch, options);
  if (socket !== undefined) await removeStale(socket);
  await listening(http, socket === undefined ? { host, port } : { path: socket });
  server.begin();
  const scheme = tls ? "https" : "http";
  const close = (graceMs = GRACE_MS): Promise<void> => closeServer(server, http, graceMs);
  return {
    url: socket === undefined ? urlOf(scheme, http.address() as AddressInfo) : `unix:${socket}`,
    close,
    [Symbol.asyncDispose]: () => close(0),
  };
}

/**
 * Checks what `listen` would refuse at once, before a model is loaded.
 *
 * @throws {Error} for a certificate that is none, or where others than this machine could reach a server without keys.
 */
export function checkListen(
  { apiKeys }: Pick<ServerSettings, "apiKeys">,
  { host = "127.0.0.1", socket, tls, allowsAnybody }: ListenOptions,
): void {
  if (tls) createSecureContext(tls);
  if (socket !== undefined || LOOPBACK.test(host)) return;
  if (apiKeys.length > 0 || allowsAnybody) return;
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

/** Removes a socket that a killed server has left behind. One that is answered stays, as does what is no socket: listening fails. */
async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isSocket()) return;
  const isDead = await new Promise<boolean>((resolve) => {
    const probe: Socket = connect(path, () => resolve(false));
    probe.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code === "ECONNREFUSED"));
    probe.on("close", () => probe.destroy());
    probe.unref();
  });
  if (isDead) await rm(path, { force: true });
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
