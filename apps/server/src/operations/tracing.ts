import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
  type Tracer,
} from "@opentelemetry/api";
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { Env } from "../http/env.ts";
import type { RequestFacts } from "../http/request-facts.ts";

/** Where traces go. */
export interface TracingOptions {
  /** Of an OTLP collector over HTTP, such as `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string;
  /** Default "baichuan2". */
  readonly serviceName?: string | undefined;
  readonly version?: string | undefined;
}

/** Traces that are being sent. */
export interface Tracing extends AsyncDisposable {
  readonly tracer: Tracer;
  /** Sends what has been collected. */
  readonly flush: () => Promise<void>;
}

/** Sends a span of each request to a collector, in batches. */
export async function startTracing({
  url,
  serviceName = "baichuan2",
  version = "0.0.0",
}: TracingOptions): Promise<Tracing> {
  // Loaded where they are wanted: most servers have no collector.
  const { BatchSpanProcessor, NodeTracerProvider } = await import("@opentelemetry/sdk-trace-node");
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  const { resourceFromAttributes } = await import("@opentelemetry/resources");
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": serviceName, "service.version": version }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  provider.register(); // for `traceparent`
  return {
    tracer: provider.getTracer("@baichuan2/server", version),
    flush: () => provider.forceFlush(),
    [Symbol.asyncDispose]: () => provider.shutdown(),
  };
}

/** A span of each request, from its first byte to its answer's last, below the caller's. */
export function traced(tracer: Tracer | undefined): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (!tracer) return next();
    const { facts } = c.var;
    const { method, path } = c.req;
    const parent = propagation.extract(context.active(), c.req.header());
    const span = tracer.startSpan(
      method,
      {
        kind: SpanKind.SERVER,
        attributes: { "http.request.method": method, "url.path": path },
      },
      parent,
    );
    const { onEnd } = facts;
    facts.onEnd = () => {
      onEnd?.();
      span.updateName(`${method} ${routePath(c)}`); // the route, of which there are few, and not the path
      describe(span, facts, facts.errorStatus ?? c.res.status);
      span.end();
    };
    await context.with(trace.setSpan(parent, span), next);
  };
}

/** Attributes with the names of OpenTelemetry's conventions for HTTP and generative models. */
function describe(span: Span, facts: RequestFacts, status: number): void {
  const attributes = {
    "http.response.status_code": status,
    "gen_ai.provider.name": "baichuan2",
    "gen_ai.request.model": facts.model,
    "gen_ai.usage.input_tokens": facts.promptTokens,
    "gen_ai.usage.output_tokens": facts.completionTokens,
    "gen_ai.response.finish_reasons": facts.finishReason?.split(","),
    "gen_ai.server.time_to_first_token":
      facts.timeToFirstTokenMs && facts.timeToFirstTokenMs / 1000,
  };
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) span.setAttribute(name, value);
  if (facts.error !== undefined) {
    const message = facts.error instanceof Error ? facts.error.message : facts.error;
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  }
}
