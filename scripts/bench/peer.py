"""Shared by the Python contestants of `heed bench`: the protocol of src/lab/bench/protocol.ts and the inputs.

A contestant is run as `python torch_peer.py`. It reads requests from stdin, one JSON value per line, and replies to
each with one line on stdout.
"""

import json
import sys
import time
from pathlib import Path

ANSWER_MARK = "bench> "


class Inputs:
    """The weights and batches that src/lab/bench/inputs.ts wrote, the same for every contestant."""

    def __init__(self, folder):
        folder = Path(folder)
        about = json.loads((folder / "inputs.json").read_text())
        self.model, self.work = about["model"], about["work"]
        self.batch_size, self.batch_count = about["batchSize"], about["batchCount"]
        self.shapes = {weight["name"]: weight["shape"] for weight in about["weights"]}
        self.weight_bytes = bytearray((folder / "weights.bin").read_bytes())  # float32, one weight after another
        self.batch_bytes = bytearray((folder / "batches.bin").read_bytes())  # int32 [batch_count, B, T + 1]
        self.batch_shape = (self.batch_count, self.batch_size, self.model["contextLength"] + 1)

    def cut_weights(self, numbers):
        """The weights by their names in heed, cut from one array of all their numbers."""
        weights, at = {}, 0
        for name, shape in self.shapes.items():
            size = 1
            for n in shape:
                size *= n
            weights[name] = numbers[at : at + size].reshape(shape)
            at += size
        return weights


def memory():
    """Bytes held now, and the most ever held. On Linux, ru_maxrss includes what the parent held; VmHWM does not."""
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
    """Replies to requests until stdin ends. `load(request)` returns the versions and a function that does the work
    once; that function returns a list: the loss of a training step, or the token ids of a text."""
    answers, sys.stdout = sys.stdout, sys.stderr  # libraries that print must not disturb the protocol
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
