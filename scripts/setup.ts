// npm run setup        npx heed setup
import { type SetupOptions, setup, setupBackends, setupSources } from "../src/backends/setup/setup.js";
import type { HeedCommand } from "./support/main.js";
import { note } from "./support/screen.js";

type Flags = Required<Pick<SetupOptions, "backend" | "from" | "force">> & { json?: boolean; quiet?: boolean };

const text = { type: "string", requiresArg: true, default: "auto" } as const;

export const command: HeedCommand = {
  command: "setup",
  describe: "Make the fastest backend work that this machine can have",
  examples: [
    ["$0 setup", "Set up native, or say why it can't be"],
    ["$0 setup --backend gpu", "Set up the GPU backend, on Linux with CUDA"],
  ],
  builder: {
    backend: { ...text, describe: `What to make work: ${setupBackends.join(", ")}` },
    from: { ...text, describe: `Where the native library may come from: ${setupSources.join(", ")}` },
    force: { type: "boolean", default: false, describe: "Build and check again; forget earlier failures" },
    json: { type: "boolean", default: false, describe: "Print the outcome as JSON on stdout" },
  },
  handler: async (flags) => {
    const { json, backend, from, force, quiet } = flags as unknown as Flags;
    const report = quiet ? { note() {}, progress() {} } : undefined;
    const result = await setup({ backend, from, force, report });
    if (json) console.log(JSON.stringify(result));
    else note(result.line);
  },
};
