import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { type NativeBackend, nativeBackend } from "../../src/backends/native.js";
import { compile, type Tensors } from "../../src/compile/compile.js";
import { counts, expectNoLeak, hasGraphs, numbers, thrown, variable, withCompiled } from "./support.js";

const realTmp = process.env.TMPDIR;
let scratch: string;

beforeEach(async () => {
  await useBackend("auto");
  scratch = mkdtempSync(join(tmpdir(), "heed-test-"));
  process.env.TMPDIR = scratch;
});

afterEach(() => {
  if (realTmp === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = realTmp;
  rmSync(scratch, { recursive: true });
});

/** A variable whose numbers the addon already has, so that a call need not pass them. */
function uploaded(...args: Parameters<typeof variable>): tf.Variable {
  const made = variable(...args);
  tf.tidy(() => made.add(0));
  return made;
}

/** The message of the first call's error, with lines of this file as `LINE`. The call must leave nothing behind. */
function refusal(fn: (inputs: { x: tf.Tensor }) => unknown): string {
  let message = "";
  const [random, binding] = [Math.random, nativeBackend()!.binding];
  expectNoLeak(() => {
    withCompiled(fn as (inputs: Tensors) => Tensors, (compiled) => {
      const x = tf.tensor([1, 2]);
      const error = thrown(() => compiled({ x }));
      expect(error.name).toBe("CompileError");
      message = error.message.replaceAll(/\S*refusals\.test\.ts:\d+:\d+/g, "LINE");
      x.dispose();
      expect(compiled.traces).toBe(0);
    });
  });
  expect([Math.random === random, nativeBackend()!.binding === binding]).toEqual([true, true]);
  expect(readdirSync(scratch)).toEqual([]);
  return message;
}

describe.skipIf(!hasGraphs)("compile refuses", () => {
  test("values read back to JavaScript, and names them", () => {
    const w = uploaded(1, "float32", "the weight");
    const rest = "is read at LINE (return it, or set allowReads to fix what follows from it)";
    const rule = "a compiled function must not read values back to JavaScript:";
    expect(refusal(({ x }) => ({ y: tf.scalar(x.dataSync()[0]!) }))).toBe(`${rule} input x ${rest}`);
    expect(refusal(() => ({ y: tf.scalar(w.dataSync()[0]!) }))).toBe(`${rule} variable the weight ${rest}`);
    expect(refusal(({ x }) => ({ y: tf.scalar(x.square().arraySync() as never) }))).toBe(`${rule} op0_Square ${rest}`);
    w.dispose();
  });

  test("random numbers drawn in JavaScript", () => {
    const message =
      "a compiled function must not draw random numbers in JavaScript: LINE (draw them with a seed that is an input)";
    expect(refusal(({ x }) => ({ y: x.mul(Math.random()) }))).toBe(message);
    expect(refusal(({ x }) => ({ y: x.add(tf.randomNormal([2])) }))).toBe(message);
    expect(refusal(({ x }) => ({ y: tf.dropout(x, 0.5) }))).toBe(message);
  });

  test("mistakes that the function hides: an error that it catches, or a promise that it does not await", async () => {
    const reads = "a compiled function must not read values back to JavaScript: op0_Square is read at LINE";
    const silently = (body: () => unknown) => {
      try {
        body();
      } catch {}
    };
    const inspect = ({ x }: { x: tf.Tensor }) => {
      silently(() => x.square().dataSync());
      return { y: x.add(1) };
    };
    expect(refusal(inspect)).toContain(reads);
    const later = ({ x }: { x: tf.Tensor }) => {
      x.square()
        .data()
        .catch(() => {});
      return { y: x.add(1) };
    };
    expect(refusal(later)).toContain(reads);
    expect(
      refusal(({ x }) => {
        silently(() => Math.random());
        return { y: x.add(1) };
      }),
    ).toContain("must not draw random numbers in JavaScript: LINE");
  });

  test("tensors kept after the function returns", () => {
    const w = uploaded([1, 2], "float32", "the kept weight");
    const rest = "(return it, or assign it to a variable)";
    const kept: tf.Tensor[] = [];
    const keep = (tensor: tf.Tensor) => kept.push(tf.keep(tensor));
    const message = (what: (x: tf.Tensor) => tf.Tensor) => {
      const compiled = compile(({ x }: Tensors) => {
        keep(what(x!));
        return { y: x!.add(1) };
      });
      const x = tf.tensor([1, 2]);
      const { name, message } = thrown(() => compiled({ x }));
      tf.dispose([x, kept]);
      return [name, message.replaceAll(/\S*refusals\.test\.ts:\d+:\d+/g, "LINE")];
    };
    const rule = "a compiled function must not keep tensors:";
    expectNoLeak(() => {
      expect(message((x) => x.square())).toEqual(["CompileError", `${rule} op0_Square is made at LINE ${rest}`]);
      expect(message((x) => x.clone())).toEqual(["CompileError", `${rule} input x ${rest}`]);
      expect(message(() => w.clone())).toEqual(["CompileError", `${rule} variable the kept weight ${rest}`]);
    });
    w.dispose();
  });

  test("ops whose shapes depend on values", () => {
    const rule = "a compiled function must not use ops whose shapes depend on values:";
    const unique = ({ x }: { x: tf.Tensor }) => ({ y: tf.unique(x as tf.Tensor1D).values });
    expect(refusal(unique)).toBe(`${rule} op0_UniqueV2 is made at LINE`);
    const boxes = ({ x }: { x: tf.Tensor }) => {
      return { y: tf.image.nonMaxSuppression(tf.ones([2, 4]).mul(x.sum()) as tf.Tensor2D, x as tf.Tensor1D, 2) };
    };
    expect(refusal(boxes)).toMatch(/shapes depend on values: op\d+_NonMaxSuppressionV3 is made at LINE$/);
  });

  test("variables made or disposed by the function", () => {
    expect(refusal(({ x }) => ({ y: x.add(tf.variable(tf.scalar(1), true, "fresh")) }))).toBe(
      "a compiled function must not make variables: got fresh (make it before, and assign it)",
    );
    const gone = variable(1, "float32", "gone");
    const x = tf.scalar(1);
    const compiled = compile(() => {
      gone.dispose();
      return { x };
    });
    expect(thrown(() => compiled({})).message).toBe("a compiled function must not dispose variables: got gone");
    tf.dispose([x, gone]);
  });

  test("inputs and results other than tensors by name", async () => {
    const rule = "a compiled function must return tensors by name, such as { loss }: got";
    expect(refusal(({ x }) => x)).toBe(`${rule} a tensor`);
    expect(refusal(() => undefined)).toBe(`${rule} undefined`);
    expect(refusal(() => ({ y: 3 }))).toBe(`${rule} 3 for y`);
    expect(refusal(async () => ({}))).toBe(`${rule} a promise (it must not be async)`);
    expect(
      refusal(async ({ x }) => {
        await Promise.resolve();
        return { y: x.add(1) };
      }),
    ).toBe(`${rule} a promise (it must not be async)`);
    await new Promise((done) => setImmediate(done)); // its second half fails, which must not be reported
    expect(refusal(({ x }) => [x])).toBe(`${rule} an array`);
    expect(
      refusal(({ x }) => {
        const y = x.add(1);
        y.dispose();
        return { y };
      }),
    ).toBe(`${rule} a disposed one for y`);
    const takes = "a compiled function takes tensors by name: got";
    withCompiled(
      (inputs: Tensors) => inputs,
      (compiled) => {
        expect(thrown(() => compiled({ n: 3 as never })).message).toBe(`${takes} 3 for n`);
        const x = tf.scalar(1);
        x.dispose();
        expect(thrown(() => compiled({ x })).message).toBe(`${takes} a disposed one for x`);
      },
    );
  });

  test("string tensors", () => {
    expect(refusal(() => ({ y: tf.tensor(["a", "b"]).reshape([2, 1]) }))).toBe(
      "a compiled function must not use texts as tensors: LINE",
    );
    const words = tf.tensor(["a", "b"]);
    withCompiled(
      ({ words }: Tensors) => ({ y: words!.reshape([2, 1]) }),
      (compiled) => {
        const { message } = thrown(() => compiled({ words }));
        expect(message).toMatch(/^a compiled function must not use texts as tensors: \S*refusals\.test\.ts:\d+:\d+$/);
      },
    );
    words.dispose();
  });

  test("with the function's own error, unchanged, and leaves variables as they were", () => {
    const w = uploaded([1, 2]);
    const mine = new RangeError("mine");
    expectNoLeak(() => {
      const compiled = compile(() => {
        w.assign(w.mul(5));
        throw mine;
      });
      expect(thrown(() => compiled({}))).toBe(mine);
      expect(Array.from(w.dataSync())).toEqual([1, 2]);
      compiled.dispose();
    });
    w.dispose();
  });

  test("ops that TensorFlow refuses during tracing, and names their line", () => {
    const native = nativeBackend()!;
    const message = refusal(({ x }) => {
      return { y: (native as NativeBackend).executeSingleOutput("MatMul", [], [x, x]) };
    });
    expect(message).toMatch(/ndims must be [=>]= 2[\s\S]*\nop0_MatMul is made at LINE$/);
    expect(refusal(({ x }) => ({ y: native.executeSingleOutput("NoSuchOp", [], [x]) }))).toMatch(
      /NoSuchOp[\s\S]*\nop0_NoSuchOp is made at LINE$/,
    );
  });

  test("with the line in the source if source maps are on", () => {
    const script = join(import.meta.dirname, "failing.ts");
    const printed = execFileSync(process.execPath, ["--import", "tsx", script], { encoding: "utf8" });
    expect(printed).toMatch(/is not in \[0, 2\)\n.*\nop\d+_GatherV2 is made at \S*failing\.ts:9:\d+\n$/);
  });

  test("graphs that TensorFlow refuses, names the line of the op, and removes the file", () => {
    const native = nativeBackend()!;
    // In eager mode TensorFlow infers T; a graph must state it.
    const message = refusal(({ x }) => ({ y: native.executeSingleOutput("Square", [], [x]) }));
    expect(message).toMatch(/No attr named 'T' in NodeDef[\s\S]*\nop0_Square is made at LINE$/);
    process.env.TMPDIR = join(scratch, "missing");
    const error = thrown(() => withCompiled(({ x }: { x: tf.Tensor }) => ({ x }), (compiled) => tf.tidy(() => compiled({ x: tf.scalar(1) })))); // biome-ignore format: one call
    expect(error.name).toBe("CompileError");
    expect(error.message).toMatch(
      /^a graph is handed to TensorFlow in a temporary folder: ENOENT.*missing.* \(set TMPDIR to a folder that can be written\)$/,
    );
  });

  test("only until the cause is gone: then the same function works", () => {
    let reads = true;
    expectNoLeak(() => {
      withCompiled(
        ({ x }: { x: tf.Tensor }) => ({ y: reads ? tf.scalar(x.dataSync()[0]!) : x.square() }),
        (compiled) => {
          const x = tf.scalar(3);
          for (let i = 0; i < 3; i++) expect(thrown(() => compiled({ x })).name).toBe("CompileError");
          reads = false;
          expect(numbers(compiled({ x }))).toEqual({ y: [9] });
          x.dispose();
        },
      );
    });
    expect(counts().graphs).toBe(0);
  });
});
