import { useMemo, useRef } from "preact/hooks";
import { HeedError } from "../../core/errors.js";
import type { Engine, Look, LookOptions } from "./engine.js";

/** What a model made of a text, or why it can't read it. */
export interface TextReading {
  /** Of the text, or of the last one that could be read. */
  look: Look;
  /** Why the text can't be read. */
  refusal: string | undefined;
}

/** Runs a text through a model once, until the text, the model or the changes are others. */
export function useReading(
  engine: Engine,
  index: number,
  text: string,
  options: LookOptions = {},
): TextReading | undefined {
  const last = useRef<Look | undefined>(undefined);
  const { interventions, at } = options;
  return useMemo(() => {
    try {
      last.current = engine.look(index, text, { interventions, at });
      return { look: last.current, refusal: undefined };
    } catch (error) {
      if (!(error instanceof HeedError)) throw error;
      return last.current && { look: last.current, refusal: error.message };
    }
  }, [engine, index, text, interventions, at]);
}
