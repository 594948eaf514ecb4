import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z, type OpenAPIHono } from "@hono/zod-openapi";
import { getAbsoluteFSPath } from "swagger-ui-dist";
import type { Endpoint } from "../endpoints.ts";
import type { Env } from "../http/env.ts";

/** Files of the page that the page itself asks for. */
const ASSETS: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
};

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>baichuan2 server</title>
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <div id="page"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({ url: "openapi.json", dom_id: "#page", tryItOutEnabled: true });\n`;

const errorSchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .openapi("Error");

/** Adds `/openapi.json`, and `/docs`, a page to try it that loads nothing from elsewhere. */
export function addDocs(
  app: OpenAPIHono<Env>,
  endpoints: readonly Endpoint[],
  version: string,
): void {
  const { openAPIRegistry: registry } = app;
  registry.registerComponent("securitySchemes", "key", { type: "http", scheme: "bearer" });
  for (const endpoint of endpoints) registry.registerPath(pathOf(endpoint));
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "baichuan2",
      version,
      description: "An OpenAI-compatible server for Baichuan2.",
    },
  });
  app.get("/", (c) => c.redirect("docs"));
  app.get("/docs", (c) => {
    c.header(
      "content-security-policy",
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
    );
    return c.html(PAGE);
  });
  app.get("/docs/start.js", (c) => c.body(START, 200, { "content-type": "text/javascript" }));
  for (const [name, type] of Object.entries(ASSETS))
    app.get(`/docs/${name}`, async (c) =>
      c.body(await readFile(join(getAbsoluteFSPath(), name)), 200, { "content-type": type }),
    );
}

function pathOf({ method, path, summary, tag, schema, body: kind, query, access }: Endpoint) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const params = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
  const mediaType = kind === "form" ? "multipart/form-data" : "application/json";
  const body = schema && { content: { [mediaType]: { schema } }, required: true };
  const error = {
    description: "An error",
    content: { "application/json": { schema: errorSchema } },
  };
  return {
    method,
    path,
    summary,
    tags: [tag],
    ...(access !== "public" && { security: [{ key: [] }] }),
    request: {
      ...(names.length > 0 && { params }),
      ...(query && { query }),
      ...(body && { body }),
    },
    responses: { 200: { description: "The answer, as OpenAI's API has it" }, default: error },
  };
}
