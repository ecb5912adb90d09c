import { beforeAll, describe } from "vitest";
import { useBackend } from "../../src/backends/choose.js";

export const backends = ["cpu", "wasm", "native"] as const;

const nativeProblem = await useBackend("native").then(
  () => undefined,
  (error: Error) => error.message,
);

/** The backends that this machine has; native is left out only where it does not load. */
export const present = backends.filter((name) => name !== "native" || nativeProblem === undefined);

/** Describes the same tests once for each backend (or those of `which`), which is in use while they run. */
export function onEveryBackend(
  what: string,
  tests: (backend: (typeof backends)[number]) => void,
  which: readonly (typeof backends)[number][] = backends,
): void {
  for (const backend of which) {
    describe.skipIf(!present.includes(backend))(`${what}, on ${backend}`, () => {
      beforeAll(async () => {
        await useBackend(backend);
      });
      tests(backend);
    });
  }
}
