import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/compile/compile.js";
import { activations } from "../../src/ops/activation.js";
import { layerNorm } from "../../src/ops/layerNorm.js";
import { slow } from "../support/slow.js";
import { counts, hasGraphs, someNumbers, variable } from "./support.js";

type Matrix = tf.Tensor2D;

/** Ops from two `[3, 3]` matrices to one, scaled to keep numbers small. */
const ops: Record<string, (a: Matrix, b: Matrix) => tf.Tensor> = {
  add: (a, b) => a.add(b).mul(0.5),
  sub: (a, b) => a.sub(b).mul(0.5),
  mul: (a, b) => a.mul(b.tanh()),
  div: (a, b) => a.div(b.square().add(1)),
  maximum: (a, b) => a.maximum(b),
  matMul: (a, b) => a.matMul(b, false, true).mul(0.3),
  batchMatMul: (a, b) =>
    tf
      .matMul(tf.stack([a, b]), tf.stack([b, a]), true)
      .sum(0)
      .mul(0.2),
  softmax: (a, b) => a.softmax().add(b.mul(0.1)),
  where: (a, b) => tf.where(a.greater(b), a, b.neg()),
  logical: (a, b) => a.greater(0).logicalAnd(b.less(1)).cast("float32").mul(a),
  gather: (a, b) => tf.gather(a, tf.argMax(b, 1)),
  oneHot: (a, b) =>
    tf
      .oneHot(a.argMax(1) as tf.Tensor1D, 3)
      .cast("float32")
      .matMul(b),
  slice: (a, b) => tf.concat([a.slice([1, 0], [2, 3]), b.slice([0, 0], [1, 3])]),
  split: (a, b) => tf.concat([a.split(3, 1)[2]!, ...b.split([1, 2], 1).reverse()], 1).slice([0, 0], [3, 3]),
  unstack: (a, b) => tf.stack([a.unstack(1)[1]!, b.unstack()[2]!, a.sum(0)], 1).mul(0.5),
  transpose: (a, b) =>
    a
      .transpose()
      .add(b.reshape([9]).reshape([3, 3]))
      .mul(0.5),
  mean: (a, b) => a.sub(b.mean(0, true)).div(b.square().mean().add(1).sqrt()),
  integers: (a, b) => a.mul(2).cast("int32").add(b.cast("int32")).cast("float32").mul(0.2),
  layerNorm: (a, b) => layerNorm(a, b.gather([0]).flatten(), undefined, 1e-3).mul(0.5),
  gelu: (a, b) => activations.gelu_new(a).sub(activations.gelu(b)).mul(0.5),
  gradient: (a, b) =>
    tf
      .grad((v) => v.matMul(b).tanh().mul(v).sum())(a)
      .mul(0.3),
};

/** Tensors are numbered: two inputs, three variables, a constant, and then each result. */
type Statement = { kind: "op"; op: string; a: number; b: number } | { kind: "assign"; to: number; from: number };

const statement: fc.Arbitrary<Statement> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("op" as const),
      op: fc.constantFrom(...Object.keys(ops)),
      a: fc.nat(40),
      b: fc.nat(40),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("assign" as const), to: fc.nat(2), from: fc.nat(40) }) },
);

/** What happens to variable `i` between two calls. */
const event = fc.record({ what: fc.constantFrom("nothing", "read", "clone", "replace", "other"), i: fc.nat(2) });

/** Builds a function of two inputs and three variables from statements; it returns the wanted results. */
function build(program: Statement[], variables: tf.Variable[], wanted: number[]) {
  return ({ x, y }: { x: tf.Tensor; y: tf.Tensor }): Record<string, tf.Tensor> =>
    tf.tidy(() => {
      const made: tf.Tensor[] = [x, y, ...variables, tf.tensor(someNumbers(9, 5), [3, 3])];
      const pick = (n: number) => made[n % made.length] as Matrix;
      for (const s of program) {
        if (s.kind === "op") made.push(ops[s.op]!(pick(s.a), pick(s.b)));
        else variables[s.to]!.assign(pick(s.from).clone());
      }
      return Object.fromEntries(wanted.map((n, i) => [`out ${i}`, pick(n).clone()]));
    });
}

/** Everything that a program shows: outputs, reads, and in the end its clones and variables. */
function observe(program: Statement[], wanted: number[], events: { what: string; i: number }[], compiled: boolean) {
  const variables = [1, 2, 3].map((seed) => variable(tf.util.toNestedArray([3, 3], Float32Array.from(someNumbers(9, seed))))); // biome-ignore format: one line
  const fn = build(program, variables, wanted);
  const other = ({ x }: { x: tf.Tensor }) => {
    variables[0]!.assign(variables[1]!.add(x).tanh());
    return { sum: variables[2]!.sum() as tf.Tensor };
  };
  const [run, runOther] = compiled ? [compile(fn), compile(other)] : [fn, other];
  const seen: number[] = [];
  const see = (t: tf.Tensor) => seen.push(...t.dataSync());
  const clones: tf.Tensor[] = [];
  events.forEach(({ what, i }, call) => {
    tf.tidy(() => {
      const [x, y] = [1, 2].map((k) => tf.tensor(someNumbers(9, 10 * call + k), [3, 3]));
      Object.values(run({ x: x!, y: y! })).forEach(see);
      if (what === "read") see(variables[i]!);
      if (what === "clone") clones.push(tf.keep(variables[i]!.clone()));
      if (what === "replace") variables[i]!.assign(clones[0]?.clone() ?? x!);
      if (what === "other") see(runOther({ x: x! }).sum);
    });
  });
  for (const made of [run, runOther]) (made as { dispose?(): void }).dispose?.();
  [...clones, ...variables].forEach(see);
  tf.dispose([clones, variables]);
  return seen;
}

describe.skipIf(!hasGraphs)("random programs", () => {
  test("show the same compiled as eager", () => {
    const before = counts();
    fc.assert(
      fc.property(
        fc.array(statement, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(40), { maxLength: 4 }),
        fc.array(event, { minLength: 2, maxLength: 7 }),
        (program, wanted, events) => {
          const [graph, eager] = [true, false].map((compiled) => observe(program, wanted, events, compiled));
          expect(graph!.length).toBe(eager!.length);
          for (const [i, want] of eager!.entries()) {
            expect(Math.abs(graph![i]! - want)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(want)));
          }
        },
      ),
      { numRuns: slow ? 150 : 40, seed: 20261121 },
    );
    expect(counts()).toEqual(before);
  });
});
