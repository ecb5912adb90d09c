import { useEffect, useRef } from "preact/hooks";
import type { LookToken } from "../engine.js";
import { shownToken } from "./figure.js";
import { moved } from "./roving.js";

export interface TokenLineProps {
  tokens: readonly LookToken[];
  cursor: number;
  onCursor(index: number): void;
  /** What the line is, for a screen reader. */
  label: string;
  /** Colours of a token. */
  colors?(index: number): { background: string; color: string } | undefined;
  /** What stands below a token. */
  below?(index: number): string;
  /** Whether a token is masked: the cursor's cannot see it. */
  masked?(index: number): boolean;
  /** One line that scrolls sideways, or a text that wraps. @default "wrap" */
  shape?: "wrap" | "strip";
}

/** Tokens to choose from: by pointer, or with the arrow keys. */
export function TokenLine(props: TokenLineProps) {
  const { tokens, cursor, onCursor, label, colors, below, masked, shape = "wrap" } = props;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (shape === "wrap") return;
    const line = list.current!;
    const chosen = line.children[cursor] as HTMLElement | undefined;
    if (chosen) line.scrollLeft = chosen.offsetLeft - (line.clientWidth - chosen.offsetWidth) / 2;
  }, [cursor, shape]);
  const onKeyDown = (event: KeyboardEvent) => {
    const to = moved(event.key, cursor, tokens.length);
    if (to === undefined) return;
    event.preventDefault();
    onCursor(to);
    (list.current!.children[to] as HTMLElement).focus({ preventScroll: shape === "strip" });
  };
  return (
    <div ref={list} class={`tokens ${shape}`} role="listbox" aria-label={label} aria-orientation="horizontal">
      {tokens.map(({ text, id }, i) => (
        <div
          key={i}
          role="option"
          aria-selected={i === cursor}
          tabIndex={i === cursor ? 0 : -1}
          class={`token ${masked?.(i) ? "masked" : ""}`}
          style={colors?.(i)}
          title={`token ${i}: ${JSON.stringify(text)}, id ${id}`}
          onClick={() => onCursor(i)}
          onKeyDown={onKeyDown}
        >
          <span class="piece">{shownToken(text)}</span>
          {below && <span class="below">{below(i)}</span>}
        </div>
      ))}
    </div>
  );
}
