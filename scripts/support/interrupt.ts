/**
 * A signal that Ctrl-C raises: the work under way ends well. A second Ctrl-C, or one after `release`, ends the process
 * at once, by the system's own hand, so that it works in the middle of a long computation, too.
 *
 * @param onStop called before anything is said of the stop, to end a display that is being redrawn
 */
export function stopOnInterrupt(onStop: () => void = () => {}): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const release = () => {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  };
  const stop = () => {
    release();
    onStop();
    process.stderr.write("\nstopping after this step, then saving (Ctrl-C again to stop at once)\n");
    controller.abort();
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return { signal: controller.signal, release };
}
