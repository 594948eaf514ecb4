import type { ServerResponse } from "node:http";
import type { Context } from "hono";
import type { Caller } from "./api-keys.ts";
import type { RequestFacts } from "./request-facts.ts";

/** What middleware puts beside a request. */
export interface Env {
  readonly Bindings: {
    /** Where the answer goes; absent where nothing listens. */
    readonly outgoing?: Pick<ServerResponse, "destroy"> | undefined;
  };
  readonly Variables: {
    readonly requestId: string;
    readonly caller: Caller;
    readonly facts: RequestFacts;
  };
}

/** A request on its way through the server. */
export type ServerContext = Context<Env>;
