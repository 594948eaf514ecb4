/**
 * Clients of a server in a process of their own, so that the server's event loop has only its own work: `clients.ts URL MODEL`.
 * Runs the rounds that it is sent. Plain HTTP and no more parsing than needed: what clients compute is lost to the server where
 * there are few cores.
 */
import { Agent, request } from "node:http";
import { questionAt } from "./questions.ts";
import { runRound, type RoundPlan, type Watch } from "./round.ts";

const [url = "", model = ""] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });

function ask(index: number, { piece }: Watch): Promise<number> {
  const body = JSON.stringify({
    model,
    messages: [{ role: "user", content: questionAt(index) }],
    stream: true,
    stream_options: { include_usage: true },
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const sent = request(`${url}/v1/chat/completions`, { method: "POST", agent }, (answer) => {
    let tail = "";
    answer.setEncoding("utf8").on("data", (chunk: string) => {
      for (const line of chunk.split("\n\n")) if (line.includes('"content":"')) piece();
      tail = (tail + chunk).slice(-1000);
    });
    answer.on("error", reject).on("end", () => {
      const [, tokens] = /"completion_tokens":(\d+)/.exec(tail) ?? [];
      if (answer.statusCode === 200 && tokens && tail.endsWith("[DONE]\n\n"))
        resolve(Number(tokens));
      else reject(new Error(`status ${answer.statusCode}: ${tail}`));
    });
  });
  sent.on("error", reject).end(body);
  return promise;
}

process.on("message", (plan: RoundPlan) => {
  void runRound(plan, ask).then((result) => process.send?.(result));
});
process.send?.("ready");
