import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("replica.ts", import.meta.url));

/** A server in a process of its own, which can be killed. */
export interface Replica extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  readonly hasEnded: boolean;
  /** Requests inside. */
  readonly load: () => Promise<number>;
  /** Ends it without a word. */
  readonly kill: () => Promise<void>;
  /** Tells it to shut down; resolves with its exit code. */
  readonly terminate: () => Promise<number | null>;
}

/**
 * Starts a replica.
 *
 * @param name - In the header `x-replica` of its answers.
 * @param port - 0: any that is free.
 */
export async function startReplica(name: string, port = 0): Promise<Replica> {
  const args = ["--conditions=@baichuan2/source", program, name, String(port)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const url = await firstLine(child, name);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return exited;
  };
  const kill = async (): Promise<void> => void (await end("SIGKILL"));
  return {
    name,
    url,
    port: Number(new URL(url).port),
    get hasEnded() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    load: async () => {
      const answer = await fetch(`${url}/load`);
      return ((await answer.json()) as { server_load: number }).server_load;
    },
    kill,
    terminate: () => end("SIGTERM"),
    [Symbol.asyncDispose]: kill,
  };
}

async function firstLine(child: ChildProcess, name: string): Promise<string> {
  if (!child.stdout) throw new Error(`${name}: expected an output, got none`);
  const lines = createInterface({ input: child.stdout });
  const ended = once(lines, "close").then(() => [undefined]);
  const [line] = (await Promise.race([once(lines, "line"), ended])) as [string | undefined];
  if (line === undefined)
    throw new Error(`${name}: expected a URL on its output, got its end (exit code ${child.exitCode})`);
  return line;
}
