import type { Meta } from "./corpus.js";

const MARKS = /<!-- numbers -->[\s\S]*<!-- \/numbers -->/;

/** The tables of the README, so that no number there is typed by hand. */
export function numbers(meta: Meta, relations: string): string {
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
  const kinds = new Map<string, number>();
  for (const line of relations.trimEnd().split("\n")) {
    const { kind } = JSON.parse(line) as { kind: string };
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return [
    "| | stories | words | characters | bits per character | bits per word | bits per story |",
    "|---|---|---|---|---|---|---|",
    ...rows,
    `| expected, from the grammar | 1 | ${e.wordsPerStory.toFixed(2)} | ${e.charactersPerStory.toFixed(2)} | ${mean.join(" | ")} |`,
    "",
    `${meta.vocabulary.words} different words (capitals aside), ${meta.vocabulary.characters} different characters. Relations in the held-out part: ` +
      `${[...kinds]
        .sort()
        .map(([kind, n]) => `${n} ${kind}`)
        .join(", ")}.`,
  ].join("\n");
}

/** The README with its numbers brought up to date. */
export function withNumbers(readme: string, meta: Meta, relations: string): string {
  if (!MARKS.test(readme)) throw new Error("README.md has lost its <!-- numbers --> marks");
  return readme.replace(MARKS, () => `<!-- numbers -->\n${numbers(meta, relations)}\n<!-- /numbers -->`);
}
