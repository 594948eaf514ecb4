// A replica as a process of its own: `replica.ts NAME [PORT]`. Writes its URL when it listens; SIGTERM shuts it down.
// Every answer names it in the header `x-replica`. A request with the header `x-refuse` is one too many.
import { loadModel } from "@baichuan2/model";
import { createServer, type Server } from "../create-server.ts";
import { listen } from "../listen.ts";
import { NAME, tinyChat } from "./start.ts";

const [name = "replica", port = "0"] = process.argv.slice(2);

await using model = await loadModel(tinyChat, { threads: 1 });
const server = await createServer({ model, modelName: NAME });
const named: Server = {
  ...server,
  fetch: async (request, env) => {
    const answer = request.headers.has("x-refuse") ? refusal() : await server.fetch(request, env);
    answer.headers.set("x-replica", name);
    return answer;
  },
};
const listening = await listen(named, { port: Number(port) });
const terminated = new Promise((resolve) => process.once("SIGTERM", resolve));
process.stdout.write(`${listening.url}\n`);
await terminated;
await listening.close();

function refusal(): Response {
  const error = { message: "expected less", type: "rate_limit_error", param: null, code: "queue_full" };
  return Response.json({ error }, { status: 429, headers: { "retry-after": "7" } });
}
