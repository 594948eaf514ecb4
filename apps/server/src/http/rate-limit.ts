import type { MiddlewareHandler } from "hono";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { ApiError } from "../errors/api-error.ts";
import type { RateLimit } from "../settings.ts";
import type { Env, ServerContext } from "./env.ts";

const MINUTE_S = 60;

/** Counts what each key asks for, and refuses what is more than its share of a minute. */
export class RateLimits {
  readonly #requests: RateLimiterMemory | undefined;
  readonly #tokens: RateLimiterMemory | undefined;

  constructor({ requestsPerMinute, tokensPerMinute }: RateLimit) {
    this.#requests = limiter("requests", requestsPerMinute);
    this.#tokens = limiter("tokens", tokensPerMinute);
  }

  /** Lets a request pass; 429 where its key has had its share. Tokens count when they are known: afterwards. */
  readonly middleware: MiddlewareHandler<Env> = async (c, next) => {
    const { name } = c.var.caller;
    if (this.#tokens) {
      const used = (await this.#tokens.get(name)) ?? undefined;
      tell(c, "tokens", this.#tokens, used);
      if (used && used.remainingPoints <= 0) throw tooMany("tokens", this.#tokens, used);
    }
    if (this.#requests) {
      try {
        tell(c, "requests", this.#requests, await this.#requests.consume(name));
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        tell(c, "requests", this.#requests, error);
        throw tooMany("requests", this.#requests, error);
      }
    }
    if (this.#tokens) this.#countTokens(this.#tokens, c);
    await next();
  };

  /** Counts the tokens of a request when it has ended. */
  #countTokens(limiter: RateLimiterMemory, { var: { caller, facts } }: ServerContext): void {
    const { onEnd } = facts;
    facts.onEnd = () => {
      const tokens = (facts.promptTokens ?? 0) + (facts.completionTokens ?? 0);
      if (tokens > 0) void limiter.penalty(caller.name, tokens);
      onEnd?.();
    };
  }
}

function limiter(kind: string, points: number | undefined): RateLimiterMemory | undefined {
  if (points === undefined) return undefined;
  return new RateLimiterMemory({ keyPrefix: kind, points, duration: MINUTE_S });
}

/** Headers with OpenAI's names. */
function tell(
  c: ServerContext,
  kind: "requests" | "tokens",
  { points }: RateLimiterMemory,
  used: RateLimiterRes | undefined,
): void {
  c.header(`x-ratelimit-limit-${kind}`, String(points));
  c.header(`x-ratelimit-remaining-${kind}`, String(Math.max(0, used?.remainingPoints ?? points)));
  c.header(`x-ratelimit-reset-${kind}`, `${Math.ceil(used?.msBeforeNext ?? 0)}ms`);
}

function tooMany(kind: string, { points }: RateLimiterMemory, used: RateLimiterRes): ApiError {
  return new ApiError(
    `expected at most ${points} ${kind} a minute of this key, got more (try again in ${Math.ceil(used.msBeforeNext / 1000)} s)`,
    {
      status: 429,
      type: "rate_limit_error",
      code: "rate_limit_exceeded",
      retryAfterMs: used.msBeforeNext,
      shouldRetry: true,
    },
  );
}
