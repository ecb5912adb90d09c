import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as tf from "@tensorflow/tfjs";
import type { NativeBackend, NativeBinding, TensorMetadata } from "../../backends/native.js";
import { removeQuietly } from "../../core/durableFiles.js";
import { CompileError } from "../../core/errors.js";
import { onFile } from "../../core/files.js";
import { type Graph, savedModelBytes } from "../graph/graphDef.js";
import type { TracedFunction } from "../trace/tracedFunction.js";
import { fedName, finishedName, functionGraph } from "./functionGraph.js";
import { SessionVariables } from "./sessionVariables.js";
import { xlaGraph } from "./xlaGraph.js";

/** A TensorFlow session that runs a traced function in one call. The function's variables live in the session. */
export class Session {
  private readonly origins: TracedFunction["origins"];
  /** The addon's number for the session. */
  private readonly id: number;
  private readonly inputKeys: string[];
  private readonly outputKeys: string[];
  private readonly inputNames: string;
  private readonly outputNames: string;
  private readonly variables: SessionVariables;

  /** @throws CompileError if TensorFlow refuses the graph. */
  constructor(
    private readonly native: NativeBackend,
    trace: TracedFunction,
    { xla }: { xla: boolean },
  ) {
    this.origins = trace.origins;
    const graph = (xla ? xlaGraph : functionGraph)(trace, native.binding);
    this.id = this.located(() => loadGraph(graph, native.binding));
    this.inputKeys = trace.inputs.map(({ key }) => key);
    this.inputNames = portList(trace.inputs.map(({ node }) => fedName(node)));
    this.outputKeys = trace.outputs.map(({ key }) => key);
    const outputs = trace.outputs.map(({ node }) => node);
    this.outputNames = portList(outputs.length > 0 ? outputs : [finishedName]);
    this.variables = new SessionVariables(native, trace.variables, (fed, names, wanted) => {
      return this.call(fed, portList(names), portList(wanted));
    });
  }

  /**
   * Runs the function on inputs of the shapes that it was traced with.
   *
   * @throws CompileError if an op fails; the variables are then as before.
   */
  run(inputs: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
    this.variables.beforeRun();
    const results = this.runSession(this.native.getInputTensorIds(this.inputKeys.map((key) => inputs[key]!)));
    const outputs: Record<string, tf.Tensor> = {};
    this.outputKeys.forEach((key, i) => {
      outputs[key] = this.native.createOutputTensor(results[i]!);
    });
    if (this.outputKeys.length === 0) this.native.binding.deleteTensor(results[0]!.id);
    return outputs;
  }

  /** Frees the session; the variables keep their values. */
  dispose(): void {
    this.variables.release();
    this.native.binding.deleteSavedModel(this.id);
  }

  private runSession(ids: number[]): TensorMetadata[] {
    try {
      return this.call(ids, this.inputNames, this.outputNames);
    } finally {
      this.variables.afterRun();
    }
  }

  private call(fed: number[], names: string, wanted: string): TensorMetadata[] {
    return this.located(() => this.native.binding.runSavedModel(this.id, fed, names, wanted));
  }

  /** Adds to TensorFlow's error the line of the caller's code that made the op that the error names. */
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

/** The first outputs of nodes, written as the addon takes them. */
function portList(nodes: string[]): string {
  return nodes.map((node) => `${node}:0`).join();
}

/** Starts a session on a graph. The addon loads graphs from files alone; this one is deleted again. */
function loadGraph(graph: Graph, binding: NativeBinding): number {
  const folder = temporaryFolder();
  try {
    const bytes = savedModelBytes(graph, binding);
    onFile(folder, () => writeFileSync(join(folder, "saved_model.pb"), bytes));
    return binding.loadSavedModel(folder, "serve");
  } finally {
    removeQuietly(folder);
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
