import type { Meta } from "./corpus.js";

const MARKS = /<!-- numbers -->[\s\S]*<!-- \/numbers -->/;

/** The sources of the numbers: the content of `meta.json`, `relations.jsonl` and `choices.jsonl`. */
export interface Written {
  meta: Meta;
  relations: string;
  choices: string;
}

/** The README's table and counts, so that no number there is typed by hand. */
export function numbers({ meta, relations, choices }: Written): string {
  const rows = Object.entries(meta.files).map(([file, f]) => {
    const counts = [f.stories, f.words, f.characters].map((n) => n.toLocaleString("en-US"));
    const floor = [
      f.floor.bitsPerCharacter.toFixed(4),
      f.floor.bitsPerWord.toFixed(4),
      f.floor.bitsPerStory.toFixed(2),
    ];
    return `| \`${file}\` | ${[...counts, ...floor].join(" | ")} |`;
  });
  const e = meta.expected;
  const mean = [e.bitsPerCharacter.toFixed(4), e.bitsPerWord.toFixed(4), e.bitsPerStory.toFixed(2)];
  return [
    "| | stories | words | characters | bits per character | bits per word | bits per story |",
    "|---|---|---|---|---|---|---|",
    ...rows,
    `| expected, from the grammar | 1 | ${e.wordsPerStory.toFixed(2)} | ${e.charactersPerStory.toFixed(2)} | ${mean.join(" | ")} |`,
    "",
    `${meta.vocabulary.words} distinct words (ignoring case), ${meta.vocabulary.characters} distinct characters. ` +
      `Relations in the held-out part: ${kindsOf(relations)}. Choices: ${kindsOf(choices)}.`,
  ].join("\n");
}

/** The number of lines of each kind, such as `180 agreement, 399 meaning`. */
function kindsOf(lines: string): string {
  const kinds = new Map<string, number>();
  for (const line of lines.trimEnd().split("\n")) {
    const { kind } = JSON.parse(line) as { kind: string };
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return [...kinds]
    .sort()
    .map(([kind, n]) => `${n} ${kind}`)
    .join(", ");
}

/** The README with its numbers brought up to date. @throws Error if the marks around them are missing. */
export function withNumbers(readme: string, written: Written): string {
  if (!MARKS.test(readme)) throw new Error("README.md has lost its <!-- numbers --> marks");
  return readme.replace(MARKS, () => `<!-- numbers -->\n${numbers(written)}\n<!-- /numbers -->`);
}
