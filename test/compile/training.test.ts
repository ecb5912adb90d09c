import { describe } from "vitest";
import { slow } from "../support/slow.js";
import { options, testGradients, testTraining } from "./agreement.js";
import { hasGraphs } from "./support.js";

describe.skipIf(!hasGraphs)("the compiled training step and the eager one", () => {
  // CI runs all; the last two are the kinds of step, whole and accumulated.
  for (const name of slow ? Object.keys(options) : Object.keys(options).slice(-2)) {
    testTraining(name);
    testGradients(name);
  }
});
