import { colorAt, weightPlace } from "../drawing/ramps.js";
import { useTheme } from "./useTheme.js";

const marks = [0, 0.05, 0.25, 0.5, 1];

/** How weights are coloured. */
export function WeightLegend() {
  const { weight: ramp } = useTheme();
  return (
    <p class="legend">
      <span class="swatches" aria-hidden="true">
        {marks.map((weight) => (
          <span key={weight} style={{ background: colorAt(ramp, weightPlace(weight)) }} />
        ))}
      </span>
      weight: {marks.join(", ")} · <span class="swatch hatched" aria-hidden="true" /> masked
    </p>
  );
}

/** How signed numbers are coloured. */
export function SignedLegend() {
  const { signed: ramp } = useTheme();
  return (
    <p class="legend">
      <span class="swatches" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((place) => (
          <span key={place} style={{ background: colorAt(ramp, place) }} />
        ))}
      </span>
      orange is below 0, blue above
    </p>
  );
}
