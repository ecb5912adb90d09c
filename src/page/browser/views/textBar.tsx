import { useEffect, useRef } from "preact/hooks";
import { shownToken } from "../figures/figure.js";
import { TokenLine } from "../figures/tokenLine.js";
import type { Instrument } from "../instrument.js";
import { leftOut, unknownPiece } from "../leaveOut.js";

export interface TextBarProps {
  instrument: Instrument;
  text: string;
  /** Whether the text was typed here, rather than chosen or written elsewhere. */
  isTyped: boolean;
  /** Why the text can't be read. */
  refusal: string | undefined;
  onTyped(text: string): void;
  onText(text: string): void;
}

/** Where one types; it stays in sight. Below the text are its tokens, and one of them is under the cursor. */
export function TextBar({ instrument, text, isTyped, refusal, onTyped, onText }: TextBarProps) {
  const { look, cursor, setCursor, engine } = instrument;
  const area = useRef<HTMLTextAreaElement>(null);
  const frame = useRef(0);
  useEffect(() => {
    if (!isTyped) area.current!.value = text; // what was typed is in the box, where more may have been typed since
  }, [text, isTyped]);
  const onInput = () => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => onTyped(area.current!.value));
  };
  const onSelect = () => {
    const { selectionStart, selectionEnd, value } = area.current!;
    if (selectionStart !== selectionEnd || refusal !== undefined || value.trim() === "") return;
    const at = look.tokens.findIndex(({ end }) => selectionStart <= end);
    setCursor(at < 0 ? look.tokens.length - 1 : at);
  };
  return (
    <div class="text-bar">
      <div class="inside">
        <div class="typing">
          <label for="text">Your text</label>
          <textarea
            id="text"
            ref={area}
            rows={2}
            spellcheck={false}
            autocomplete="off"
            defaultValue={text}
            aria-describedby="text-state"
            aria-invalid={refusal !== undefined}
            onInput={onInput}
            onKeyUp={onSelect}
            onClick={onSelect}
          />
          {engine.texts.length > 1 && (
            <label class="examples">
              <span class="hidden">Example</span>
              <select
                value={engine.texts.includes(text) ? text : ""}
                onChange={(event) => onText(event.currentTarget.value)}
              >
                <option value="" disabled>
                  Examples
                </option>
                {engine.texts.map((example) => (
                  <option key={example} value={example}>
                    {example}
                  </option>
                ))}
              </select>
            </label>
          )}
        </div>
        <div id="text-state" class="state" role="status">
          {refusal === undefined ? (
            <span class="count">
              {look.tokens.length} of {instrument.model.config.contextLength} tokens
            </span>
          ) : (
            <Refusal refusal={refusal} text={text} onText={onText} />
          )}
        </div>
        <TokenLine
          tokens={look.tokens}
          cursor={cursor}
          onCursor={setCursor}
          label="Tokens of your text"
          shape="strip"
        />
      </div>
    </div>
  );
}

function Refusal({ refusal, text, onText }: { refusal: string; text: string; onText(text: string): void }) {
  const unknown = unknownPiece(refusal, text);
  if (!unknown) return <span class="refusal">{refusal}. Below is the last text that it could read.</span>;
  return (
    <span class="refusal">
      This model does not know “{shownToken(unknown.piece)}” (character {unknown.start + 1}). Below is the last text
      that it could read.{" "}
      <button type="button" onClick={() => onText(leftOut(text, unknown))}>
        Leave “{shownToken(unknown.piece)}” out
      </button>
    </span>
  );
}
