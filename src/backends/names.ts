export const backendNames = ["native", "gpu", "wasm", "cpu"] as const;
export type BackendName = (typeof backendNames)[number];

/** What may be asked for. */
export const backendChoices = ["auto", ...backendNames] as const;
export type BackendChoice = (typeof backendChoices)[number];
