import { fileURLToPath } from "node:url";
import { loadModel, type LoadModelOptions, type Model } from "@baichuan2/model";
import OpenAI, { type ClientOptions } from "openai";
import { createServer, type Server, type ServerOptions } from "../create-server.ts";
import { listen, type ListeningServer, type ListenOptions } from "../listen.ts";

/** The model that this project trained itself. */
export const tinyChat = fileURLToPath(new URL("../../../../tooling/tiny-chat/model", import.meta.url));

/** What requests call it. */
export const NAME = "tiny-chat";

/** A server on a free port of this machine, with a client for it. */
export interface Started extends AsyncDisposable {
  readonly model: Model;
  readonly server: Server;
  readonly listening: ListeningServer;
  readonly url: string;
  /** A client that does not try again by itself. */
  readonly client: OpenAI;
  /** A client with other options. */
  readonly clientWith: (options: ClientOptions) => OpenAI;
}

/** What a test's server is started with. */
export interface StartOptions extends Omit<Partial<ServerOptions>, "model" | "modelName"> {
  readonly load?: LoadModelOptions | undefined;
  /** One that is loaded already, and stays so. */
  readonly model?: Model | undefined;
  readonly listen?: ListenOptions | undefined;
}

/** Serves the bundled model. */
export async function start({ load, model: given, listen: where, ...options }: StartOptions = {}): Promise<Started> {
  const model =
    given ?? (await loadModel(tinyChat, { adapters: {}, maxWaiting: Number.MAX_SAFE_INTEGER, ...load }));
  const server = await createServer({ model, modelName: NAME, ...options });
  const listening = await listen(server, { port: 0, ...where });
  const clientWith = (more: ClientOptions): OpenAI =>
    new OpenAI({ baseURL: `${listening.url}/v1`, apiKey: "none", maxRetries: 0, ...more });
  return {
    model,
    server,
    listening,
    url: listening.url,
    client: clientWith({}),
    clientWith,
    async [Symbol.asyncDispose]() {
      await listening.close(0);
      if (!given) await model.dispose();
    },
  };
}
