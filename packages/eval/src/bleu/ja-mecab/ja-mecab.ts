import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { strip } from "../../python/text.ts";
import { BleuError } from "../bleu-error.ts";
import { Ipadic } from "./ipadic.ts";
import { segment } from "./segment.ts";

/** What sacreBLEU's signature says: MeCab's version, 0.996 since 2013, and its dictionary. */
export const JA_MECAB_SIGNATURE = "ja-mecab-0.996-IPA";

/** What a report says beside the signature. */
export const JA_MECAB_ENGINE = "MeCab 0.996's rules in this package, IPADIC of kuromoji 0.1.2";

/** What is cut into words at once, thirty times the longest sentence of FLORES: it takes memory. */
const PIECE = /.{1,8192}/gsu;

let loaded: Ipadic | undefined;

/**
 * The words that MeCab 0.996 finds with IPADIC, without MeCab: the dictionary is that of the optional package kuromoji, whose
 * own rules for unknown words are others. Reading it takes half a second and 60 MB, once.
 * 53,000 lines of five languages, noise and random characters came out as from the program (2026-11).
 *
 * @throws {BleuError} if kuromoji is not installed.
 */
export function loadJaMecab(): (line: string) => string[] {
  const ipadic = (loaded ??= new Ipadic(dictionaryFolder()));
  return (line) => pieces(strip(line)).flatMap((piece) => segment(piece, ipadic));
}

function dictionaryFolder(): string {
  try {
    const require = createRequire(import.meta.url);
    return join(dirname(require.resolve("kuromoji/package.json")), "dict");
  } catch (cause) {
    throw new BleuError({
      where: "tokenize ja-mecab",
      expected: "the optional package kuromoji, which has MeCab's dictionary",
      actual: "none",
      hint: "npm install kuromoji@0.1.2",
      cause,
    });
  }
}

/** MeCab's library ends a text at U+0000; here that is white space. */
function pieces(line: string): readonly string[] {
  return line.replaceAll("\0", " ").match(PIECE) ?? [];
}
