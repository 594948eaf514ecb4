import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { invalidRequest } from "../errors/api-error.ts";

/** What a connection is answering. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const REFUSALS: Readonly<Record<string, readonly [status: string, code: string]>> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "headers_too_large"],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "request_incomplete"],
};

/** Time in which a client that was refused may read why. */
const LAST_WORDS_MS = 1000;

/**
 * Answers what is no HTTP, comes too slowly, or expects what nobody knows, as all errors are answered, and closes the
 * connection. Where an answer to something before is on its way there is no place for another one: the connection just closes.
 */
export function refuseGarbage(http: Server): void {
  const latest = new WeakMap<Socket, Exchange>();
  http.on("request", (request, response) => latest.set(request.socket, { request, response }));
  http.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const isAnswering = isOnItsWay(latest.get(socket as Socket));
    if (error.code === "ECONNRESET" || !socket.writable || isAnswering || isUnused(error, socket))
      return void socket.destroy();
    const [status, code] = REFUSALS[error.code ?? ""] ?? ["400 Bad Request", "invalid_http"];
    socket.end(textOf(status, bodyOf(code)));
    setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref();
  });
  http.on("checkExpectation", (_request, response: ServerResponse) => {
    response.writeHead(417, { "content-type": "application/json", connection: "close" });
    response.end(bodyOf("unknown_expectation"));
  });
}

/**
 * Whether nothing ever came: clients keep connections ready that they have not used. A refusal would be taken for the answer to a
 * request that sets out at this moment.
 */
function isUnused({ code }: NodeJS.ErrnoException, socket: Duplex): boolean {
  return code === "ERR_HTTP_REQUEST_TIMEOUT" && (socket as Socket).bytesRead === 0;
}

/** Whether an answer has begun, or belongs to a request that came whole: the garbage is behind it. */
function isOnItsWay(exchange: Exchange | undefined): boolean {
  if (!exchange || exchange.response.writableFinished) return false;
  return exchange.response.headersSent || exchange.request.complete;
}

function bodyOf(code: string): string {
  const error = invalidRequest(`expected an HTTP request, got another one (${code})`, { code });
  return JSON.stringify(error.toBody());
}

function textOf(status: string, body: string): string {
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`;
}
