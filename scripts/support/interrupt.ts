/** A Ctrl-C that comes twice in this many milliseconds was pressed once: npm and its shell may pass it on, too. */
const echo = 300;

/** A signal that Ctrl-C raises: the work under way ends well. A second Ctrl-C ends the process at once. */
export function stopOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  let asked = 0;
  const stop = () => {
    if (controller.signal.aborted) {
      if (performance.now() - asked > echo) process.exit(130);
      return;
    }
    asked = performance.now();
    process.stderr.write("\nstopping after this step, then saving (Ctrl-C again to stop at once)\n");
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}
