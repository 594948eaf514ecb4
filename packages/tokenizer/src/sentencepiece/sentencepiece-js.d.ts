/** What is used of sentencepiece-js 1.1.0, which comes without types. */
declare module "sentencepiece-js" {
  export class SentencePieceProcessor {
    /** Starts a WASM instance and has it load a model file; whether that worked is not told. */
    load(path: string): Promise<void>;
    encodeIds(text: string): number[];
    /** An id out of range makes the whole text empty. */
    decodeIds(tokenIds: number[]): string;
  }
  const module: { SentencePieceProcessor: typeof SentencePieceProcessor };
  export default module;
}
