/** A training step, the loop around it, and the optimizers. */
export { Optimizer } from "../optimizers/optimizer.js";
export { learningRateAt } from "./schedule.js";
export { type StepOptions, type StepResult, TrainingStep } from "./step.js";
export { type Progress, Trainer, type TrainerOptions, type TrainerState } from "./trainer.js";
