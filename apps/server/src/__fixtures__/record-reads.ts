/** A value, and which of its fields somebody has looked at. */
export interface Reads<Value> {
  readonly value: Value;
  /** Paths such as `spec.ports[0].name`. */
  readonly paths: ReadonlySet<string>;
}

/** Wraps a value of JSON so that reads are seen. */
export function recordReads<Value>(original: Value): Reads<Value> {
  const paths = new Set<string>();
  const wrap = (value: unknown, path: string): unknown => {
    if (typeof value !== "object" || value === null) return value;
    return new Proxy(value, {
      get(target, key) {
        const inner: unknown = Reflect.get(target, key);
        if (typeof key === "symbol" || !Object.hasOwn(target, key)) return inner;
        const at = pathOf(target, path, key);
        paths.add(at);
        return wrap(inner, at);
      },
    });
  };
  return { value: wrap(original, "") as Value, paths };
}

/** Paths of fields that nobody has looked at; what lies below them is not told. */
export function unread({ value, paths }: Reads<unknown>): string[] {
  const seen = new Set(paths); // looking adds to them
  const below = (inner: unknown, path: string): string[] => {
    if (typeof inner !== "object" || inner === null) return [];
    return Object.entries(inner).flatMap(([key, next]) => {
      const at = pathOf(inner, path, key);
      return seen.has(at) ? below(next, at) : [at];
    });
  };
  return below(value, "");
}

function pathOf(parent: object, path: string, key: string): string {
  if (Array.isArray(parent)) return `${path}[${key}]`;
  return path === "" ? key : `${path}.${key}`;
}
