import { expect, it } from "vitest";
import { megabytes, stderrReporter } from "../../../src/backends/setup/reporter.js";

function written(isTTY: boolean, use: (report: ReturnType<typeof stderrReporter>) => void): string {
  let text = "";
  const stream = { isTTY, write: (more: string) => (text += more) };
  use(stderrReporter(stream as unknown as NodeJS.WriteStream));
  return text;
}

it("rounds bytes to megabytes", () => {
  expect(megabytes(273_829_956)).toBe("274 MB");
});

it("prints a line a quarter where there is no terminal, and never beyond the whole", () => {
  const text = written(false, (report) => {
    report.note("downloading it, 100 MB");
    for (const share of [1, 20, 26, 30, 55, 99, 100, 120, 130]) report.progress("it", share * 1e6, 100e6);
    report.note("done");
  });
  expect(text).toBe(
    "downloading it, 100 MB\n" +
      "  it [========                      ] 26 MB of 100 MB\n" +
      "  it [=================             ] 55 MB of 100 MB\n" +
      "  it [==============================] 99 MB of 100 MB\n" +
      "  it [==============================] 100 MB of 100 MB\n" +
      "done\n",
  );
});

it("says how much there is so far where the whole is not known", () => {
  const text = written(false, (report) => {
    for (const megabyte of [1, 24, 26, 49, 51]) report.progress("library", megabyte * 1e6, 0);
  });
  expect(text).toBe("  library 26 MB so far\n  library 51 MB so far\n");
});

it("changes one line on a terminal, and ends it before the next note", () => {
  const text = written(true, (report) => {
    report.progress("it", 50e6, 100e6);
    report.progress("it", 100e6, 100e6);
    report.note("done");
  });
  expect(text).toBe(
    "\r  it [===============               ] 50 MB of 100 MB" +
      "\r  it [==============================] 100 MB of 100 MB\n" +
      "done\n",
  );
});
