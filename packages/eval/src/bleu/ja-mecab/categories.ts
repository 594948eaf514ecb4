/** A kind of characters, with the rules for unknown words that begin with one. */
export interface Category {
  readonly id: number;
  /** Bits of this category and of others that the character belongs to as well. */
  readonly kinds: number;
  readonly isSpace: boolean;
  /** Unknown words are tried also where the dictionary has a word. */
  readonly isAlwaysTried: boolean;
  /** All following characters of its kind make a word together. */
  readonly isGrouped: boolean;
  /** Words of up to so many characters of its kind are tried. */
  readonly maxLength: number;
}

type Rules = Pick<Category, "isAlwaysTried" | "isGrouped" | "maxLength">;

const DEFAULT = 0;
const SPACE = 1;

/** IPADIC's white space. kuromoji's tables have all characters of no category there as well. */
const SPACES: readonly number[] = [0x20, 0x09, 0x0b, 0x0a];

/**
 * Reads what IPADIC's char.def says, as kuromoji has it.
 *
 * @param ids - Of each code unit, its category.
 * @param others - Of each code unit, the bits of further categories.
 * @param rules - Of each category: Uint8 always tried, Uint8 grouped, Int32 longest word, name, 0.
 * @returns the category of a code point; those above U+FFFF have none of their own.
 */
export function readCategories(
  ids: Uint8Array,
  others: Uint32Array,
  rules: Uint8Array,
): (codePoint: number) => Category {
  const table = readRules(rules);
  const none: Rules = { isAlwaysTried: false, isGrouped: false, maxLength: 0 };
  const categories = Array.from(ids, (given, unit): Category => {
    const isSpace = SPACES.includes(unit);
    const id = given === SPACE && !isSpace ? DEFAULT : given;
    const kinds = (1 << id) | (others[unit] ?? 0);
    return { id, kinds, isSpace, ...(table[id] ?? none) };
  });
  const ofNothing = categories[0] ?? { id: DEFAULT, kinds: 1, isSpace: false, ...none };
  return (codePoint) => categories[codePoint] ?? ofNothing;
}

function readRules(bytes: Uint8Array): Rules[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rules: Rules[] = [];
  let place = 0;
  // Behind the last category there are zeros: one without a name.
  while (place + 6 < bytes.length && bytes[place + 6] !== 0) {
    rules.push({
      isAlwaysTried: bytes[place] === 1,
      isGrouped: bytes[place + 1] === 1,
      maxLength: view.getInt32(place + 2, true),
    });
    place = bytes.indexOf(0, place + 6) + 1;
  }
  return rules;
}
