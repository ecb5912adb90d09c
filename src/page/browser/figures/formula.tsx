import type { ComponentChildren } from "preact";

/** A formula set apart. */
export function Formula({ children }: { children: ComponentChildren }) {
  return (
    <div class="formula">
      <math display="block">{children}</math>
    </div>
  );
}

/** A letter, with what stands below it: a vector or a matrix is bold, a number is not. */
export function Sym({ name, below, bold = false }: { name: string; below?: string; bold?: boolean }) {
  const letter = (
    <mi mathvariant={bold ? "normal" : undefined} class={bold ? "bold" : undefined}>
      {name}
    </mi>
  );
  if (below === undefined) return letter;
  return (
    <msub>
      {letter}
      <mi>{below}</mi>
    </msub>
  );
}

/** An operator: `=`, `+`, `·`. */
export function Op({ is }: { is: string }) {
  return <mo>{is}</mo>;
}
