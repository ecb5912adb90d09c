// npx heed setup
import type { CommandModule } from "yargs";
import { type SetupOptions, setup, setupBackends, setupSources } from "../src/backends/setup/setup.js";

type Flags = Required<Pick<SetupOptions, "backend" | "from" | "force">> & { json: boolean };

export const command: CommandModule<object, Flags> = {
  command: "setup",
  describe: "make the fastest backend work that this machine can have",
  builder: (yargs) =>
    yargs
      .option("backend", { choices: setupBackends, default: "auto" as const, describe: "what to make work" })
      .option("from", { choices: setupSources, default: "auto" as const, describe: "where native may come from" })
      .option("force", { type: "boolean", default: false, describe: "build and check again, forget earlier failures" })
      .option("json", { type: "boolean", default: false, describe: "print the outcome as JSON on stdout" }),
  handler: async ({ backend, from, force, json }) => {
    const result = await setup({ backend, from, force });
    if (json) console.log(JSON.stringify(result));
    else console.error(result.line);
  },
};
