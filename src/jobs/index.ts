/** Whole jobs: options in, a result out, nothing printed. */
export { type DescribeOptions, describeModel } from "./describeModel.js";
export { type EvaluateOptions, type Evaluation, evaluate } from "./evaluate/evaluate.js";
export { type GeneratedText, type GenerateFromOptions, type Generation, generate } from "./generate.js";
export {
  type AblatedReading,
  type AttentionMatrix,
  type AttentionRow,
  type InspectedAttention,
  type Inspection,
  type InspectOptions,
  inspect,
  type LensAnswer,
  type WordComparison,
} from "./inspect.js";
export { type HeadInspection, type InspectedHead, type InspectHeadsOptions, inspectHeads } from "./inspectHeads.js";
export { type InspectSensesOptions, inspectSenses, type SenseInspection } from "./inspectSenses.js";
export type { ModelSummary } from "./modelSummary.js";
export { type OpenModel, openModel } from "./openModel.js";
export { planTraining } from "./planTraining.js";
export { openTexts } from "./prepareRun.js";
export { type StepTiming, secondsOfTraining, timeSteps } from "./timeSteps.js";
export { type TrainListeners, type TrainResult, train } from "./train.js";
export { trainCommand } from "./trainCommand.js";
export { checkTogether, checkTrainOptions, type TrainInput, type TrainOptions } from "./trainOptions.js";
