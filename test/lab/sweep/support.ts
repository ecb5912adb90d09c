import { type Asked, askedFor, type SweepOptions } from "../../../src/lab/sweep/options.js";
import { type Plan, planTrials, type SweepSurvey } from "../../../src/lab/sweep/planTrials.js";
import { parseRequest } from "../../../src/lab/sweep/request.js";

export const survey: SweepSurvey = {
  backend: "cpu",
  reason: "cpu: asked for",
  vocabSize: 10,
  tokens: { train: 900, validation: 100 },
  files: [],
  notes: [],
};

/** What a sweep with these options asks for, of the text t.txt unless another is given. */
export function asked(options: Partial<SweepOptions>): Asked {
  return askedFor({ data: ["t.txt"], out: "out", ...options });
}

/** The trials of a sweep with these options on {@link survey}. */
export function plan(options: Partial<SweepOptions>, known: Partial<SweepSurvey> = {}): Plan {
  const wanted = asked(options);
  return planTrials(wanted, parseRequest(wanted), { ...survey, ...known });
}
