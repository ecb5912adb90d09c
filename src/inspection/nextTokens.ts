/** A token that may come next. */
export interface NextToken {
  id: number;
  logit: number;
  probability: number;
}

/** `softmax(logits)` */
export function probabilities(logits: ArrayLike<number>): Float64Array {
  const all = Float64Array.from(logits);
  const most = all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const parts = all.map((logit) => Math.exp(logit - most));
  const sum = parts.reduce((a, b) => a + b, 0);
  return parts.map((part) => part / sum);
}

/** The `count` likeliest next tokens by falling probability; on a tie the smaller id first. */
export function likeliest(logits: Float32Array, count: number): NextToken[] {
  const chances = probabilities(logits);
  const ids = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
  return ids.slice(0, count).map((id) => ({ id, logit: logits[id]!, probability: chances[id]! }));
}
