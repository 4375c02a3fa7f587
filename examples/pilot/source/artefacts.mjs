// Makes the pilot's machine-written artefacts. Usage: npm ci && npm run artefacts
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

// The pilot's calendar stands still at 2026-11-20: its reports are of two days before, whenever they are made.
const REPORTED = "2026-11-18T09:00:00.000Z";

const vitest = (folder, name, ...more) => {
  const output = `../services/${folder}-service/reports`;
  mkdirSync(output, { recursive: true });
  const file = `${process.cwd()}/${output}/${name}`;
  const options = ["run", "--root", folder, "--reporter=junit", `--outputFile.junit=${file}`, ...more];
  execFileSync("npx", ["vitest", ...options], { stdio: "inherit" });
  // The name of the machine that ran the tests is nobody's business.
  const report = readFileSync(file, "utf8").replaceAll(/ hostname="[^"]*"/g, "");
  writeFileSync(file, report.replaceAll(/ timestamp="[^"]*"/g, ` timestamp="${REPORTED}"`));
};
const measure = (folder, name, ...load) =>
  execFileSync("node", ["load/measure.mjs", `../services/${folder}-service/reports/${name}`, ...load.map(String)]);

vitest("orders", "domain.xml", "--coverage.enabled", "--coverage.provider=istanbul", "--coverage.reporter=json-summary",
  "--coverage.reporter=lcovonly", "--coverage.reportsDirectory=coverage", "--coverage.include=src/domain/**");
copyFileSync("orders/coverage/lcov.info", "../services/orders-service/reports/lcov.info");
rmSync("orders/coverage", { recursive: true });
vitest("payments", "use-cases.xml", "use-cases");
vitest("payments", "isolation.xml", "isolation");
vitest("catalogue", "use-cases.xml", "use-cases");
vitest("notifications", "use-cases.xml", "use-cases");

measure("orders", "k6-peak.json", 2000, 10, 60, "cold");
measure("payments", "k6-peak.json", 4000, 10, 80, "cold");
measure("payments", "k6-cold.json", 50, 5, 80, "cold");
measure("payments", "k6-warm.json", 1000, 5, 80, "warm");
measure("catalogue", "k6-peak.json", 4000, 10, 40, "cold");
measure("catalogue", "k6-cold.json", 50, 5, 40, "cold");
measure("catalogue", "k6-warm.json", 1000, 5, 40, "warm");

// An upload that broke off: what a report looks like that nobody can read any more.
const whole = readFileSync("../services/notifications-service/reports/use-cases.xml", "utf8");
writeFileSync("../services/notifications-service/reports/use-cases.xml", whole.slice(0, whole.length / 2));
