import { isIP } from "node:net";
import type { MiddlewareHandler } from "hono";
import { ApiError } from "../errors/api-error.ts";
import type { Env } from "./env.ts";

/**
 * For servers without keys: pages of other origins could make a user's browser send what they like. Requests of browsers pass
 * where their page is the server's own or of a named origin, and the host is an address or `localhost`: a name may have been
 * bound to this machine by somebody else (DNS rebinding, CWE-350). Programs send none of these headers.
 */
export function refuseForeignPages(origins: readonly string[]): MiddlewareHandler<Env> {
  return async (c, next) => {
    const [origin, host = ""] = [c.req.header("origin"), c.req.header("host")];
    const isFromBrowser = origin !== undefined || c.req.header("sec-fetch-site") !== undefined;
    if (!isFromBrowser || (origin !== undefined && origins.includes(origin))) return next();
    const isOwn = origin === undefined || hostOf(origin) === host;
    if (isOwn && isAddress(host)) return next();
    throw new ApiError(
      `expected a page of this server or of an origin that it names, got ${JSON.stringify((origin ?? host).slice(0, 200))} (--cors-origin names one; with API keys any may come)`,
      { status: 403, type: "permission_error", code: "foreign_origin" },
    );
  };
}

function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}

function isAddress(host: string): boolean {
  const name = URL.parse(`http://${host}`)?.hostname.replaceAll(/[[\]]/g, "") ?? "";
  return name === "localhost" || isIP(name) > 0;
}
