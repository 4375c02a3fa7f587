// Makes the pilot's artefacts that tools write. Usage: npm ci && npm run artefacts, or npm run artefacts -- tests
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

// The pilot's calendar stands still at 2026-11-20: its reports are of two days before, whenever they are made.
const REPORTED = "2026-11-18T09:00:00.000Z";

const vitest = (folder, name, ...more) => {
  const output = `../services/${folder}-service/reports`;
  mkdirSync(output, { recursive: true });
  const file = `${process.cwd()}/${output}/${name}`;
  const options = ["run", "--root", folder, "--reporter=junit", `--outputFile.junit=${file}`, ...more];
  run(FAILING.has(folder), "npx", "vitest", ...options);
  // The name of the machine that ran the tests is nobody's business.
  const report = stripVTControlCharacters(readFileSync(file, "utf8")).replaceAll(/ hostname="[^"]*"/g, "");
  writeFileSync(file, report.replaceAll(/ timestamp="[^"]*"/g, ` timestamp="${REPORTED}"`));
};
// The tests of this service are meant to fail, and their report is the artefact.
const FAILING = new Set(["basket"]);
const run = (mayFail, command, ...options) => {
  try {
    execFileSync(command, options, { stdio: "inherit" });
  } catch (failure) {
    if (!mayFail || failure.status !== 1) throw failure;
  }
};
// What is recorded while services talk to each other: the verification of Pact, and traces of OpenTelemetry.
const record = (folder) => {
  const output = `../services/${folder}-service`;
  mkdirSync(`${output}/pacts`, { recursive: true });
  const environment = { ...process.env, PACTS: `${output}/pacts`, TRACES: `${output}/reports/traces.json` };
  execFileSync("npx", ["vitest", "run", "--root", folder, "record/"], { stdio: "inherit", env: environment });
  const traces = readFileSync(environment.TRACES, "utf8");
  const nanoseconds = /(?<=UnixNano": ")\d+/g;
  const first = traces.match(nanoseconds).map(BigInt).reduce((least, each) => (each < least ? each : least));
  const start = BigInt(Date.parse(REPORTED)) * 1_000_000n;
  writeFileSync(environment.TRACES, traces.replaceAll(nanoseconds, (each) => String(BigInt(each) - first + start)));
};
const measure = (folder, name, ...load) =>
  execFileSync("node", ["load/measure.mjs", `../services/${folder}-service/reports/${name}`, ...load.map(String)]);

const coverage = (folder, ...filter) => {
  vitest(folder, "domain.xml", ...filter, "--coverage.enabled", "--coverage.provider=istanbul",
    "--coverage.reporter=json-summary", "--coverage.reporter=lcovonly", "--coverage.reportsDirectory=coverage",
    "--coverage.reportOnFailure", "--coverage.include=src/domain/**");
  copyFileSync(`${folder}/coverage/lcov.info`, `../services/${folder}-service/reports/lcov.info`);
  rmSync(`${folder}/coverage`, { recursive: true });
};

coverage("orders", "test/order.test.ts", "test/money.test.ts");
vitest("orders", "use-cases.xml", "use-cases");
vitest("payments", "use-cases.xml", "use-cases");
vitest("payments", "isolation.xml", "isolation");
vitest("catalogue", "use-cases.xml", "use-cases");
vitest("notifications", "use-cases.xml", "use-cases");
// An upload that broke off: what a report looks like that nobody can read any more.
const whole = readFileSync("../services/notifications-service/reports/use-cases.xml", "utf8");
writeFileSync("../services/notifications-service/reports/use-cases.xml", whole.split(/^ *<testcase/m)[0]);
for (const folder of ["ledger", "basket"]) {
  coverage(folder, "test/domain.test.ts");
  for (const name of ["use-cases", "capabilities", "events", "sync", "sync-faults", "conformance", "offline",
    "provenance", "isolation", "chaos", "api"]) vitest(folder, `${name}.xml`, `test/${name}.test.ts`);
}
if (process.argv.includes("tests")) process.exit();

record("ledger");
record("basket");

measure("orders", "k6-peak.json", "65s", 5, 60, "cold");
measure("payments", "k6-peak.json", "65s", 5, 80, "cold");
measure("payments", "k6-cold.json", 50, 5, 80, "cold");
measure("payments", "k6-warm.json", 1000, 5, 80, "warm");
measure("catalogue", "k6-peak.json", "65s", 5, 40, "cold");
measure("catalogue", "k6-cold.json", 50, 5, 40, "cold");
measure("catalogue", "k6-warm.json", 1000, 5, 40, "warm");
measure("ledger", "k6-peak.json", "65s", 5, 60, "cold");
measure("ledger", "k6-cold.json", 50, 5, 60, "cold");
measure("ledger", "k6-warm.json", 1000, 5, 60, "warm");
// So few requests that most of them find nothing cached.
measure("basket", "k6-peak.json", 60, 5, 700, "cold");
measure("basket", "k6-cold.json", 50, 5, 700, "cold");
measure("basket", "k6-warm.json", 500, 5, 700, "warm");
