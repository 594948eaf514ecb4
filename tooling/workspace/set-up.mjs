// Brings a clone to the state that a command needs, and finds out cheaply when there is nothing to do.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { environment, node24, root, run, tool } from "./processes.mjs";

/** A failed set-up: the message tells the user what to do, so no stack is printed. */
export class SetUpError extends Error {
  /** @override */
  name = "SetUpError";
  code = "ERR_SET_UP";
}

/**
 * Runs a script's work: its result becomes the exit code, a {@link SetUpError} one line for the user.
 *
 * @param {() => Promise<number>} work
 */
export async function main(work) {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    progress(error.message);
    process.exitCode = 1;
  }
}

const OLDEST_NODE = 20;

/** @throws {SetUpError} where the machine's Node cannot run the set-up. */
export function requireNode(version = process.versions.node) {
  if (Number.parseInt(version) < OLDEST_NODE)
    throw new SetUpError(
      `set-up: expected Node ${OLDEST_NODE} or newer, got ${version} (install a current one from nodejs.org)`,
    );
}

/**
 * Installs the dependencies, unless the last install saw the same lockfile and manifests.
 *
 * @throws {SetUpError} if the install fails.
 */
export async function ensureInstalled() {
  const inputs = [
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    ...["", "tooling", "tooling/tiny-chat", ...packageFolders()].map((folder) =>
      join(folder, "package.json"),
    ),
  ];
  const state = digest(inputs, (path) => readFileSync(path));
  if (readStamp("install") === state && existsSync(node24)) return;

  const version = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devEngines
    .packageManager.version;
  progress(`installing dependencies with pnpm ${version} (first run, or they changed) …`);
  const [program, prefix, shell] = npm();
  const install = ["pnpm", "install", "--frozen-lockfile", "--config.confirm-modules-purge=false"];
  const code = await run(
    program,
    [...prefix, "exec", "--yes", `--package=pnpm@${version}`, "--", ...install],
    { stdio: toStderr, shell, env: installEnvironment() },
  ).catch((error) => {
    throw new SetUpError(`set-up: npm could not be started: ${error.message} (is it installed?)`);
  });
  if (code !== 0)
    throw new SetUpError(
      `set-up: installing the dependencies failed with exit code ${code}. See the message above: ` +
        `without a network, connect and run the command again; ` +
        `for an outdated lockfile, run \`npx pnpm@${version} install\``,
    );
  writeStamp("install", state);
}

function installEnvironment() {
  const env = environment();
  // NODE_ENV=production would leave out the build and test tools.
  env.NODE_ENV = "development";
  // `npm start -s` would silence the installers as well, errors included.
  delete env.npm_config_loglevel;
  return env;
}

/** What `npm start` needs built: the command line, and through turbo's graph all it depends on. */
const BUILD_TARGET = "@baichuan2/cli";

/**
 * Builds the command line and its packages, unless no source changed since the last build.
 * Only sizes and times are compared here; turbo, called when they differ, compares contents.
 *
 * @throws {SetUpError} if the build fails.
 */
export async function ensureBuilt() {
  const folders = packageFolders();
  const inputs = ["pnpm-lock.yaml", "turbo.json", "tooling/tsup-preset.ts"].concat(
    "tooling/tsconfig/base.json",
    folders.flatMap(buildInputs),
  );
  const state = digest(inputs, (path) => {
    const { size, mtimeMs } = statSync(path);
    return `${size} ${mtimeMs}`;
  });
  const dist = folders.filter((folder) => existsSync(join(root, folder, "tsup.config.ts")));
  if (
    readStamp("build") === state &&
    dist.every((folder) => existsSync(join(root, folder, "dist")))
  )
    return;

  progress("building (first run, or sources changed) …");
  const args = ["run", "build", `--filter=${BUILD_TARGET}`, "--output-logs=errors-only"];
  const code = await run(node24, [tool("turbo"), ...args], { stdio: toStderr });
  if (code !== 0)
    throw new SetUpError(`set-up: the build failed with exit code ${code} (see the errors above)`);
  writeStamp("build", state);
}

/** Folders of all packages and apps, relative to the root. */
export function packageFolders() {
  return ["packages", "apps"].flatMap((group) =>
    readdirSync(join(root, group), { withFileTypes: true })
      .filter((entry) => existsSync(join(root, group, entry.name, "package.json")))
      .map((entry) => `${group}/${entry.name}`),
  );
}

/** Standard output stays free for the command's own data. @type {import("node:child_process").StdioOptions} */
const toStderr = ["ignore", 2, 2];

/** @param {string} message */
export function progress(message) {
  process.stderr.write(`baichuan2: ${message}\n`);
}

/**
 * How to start npm: through the file that runs this script, if npm does, else by name.
 *
 * @returns {[program: string, args: string[], shell: boolean]}
 */
function npm() {
  const script = process.env.npm_execpath;
  if (script?.endsWith("npm-cli.js")) return [process.execPath, [script], false];
  return ["npm", [], process.platform === "win32"];
}

/** @param {string} folder */
function buildInputs(folder) {
  const files = ["package.json", "tsconfig.json", "tsup.config.ts"].map((name) =>
    join(folder, name),
  );
  const source = join(folder, "src");
  if (existsSync(join(root, source)))
    for (const name of readdirSync(join(root, source), { recursive: true, encoding: "utf8" }))
      if (!/\.test\.ts$|__fixtures__/.test(name)) files.push(join(source, name));
  return files.filter((path) => existsSync(join(root, path)));
}

/**
 * @param {string[]} paths - Relative to the root; a file that is missing counts as such.
 * @param {(path: string) => string | Uint8Array} read
 */
function digest(paths, read) {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const path of paths.toSorted()) hash.update(`\n${path}\n`).update(read(join(root, path)));
  return hash.digest("hex");
}

// Beside the installed packages: whoever deletes them deletes the stamps as well.
/** @param {string} name */
const stampPath = (name) => join(root, "node_modules/.cache/baichuan2-workspace", name);

/** @param {string} name */
function readStamp(name) {
  try {
    return readFileSync(stampPath(name), "utf8");
  } catch {
    return undefined;
  }
}

/**
 * @param {string} name
 * @param {string} state
 */
function writeStamp(name, state) {
  mkdirSync(dirname(stampPath(name)), { recursive: true });
  writeFileSync(stampPath(name), state);
}
