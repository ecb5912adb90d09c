/** Receives setup's messages. */
export interface Reporter {
  /** A line for the user. */
  note(line: string): void;
  /** How much has been downloaded or unpacked; `total` is 0 where it is unknown. */
  progress(label: string, bytes: number, total: number): void;
}

/** 273829956 -> "274 MB" */
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/** Writes to stderr: one line that is updated on a terminal, a few lines elsewhere. */
export function stderrReporter(stream: NodeJS.WriteStream = process.stderr): Reporter {
  let open = ""; // the label of the current progress line
  let steps = 0;
  const close = () => {
    if (open && stream.isTTY) stream.write("\n");
    open = "";
    steps = 0;
  };
  return {
    note(line) {
      close();
      stream.write(`${line}\n`);
    },
    progress(label, bytes, total) {
      if (open !== label) close();
      open = label;
      const step = total > 0 ? Math.min(4, Math.floor((4 * bytes) / total)) : Math.floor(bytes / 25e6);
      const text = `  ${label} ${progressText(bytes, total)}`;
      if (stream.isTTY) stream.write(`\r${text}`);
      else if (step > steps) stream.write(`${text}\n`);
      steps = Math.max(step, steps);
    },
  };
}

function progressText(bytes: number, total: number): string {
  if (total <= 0) return `${megabytes(bytes)} so far`;
  const share = Math.min(1, bytes / total);
  const bar = "=".repeat(Math.round(share * 30)).padEnd(30);
  return `[${bar}] ${megabytes(share * total)} of ${megabytes(total)}`;
}
