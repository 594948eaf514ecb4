/** A binary min-heap of numbers with room for a known count. */
export class KeyHeap {
  readonly #keys: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#keys = new Float64Array(capacity);
  }

  get size(): number {
    return this.#count;
  }

  push(key: number): void {
    const keys = this.#keys;
    let place = this.#count++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const parentKey = keys[parent] as number;
      if (parentKey <= key) break;
      keys[place] = parentKey;
      place = parent;
    }
    keys[place] = key;
  }

  /** Removes and returns the smallest key; the heap must not be empty. */
  pop(): number {
    const keys = this.#keys;
    const smallest = keys[0] as number;
    const last = keys[--this.#count] as number;
    const count = this.#count;
    let place = 0;
    for (let child = 1; child < count; child = 2 * place + 1) {
      if (child + 1 < count && (keys[child + 1] as number) < (keys[child] as number)) child++;
      const childKey = keys[child] as number;
      if (childKey >= last) break;
      keys[place] = childKey;
      place = child;
    }
    keys[place] = last;
    return smallest;
  }
}
