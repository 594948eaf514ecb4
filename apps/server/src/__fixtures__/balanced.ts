import OpenAI, { type ClientOptions } from "openai";
import { startNginx, type Nginx } from "./nginx.ts";
import { startReplica, type Replica } from "./replicas.ts";
import { NAME } from "./start.ts";

/** Two replicas behind nginx. */
export interface Balanced extends AsyncDisposable {
  readonly nginx: Nginx;
  /** By the names that `x-replica` has. */
  readonly replicas: Readonly<Record<string, Replica>>;
  /** Starts one that has ended, at its old port. */
  readonly restart: (name: string) => Promise<void>;
  /** Starts all that have ended, and an nginx that does not know of it. */
  readonly mend: () => Promise<void>;
  /** A client of nginx that does not try again by itself, unless told so. */
  readonly client: (options?: ClientOptions) => OpenAI;
}

/** Starts both, and nginx. */
export async function startBalanced(): Promise<Balanced> {
  const [a, b] = await Promise.all([startReplica("A"), startReplica("B")]);
  const replicas: Record<string, Replica> = { A: a, B: b };
  let nginx = await startNginx([a.port, b.port]);
  const restart = async (name: string): Promise<void> => {
    replicas[name] = await startReplica(name, replicas[name]?.port);
  };
  return {
    get nginx() {
      return nginx;
    },
    replicas,
    restart,
    async mend() {
      await nginx[Symbol.asyncDispose]();
      const ended = Object.values(replicas).filter(({ hasEnded }) => hasEnded);
      await Promise.all(ended.map(({ name }) => restart(name)));
      nginx = await startNginx([a.port, b.port]);
    },
    client: (options = {}) =>
      new OpenAI({ baseURL: `${nginx.url}/v1`, apiKey: "none", maxRetries: 0, ...options }),
    async [Symbol.asyncDispose]() {
      await nginx[Symbol.asyncDispose]();
      await Promise.all(Object.values(replicas).map((replica) => replica.kill()));
    },
  };
}

/** A question whose answer goes on for `max_tokens`. */
export function question(max_tokens: number, content = "What is NormHead?") {
  const messages = [{ role: "user" as const, content }];
  return { model: NAME, messages, temperature: 0, max_tokens, ignore_eos: true };
}

/** Options that say to which conversation a request belongs. */
export function inSession(id: string): { headers: Record<string, string> } {
  return { headers: { "x-session-id": id } };
}

/** The replica that gave an answer. */
export function replicaOf({ headers }: Response): string {
  return headers.get("x-replica") ?? "none";
}
