import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { describeNginx, startNginx, type Nginx } from "../__fixtures__/nginx.ts";

/** More than all buffers of sockets on the way. */
const MUCH_BYTES = 128 * 2 ** 20;
/** A connection that takes nothing for so long is full. */
const FULL_MS = 1000;

/** Something in the place of a replica, which sends what a test wants, when it wants; without the server's headers against buffering. */
async function behindNginx(
  send: (response: ServerResponse) => void,
  check: (nginx: Nginx) => Promise<void>,
): Promise<void> {
  const replica = createServer(({ url }, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (url === "/") response.end();
    else send(response);
  });
  await new Promise<void>((resolve) => replica.listen(0, "127.0.0.1", resolve));
  const { port } = replica.address() as AddressInfo;
  try {
    await using nginx = await startNginx([port, port]);
    await check(nginx);
  } finally {
    replica.closeAllConnections();
    replica.close();
  }
}

const ask = ({ url }: Nginx, signal?: AbortSignal): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, { method: "POST", signal: signal ?? null });

describeNginx("nginx between a replica and a client", () => {
  it("passes an event on before there is another", async () => {
    let finish = (): void => {};
    const send = (response: ServerResponse): void => {
      response.write("data: 1\n\n");
      finish = () => response.end("data: 2\n\n");
    };
    await behindNginx(send, async (nginx) => {
      const seen: string[] = [];
      const { body } = await ask(nginx);
      for await (const text of body!.pipeThrough(new TextDecoderStream())) {
        seen.push(text);
        finish(); // had the first one been kept back, nobody would come here
      }
      expect(seen).toEqual(["data: 1\n\n", "data: 2\n\n"]);
    });
  });

  it("does not take from a replica what a client does not read", async () => {
    const full = Promise.withResolvers<boolean>();
    const send = (response: ServerResponse): void => {
      void writeUntilFull(response).then(full.resolve, full.reject);
    };
    await behindNginx(send, async (nginx) => {
      const gone = new AbortController();
      await ask(nginx, gone.signal);
      expect(await full.promise).toBe(true);
      gone.abort();
    });
  });
});

/** Whether the connection was full before much was written. */
async function writeUntilFull(response: ServerResponse): Promise<boolean> {
  const piece = Buffer.alloc(2 ** 20);
  for (let written = 0; written < MUCH_BYTES; written += piece.length) {
    if (response.write(piece)) continue;
    const drained = once(response, "drain").then(() => false);
    if (await Promise.race([drained, delay(FULL_MS, true)])) return true;
  }
  return false;
}
