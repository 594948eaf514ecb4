/** An array that is used again from run to run, and replaced when it is too small. */
export class Scratch<T extends Float32Array | Int32Array> {
  readonly #make: (length: number) => T;
  #array: T;

  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#array = make(0);
  }

  /** The first `length` elements, with whatever they held; valid until the next call. */
  take(length: number): T {
    if (length > this.#array.length)
      this.#array = this.#make(Math.max(length, 2 * this.#array.length));
    return this.#array.subarray(0, length) as T;
  }
}
