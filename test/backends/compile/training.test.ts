import { describe } from "vitest";
import { options, testGradients, testTraining } from "./agreement.js";
import { hasGraphs } from "./support.js";

describe.skipIf(!hasGraphs)("the compiled training step and the eager one", () => {
  for (const name of Object.keys(options)) {
    testTraining(name);
    testGradients(name);
  }
});
