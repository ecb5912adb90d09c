export interface NumberSliderProps {
  name: string;
  id?: string;
  value: number;
  min: number;
  max: number;
  step: number;
  /** How the number is shown. */
  shown: string;
  onValue(value: number): void;
}

/** A number to choose by pointer or key. */
export function NumberSlider({ name, id, value, min, max, step, shown, onValue }: NumberSliderProps) {
  return (
    <label class="slider">
      <span>{name}</span>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={shown}
        onInput={(event) => onValue(Number(event.currentTarget.value))}
      />
      <output>{shown}</output>
    </label>
  );
}
