// k6 is one program that this example does without: this sends requests to a server of its own on the loopback
// interface, so many of them or for so many seconds (`65s`), and writes what it measured in the shape of k6's
// handleSummary.
// The server takes WORK_MS for the first answer about an item and has it cached from then on; `warm` fills the
// cache before anything is measured.
// Usage: node load/measure.mjs OUTPUT REQUESTS|SECONDS CONCURRENCY WORK_MS cold|warm
import { createServer, Agent, get } from "node:http";
import { writeFileSync } from "node:fs";

const ITEMS = 50;
const CACHED_MS = 4;
const [output, amount, concurrency, workMs, start] = process.argv.slice(2);
const cache = new Set();
const server = createServer((request, response) => {
  const answersIn = cache.has(request.url) ? CACHED_MS : Number(workMs);
  cache.add(request.url);
  setTimeout(() => response.end("ok"), answersIn);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const agent = new Agent({ keepAlive: true, maxSockets: Number(concurrency) });
const url = `http://127.0.0.1:${server.address().port}/items/`;

let durations = [];
let failed = 0;
const ask = (number) =>
  new Promise((resolve) => {
    const sent = performance.now();
    get(`${url}${number % ITEMS}`, { agent }, (response) => {
      response.resume();
      response.on("end", () => {
        durations.push(performance.now() - sent);
        failed += response.statusCode === 200 ? 0 : 1;
        resolve();
      });
    });
  });

if (start === "warm") {
  for (let item = 0; item < ITEMS; item += 1) await ask(item);
  durations = [];
  failed = 0;
}
const started = performance.now();
let number = 0;
const isOver = () =>
  amount.endsWith("s") ? performance.now() - started >= 1000 * parseFloat(amount) : number >= Number(amount);
await Promise.all(
  Array.from({ length: Number(concurrency) }, async () => {
    while (!isOver()) await ask((number += 1));
  }),
);
const elapsed = performance.now() - started;
server.close();
agent.destroy();

durations.sort((a, b) => a - b);
const at = (p) => durations[Math.min(durations.length - 1, Math.ceil((p / 100) * durations.length) - 1)];
const mean = durations.reduce((sum, duration) => sum + duration, 0) / durations.length;
const values = {
  avg: mean, min: durations[0], med: at(50), max: durations.at(-1), "p(90)": at(90), "p(95)": at(95), "p(99)": at(99),
};
const total = durations.length;
const summary = {
  metrics: {
    http_req_duration: {
      type: "trend", contains: "time", values,
      thresholds: { "p(95)<250": { ok: values["p(95)"] < 250 }, "p(99)<600": { ok: values["p(99)"] < 600 } },
    },
    http_req_failed: {
      type: "rate", contains: "default",
      values: { rate: failed / total, passes: failed, fails: total - failed },
    },
    http_reqs: { type: "counter", contains: "default", values: { count: total, rate: total / (elapsed / 1000) } },
  },
  state: { testRunDurationMs: elapsed, isStdOutTTY: false, isStdErrTTY: false },
  options: { summaryTrendStats: ["avg", "min", "med", "max", "p(90)", "p(95)", "p(99)"] },
  root_group: { name: "", path: "", id: "", groups: [], checks: [] },
};
writeFileSync(output, JSON.stringify(summary, null, 2) + "\n");
