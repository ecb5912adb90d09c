import { describe } from "vitest";
import { slow } from "../support/slow.js";
import { options, testGradients, testTraining } from "./agreement.js";
import { hasGraphs } from "./support.js";

describe.skipIf(!hasGraphs)("the compiled training step agrees with the eager one", () => {
  // CI runs all of them. The last two cover both kinds of step, whole and accumulated.
  for (const name of slow ? Object.keys(options) : Object.keys(options).slice(-2)) {
    testTraining(name);
    testGradients(name);
  }
});
