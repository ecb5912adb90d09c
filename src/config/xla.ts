/** Whether XLA compiles what is run many times; `auto`: where it was measured to pay. */
export const xlaChoices = ["auto", "on", "off"] as const;
export type XlaChoice = (typeof xlaChoices)[number];
