/** Element names that Baichuan's vocabularies hold as `<x>`, `<x/>` and `</x>`: ordinary text. */
const HTML_NAMES = "img|h[1-6]|td|th|strong|table|tr|li|ul|ol|b|i|br|p|tbody|thead|div|span|a";

const HTML_TAG = new RegExp(`^<(?:(?:${HTML_NAMES})/?|/(?:${HTML_NAMES})|!DOCTYPE)>$`);

/** `<reserved_106>`, `<SEP>`, `<|im_start|>`: one word in angle brackets. */
const ANGLE_MARKER = /^<[^<>\s\u2581]+>$/;

/** `[gMASK]`, `[/INST]`: one word in square brackets, as other families write their markers. */
const SQUARE_MARKER = /^\[\/?[A-Za-z_]\w+\]$/;

/**
 * Whether a user-defined piece names a marker rather than ordinary text.
 *
 * The model file does not tell: to SentencePiece `<reserved_106>`, `</td>` and `...` are all "user-defined".
 * What reads like a marker therefore counts as one unless it is a known HTML tag: taking a tag for a marker
 * costs a few tokens, taking a marker for text would let a user write the assistant's turn.
 */
export function isMarker(piece: string): boolean {
  return (ANGLE_MARKER.test(piece) && !HTML_TAG.test(piece)) || SQUARE_MARKER.test(piece);
}
