/** Whether the long forms of tests run, too: `HEED_SLOW=1 npm test`, as `.ci/run` does. */
export const slow = process.env.HEED_SLOW === "1";
