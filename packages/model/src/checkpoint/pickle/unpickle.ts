/**
 * A reader of Python pickles that constructs nothing but plain data.
 *
 * It knows the opcodes that `torch.save` writes (protocol 2) and those of later protocols for the same values;
 * names go through an allow-list (pickle-globals.ts). Everything else ends the reading with the file, the offset and the name.
 */
import {
  buildState,
  callGlobal,
  isAllowedGlobal,
  newInstance,
  PickleArgumentError,
  setEntry,
  storageOf,
} from "./pickle-globals.ts";
import { PickleReader } from "./pickle-reader.ts";
import type { PickleValue } from "./pickle-values.ts";

// Limits on a program from outside. The largest published state dict has about 300 tensors (13B) or, quantized,
// about 1400 tensors inside lists; each needs some 20 memo entries, and writers flush a dict every 1000 pairs.
export const MAX_MEMO_ENTRIES = 1_000_000;
export const MAX_STACK_VALUES = 100_000;
export const MAX_MARKS = 1_000;
const MAX_PROTOCOL = 5;

/** What one pickle gave, and where the next begins. */
export interface Unpickled {
  readonly value: PickleValue;
  readonly end: number;
}

/**
 * Runs one pickle.
 *
 * @param file - Path, for errors.
 * @param offset - Where the pickle begins in `bytes`.
 * @throws {CheckpointError} with file, offset and name if the pickle holds anything not allowed or is damaged.
 * @throws {PickleEnd} if it is longer than `bytes`.
 */
export function unpickle(file: string, bytes: Uint8Array, offset = 0): Unpickled {
  const reader = new PickleReader(file, bytes, offset);
  const machine = new Machine(reader);
  for (;;) {
    const start = reader.offset;
    const opcode = reader.u8();
    if (opcode === STOP) return { value: machine.pop(), end: reader.offset };
    const step = steps.get(opcode);
    if (step === undefined) {
      reader.offset = start;
      return reader.fail(
        `opcode 0x${opcode.toString(16).padStart(2, "0")} is not one of a checkpoint's`,
      );
    }
    try {
      step(machine, reader);
    } catch (error) {
      if (!(error instanceof PickleArgumentError)) throw error;
      reader.offset = start;
      reader.fail(error.message, error);
    }
  }
}

class Machine {
  readonly memo = new Map<number, PickleValue>();
  readonly #reader: PickleReader;
  readonly #marks: number[] = [];
  readonly #stack: PickleValue[] = [];

  constructor(reader: PickleReader) {
    this.#reader = reader;
  }

  push(value: PickleValue): void {
    if (this.#stack.length >= MAX_STACK_VALUES)
      this.#reader.fail(`expected at most ${MAX_STACK_VALUES} values on the stack`);
    this.#stack.push(value);
  }

  pop(): PickleValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) this.#reader.fail("the stack is empty");
    return this.#stack.pop() as PickleValue;
  }

  top(): PickleValue {
    const value = this.pop();
    this.#stack.push(value);
    return value;
  }

  mark(): void {
    if (this.#marks.length >= MAX_MARKS)
      this.#reader.fail(`expected at most ${MAX_MARKS} open marks`);
    this.#marks.push(this.#stack.length);
  }

  popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) return this.#reader.fail("a mark is missing");
    return this.#stack.splice(mark);
  }

  popTuple(length: number): void {
    const items = Array.from({ length }, () => this.pop()).reverse();
    this.push({ kind: "tuple", items });
  }

  put(index: number): void {
    if (this.memo.size >= MAX_MEMO_ENTRIES)
      this.#reader.fail(`expected at most ${MAX_MEMO_ENTRIES} memo entries`);
    this.memo.set(index, this.top());
  }

  get(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) return this.#reader.fail(`memo entry ${index} was never set`);
    this.push(value);
  }

  pushGlobal(module: PickleValue, name: PickleValue): void {
    if (typeof module !== "string" || typeof name !== "string")
      throw new PickleArgumentError("the name of a global is not text");
    const full = `${module}.${name}`;
    if (!isAllowedGlobal(full))
      this.#reader.fail(
        `global "${full}" is not allowed (a checkpoint of weights has no use for it; loading it in Python could run code)`,
      );
    this.push({ kind: "global", name: full });
  }
}

type Step = (machine: Machine, reader: PickleReader) => void;

const STOP = 0x2e;

/** By opcode, in the order of Python's pickletools: constants, containers, memo, objects, framing. */
const steps = new Map<number, Step>([
  [0x4e, (machine) => machine.push(null)], // NONE
  [0x88, (machine) => machine.push(true)], // NEWTRUE
  [0x89, (machine) => machine.push(false)], // NEWFALSE
  [0x4a, (machine, reader) => machine.push(reader.i32())], // BININT
  [0x4b, (machine, reader) => machine.push(reader.u8())], // BININT1
  [0x4d, (machine, reader) => machine.push(reader.u16())], // BININT2
  [0x8a, (machine, reader) => machine.push(reader.long(reader.u8()))], // LONG1
  [0x47, (machine, reader) => machine.push(reader.f64())], // BINFLOAT
  [0x58, (machine, reader) => machine.push(reader.text(reader.u32()))], // BINUNICODE
  [0x8c, (machine, reader) => machine.push(reader.text(reader.u8()))], // SHORT_BINUNICODE
  [0x8d, (machine, reader) => machine.push(reader.text(reader.u64()))], // BINUNICODE8
  [0x42, (machine, reader) => machine.push(reader.bytes(reader.u32()))], // BINBYTES
  [0x43, (machine, reader) => machine.push(reader.bytes(reader.u8()))], // SHORT_BINBYTES

  [0x28, (machine) => machine.mark()], // MARK
  [0x29, (machine) => machine.popTuple(0)], // EMPTY_TUPLE
  [0x85, (machine) => machine.popTuple(1)], // TUPLE1
  [0x86, (machine) => machine.popTuple(2)], // TUPLE2
  [0x87, (machine) => machine.popTuple(3)], // TUPLE3
  [0x74, (machine) => machine.push({ kind: "tuple", items: machine.popToMark() })], // TUPLE
  [0x5d, (machine) => machine.push([])], // EMPTY_LIST
  [0x61, (machine) => append(machine, [machine.pop()])], // APPEND
  [0x65, (machine) => append(machine, machine.popToMark())], // APPENDS
  [0x7d, (machine) => machine.push({ kind: "dict", entries: new Map() })], // EMPTY_DICT
  [0x73, (machine) => setItems(machine, [machine.pop(), machine.pop()].reverse())], // SETITEM
  [0x75, (machine) => setItems(machine, machine.popToMark())], // SETITEMS

  [0x71, (machine, reader) => machine.put(reader.u8())], // BINPUT
  [0x72, (machine, reader) => machine.put(reader.u32())], // LONG_BINPUT
  [0x94, (machine) => machine.put(machine.memo.size)], // MEMOIZE
  [0x68, (machine, reader) => machine.get(reader.u8())], // BINGET
  [0x6a, (machine, reader) => machine.get(reader.u32())], // LONG_BINGET

  [0x63, (machine, reader) => machine.pushGlobal(reader.line(), reader.line())], // GLOBAL
  [0x93, stackGlobal],
  [0x52, (machine) => reduce(machine, callGlobal)], // REDUCE
  [0x81, (machine) => reduce(machine, newInstance)], // NEWOBJ
  [0x62, build],
  [0x51, (machine) => machine.push(storageOf(machine.pop()))], // BINPERSID

  [0x80, protocol],
  [0x95, (_machine, reader) => void reader.u64()], // FRAME: a hint for readers of streams
]);

function append(machine: Machine, values: readonly PickleValue[]): void {
  const list = machine.top();
  if (!Array.isArray(list)) throw new PickleArgumentError("APPEND to something other than a list");
  for (const value of values) list.push(value);
}

function setItems(machine: Machine, pairs: readonly PickleValue[]): void {
  const target = machine.top();
  for (let i = 0; i < pairs.length; i += 2) setEntry(target, pairs[i], pairs[i + 1]);
}

function stackGlobal(machine: Machine): void {
  const name = machine.pop();
  machine.pushGlobal(machine.pop(), name);
}

function reduce(
  machine: Machine,
  call: (callee: PickleValue, args: PickleValue) => PickleValue,
): void {
  const args = machine.pop();
  machine.push(call(machine.pop(), args));
}

function build(machine: Machine): void {
  const state = machine.pop();
  buildState(machine.top(), state);
}

function protocol(_machine: Machine, reader: PickleReader): void {
  const version = reader.u8();
  if (version > MAX_PROTOCOL)
    throw new PickleArgumentError(`expected protocol ${MAX_PROTOCOL} at most, got ${version}`);
}
