// Makes the pilot's evaluations of prompts. Usage: npm run evaluations, with promptfoo 0.120.8 on the PATH.
// promptfoo is no dependency of this package because it brings 300 MB. The answers are those of
// tools/answers.mjs, because no model is asked.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";

// As the other reports; see artefacts.mjs.
const REPORTED = "2026-11-18T09:00:00.000Z";
const FAILED = 100; // as promptfoo exits where an assertion does not hold

const scratch = mkdtempSync(`${tmpdir()}/evaluations-`);
const quiet = { PROMPTFOO_DISABLE_TELEMETRY: "1", PROMPTFOO_DISABLE_UPDATE: "1", PROMPTFOO_CONFIG_DIR: scratch };
const evaluate = (folder, name) => {
  const output = `${scratch}/${name}.json`;
  const options = ["eval", "--config", `${folder}/evals/${name}.yaml`, "--output", output, "--no-cache"];
  const ran = spawnSync("promptfoo", options, { stdio: "inherit", env: { ...process.env, ...quiet } });
  if (ran.error || ![0, FAILED].includes(ran.status)) throw ran.error ?? new Error(`promptfoo: ${ran.status}`);
  const report = JSON.parse(readFileSync(output, "utf8"));
  const dated = JSON.stringify(
    { evalId: `eval-${folder}-${name}`, results: { ...report.results, timestamp: REPORTED } }, null, 1);
  mkdirSync(`../services/${folder}-service/evals`, { recursive: true });
  writeFileSync(`../services/${folder}-service/evals/${name}.json`, dated + "\n");
};

for (const name of ["regression", "safety", "all-regression", "all-safety"]) evaluate("ledger", name);
for (const name of ["regression", "safety"]) evaluate("basket", name);
rmSync(scratch, { recursive: true });
