import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { analyze } from "../../../src/lab/compare/analysis.js";
import { briefOf, markdownOf } from "../../../src/lab/compare/markdown.js";
import { methodOf } from "../../../src/lab/compare/method.js";
import { CharTokenizer } from "../../../src/tokenizers/char.js";
import { texts } from "./fakeRun.js";
import { runFolders } from "./support.js";

const { make, remove, folder } = runFolders();
afterAll(remove);

it("writes down everything that came out", async () => {
  const text = "ab ba ab\n";
  const sha256 = createHash("sha256").update(text).digest("hex");
  const floor = { bitsPerCharacter: 0.5, bitsPerWord: 1.6 };
  writeFileSync(join(folder, "held.txt"), text);
  writeFileSync(join(folder, "meta.json"), JSON.stringify({ files: { "held.txt": { sha256, floor } } }));
  const files = [texts[0]!, { ...texts[1]!, path: join(folder, "held.txt"), sha256 }];
  const tokenizer = JSON.stringify(new CharTokenizer(["\n", " ", "a", "b"]).toJSON());
  const losses = { 1: [2.0, 2.1, 2.05], 2: [1.5, 1.62, 1.56], 4: [1.5, 1.62, 1.58] };
  const runs = Object.entries(losses).flatMap(([numHeads, each]) =>
    each.map((loss, i) => ({
      model: { numHeads: Number(numHeads) },
      training: { seed: i + 1 },
      losses: [4, 3, loss],
      tokensPerSecond: 12_345,
      tokenizer,
      record: { files },
    })),
  );
  const stopped = { model: { numHeads: 4 }, training: { seed: 4 }, stoppedAt: 70, tokenizer, record: { files } };
  const analysis = await analyze(make(...runs, stopped).map((run) => run.folder));
  const [before, after] = markdownOf(analysis).replaceAll(`${folder}/`, "").split(methodOf(analysis).join("\n\n"));
  expect(before).toBe(report);
  expect(after!.replace(/(npx heed train) .* --out/g, "$1 … --out")).toBe(repeat);
  expect(briefOf(analysis).replaceAll(`${folder}/`, "")).toBe(brief);
});

// By hand: 2, 2.1 and 2.05 have the mean 2.05 and s = 0.05, so ± 4.3027 · 0.05 / √3 = 0.1242; the changes of heads 1 → 2
// are -0.5, -0.48 and -0.49, with s = 0.01, so ± 0.0248; 2.05 · 8 / 3 / ln 2 = 7.887 bits per word; 24,768 operations a
// token (settings.test.ts) and 3,200 tokens make 79.3 M; 800 + 128 numbers in the embeddings, 3,312 in the rest.
const report = `\
# Comparison of 10 runs: heads

- what differs: heads (attention heads): 1, 2 and 4
- the same for all: layers 1, dim 16, context 8, batch 4, lr 0.001, steps 100
- seeds: 1, 2, 3 and 4
- trained on: text.txt
- validated on: held.txt
- tokenizer: char, 50 tokens
- best possible: 0.4159 nats per token, 1.6000 bits per word (8 tokens, 3 words)
- made with: heed 0.1.0, backend native

## In short

- Lowest final validation loss: heads 2: 1.5600 nats per token (± 0.1490, 3 seeds), which is 6.002 bits per word, 4.402 above the best possible.
- heads: 3 differences, 2 clear and 1 within noise. The largest: 1 → 2 changes the loss by −0.4900 ± 0.0248 (clear).

## To be known

- run-10 stands at step 66 of 100: its curve is shown, but it counts in no mean.

## Results

Losses in nats per token, as mean ± 95% interval over the seeds; lower is better.

| heads | seeds |      final loss | against the best |      verdict |       best loss | bits per word (above the best possible) | parameters |  FLOPs | tokens/s |
|-------|------:|----------------:|-----------------:|-------------:|----------------:|----------------------------------------:|-----------:|-------:|---------:|
| 1     |     3 | 2.0500 ± 0.1242 | +0.4900 ± 0.0248 |        clear | 2.0500 ± 0.1242 |                          7.887 (+6.287) |      4,240 | 79.3 M |   12,345 |
| 2     |     3 | 1.5600 ± 0.1490 |                  |         best | 1.5600 ± 0.1490 |                          6.002 (+4.402) |      4,240 | 79.3 M |   12,345 |
| 4     |     3 | 1.5667 ± 0.1518 | +0.0067 ± 0.0287 | within noise | 1.5667 ± 0.1518 |                          6.027 (+4.427) |      4,240 | 79.3 M |   12,345 |

## Change of the final loss by setting

### heads

| heads | change of the loss | seeds |      verdict |
|-------|-------------------:|------:|-------------:|
| 1 → 2 |   −0.4900 ± 0.0248 |     3 |        clear |
| 1 → 4 |   −0.4833 ± 0.0379 |     3 |        clear |
| 2 → 4 |   +0.0067 ± 0.0287 |     3 | within noise |

## How the figures are made

`;

const repeat = `

## To repeat each run

\`\`\`sh
${[1, 2, 4].flatMap((heads, i) => [1, 2, 3].map((seed) => `# heads ${heads}, seed ${seed}\nnpx heed train … --out run-${3 * i + seed}-again`)).join("\n")}
# heads 4, seed 4
npx heed train … --out run-10-again
\`\`\`
`;

const brief = `\
| heads | seeds |      final loss | against the best |      verdict |       best loss | parameters | tokens/s |
|-------|------:|----------------:|-----------------:|-------------:|----------------:|-----------:|---------:|
| 1     |     3 | 2.0500 ± 0.1242 | +0.4900 ± 0.0248 |        clear | 2.0500 ± 0.1242 |      4,240 |   12,345 |
| 2     |     3 | 1.5600 ± 0.1490 |                  |         best | 1.5600 ± 0.1490 |      4,240 |   12,345 |
| 4     |     3 | 1.5667 ± 0.1518 | +0.0067 ± 0.0287 | within noise | 1.5667 ± 0.1518 |      4,240 |   12,345 |

Losses in nats per token, as mean ± 95% interval over the seeds; lower is better.
Lowest final validation loss: heads 2: 1.5600 nats per token (± 0.1490, 3 seeds), which is 6.002 bits per word, 4.402 above the best possible.
heads: 3 differences, 2 clear and 1 within noise. The largest: 1 → 2 changes the loss by −0.4900 ± 0.0248 (clear).
run-10 stands at step 66 of 100: its curve is shown, but it counts in no mean.`;
