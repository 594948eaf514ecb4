/**
 * Reads a Python literal, as `ast.literal_eval` does: texts, numbers, lists, dicts with texts as keys, `None`, `True`, `False`.
 * Nothing is run. Tuples, sets, bytes, raw and triple-quoted texts are refused: no benchmark has them.
 */

/** Deepest nesting; those of benchmarks have 3. CWE-674. */
const MAX_DEPTH = 16;

/** What a literal is here. */
export type Literal =
  | string
  | number
  | boolean
  | null
  | readonly Literal[]
  | { readonly [key: string]: Literal };

/** A text and how far it was read. */
interface Reader {
  readonly text: string;
  at: number;
}

/**
 * Reads one literal.
 *
 * @throws {SyntaxError} if the text is none, with the place.
 */
export function parseLiteral(text: string): Literal {
  const reader = { text, at: 0 };
  skipSpace(reader);
  const value = readValue(reader, 0);
  skipSpace(reader);
  if (reader.at < text.length) throw unexpected(reader, "the end");
  return value;
}

function readValue(reader: Reader, depth: number): Literal {
  if (depth > MAX_DEPTH) throw unexpected(reader, `at most ${MAX_DEPTH} levels`);
  switch (reader.text[reader.at]) {
    case "{":
      return readDict(reader, depth);
    case "[":
      return readList(reader, depth);
    case "'":
    case '"':
      return readString(reader);
    default:
      return readAtom(reader);
  }
}

function readDict(reader: Reader, depth: number): Literal {
  const entries = readItems(reader, "}", (): [string, Literal] => {
    const key = readString(reader);
    skipSpace(reader);
    take(reader, ":");
    skipSpace(reader);
    return [key, readValue(reader, depth + 1)];
  });
  return Object.fromEntries(entries);
}

function readList(reader: Reader, depth: number): Literal {
  return readItems(reader, "]", () => readValue(reader, depth + 1));
}

/** Items between commas; a comma may follow the last. */
function readItems<Item>(reader: Reader, close: string, readItem: () => Item): Item[] {
  const items: Item[] = [];
  reader.at++;
  for (skipSpace(reader); reader.text[reader.at] !== close; skipSpace(reader)) {
    items.push(readItem());
    skipSpace(reader);
    if (reader.text[reader.at] !== close) take(reader, ",");
  }
  reader.at++;
  return items;
}

const NAMED: Readonly<Record<string, Literal>> = { None: null, True: true, False: false };
const ATOM = /None|True|False|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function readAtom(reader: Reader): Literal {
  ATOM.lastIndex = reader.at;
  const atom = ATOM.exec(reader.text)?.[0];
  if (atom === undefined) throw unexpected(reader, "a literal");
  reader.at += atom.length;
  return Object.hasOwn(NAMED, atom) ? (NAMED[atom] as Literal) : Number(atom);
}

/** Up to the next quote, backslash or line end. */
const PLAIN = { "'": /[^'\\\n]*/y, '"': /[^"\\\n]*/y } as const;

function readString(reader: Reader): string {
  const quote = reader.text[reader.at];
  if (quote !== "'" && quote !== '"') throw unexpected(reader, "a quote");
  const plain = PLAIN[quote];
  const pieces: string[] = [];
  reader.at++;
  while (reader.text[reader.at] !== quote) {
    plain.lastIndex = reader.at;
    const piece = plain.exec(reader.text)?.[0] ?? "";
    reader.at += piece.length;
    pieces.push(piece);
    if (reader.text[reader.at] === "\\") pieces.push(readEscape(reader));
    else if (reader.text[reader.at] !== quote) throw unexpected(reader, "a closing quote");
  }
  reader.at++;
  return pieces.join("");
}

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([^xuUN]))/y;

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  "\n": "",
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/** An escape that Python does not know stays with its backslash. */
function readEscape(reader: Reader): string {
  ESCAPE.lastIndex = reader.at;
  const match = ESCAPE.exec(reader.text);
  if (match === null) throw unexpected(reader, "an escape");
  const [all, x, u, long, octal, other = ""] = match;
  const hex = x ?? u ?? long;
  const code = hex === undefined ? Number.parseInt(octal ?? "0", 8) : Number.parseInt(hex, 16);
  if (code > 0x10_ffff) throw unexpected(reader, "a code point");
  reader.at += all.length;
  if (hex !== undefined || octal !== undefined) return String.fromCodePoint(code);
  return NAMED_ESCAPES[other] ?? all;
}

const SPACES = /[ \t\r\n]*/y;

function skipSpace(reader: Reader): void {
  SPACES.lastIndex = reader.at;
  reader.at += SPACES.exec(reader.text)?.[0].length ?? 0;
}

function take(reader: Reader, mark: string): void {
  if (reader.text[reader.at] !== mark) throw unexpected(reader, JSON.stringify(mark));
  reader.at++;
}

function unexpected({ text, at }: Reader, expected: string): SyntaxError {
  const actual = at < text.length ? JSON.stringify(text.slice(at, at + 20)) : "the end";
  return new SyntaxError(`literal, character ${at + 1}: expected ${expected}, got ${actual}`);
}
