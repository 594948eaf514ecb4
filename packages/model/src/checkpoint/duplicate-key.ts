/**
 * The first key that stands twice in one object of a JSON text.
 *
 * `JSON.parse` keeps the last silently, so that two readers of one file could see different tensors.
 *
 * @param json - Valid JSON.
 */
export function duplicateKey(json: string): string | undefined {
  // Strings, or the characters that open and close values and end keys; nothing else matters here.
  const tokens = /"(?:[^"\\]+|\\.)*"|[{}[\]:]/g;
  const open: (Set<string> | undefined)[] = [];
  let last = "";
  for (const [token] of json.matchAll(tokens)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":") {
      const key = JSON.parse(last) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
    last = token;
  }
  return undefined;
}
