import type { Context } from "hono";
import type { Caller } from "./api-keys.ts";
import type { RequestFacts } from "./request-facts.ts";

/** What middleware puts beside a request. */
export interface Env {
  readonly Variables: {
    readonly requestId: string;
    readonly caller: Caller;
    readonly facts: RequestFacts;
  };
}

/** A request on its way through the server. */
export type ServerContext = Context<Env>;
