import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";

/** Debian has it where only root looks. */
const PATH = [process.env["PATH"], "/usr/sbin", "/usr/local/sbin"].join(delimiter);
const env = { ...process.env, PATH };

/** Text of a file of `deploy/`. */
export function deployFile(name: string): Promise<string> {
  return readFile(fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url)), "utf8");
}

/**
 * A `describe` that needs nginx. Where there is none one skipped test stands for it and says why, or fails if
 * `REQUIRE_PROGRAMS` names nginx: there a green run cannot mean that all was skipped.
 */
export function describeNginx(title: string, suite: () => void): void {
  const isThere = spawnSync("nginx", ["-v"], { env }).status === 0;
  const isRequired = (process.env["REQUIRE_PROGRAMS"] ?? "").split(",").includes("nginx");
  describe(title, () => {
    if (isThere) suite();
    else if (isRequired) it("finds nginx", () => expect.fail("nginx is not installed"));
    else it("needs nginx", ({ skip }) => skip("nginx is not installed"));
  });
}

/** nginx with the shipped configuration. */
export interface Nginx extends AsyncDisposable {
  readonly url: string;
  /** What it has written; for the messages of failures. */
  readonly errors: () => Promise<string>;
}

/**
 * Starts nginx as it is shipped, with other ports, in a folder of its own.
 *
 * @param ports - Of the replicas.
 */
export async function startNginx(ports: readonly number[]): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), "baichuan2-nginx-"));
  await chmod(folder, 0o755); // started by root its workers are somebody else
  const port = await freePort();
  const config = join(folder, "nginx.conf");
  const shipped = await deployFile("nginx.conf");
  await writeFile(config, withPorts(shipped.replace("listen 8000;", `listen ${port};`), ports));
  await writeFile(join(folder, "replicas.conf"), withPorts(await deployFile("replicas.conf"), ports));
  const args = ["-p", folder, "-c", config, "-e", "error.log", "-g", "daemon off;"];
  const child = spawn("nginx", args, { env, stdio: ["ignore", "inherit", "inherit"] });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => fetch(url), { timeout: 10_000 });
  return {
    url,
    errors: () => readFile(join(folder, "error.log"), "utf8"),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}

/** The shipped files name replicas at 8001 and 8002. */
function withPorts(text: string, ports: readonly number[]): string {
  return text.replaceAll(/(server 127\.0\.0\.1:)800(\d)/g, (_, before: string, index: string) => {
    return `${before}${ports[Number(index) - 1]}`;
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
