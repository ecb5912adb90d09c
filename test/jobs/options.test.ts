import { expect, it } from "vitest";
import { evaluate } from "../../src/jobs/evaluate/evaluate.js";
import { generate } from "../../src/jobs/generate.js";
import { train } from "../../src/jobs/train.js";

/** As a JavaScript program may call it, without types. */
type Loose = (options: object) => Promise<unknown>;
const jobs = { train: train as Loose, generate: generate as unknown as Loose, evaluate: evaluate as unknown as Loose };

const refused = (job: keyof typeof jobs, options: object) =>
  jobs[job](options).then(
    () => "it ran",
    (error: Error) => `${error.name}: ${error.message}`,
  );

const asked = { data: "my.txt", out: "models/mine" };

it.each<[keyof typeof jobs, object, string]>([
  ["train", { ...asked, step: 4 }, 'train: there is no option "step" (did you mean "training.steps"?)'],
  ["train", { ...asked, model: { heads: 2 } }, 'model: there is no option "heads" (did you mean "numHeads"?)'],
  ["train", { ...asked, training: { lr: 1 } }, 'training: there is no option "lr" (did you mean "learningRate"?)'],
  ["train", { data: "my.txt" }, "out must name a run folder, such as models/mine: got none"],
  ["train", { out: "models/mine" }, "data must name at least one text file: got none"],
  ["train", { ...asked, data: 3 }, "data must be paths of text files, or texts as { text }: got 3"],
  ["train", { ...asked, resume: "yes" }, 'resume must be true or false: got "yes"'],
  [
    "generate",
    { checkpoint: "x", temprature: 3 },
    'generate: there is no option "temprature" (did you mean "temperature"?)',
  ],
  ["generate", { checkpoint: "x", temperature: "hot" }, 'temperature must be a number from 0 to 100: got "hot"'],
  ["generate", {}, "checkpoint must name a run or a checkpoint: got none"],
  [
    "evaluate",
    { checkpoint: "x", data: "y", strid: 3 },
    'evaluate: there is no option "strid" (did you mean "stride"?)',
  ],
  ["evaluate", { data: "y" }, "checkpoint must name a run or a checkpoint: got none"],
  ["evaluate", { checkpoint: "x" }, "data must name a text file: got none"],
])("%s(%j) is refused before anything is read", async (job, options, message) => {
  expect(await refused(job, options)).toBe(`ConfigError: ${message}`);
});

it("a single file may be given as a text: it is looked for, not its letters", async () => {
  expect(await refused("train", { ...asked, data: "gone.txt" })).toBe(
    'DataError: data file must exist: got "gone.txt" (check the path)',
  );
});
