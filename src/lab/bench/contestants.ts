import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { threadSettings } from "../../backends/processes.js";
import { requireOneOf } from "../../core/checks.js";
import { packageRoot } from "../../core/packageRoot.js";
import type { ChildCommand } from "./child.js";
import type { LoadRequest, Task } from "./childProtocol.js";

/** A Python library that heed is compared with. */
export type PeerLibrary = "torch" | "transformers" | "jax";

/** Someone who takes part: a library in one of its ways of running. */
export interface Contestant {
  name: string;
  library: "heed" | PeerLibrary;
  tasks: readonly Task[];
  precision: "float32" | "bfloat16";
  variant: LoadRequest["variant"];
  /** The largest training step it is asked for, in floating-point operations: a larger one takes it too long. */
  mostFlops?: number;
}

/** heed on the backend that its name says. */
function heed(
  name: string,
  tasks: readonly Task[],
  {
    mostFlops,
    ...options
  }: { compiled?: boolean; xla?: boolean; one?: boolean; bfloat16?: boolean; mostFlops?: number },
) {
  const { compiled = false, xla = false, one = false, bfloat16 = false } = options;
  const variant = { backend: name.split("-")[1]!, compiled, xla, one, bfloat16 };
  const precision = bfloat16 ? "bfloat16" : "float32";
  return { name, library: "heed", tasks, precision, variant, mostFlops } as const;
}

function torch(name: string, compiled: boolean, precision: Contestant["precision"]): Contestant {
  const tasks: Task[] = name === "torch" ? ["train", "product"] : ["train"];
  return { name, library: "torch", tasks, precision, variant: { compiled, bfloat16: precision === "bfloat16" } };
}

/** Everyone, in the order of the table. */
export const contestants: readonly Contestant[] = [
  heed("heed-native", ["train", "decode", "product"], { compiled: true }),
  heed("heed-native-xla", ["decode"], { compiled: true, xla: true }),
  heed("heed-native-one", ["decode"], { compiled: true, one: true }),
  heed("heed-native-bf16", ["train"], { compiled: true, bfloat16: true }),
  heed("heed-native-eager", ["train", "decode"], {}),
  heed("heed-wasm", ["train", "decode"], { mostFlops: 1e11 }),
  heed("heed-cpu", ["train"], { mostFlops: 1e10 }),
  torch("torch", false, "float32"),
  torch("torch-compile", true, "float32"),
  torch("torch-bf16", false, "bfloat16"),
  torch("torch-compile-bf16", true, "bfloat16"),
  { name: "jax", library: "jax", tasks: ["train", "product"], precision: "float32", variant: {} },
  { name: "transformers", library: "transformers", tasks: ["decode"], precision: "float32", variant: {} },
];

/** Who takes part in the scaling table unless others are asked for. */
export const scalingNames = ["heed-native", "torch", "torch-compile", "jax"] as const;

/** The contestants of a list such as "heed-native,torch". @throws ConfigError naming one that is unknown. */
export function contestantsOf(list: string): Contestant[] {
  const names = contestants.map(({ name }) => name);
  const wanted = list.split(",").map((name) => requireOneOf("only", name.trim(), names));
  return contestants.filter(({ name }) => wanted.includes(name));
}

/** How a contestant's process is started; `python` is needed for those that are not heed. */
export function commandOf({ library }: Contestant, threads: number, python: string | undefined): ChildCommand {
  const env = libraryThreads(threads);
  if (library !== "heed") {
    return { command: python!, args: [join(packageRoot, "scripts", "bench", `${library}_peer.py`)], env };
  }
  const here = fileURLToPath(import.meta.url);
  const loader = here.endsWith(".ts") ? ["--import", pathToFileURL(createRequire(here).resolve("tsx")).href] : [];
  const script = join(dirname(here), `heedChild${extname(here)}`);
  return { command: process.execPath, args: [...loader, script], env };
}

/** What OpenMP, MKL, heed and XLA read when they load. */
function libraryThreads(threads: number): ChildCommand["env"] {
  const names = ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "NPROC", "PJRT_NPROC"];
  const others = Object.fromEntries(names.map((name) => [name, String(threads)]));
  // Nobody inherits XLA from the user's environment.
  return { ...threadSettings(threads), ...others, TF_XLA_FLAGS: undefined };
}
