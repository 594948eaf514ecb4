import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { NAME, start } from "../__fixtures__/start.ts";
import { startTracing } from "./tracing.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";

it("each request is a span below its caller's, with tokens and model", async () => {
  const bodies: string[] = [];
  const collector = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      response.end("{}");
    });
  });
  collector.listen(0, "127.0.0.1");
  await once(collector, "listening");
  const { port } = collector.address() as AddressInfo;
  await using tracing = await startTracing({ url: `http://127.0.0.1:${port}/v1/traces` });
  await using started = await start({ tracer: tracing.tracer });
  const headers = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
  const params = {
    model: NAME,
    messages: [{ role: "user" as const, content: "hi" }],
    max_tokens: 2,
  };
  await started.client.chat.completions.create(params, { headers });
  const stream = await started.client.chat.completions.create(
    { ...params, stream: true },
    { headers },
  );
  for await (const _chunk of stream);
  await started.client.models.retrieve("other").catch(() => {});
  await tracing.flush();
  collector.close();
  const all = bodies.join("\n");
  expect(all.match(new RegExp(TRACE, "g"))).toHaveLength(2);
  expect(all).toContain('"parentSpanId":"b7ad6b7169203331"');
  expect(all).toContain("POST /v1/chat/completions");
  expect(all.match(/gen_ai\.usage\.output_tokens/g)).toHaveLength(2);
  expect(all).toContain('{"key":"http.response.status_code","value":{"intValue":404}}');
});
