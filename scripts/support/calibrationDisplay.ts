import cliProgress from "cli-progress";

/** Shows on stderr how far measuring the machine's speed has come: a bar where that is a terminal, else one line. */
export function calibrationDisplay() {
  let bar: cliProgress.SingleBar | undefined;
  const onProgress = (done: number, total: number): void => {
    if (!process.stderr.isTTY) {
      if (done === 0) process.stderr.write("measuring this machine's speed, once; about ten seconds\n");
      return;
    }
    if (!bar) {
      const format = "measuring this machine's speed, once {bar} {percentage}%";
      const options = { format, stream: process.stderr, hideCursor: true, clearOnComplete: true };
      bar = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic);
      bar.start(total, done);
    }
    bar.update(done);
  };
  return { onProgress, close: () => bar?.stop() };
}
