// Formulas worked in plain float64 numbers, without tensors: what the ops are compared with.

/** `erf(x) = 2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1))`: every term has one sign, so nothing cancels. */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = 0;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 500; n++) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

export const activations = {
  gelu: (x: number) => (x / 2) * (1 + erf(x / Math.SQRT2)),
  gelu_new: (x: number) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  relu: (x: number) => Math.max(x, 0),
  relu2: (x: number) => Math.max(x, 0) ** 2,
  silu: (x: number) => x / (1 + Math.exp(-x)),
};

export function softmax(scores: number[]): number[] {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** `log Σ exp(logits) - logits[target]`. */
export function crossEntropy(logits: number[], target: number): number {
  const highest = Math.max(...logits);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
  return highest + Math.log(total) - logits[target]!;
}

export function layerNorm(row: number[], gain: number[], bias: number[], epsilon: number): number[] {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length;
  return row.map((x, i) => (gain[i]! * (x - mean)) / Math.sqrt(variance + epsilon) + bias[i]!);
}

/** Causal attention of one head. In: `q`, `k`, `v` `[T][D]`. Out: the weights `[T][T]` and the mixed values `[T][D]`. */
export function attention(q: number[][], k: number[][], v: number[][]): { weights: number[][]; mixed: number[][] } {
  const weights = q.map((query, t) => {
    const scores = k.slice(0, t + 1).map((key) => sum(query.map((x, d) => x * key[d]!)) / Math.sqrt(query.length));
    return [...softmax(scores), ...k.slice(t + 1).map(() => 0)];
  });
  const mixed = weights.map((row) => v[0]!.map((_, d) => sum(row.map((weight, s) => weight * v[s]![d]!))));
  return { weights, mixed };
}

/** `values` cut into rows of `width`. */
export function rows(values: ArrayLike<number>, width: number): number[][] {
  const all = Array.from(values);
  return Array.from({ length: all.length / width }, (_, i) => all.slice(i * width, (i + 1) * width));
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
