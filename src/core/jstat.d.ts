/** The part of jStat that heed uses; the package has no types. */
declare module "jstat" {
  const jstat: {
    /** Student's t distribution with `df` degrees of freedom. */
    studentt: {
      cdf(t: number, df: number): number;
      inv(probability: number, df: number): number;
    };
  };
  export default jstat;
}
