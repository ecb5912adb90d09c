import type { ComponentChildren } from "preact";
import { figure } from "./figure.js";
import { Heat } from "./heat.js";

/** How many components are written out. */
const written = 5;

export interface VectorStripProps {
  name: ComponentChildren;
  /** `[C]` */
  values: Float32Array;
  /** The number at the ends of the colours, one for all vectors that are compared. */
  most: number;
}

/** A vector: a stripe for each component, and the first components as numbers. */
export function VectorStrip({ name, values, most }: VectorStripProps) {
  const rest = values.length - written;
  return (
    <div class="vector">
      <span class="name">{name}</span>
      <Heat values={values} rows={1} columns={values.length} scale={{ most }} class="strip" />
      <span class="numbers">
        {Array.from(values.subarray(0, written), (value, i) => (
          <span key={i}>{figure(value)}</span>
        ))}
        {rest > 0 && <span class="rest">… {rest} more</span>}
      </span>
    </div>
  );
}
