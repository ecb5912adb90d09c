import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as tf from "@tensorflow/tfjs";
import type { NativeBackend, NativeBinding, TensorMetadata } from "../backends/native.js";
import { CompileError } from "../core/errors.js";
import { fedName, finishedName, graphOf, type Trace } from "./graph.js";
import { type Graph, savedModelBytes } from "./graphDef.js";
import { GraphState } from "./graphState.js";
import { xlaGraph } from "./xla.js";

/** A traced function as a TensorFlow session that runs it in one call. Its variables live in the session. */
export class Program {
  private readonly origins: Trace["origins"];
  private readonly session: number;
  private readonly inputKeys: string[];
  private readonly outputKeys: string[];
  private readonly inputNames: string;
  private readonly outputNames: string;
  private readonly state: GraphState;

  /** @throws CompileError if TensorFlow refuses the graph. */
  constructor(
    private readonly native: NativeBackend,
    trace: Trace,
    { xla }: { xla: boolean },
  ) {
    this.origins = trace.origins;
    const graph = (xla ? xlaGraph : graphOf)(trace, native.binding);
    this.session = this.located(() => loadGraph(graph, native.binding));
    this.inputKeys = trace.inputs.map(({ key }) => key);
    this.inputNames = portList(trace.inputs.map(({ node }) => fedName(node)));
    this.outputKeys = trace.outputs.map(({ key }) => key);
    const outputs = trace.outputs.map(({ node }) => node);
    this.outputNames = portList(outputs.length > 0 ? outputs : [finishedName]);
    this.state = new GraphState(native, trace.variables, (fed, names, wanted) => {
      return this.call(fed, portList(names), portList(wanted));
    });
  }

  /**
   * Runs the function on inputs of the shapes that it was traced for.
   *
   * @throws CompileError if an op fails; the variables are then as before.
   */
  run(inputs: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
    this.state.beforeRun();
    const results = this.runSession(this.native.getInputTensorIds(this.inputKeys.map((key) => inputs[key]!)));
    const outputs: Record<string, tf.Tensor> = {};
    this.outputKeys.forEach((key, i) => {
      outputs[key] = this.native.createOutputTensor(results[i]!);
    });
    if (this.outputKeys.length === 0) this.native.binding.deleteTensor(results[0]!.id);
    return outputs;
  }

  /** Variables keep their values; the session and its memory go. */
  dispose(): void {
    this.state.release();
    this.native.binding.deleteSavedModel(this.session);
  }

  private runSession(ids: number[]): TensorMetadata[] {
    try {
      return this.call(ids, this.inputNames, this.outputNames);
    } finally {
      this.state.afterRun();
    }
  }

  private call(fed: number[], names: string, wanted: string): TensorMetadata[] {
    return this.located(() => this.native.binding.runSavedModel(this.session, fed, names, wanted));
  }

  /** Adds to an error of TensorFlow the line of the caller's function that made the op that it names. */
  private located<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof CompileError) throw error;
      const { message } = error as Error;
      const node = message.match(/op\d+_\w+/g)?.find((name) => this.origins.has(name));
      const where = node ? `\n${node} is made at ${this.origins.get(node)}` : "";
      throw new CompileError(message + where, { cause: error });
    }
  }
}

/** Names of nodes as the addon takes them: the first output of each. */
function portList(nodes: string[]): string {
  return nodes.map((node) => `${node}:0`).join();
}

/** A session on a graph. The file that hands it over is gone when this returns. */
function loadGraph(graph: Graph, binding: NativeBinding): number {
  const folder = temporaryFolder();
  try {
    writeFileSync(join(folder, "saved_model.pb"), savedModelBytes(graph, binding));
    return binding.loadSavedModel(folder, "serve");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), "heed-graph-"));
  } catch (error) {
    throw new CompileError(
      `a graph is handed to TensorFlow in a temporary folder: ${(error as Error).message} (set TMPDIR to a folder that can be written)`,
      { cause: error },
    );
  }
}
