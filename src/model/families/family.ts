import type { ModelConfig } from "../../config/model.js";
import type { Refusal } from "../../core/errors.js";
import type { JsonObject } from "../../core/strictJson.js";
import type { VariableValues } from "../variables.js";

/** Tensor shapes by name. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** The values of a field that a family can express: all, these, or those that pass a test. */
export type Expressible<Value> =
  | "any"
  | readonly Value[]
  | { rule: string; holds(value: Value, config: ModelConfig): boolean };

/**
 * A kind of model that other programs know by its `model_type`: how config.json and the weights are written and read.
 * Names and settings of other programs stand in families alone.
 */
export interface Family {
  /** Hugging Face's `model_type`. */
  readonly name: string;
  /** What it can express, field by field. A value that is not listed is refused, so a new option is until it is added. */
  readonly expresses: "everything" | { readonly [Field in keyof ModelConfig]: Expressible<ModelConfig[Field]> };
  /** The fields of config.json that say what `config` says; the model must be one that the family expresses. */
  configJson(config: ModelConfig): JsonObject;
  /** `json` with every field that decides what the model computes, where it is silent with what that means. */
  complete(json: JsonObject): JsonObject;
  /** Fields of config.json that only training heeds: they may disagree with heed's own. */
  readonly trainingFields: readonly string[];
  /**
   * The model of a complete config.json, not checked yet, and what the user should know about it.
   *
   * @throws CheckpointError naming `where` and a field that heed can't represent.
   */
  readConfig(json: JsonObject, where: string): { config: ModelConfig; notes: string[] };
  /** The tensors that a file of the family holds. */
  fileShapes(config: ModelConfig): Shapes;
  /** heed's weights as the tensors of {@link fileShapes}. */
  toFile(weights: VariableValues, config: ModelConfig): VariableValues;
  /**
   * heed's weights from the tensors of {@link fileShapes}.
   *
   * @throws CheckpointError naming `where` and a tensor that holds what the model can't have.
   */
  fromFile(tensors: VariableValues, config: ModelConfig, where: string): VariableValues;
  /** The usual name of a tensor that a file may have under another. */
  usualName(name: string): string;
  /** Whether a tensor (under its usual name) that {@link fileShapes} lacks may be passed over. */
  ignores(name: string, config: ModelConfig): boolean;
}

/** Why `family` can't express `config`: the first field with a value that it does not list; undefined if it can. */
export function cannotExpress(family: Family, config: ModelConfig): Refusal | undefined {
  const { expresses } = family;
  if (expresses === "everything") return undefined;
  for (const [field, value] of Object.entries(config)) {
    const can = (expresses as Record<string, Expressible<unknown> | undefined>)[field];
    if (can === "any" || (can && (isList(can) ? can.includes(value) : can.holds(value, config)))) continue;
    const rule = !can ? "be left out" : isList(can) ? `be one of ${can.join(", ")}` : can.rule;
    return {
      field,
      rule: `${rule}, to be expressed as a model of the family ${family.name}`,
      value,
      remedy: "the family heed expresses every model",
    };
  }
  return undefined;
}

function isList(can: readonly unknown[] | object): can is readonly unknown[] {
  return Array.isArray(can);
}
