import { HubError } from "./hub-error.ts";

/** A model of the hub at a revision. */
export interface ModelId {
  /** `owner/name`. */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** For errors: the repo, and the revision if it is not `main`. */
  readonly label: string;
}

const DEFAULT_REVISION = "main";
/** What the hub allows: letters, digits, `-`, `_`, `.`; at most 96 characters a part. */
const part = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}$/;
const revisionPattern = /^[A-Za-z0-9_][A-Za-z0-9_./-]{0,254}$/;

/**
 * Reads `owner/name` or `owner/name@revision`.
 *
 * @param revision - Given apart from the text; must not contradict it.
 * @throws {HubError} `invalid-id`
 */
export function parseModelId(text: string, revision?: string): ModelId {
  const at = text.indexOf("@");
  const repo = at < 0 ? text : text.slice(0, at);
  const inText = at < 0 ? undefined : text.slice(at + 1);
  const parts = repo.split("/");
  if (parts.length !== 2 || !parts.every((name) => part.test(name)) || /\.\.|--/.test(repo))
    throw new HubError("invalid-id", text, "expected a directory or an id, got neither", {
      hint: "give the path of a folder with config.json and weights, or owner/name as on the hub, e.g. baichuan-inc/Baichuan2-7B-Chat",
    });
  if (inText !== undefined && revision !== undefined && inText !== revision)
    throw new HubError("invalid-id", text, `the revision is also given as "${revision}"`);
  const chosen = inText ?? revision ?? DEFAULT_REVISION;
  if (!revisionPattern.test(chosen) || chosen.includes(".."))
    throw new HubError("invalid-id", text, `expected a branch, tag or commit, got "${chosen}"`);
  return {
    repo,
    revision: chosen,
    label: chosen === DEFAULT_REVISION ? repo : `${repo}@${chosen}`,
  };
}
