import { createHash, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";

/** Who may use a server. */
export interface ApiKey {
  /** Tells callers apart in logs and limits; the key itself is in none of them. */
  readonly name: string;
  readonly key: string;
  /** May also load adapters, and see to files and jobs. */
  readonly isAdmin: boolean;
}

/** Who sends a request. */
export interface Caller {
  readonly name: string;
  readonly isAdmin: boolean;
}

/** The caller where no key is needed. */
export const ANYBODY: Caller = { name: "anybody", isAdmin: true };

/** Shortest key that is taken: what is shorter can be guessed. */
const MIN_LENGTH = 8;

/**
 * Reads keys, one a line: `key`, `key name` or `key name admin`; empty lines and lines that begin with `#` mean nothing.
 *
 * @param where - For errors, which never tell a key.
 * @throws {Error} for a line that is none of these, or two keys of one name.
 */
export function parseApiKeys(text: string, where: string): ApiKey[] {
  const keys: ApiKey[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    const [key = "", name = `key${keys.length + 1}`, role, ...more] = line.trim().split(/\s+/);
    const isKnown = role === undefined || role === "admin";
    if (key.length < MIN_LENGTH || !isKnown || more.length > 0)
      throw new Error(
        `${where}:${index + 1}: expected "key [name [admin]]" with a key of at least ${MIN_LENGTH} characters, got another line (one key a line)`,
      );
    if (keys.some((other) => other.name === name || other.key === key))
      throw new Error(`${where}:${index + 1}: expected another key and name, got "${name}" again`);
    keys.push({ key, name, isAdmin: role === "admin" });
  }
  return keys;
}

/** @throws {Error} as `parseApiKeys`, or if the file cannot be read or has no key. */
export async function readApiKeys(path: string): Promise<ApiKey[]> {
  const keys = parseApiKeys(await readFile(path, "utf8"), path);
  if (keys.length === 0) throw new Error(`${path}: expected at least one key, got none`);
  return keys;
}

/** Finds a key's owner in a time that does not tell how much of a key was right. */
export function callerFinder(keys: readonly ApiKey[]): (given: string) => Caller | undefined {
  const digests = keys.map(({ key, name, isAdmin }) => ({ digest: sha256(key), name, isAdmin }));
  return (given) => {
    const digest = sha256(given);
    // All are compared: the place of a key in the list takes no time to tell.
    const [found] = digests.filter((one) => timingSafeEqual(one.digest, digest));
    return found && { name: found.name, isAdmin: found.isAdmin };
  };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
