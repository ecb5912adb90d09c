import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { appendMetrics, readMetrics, trimMetrics } from "../../src/runs/metrics.js";
import { messageOf, temporaryFolder } from "./checkpoint/support.js";

const lines = [10, 20, 20, 30].map((step) => ({ step, trainLoss: 1 / step }));

function runWithLines(): { run: string; path: string } {
  const run = temporaryFolder();
  for (const line of lines) appendMetrics(run, line);
  return { run, path: join(run, "metrics.jsonl") };
}

describe("metrics.jsonl", () => {
  it("gets a line of JSON for each point", () => {
    const { run, path } = runWithLines();
    expect(readFileSync(path, "utf8").split("\n")[0]).toBe('{"step":10,"trainLoss":0.1}');
    expect(readMetrics(run)).toEqual(lines);
    expect(readMetrics(temporaryFolder())).toEqual([]);
  });

  it("loses what came after the step from which a run resumes", () => {
    const { run, path } = runWithLines();
    const before = readFileSync(path, "utf8");
    trimMetrics(run, 30);
    expect(readFileSync(path, "utf8")).toBe(before);
    trimMetrics(run, 20);
    expect(readMetrics(run)).toEqual(lines.slice(0, 3));
    trimMetrics(run, 0);
    expect(readFileSync(path, "utf8")).toBe("");
  });

  it("loses a last line that a killed process left half-written", () => {
    const { run } = runWithLines();
    appendFileSync(join(run, "metrics.jsonl"), '{"step":40,"trai');
    expect(readMetrics(run)).toEqual(lines);
    trimMetrics(run, 100);
    appendMetrics(run, { step: 40 });
    expect(readMetrics(run)).toEqual([...lines, { step: 40 }]);
  });

  it("is refused with a damaged line inside", () => {
    const run = temporaryFolder();
    const path = join(run, "metrics.jsonl");
    writeFileSync(path, '{"step":1}\n{"st\n{"step":3}\n');
    const refusal = `${path} line 2 must be a JSON object with a step: got {"st (delete the line)`;
    expect(messageOf(() => readMetrics(run))).toBe(refusal);
    expect(messageOf(() => trimMetrics(run, 9))).toBe(refusal);
    expect(readFileSync(path, "utf8")).toBe('{"step":1}\n{"st\n{"step":3}\n');
    writeFileSync(path, '{"step":"1"}\n');
    expect(messageOf(() => readMetrics(run))).toBe(
      `${path} line 1 must be a JSON object with a step: got {"step":"1"} (delete the line)`,
    );
  });
});
