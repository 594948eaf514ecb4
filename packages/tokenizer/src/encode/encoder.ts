/** An algorithm that turns text into ids of a model's pieces. */
export interface Encoder {
  /**
   * Appends the ids of a text.
   *
   * @param tokenIds - Where they go.
   * @param text - Well-formed UTF-16, any characters.
   * @param parseMarkers - Whether literals of markers (`<reserved_106>`) become their ids; else they are
   * plain characters, and no special token's id may come out.
   */
  encode(tokenIds: number[], text: string, parseMarkers: boolean): void;
}
