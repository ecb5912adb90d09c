/** Many models, compared: sweeps, reports, benches. */
export { type BenchOptions, bench } from "./bench/bench.js";
export { type Report, type ReportOptions, writeReport } from "./compare/report.js";
export { forecastSweep, type SweepForecast } from "./sweep/forecast.js";
export type { SweepListeners } from "./sweep/listeners.js";
export type { SweepOptions } from "./sweep/options.js";
export { type SweepResult, sweep } from "./sweep/sweep.js";
