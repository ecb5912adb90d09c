/** The kind and the whole text of the error that `make` throws. */
export function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  throw new Error("nothing was refused");
}
