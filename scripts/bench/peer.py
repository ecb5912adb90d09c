"""What the Python contestants of `heed bench` share: the protocol of src/lab/bench/protocol.ts, and the inputs.

A contestant is run as `python torch_peer.py`, reads requests from stdin, one JSON value a line, and answers each with
one line on stdout.
"""

import json
import sys
import time
from pathlib import Path

ANSWER_MARK = "bench> "


class Inputs:
    """What src/lab/bench/inputs.ts wrote: the same weights and batches for every contestant."""

    def __init__(self, folder):
        folder = Path(folder)
        about = json.loads((folder / "inputs.json").read_text())
        self.model, self.work = about["model"], about["work"]
        self.batch_size, self.batch_count = about["batchSize"], about["batchCount"]
        self.shapes = {weight["name"]: weight["shape"] for weight in about["weights"]}
        self.weight_bytes = bytearray((folder / "weights.bin").read_bytes())  # float32, one weight after the other
        self.batch_bytes = bytearray((folder / "batches.bin").read_bytes())  # int32 [batch_count, B, T + 1]
        self.batch_shape = (self.batch_count, self.batch_size, self.model["contextLength"] + 1)

    def cut_weights(self, numbers):
        """The weights by heed's name, given all their numbers as one array that can be sliced and reshaped."""
        weights, at = {}, 0
        for name, shape in self.shapes.items():
            size = 1
            for n in shape:
                size *= n
            weights[name] = numbers[at : at + size].reshape(shape)
            at += size
        return weights


def memory():
    """Bytes held now, and the most ever held. Linux counts what the parent held in ru_maxrss, but not in VmHWM."""
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        return [1024 * int(lines[key].split()[0]) for key in ("VmRSS", "VmHWM")]
    except OSError:
        import resource  # not on Windows

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return [peak, peak]


def run(task, work, count):
    milliseconds, values = [], []
    cpu = time.process_time()
    for _ in range(count):
        start = time.perf_counter()
        result = work()
        milliseconds.append(1000 * (time.perf_counter() - start))
        values = values + result if task == "train" else result
    cpu = 1000 * (time.process_time() - cpu)
    now, peak = memory()
    return dict(milliseconds=milliseconds, values=values, cpuMilliseconds=cpu, memoryBytes=now, peakBytes=peak)


def serve(load):
    """Answers requests until stdin ends. `load(request)` gives the versions and a function that does the work once:
    it returns the loss of a training step, or the ids of a text, as a list."""
    answers, sys.stdout = sys.stdout, sys.stderr  # what libraries print goes elsewhere
    work = None
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if work is None:
                versions, work = load(request)
                task = request["task"]
                answer = dict(versions=dict(Python=sys.version.split()[0], **versions))
            else:
                answer = run(task, work, request["count"])
        except Exception as error:
            text = str(error).strip().splitlines()
            answer = dict(error=f"{type(error).__name__}: {text[0] if text else ''}")
        print(ANSWER_MARK + json.dumps(answer), file=answers, flush=True)
