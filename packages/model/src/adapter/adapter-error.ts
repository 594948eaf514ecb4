/**
 * Why an adapter cannot be used: it is made for another shape of network, its scaled numbers are too large, no
 * adapter has the name, another has it already, the model was loaded without support of adapters, or the engine had to start
 * anew and its folder is gone or has other numbers.
 */
export type AdapterProblem =
  | "shape"
  | "overflow"
  | "unknown"
  | "duplicate"
  | "not-enabled"
  | "lost";

/** What an `AdapterError` says. */
export interface AdapterErrorFacts {
  readonly problem: AdapterProblem;
  readonly expected: string;
  readonly actual: string;
  readonly hint: string;
  /** Linear whose matrices do not fit. */
  readonly linear?: string | undefined;
  /** Its folder, where that is what the problem is about. */
  readonly path?: string | undefined;
  readonly cause?: unknown;
}

/** An adapter cannot be used as it was asked for. */
export class AdapterError extends Error {
  override readonly name = "AdapterError";
  readonly code = "ERR_ADAPTER";
  /** Name of the adapter in its model; its path where it has none. */
  readonly adapter: string;
  readonly problem: AdapterProblem;
  readonly linear: string | undefined;
  readonly path: string | undefined;
  readonly expected: string;
  readonly actual: string;

  constructor(adapter: string, facts: AdapterErrorFacts) {
    const { problem, expected, actual, hint, linear } = facts;
    const where = linear === undefined ? `adapter "${adapter}"` : `adapter "${adapter}": ${linear}`;
    super(`${where}: expected ${expected}, got ${actual} (${hint})`, { cause: facts.cause });
    this.adapter = adapter;
    this.problem = problem;
    this.linear = linear;
    this.path = facts.path;
    this.expected = expected;
    this.actual = actual;
  }
}

/** No adapter has the name. */
export function unknownAdapter(name: string, known: Iterable<string>): AdapterError {
  const names = [...known].map((one) => `"${one}"`);
  return new AdapterError(name, {
    problem: "unknown",
    expected:
      names.length > 0 ? `one of ${names.join(", ")}` : "a loaded adapter, of which there is none",
    actual: `"${name}"`,
    hint: "load it with loadAdapter, or give adapter: null for the model without one",
  });
}

/** The name is taken. */
export function duplicateAdapter(name: string): AdapterError {
  return new AdapterError(name, {
    problem: "duplicate",
    expected: "a name that no adapter has",
    actual: "one that is loaded",
    hint: "unload that one first, or take another name",
  });
}

/** The model's graph takes no adapters. */
export function adaptersNotEnabled(name: string): AdapterError {
  return new AdapterError(name, {
    problem: "not-enabled",
    expected: "a model that takes adapters",
    actual: "one that was loaded without",
    hint: "loadModel(base, { adapters: {} })",
  });
}

/** What an adapter was loaded from is not there when it is to be loaded again. */
export function lostAdapter(name: string, path: string, cause: unknown): AdapterError {
  return lost(name, path, `${String(cause)}`, cause);
}

/** The folder has another adapter than the one that was loaded under this name. */
export function changedAdapter(name: string, path: string): AdapterError {
  return lost(name, path, "other numbers");
}

function lost(name: string, path: string, actual: string, cause?: unknown): AdapterError {
  return new AdapterError(name, {
    problem: "lost",
    expected: `the numbers that it was loaded with in ${path}`,
    actual,
    hint: "unload it, and load it from where it is now",
    path,
    cause,
  });
}
