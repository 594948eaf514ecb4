import { randomBytes } from "node:crypto";

/** What a piece of a call's JSON made certain. */
export interface CallDelta {
  /** With the first piece: whom it calls. */
  readonly start?: { readonly id: string; readonly name: string };
  /** New text of its arguments. */
  readonly arguments: string;
}

const HEAD = /^\s*\{\s*"name"\s*:\s*("(?:[^"\\]|\\.)*")\s*,\s*"arguments"\s*:\s*(?=\S)/;

/**
 * Reads `{"name": …, "arguments": {…}}` piece by piece, as the grammar of calls writes it: the name first, then the arguments as
 * they come, without the brace that closes the call.
 */
export class ToolCallText {
  readonly id = `call_${randomBytes(12).toString("hex")}`;
  name = "";
  #text = "";
  #argumentsFrom: number | undefined;
  #told: number | undefined;

  /** All of the arguments so far that are certain. */
  get arguments(): string {
    return this.#argumentsFrom === undefined
      ? ""
      : this.#text.slice(this.#argumentsFrom, this.#end);
  }

  push(text: string): CallDelta | undefined {
    this.#text += text;
    const start = this.#readHead();
    if (this.#argumentsFrom === undefined) return undefined;
    const from = this.#told ?? this.#argumentsFrom;
    this.#told = Math.max(from, this.#end);
    const delta = this.#text.slice(from, this.#told);
    return start || delta !== "" ? { ...(start && { start }), arguments: delta } : undefined;
  }

  /** Where arguments end that may be followed by no more than the call's own brace. */
  get #end(): number {
    const text = this.#text.trimEnd();
    return Math.max(
      this.#argumentsFrom ?? 0,
      (text.endsWith("}") ? text.slice(0, -1) : text).trimEnd().length,
    );
  }

  #readHead(): CallDelta["start"] {
    if (this.#argumentsFrom !== undefined) return undefined;
    const [head, name] = HEAD.exec(this.#text) ?? [];
    if (head === undefined || name === undefined) return undefined;
    this.#argumentsFrom = head.length;
    this.name = JSON.parse(name) as string;
    return { id: this.id, name: this.name };
  }
}
