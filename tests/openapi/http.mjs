// SPDX-License-Identifier: MIT
// Requests byte by byte, and answers as they came: what an HTTP client would mend or refuse is what is tested here.
import fs from "node:fs";
import net from "node:net";

/** What every request shows, unless it says otherwise. */
export const credential = { Authorization: `Bearer ${process.env.TOKEN}` };

/** The text of a request that asks for the connection to be closed after it. */
export function request(method, target, headers = {}, body = "") {
  const all = { Host: "contract", Connection: "close", ...credential, ...headers };
  if (body) all["Content-Length"] ??= Buffer.byteLength(body);
  const lines = Object.entries(all).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`));
  return `${method} ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** A connection that has sent `bytes` and hears nothing. */
export function hold(port, bytes) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(bytes, () => resolve(socket)));
    socket.on("error", reject);
  });
}

/** Wait until whoever listens on `port` has read all that was sent: nothing lies in the kernel's queues (proc(5)). */
export async function drained(port) {
  const hex = Number(port).toString(16).toUpperCase().padStart(4, "0");
  const waiting = () =>
    fs.readFileSync("/proc/net/tcp", "ascii").split("\n").some((line) => line.includes(`:${hex} `) && !line.includes(" 00000000:00000000 "));
  for (let tries = 0; tries < 100 && waiting(); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Send `bytes`; everything that comes back until the other side closes. */
function exchange(port, bytes, seconds) {
  return new Promise((resolve, reject) => {
    const pieces = [];
    const socket = net.connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setTimeout(seconds * 1000, () => socket.destroy(new Error(`no end within ${seconds} s`)));
    socket.on("data", (piece) => pieces.push(piece));
    socket.on("error", (error) => (pieces.length ? resolve(Buffer.concat(pieces)) : reject(error)));
    socket.on("close", () => resolve(Buffer.concat(pieces)));
  });
}

/** One request and its one answer: status, headers by lower-case name, body. Throws where that is no HTTP. */
export async function ask(port, bytes, { head = false, seconds = 20 } = {}) {
  const answer = await exchange(port, bytes, seconds);
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) throw new Error(`no HTTP answer: ${JSON.stringify(answer.toString("latin1").slice(0, 80))}`);
  const [first, ...lines] = answer.toString("latin1", 0, end).split("\r\n");
  const line = /^HTTP\/1\.1 (\d{3}) [ -~]+$/.exec(first);
  if (!line) throw new Error(`no status line: ${first}`);
  if (line[1] === "100") return parseRest(answer.subarray(end + 4), head);
  return parse(Number(line[1]), lines, answer.subarray(end + 4), head);
}

function parseRest(rest, head) {
  const end = rest.indexOf("\r\n\r\n");
  const [first, ...lines] = rest.toString("latin1", 0, end).split("\r\n");
  return parse(Number(first.split(" ")[1]), lines, rest.subarray(end + 4), head);
}

function parse(status, lines, body, head) {
  const headers = {};
  for (const line of lines) {
    const pair = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): *(.*)$/.exec(line);
    if (!pair) throw new Error(`no header: ${line}`);
    const name = pair[1].toLowerCase();
    if (name in headers) throw new Error(`header twice: ${line}`);
    headers[name] = pair[2];
  }
  const length = Number(headers["content-length"]);
  const expected = head || status === 304 || status === 204 ? 0 : length;
  if (!headers.date) throw new Error("no Date");
  if (body.length !== expected) throw new Error(`a body of ${body.length} bytes instead of ${expected}`);
  return { status, headers, body: body.toString("utf8") };
}
