import type { Engine, Look } from "./engine.js";

const looks = new WeakMap<Engine, Map<string, Look>>();

/** What a model makes of one of the page's own texts; it reads each once. */
export function exampleLook(engine: Engine, model: number, text: string): Look {
  const known = looks.get(engine) ?? new Map<string, Look>();
  looks.set(engine, known);
  const key = `${model} ${text}`;
  const look = known.get(key) ?? engine.look(model, text);
  known.set(key, look);
  return look;
}
