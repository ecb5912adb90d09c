import type { ComponentChildren } from "preact";

export interface SectionProps {
  number: number;
  id: string;
  title: string;
  /** What happens here, in words. */
  words: ComponentChildren;
  /** The same in mathematics. */
  formula?: ComponentChildren;
  children: ComponentChildren;
}

/** One step of the way: words and formula beside what they do to the text typed. */
export function Section({ number, id, title, words, formula, children }: SectionProps) {
  return (
    <section class="step" id={id} aria-labelledby={`${id}-title`}>
      <header>
        <p class="number" aria-hidden="true">
          {number}
        </p>
        <h2 id={`${id}-title`}>{title}</h2>
      </header>
      <div class="words">
        {words}
        {formula}
      </div>
      <div class="figures">{children}</div>
    </section>
  );
}
