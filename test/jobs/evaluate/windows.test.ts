import fc from "fast-check";
import { expect, it } from "vitest";
import { windowsOf } from "../../../src/jobs/evaluate/windows.js";

it("makes windows as worked by hand", () => {
  expect(windowsOf(10, { length: 4, stride: 2 })).toEqual([
    { start: 0, fresh: 4 },
    { start: 2, fresh: 2 },
    { start: 4, fresh: 2 },
    { start: 6, fresh: 2 },
  ]);
  expect(windowsOf(9, { length: 4, stride: 4 })).toEqual([
    { start: 0, fresh: 4 },
    { start: 4, fresh: 4 },
    { start: 5, fresh: 1 },
  ]);
  expect(windowsOf(4, { length: 4, stride: 1 })).toEqual([{ start: 0, fresh: 4 }]);
});

it("makes each prediction once, from enough tokens before", () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(40), fc.integer({ min: 1, max: 12 }));
  fc.assert(
    fc.property(sizes, ([length, more, stride]) => {
      fc.pre(stride <= length);
      const count = length + more;
      const made: number[] = [];
      for (const { start, fresh } of windowsOf(count, { length, stride })) {
        expect(start).toBeGreaterThanOrEqual(0);
        for (let t = length - fresh; t < length; t++) {
          made.push(start + t); // predicted from start to start + t
          if (start > 0) expect(t + 1).toBeGreaterThanOrEqual(length - stride + 1);
        }
      }
      expect(made).toEqual(Array.from({ length: count }, (_, i) => i));
    }),
  );
});
