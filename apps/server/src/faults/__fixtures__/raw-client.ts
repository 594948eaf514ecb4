import { connect, type Socket } from "node:net";
import { expect } from "vitest";

/** Longest that a connection may stay open: what takes longer hangs. */
const HANG_MS = 60_000;

/** What came over a connection until it was closed. */
export interface RawAnswer {
  readonly text: string;
  readonly statuses: readonly number[];
}

/** Opens a connection; what goes wrong with it shows in its end. */
export function open(url: string): Socket {
  const { hostname, port } = new URL(url);
  return connect(Number(port), hostname).on("error", () => {});
}

/**
 * Sends bytes as they are, and reads until the server closes the connection.
 *
 * @throws {Error} if it does not.
 */
export function sendRaw(url: string, bytes: string | Uint8Array): Promise<RawAnswer> {
  const socket = open(url);
  socket.write(bytes);
  return readToEnd(socket);
}

/** Reads until the server closes a connection. @throws {Error} if it does not. */
export function readToEnd(socket: Socket, limitMs = HANG_MS): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let text = "";
    const hang = setTimeout(() => {
      socket.destroy();
      reject(new Error(`connection: expected its end within ${limitMs} ms, got ${text || "nothing"}`));
    }, limitMs);
    socket.resume(); // it may have been paused
    socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    socket.on("close", () => {
      clearTimeout(hang);
      const found = text.matchAll(/HTTP\/1\.1 (\d{3}) /g);
      resolve({ text, statuses: [...found].map(([, status]) => Number(status)) });
    });
  });
}

/** The text of a request of which the server closes the connection. */
export function rawRequest(
  line: string,
  headers: readonly string[] = [],
  body: string = "",
): string {
  const all = ["host: localhost", "connection: close", ...headers];
  return [`${line} HTTP/1.1`, ...all, "", body].join("\r\n");
}

/** A JSON body in the form of OpenAI's errors. */
export function expectErrorBody(text: string): void {
  const { error } = JSON.parse(text) as { readonly error: unknown };
  expect(error).toEqual({
    message: expect.stringMatching(/\S/),
    type: expect.stringMatching(/_error$/),
    param: expect.toSatisfy(isStringOrNull),
    code: expect.toSatisfy(isStringOrNull),
  });
}

function isStringOrNull(value: unknown): boolean {
  return value === null || typeof value === "string";
}
