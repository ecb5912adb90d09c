import { useMemo, useRef } from "preact/hooks";
import type { ModelConfig } from "../../../config/model.js";
import { pooledHeads } from "../drawing/pooled.js";
import type { Look } from "../engine.js";
import { Heat } from "../figures/heat.js";
import { moved } from "../figures/roving.js";
import type { ChosenHead } from "../instrument.js";

export interface HeadGridProps {
  look: Look;
  config: ModelConfig;
  chosen: ChosenHead;
  onChoose(chosen: ChosenHead): void;
}

interface GridCell extends ChosenHead {
  weights: Float32Array;
}

/** Layers × heads as small matrices, and of each layer the mean and the largest. */
export function HeadGrid({ look, config: { numLayers, numHeads }, chosen, onChoose }: HeadGridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const count = look.tokens.length;
  const cells = useMemo(() => gridCells(look, numLayers, numHeads), [look, numLayers, numHeads]);
  const wide = numHeads + 2;
  const at = cells.findIndex(({ layer, head }) => layer === chosen.layer && head === chosen.head);
  const onKeyDown = (event: KeyboardEvent) => {
    const isVertical = event.key === "ArrowUp" || event.key === "ArrowDown";
    const to = isVertical ? at + (event.key === "ArrowUp" ? -wide : wide) : moved(event.key, at, cells.length);
    if (to === undefined || !cells[to]) return;
    event.preventDefault();
    onChoose({ layer: cells[to].layer, head: cells[to].head });
    grid.current!.querySelectorAll<HTMLElement>("[role=radio]")[to]!.focus();
  };
  const columns = [...Array.from({ length: numHeads }, (_, head) => `${head}`), "mean", "max"];
  return (
    <div class="head-grid-scroll">
      <div
        ref={grid}
        class="head-grid"
        role="radiogroup"
        aria-label="Heads, layer by layer"
        style={{
          gridTemplateColumns: `auto repeat(${numHeads}, minmax(2.5rem, 6.5rem)) 0.25rem repeat(2, minmax(2.5rem, 6.5rem))`,
        }}
      >
        <span class="corner">layer \ head</span>
        {columns.map((name, i) => (
          <>
            {i === numHeads && <span key="gap" />}
            <span key={name} class="column">
              {name}
            </span>
          </>
        ))}
        {cells.map(({ layer, head, weights }, i) => (
          <>
            {i % wide === 0 && (
              <span key={`row ${layer}`} class="row">
                {layer}
              </span>
            )}
            {i % wide === numHeads && <span key={`gap ${layer}`} />}
            {/* biome-ignore lint/a11y/useSemanticElements: an input can't hold a picture */}
            <button
              key={`${layer}.${head}`}
              type="button"
              role="radio"
              aria-checked={i === at}
              tabIndex={i === at ? 0 : -1}
              aria-label={
                typeof head === "string" ? `Layer ${layer}, ${head} of its heads` : `Layer ${layer}, head ${head}`
              }
              onClick={() => onChoose({ layer, head })}
              onKeyDown={onKeyDown}
            >
              <Heat values={weights} rows={count} columns={count} scale="weight" masked class="square" />
            </button>
          </>
        ))}
      </div>
    </div>
  );
}

function gridCells({ capture, tokens }: Look, numLayers: number, numHeads: number): GridCell[] {
  const size = tokens.length ** 2;
  return Array.from({ length: numLayers }, (_, layer) => {
    const { values } = capture.at(`blocks.${layer}.attention`, "weights");
    return [
      ...Array.from({ length: numHeads }, (_, head) => ({
        layer,
        head,
        weights: values.subarray(head * size, (head + 1) * size),
      })),
      ...(["mean", "max"] as const).map((how) => ({ layer, head: how, weights: pooledHeads(values, numHeads, how) })),
    ];
  }).flat();
}
