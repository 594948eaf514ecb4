import type { MiddlewareHandler } from "hono";
import { ApiError } from "../errors/api-error.ts";
import { ANYBODY, callerFinder, type ApiKey } from "./api-keys.ts";
import type { Env } from "./env.ts";

/** Lets requests with a key pass, or all where there is none. */
export function authenticate(keys: readonly ApiKey[]): MiddlewareHandler<Env> {
  const find = callerFinder(keys);
  return async (c, next) => {
    if (keys.length === 0) {
      c.set("caller", ANYBODY);
      return next();
    }
    const [, token] = /^Bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "") ?? [];
    const caller = token === undefined ? undefined : find(token);
    if (!caller) throw unauthorized(token !== undefined);
    c.set("caller", caller);
    return next();
  };
}

/** Lets only admins pass. */
export const requireAdmin: MiddlewareHandler<Env> = async (c, next) => {
  if (c.var.caller.isAdmin) return next();
  throw new ApiError(
    "expected the key of an admin, got another one (admins have `admin` behind their key's name)",
    {
      status: 403,
      type: "permission_error",
      code: "insufficient_permissions",
    },
  );
};

function unauthorized(isWrong: boolean): ApiError {
  const got = isWrong ? "a key that is not known" : "none";
  return new ApiError(`expected an API key as "Authorization: Bearer KEY", got ${got}`, {
    status: 401,
    type: "authentication_error",
    code: "invalid_api_key",
  });
}
