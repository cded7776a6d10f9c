// SPDX-License-Identifier: MIT
// Holds a running agent to its contract: TOKEN=... node check.mjs PORT CLI SOURCE...
// Every path, method and status that /openapi.json lists is asked for, and every answer compared with it. CLI prints the
// same documents of each SOURCE, which a single host cannot all show.
import { execFileSync } from "node:child_process";
import { ask, drained, hold, request } from "./http.mjs";
import { Contract, mutants } from "./contract.mjs";

const [port, cli, ...sources] = process.argv.slice(2);
const failures = [];
const seen = new Set();

function fail(what, complaints) {
  for (const complaint of complaints) failures.push(`${what}: ${complaint}`);
}

const get = async (path) => (await ask(port, request("GET", path))).body;
const document = JSON.parse(await get("/openapi.json"));
const contract = await Contract.of(document);
const fingerprint = (await get("/v1/fingerprint")).trim();

/** Send bytes, and expect one answer of that status, as the contract has it for this operation. */
async function expect(path, method, status, bytes, options = {}) {
  const what = `${method.toUpperCase()} ${path} ${status}${options.note ? ` (${options.note})` : ""}`;
  const responses = path ? document.paths[path][method].responses : document.components.responses;
  const head = options.head ?? method === "head";
  try {
    const answer = await ask(port, bytes, { head });
    if (answer.status !== status) fail(what, [`got ${answer.status}: ${answer.body.slice(0, 200)}`]);
    fail(what, contract.check(responses, answer, { head }));
    if (path) seen.add(`${path} ${method} ${answer.status}`);
    return answer;
  } catch (error) {
    fail(what, [error.message]);
    return null;
  }
}

const long = "a".repeat(40000);
const mebibyte = " ".repeat(1 << 20);

/** What makes an operation answer with a status: bytes, made of a good request's method, target and body. */
const requests = {
  400: (method, target, body) => [
    ["a parameter that is not there", request(method, `${target}${target.includes("?") ? "&" : "?"}nobody=1`, {}, body)],
    ["two Hosts", request(method, target, { Host: ["a", "b"] }, body)],
    ["no Host", request(method, target, { Host: [] }, body)],
    ["an odd header", request(method, target, { "Ho st": "x" }, body)],
    ["an odd request line", request(method, `${target} x`, {}, body)],
    ["HTTP/1.9", request(method, target).replace("HTTP/1.1", "HTTP/1.9")],
  ],
  401: (method, target, body) => [
    ["no credential", request(method, target, { Authorization: [] }, body)],
    ["another token", request(method, target, { Authorization: "Bearer x" }, body)],
    ["a password", request(method, target, { Authorization: "Basic eDp5" }, body)],
  ],
  412: (method, target) => [["If-Match", request(method, target, { "If-Match": '"x"' })]],
  413: (method, target) => [
    ["1 MiB and 1 byte", request(method, target, {}, `${mebibyte} `)],
    ["a length of 100 MB", request(method, target, { "Content-Length": 1e8, Expect: "100-continue" })],
  ],
  414: (method, target) => [["40 KB", request(method, `${target}${target.includes("?") ? "&" : "?"}${long}`)]],
  431: (method, target) => [["40 KB", request(method, target, { X: long })]],
};

/** Statuses that nothing here brings about, and why not. */
const unseen = {
  500: "memory would have to run out; tests/unit/test_allocations.c",
  408: "it takes 10 seconds; tests/e2e/abuse.sh",
  404: "this agent's report holds leaves, and its peers are few; tests/unit/test_serve.c and test_render_fleet.c have others",
};

async function askOperation(path, method, operation) {
  const target = path === "/v1/compare" && method !== "post" ? `${path}?with=${fingerprint}` : path;
  const body = method === "post" ? fingerprint : "";
  const name = method.toUpperCase();
  const answer = await expect(path, method, 200, request(name, target, {}, body));

  for (const type of Object.keys(operation.responses[200].content ?? {})) {
    const typed = await expect(path, method, 200, request(name, target, { Accept: type }, body), { note: type });
    if (Object.keys(operation.responses[200].content).length > 1 && typed?.headers["content-type"] !== type)
      fail(`${name} ${path}`, [`${typed?.headers["content-type"]} for Accept: ${type}`]);
  }
  if (operation.responses[304])
    await expect(path, method, 304, request(name, target, { "If-None-Match": answer?.headers.etag ?? '"x"' }));
  for (const parameter of operation.parameters ?? [])
    for (const value of parameter.schema.enum ?? [])
      await expect(path, method, 200, request(name, `${target}${target.includes("?") ? "&" : "?"}${parameter.name}=${value}`, {}, body), { note: value });
  for (const [status, make] of Object.entries(requests))
    if (operation.responses[status])
      for (const [note, bytes] of make(name, target, body))
        await expect(path, method, Number(status), bytes, { note });
  // Documented with every operation, though it is the other methods that get it.
  await expect(path, method, 405, request("PUT", target), { head: false, note: "PUT" });
}

/** 32 MiB of bodies may be on their way at once. */
async function crowd(path) {
  const held = [];
  for (let i = 0; i < 33; i++)
    held.push(await hold(port, request("POST", path, { "Content-Length": 1 << 20 }) + mebibyte.slice(1)));
  await drained(port);
  await expect(path, "post", 503, request("POST", path, {}, mebibyte));
  for (const socket of held) socket.destroy();
}

/** Whether the schema sees a member that is missing or has another name, but for those that may be missing. */
function checkTeeth(name, value, free) {
  let count = 0;
  for (const [path, mutant] of mutants(value)) {
    count++;
    if (!free.test(path) && contract.complaints(name, mutant).length === 0) fail(name, [`nobody minds ${path}`]);
  }
  return count;
}

function print(...words) {
  try {
    return execFileSync(cli, [...words, "--format", "json"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 26 });
  } catch (error) {
    // The verdict is the exit code of a comparison.
    return [10, 20, 30].includes(error.status) ? error.stdout : null;
  }
}

function checkSources() {
  let count = 0;
  sources.forEach((source, i) => {
    const other = sources[(i + 1) % sources.length];
    const policies = document.components.schemas.comparison.properties.policy.enum;
    for (const [name, ...words] of [
      ["report", "probe", "--from", source],
      ["comparison", "compare", source, other, "--policy", policies[i % policies.length]],
      ["ready", "ready", source, other, "--policy", policies[i % policies.length]],
    ]) {
      const text = print(...words);
      if (text === null) continue;
      count++;
      fail(`${words.join(" ")}`, contract.complaints(name, JSON.parse(text)));
    }
  });
  return count;
}

/** The peers, once each was asked: one that answers, and one that does not. */
async function peers() {
  for (let tries = 0; tries < 100; tries++) {
    const document = JSON.parse(await get("/v1/peers"));
    if (document.peers.length > 1 && document.peers.every((peer) => peer.checked_at)) return document;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the peers are not asked");
}

const asked = await peers();
if (asked.peers[0].up !== true || asked.peers[1].up !== false) fail("/v1/peers", [JSON.stringify(asked.peers)]);
for (const [path, operations] of Object.entries(document.paths))
  for (const [method, operation] of Object.entries(operations)) await askOperation(path, method, operation);
await crowd("/v1/compare");
await expect(null, "get", 401, request("GET", "/nothing", { Authorization: [] }));
await expect(null, "get", 404, request("GET", "/nothing"));
await expect(null, "post", 404, request("POST", "/nothing", {}, "x"));

const listed = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).flatMap(([method, { responses }]) => Object.keys(responses).map((status) => [path, method, status])),
);
for (const [path, method, status] of listed) {
  const key = `${path} ${method} ${status}`;
  if (seen.has(key) && unseen[status]) fail(key, ["was seen after all; take it off the list"]);
  if (!seen.has(key) && !unseen[status]) fail(key, ["is in the contract and was never seen"]);
}

// What may be missing, and objects whose keys are data, are left alone; of a table those of its report.
const table = JSON.parse(await get("/v1/ready"));
if (table.facts[0].site === null) fail("/v1/ready", ["it does not know this machine's site"]);
const teeth =
  checkTeeth("report", JSON.parse(await get("/v1/report")), /^\.msrs$|\.partial$|^\.probes\.|^\.modules\.\w+\./) +
  checkTeeth("ready", table, /\.not_asked_by$|\.partial$|^\.facts\[\]\.report\.(msrs$|probes\.|modules\.\w+\.)/) +
  checkTeeth("peers", asked, /\.partial$/) +
  checkTeeth("comparison", JSON.parse(print("compare", sources[0], sources[1])), /\.sure$/);
const printed = checkSources();
if (printed < 2) fail("sources", ["none could be printed"]);

for (const failure of failures.slice(0, 60)) console.error(`FAIL: ${failure}`);
if (failures.length > 60) console.error(`and ${failures.length - 60} more`);
console.log(`${listed.length} answers in the contract, ${seen.size} seen; ${teeth} mutants; ${printed} documents of ${sources.length} sources`);
for (const [status, reason] of Object.entries(unseen)) console.log(`not seen: ${status}: ${reason}`);
process.exit(failures.length ? 1 : 0);
