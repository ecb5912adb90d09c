import type { Instrument } from "../instrument.js";

/** Chooses a layer and one of its heads. */
export function HeadPicker({ instrument: { model, chosen, choose } }: { instrument: Instrument }) {
  const { numLayers, numHeads } = model.config;
  const head = typeof chosen.head === "number" ? chosen.head : 0;
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => <option value={i}>{i}</option>);
  return (
    <p class="head-picker">
      <label>
        Layer{" "}
        <select
          value={chosen.layer}
          onChange={(event) => {
            const layer = Number(event.currentTarget.value);
            choose((before) => ({ ...before, layer }));
          }}
        >
          {numbers(numLayers)}
        </select>
      </label>{" "}
      <label>
        head{" "}
        <select
          value={head}
          onChange={(event) => {
            const to = Number(event.currentTarget.value);
            choose((before) => ({ ...before, head: to }));
          }}
        >
          {numbers(numHeads)}
        </select>
      </label>
    </p>
  );
}
