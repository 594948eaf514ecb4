import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, relative } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { CodeExecutionError } from "./code-execution-error.ts";

/** An installation of Python. */
export interface Python {
  /** Not a shim of pyenv's and the like, which need more than the installation. */
  readonly executable: string;
  /** E.g. `3.11.7`. */
  readonly version: string;
  /** Folders that it needs to read. */
  readonly folders: readonly string[];
}

/** Environment variable that names a Python. */
const PYTHON_VARIABLE = "BAICHUAN2_PYTHON";

const HINT = `install python3, or name one with the option \`python\` or in ${PYTHON_VARIABLE}`;

/** Milliseconds that an interpreter has to say where it lies. */
const PATIENCE = 20_000;

const WHERE = `import json, sys
print(json.dumps({
    "executable": sys.executable,
    "version": "%d.%d.%d" % sys.version_info[:3],
    "folders": [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix],
}))`;

const answer = z.object({
  executable: z.string().min(1),
  version: z.string(),
  folders: z.array(z.string().min(1)),
});

/**
 * Finds a Python and asks it where it lies.
 *
 * @param name - A command or a path. Default: what `BAICHUAN2_PYTHON` says, then `python3`.
 * @throws {CodeExecutionError} if there is none, or if it lies so that other files would become readable with it.
 */
export async function findPython(name?: string): Promise<Python> {
  const command = name ?? process.env[PYTHON_VARIABLE] ?? "python3";
  const { executable, version, folders } = await ask(command);
  const real = await Promise.all(folders.map((folder) => realpath(folder)));
  const all = [...new Set([...folders, ...real])];
  const wide = all.find((folder) => [homedir(), process.cwd()].some((own) => holds(folder, own)));
  if (wide !== undefined)
    throw new CodeExecutionError({
      where: command,
      expected: "an installation of Python in a folder of its own",
      actual: `${wide}, which holds the home folder or the current one`,
      hint: HINT,
    });
  return { executable, version, folders: all.filter((folder) => !holds("/usr", folder)) };
}

async function ask(command: string): Promise<z.output<typeof answer>> {
  try {
    const { stdout } = await promisify(execFile)(command, ["-I", "-c", WHERE], {
      timeout: PATIENCE,
    });
    return answer.parse(JSON.parse(stdout));
  } catch (cause) {
    const actual = cause instanceof Error ? cause.message.slice(0, 300) : String(cause);
    throw new CodeExecutionError({
      where: command,
      expected: "a Python 3",
      actual,
      hint: HINT,
      cause,
    });
  }
}

/** Whether a path is a folder or lies in it. */
function holds(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith("../") && !isAbsolute(way);
}
