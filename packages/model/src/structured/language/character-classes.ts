import type { AST } from "@eslint-community/regexpp";
import { ResponseFormatError } from "../response-format-error.ts";
import {
  type CodePointSet,
  codePointSet,
  complementSet,
  MAX_CODE_POINT,
  uniteSets,
} from "./code-point-set.ts";

const DIGITS: CodePointSet = [0x30, 0x39];
const WORD = codePointSet([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]);
/** Line ends, which `.` does not match. */
const LINE_ENDS = codePointSet([
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
]);

/** Sets of `\s` and `\p{…}`, found by trying every character: about 50 ms each. */
const triedSets = new Map<string, CodePointSet>();
/** Far above what one schema uses; keeps a stranger from filling memory. */
const MAX_TRIED_SETS = 64;

/** The characters that a one-character element of a pattern stands for. @throws {ResponseFormatError} for sets of strings. */
export function charactersOf(
  element:
    | AST.Character
    | AST.CharacterSet
    | AST.CharacterClass
    | AST.ClassRangesCharacterClassElement,
): CodePointSet {
  switch (element.type) {
    case "Character":
      return codePointSet([[element.value, element.value]]);
    case "CharacterClassRange":
      return codePointSet([[element.min.value, element.max.value]]);
    case "CharacterSet":
      return charactersOfSet(element);
    case "CharacterClass": {
      if (element.unicodeSets) throw unsupported(element.raw);
      const union = uniteSets(element.elements.map((each) => charactersOf(each)));
      return element.negate ? complementSet(union) : union;
    }
  }
}

function charactersOfSet(element: AST.CharacterSet): CodePointSet {
  switch (element.kind) {
    case "any":
      return complementSet(LINE_ENDS);
    case "digit":
      return element.negate ? complementSet(DIGITS) : DIGITS;
    case "word":
      return element.negate ? complementSet(WORD) : WORD;
    default:
      return triedSet(element.raw);
  }
}

function triedSet(source: string): CodePointSet {
  const known = triedSets.get(source);
  if (known !== undefined) return known;
  const pattern = new RegExp(source, "u");
  const ranges: [number, number][] = [];
  for (let point = 0; point <= MAX_CODE_POINT; point++) {
    if (!pattern.test(String.fromCodePoint(point))) continue;
    const last = ranges.at(-1);
    if (last?.[1] === point - 1) last[1] = point;
    else ranges.push([point, point]);
  }
  if (triedSets.size >= MAX_TRIED_SETS) triedSets.clear();
  const set = codePointSet(ranges);
  triedSets.set(source, set);
  return set;
}

function unsupported(raw: string): ResponseFormatError {
  return new ResponseFormatError({
    where: "pattern",
    path: raw,
    expected: "character classes of flag u",
    actual: "one of flag v",
  });
}
