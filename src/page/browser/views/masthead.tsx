import type { Engine, EngineModel } from "../engine.js";
import { figure } from "../figures/figure.js";

/** What the page is, and which model it runs. */
export function Masthead({ engine }: { engine: Engine }) {
  return (
    <header class="masthead">
      <p class="kicker">heed · looking inside</p>
      <h1>What a transformer does with your text</h1>
      <p class="lede">
        The model in this file runs here, in your browser. Type below, and follow your words: into numbers, through
        attention, to the next word. Every number on this page is its own.
      </p>
      {engine.models.map((model) => (
        <ModelFacts key={model.name} model={model} backend={engine.backend} />
      ))}
      <nav aria-label="Sections">
        <ol>
          {contents.map(([id, title]) => (
            <li key={id}>
              <a href={`#${id}`}>{title}</a>
            </li>
          ))}
        </ol>
      </nav>
    </header>
  );
}

const contents = [
  ["vectors", "Text, tokens, vectors"],
  ["attention", "Attention at a glance"],
  ["arithmetic", "The arithmetic of one token"],
  ["heads", "What heads do"],
  ["two-sentences", "A word in two sentences"],
  ["next", "The next word"],
  ["training", "Training from inside"],
  ["two-models", "Two models"],
];

function ModelFacts({ model, backend }: { model: EngineModel; backend: string }) {
  const { numLayers, numHeads, hiddenDim, vocabSize, contextLength } = model.config;
  const { weights, logitDifference } = model.precision;
  const facts: [string, string][] = [
    ["model", model.name],
    ["layers × heads", `${numLayers} × ${numHeads}`],
    ["width", `${hiddenDim}`],
    ["tokens known", `${vocabSize.toLocaleString("en")} (${model.tokenizer.kind})`],
    ["context", `${contextLength} tokens`],
    ...(model.step === undefined
      ? []
      : ([["trained for", `${model.step.toLocaleString("en")} steps`]] as [string, string][])),
    ["runs on", backend],
    ["weights", logitDifference === 0 ? weights : `${weights} (logits within ${figureSmall(logitDifference)})`],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const figureSmall = (value: number) => (value < 0.001 ? value.toExponential(0) : figure(value));
