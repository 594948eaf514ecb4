// The pool's thread in a browser.
import { answer } from "./answer.ts";
import type { QuantRequest, QuantResponse } from "./protocol.ts";

/** `self` of a dedicated worker; TypeScript's types of it exclude those of a page. */
const scope = globalThis as unknown as {
  postMessage(message: QuantResponse, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<QuantRequest>) => void): void;
};

scope.addEventListener("message", (event) => scope.postMessage(...answer(event.data)));
