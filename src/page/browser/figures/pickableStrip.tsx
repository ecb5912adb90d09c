import type { ComponentChildren } from "preact";
import { figure } from "./figure.js";
import { Heat } from "./heat.js";

export interface PickableStripProps {
  name: ComponentChildren;
  values: readonly number[];
  most: number;
  /** The component that is marked and read out. */
  component?: number;
  onPick?(component: number): void;
}

/** A vector as stripes, one of them marked; a click marks another. */
export function PickableStrip({ name, values, most, component, onPick }: PickableStripProps) {
  const pick = (event: MouseEvent) => {
    const { width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    onPick?.(Math.min(values.length - 1, Math.max(0, Math.floor((event.offsetX / width) * values.length))));
  };
  return (
    <div class="vector">
      <span class="name">{name}</span>
      {component !== undefined && (
        <span class="numbers">
          component {component}: <b>{figure(values[component]!)}</b>
        </span>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: the slider below has keys */}
      <div class={`strip-box ${onPick ? "pickable" : ""}`} onClick={onPick && pick}>
        <Heat values={Float32Array.from(values)} rows={1} columns={values.length} scale={{ most }} class="strip" />
        {component !== undefined && (
          <span
            class="marker"
            style={{ left: `${(100 * component) / values.length}%`, width: `${100 / values.length}%` }}
          />
        )}
      </div>
    </div>
  );
}

/** Chooses a component of a vector, by key too. */
export function ComponentSlider({
  component,
  count,
  onPick,
}: {
  component: number;
  count: number;
  onPick(component: number): void;
}) {
  return (
    <label class="slider">
      <span>component</span>
      <input
        type="range"
        min={0}
        max={count - 1}
        value={component}
        onInput={(event) => onPick(Number(event.currentTarget.value))}
      />
      <output>{component}</output>
    </label>
  );
}
