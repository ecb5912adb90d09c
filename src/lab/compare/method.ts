import type { Analysis } from "./analysis.js";

/** How the figures are made, a paragraph each. */
export function methodOf({ floor, groups }: Analysis): string[] {
  const most = Math.max(0, ...groups.map(({ finished }) => finished.length));
  return [
    "Runs of the same settings form a group; they differ in their seeds alone, which draw the initial weights, the batches " +
      "and the dropout. Only finished runs count, one for each seed. The final loss is the validation loss after the last " +
      "step, the best loss the smallest of the run. The best group is that of the smallest mean final loss; a seed alone may " +
      "change a loss as much as a setting does, so the mean of few seeds says little.",
    "“±” is half of the 95% t-interval of the mean: t(0.975, n − 1) · s / √n, where s is the standard deviation over the " +
      "n seeds." +
      (most >= 2 && most < 5
        ? " With so few seeds t is large (12.7 for two, 4.3 for three, 2.8 for five), so the intervals are wide."
        : ""),
    "A change from one setting to another is the mean of the differences between runs of the same seed, and its interval the " +
      "t-interval of these differences (a paired t-test): what a seed does to both cancels out. Where two groups share " +
      "fewer than two seeds, it is Welch's t-interval for separate samples. Where other settings vary too, only runs that " +
      "agree in all of them are compared, and their differences are averaged seed by seed first, over the seeds that all of them have.",
    "Where 0 lies inside that interval, the change is within noise: these runs do not show it. Of many comparisons " +
      "some look larger than noise by luck, so those of one setting, and those of all pairs of groups, are also judged together by " +
      "Holm's method (1979): the chance that any of a family is called clear without being so is at most 5%. A change that is larger than " +
      "noise by itself but does not pass this is called “likely”. More seeds settle it.",
    "The intervals suppose that the differences between seeds scatter about evenly around their mean, as sums of many small effects do.",
    "FLOPs are those of the matrix products of forward and backward pass, multiplications and additions counted each. " +
      "A curve goes through the steps that all seeds have, and ends with the mean of their ends; its training loss is " +
      "averaged over stretches of the logged batches.",
    ...(floor
      ? [
          "Bits per word = loss · tokens / words / ln 2, with the tokens and words of the whole validation text; the best " +
            "possible is the entropy of that text under the grammar that made it. The validation loss is of a sample of windows, whose " +
            "first tokens have little before them, so heed evaluate on the whole text finds a little less.",
        ]
      : [
          "The loss is in nats per token: how good that is for a text depends on how long its tokens are, so it is compared only between runs of one tokenizer.",
        ]),
  ];
}
