"""Run the bout of lessons 502 and 503 and store its raw results: `python tools/bout.py [data/bout.json]`.

Goes on where the file ends: what is in it is not run again. About two hours of one processor core. Seconds are
processor seconds of one thread; other work on the machine can still make them up to twice as long, so run it on a
quiet one. On a GPU they would mean nothing.
"""

import base64
import datetime
import itertools
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

os.environ["TF_NUM_INTRAOP_THREADS"] = "1"  # read when TensorFlow starts
os.environ["TF_NUM_INTEROP_THREADS"] = "1"

import numpy as np  # noqa: E402

from course_utils import bout, bout_drawing, set_up  # noqa: E402
from course_utils.metrics.generation import distances_to_nearest  # noqa: E402

STORED = Path(__file__).parents[1] / "data" / "bout.json"
SECONDS = 10  # of training steps, the same for all
RATES = (0.0003, 0.001, 0.003, 0.01)
BEYOND = (0.03, 0.1)  # each tried where the largest before it was the best
CHOOSING_SEEDS = (11, 12)  # patch and rate are chosen by the mean of these
SEEDS = (1, 2, 3, 4, 5)  # judged on test
RIVAL_SEEDS = (0, 1, 2)  # of the random filters; counted words have none, their rows are equal
CURVE_SHARES, CURVE_SEEDS = (1 / 16, 1 / 4), (1, 2, 3)
LONGER = 4  # times as many steps, once: does the order change?
CURVE_NETWORKS = ("dense", "convolution", "GRU", "transformer")
DRAWING_SECONDS, DRAWING_RATES, DRAWING_LONGER = 40, (0.0005, 0.001, 0.002, 0.004), 4
DRAWING_BEYOND = (0.008, 0.016, 0.032, 0.064)  # each tried where the largest before it was the best
DRAWING_CHOOSING_SEEDS = (0, 10, 11)  # the first for each rate; all three for rates up to twice as far as the best
MEMORY_TASKS = ("signals", "images")  # on the others the loading of the data needs more than the steps
DRAWN, SHOWN = 1000, 30


TABLES = ("sizes", "rivals", "trials", "drawing_sizes", "drawings")


class Results:
    """The stored file: written anew after each run, so that nothing is lost when it is stopped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.content = {name: [] for name in TABLES}
        if path.exists():
            self.content = json.loads(path.read_text(encoding="utf-8"))
        self.content |= {"command": "python tools/bout.py", "seconds": SECONDS, "drawing_seconds": DRAWING_SECONDS}

    def find(self, table: str, **wanted) -> dict | None:
        for row in self.content.get(table, []):
            if all(row[key] == value for key, value in wanted.items()):
                return row
        return None

    def add(self, table: str, row: dict) -> dict:
        here = f"{platform.machine()}, {processor()}, one thread, Python {platform.python_version()}, {versions()}"
        machines = self.content.setdefault("machine", here)
        if here not in machines:
            self.content["machine"] = f"{machines}; later additions: {here}"
        self.content["date"] = datetime.date.today().isoformat()
        self.content.setdefault(table, []).append(row)
        self.write()
        print(row, flush=True)
        return row

    def forget_others(self, task: str, network: str, chosen: dict) -> None:
        """Drop what was judged with another setting than the chosen one: the lessons take the mean of all that is judged."""
        self.content["trials"] = [
            row
            for row in self.content["trials"]
            if row["purpose"] == "choose"
            or (row["task"], row["network"]) != (task, network)
            or (row["patch"], row["rate"]) == (chosen["patch"], chosen["rate"])
        ]

    def write(self) -> None:
        order = ("command", "date", "machine", "seconds", "drawing_seconds")
        lines = [f'"{name}": {json.dumps(self.content[name])}' for name in order]
        for name in TABLES:
            rows = ",\n  ".join(json.dumps(one) for one in self.content.get(name, []))
            lines.append(f'"{name}": [\n  {rows}\n]')
        pictures = json.dumps(self.content.get("pictures", {}), indent=1)
        lines.append(f'"pictures": {pictures}')
        self.path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def processor() -> str:
    cpu = Path("/proc/cpuinfo")
    if not cpu.exists():
        return platform.processor()
    names = [line.split(":")[1].strip() for line in cpu.read_text().splitlines() if line.startswith("model name")]
    return names[0] if names else platform.processor()


def versions() -> str:
    import keras
    import tensorflow as tf

    return f"Keras {keras.__version__}, TensorFlow {tf.__version__}"


def seconds_a_step(name: str, task: bout.Task, width: int, patch: int) -> float:
    """The least of ten measurements of twenty steps each: whatever else runs can only make them longer."""
    model = bout.prepare(name, task, width, patch, 0.001, 1000, seed=0)
    examples = bout.batches(task.train, seed=0)
    model.fit(examples, steps_per_epoch=20, verbose=0)  # builds the graph
    measured = []
    for _ in range(10):
        began = time.process_time()
        model.fit(examples, steps_per_epoch=20, verbose=0)
        measured.append((time.process_time() - began) / 20)
    return min(measured)


def kilobytes_an_example(name: str, task_name: str, width: int, patch: int) -> float:
    """What a training step needs for one more example: peak memory of two new processes, batches of 512 and 2048."""
    peaks = {}
    for batch in (512, 2048):
        command = [sys.executable, __file__, "--memory", name, task_name, str(width), str(patch), str(batch)]
        peaks[batch] = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])
    return (peaks[2048] - peaks[512]) / (2048 - 512)


def peak_kilobytes() -> int:
    """The largest memory of this process so far; on Linux `ru_maxrss` would count the parent's before the new program."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


def print_peak(name: str, task_name: str, width: int, patch: int, batch: int) -> None:
    task = bout.TASKS[task_name]()
    model = bout.prepare(name, task, width, patch, 0.001, 1000, seed=0)
    inputs = task.train.inputs[:2048].copy()  # both processes hold as many examples
    targets = task.train.targets[:2048]
    model.compile(model.optimizer, model.loss, jit_compile=False)
    for _ in range(3):
        model.train_on_batch(inputs[:batch], targets[:batch])
    print(peak_kilobytes())


def run(results: Results, purpose: str, name: str, task: bout.Task, patch: int, times: int = 1, **settings) -> dict:
    """One training, unless it is stored already."""
    size = results.find("sizes", task=task.name, network=name, patch=patch)
    settings = {"patch": patch, "steps": times * size["steps"], "share": 1.0} | settings
    key = {"purpose": purpose, "task": task.name, "network": name} | settings
    found = results.find("trials", **key)
    if found:
        return found
    began = time.process_time()
    model, validation = bout.train(name, task, size["width"], **settings)
    seconds = time.process_time() - began
    test = bout.test_accuracy(model, task) if purpose != "choose" else None
    measured = {"validation": validation, "test": test, "seconds": round(seconds, 1), "machine": processor()}
    return results.add("trials", key | measured)


def measure_sizes(results: Results, task: bout.Task, name: str) -> None:
    """For each patch the width that fits, and how many steps fit into the seconds.

    A patch that is added later is timed beside the last stored one: its seconds are those of the machine that timed that.
    """
    stored = {
        patch: results.find("sizes", task=task.name, network=name, patch=patch)
        for patch in bout.patches(name, task.name)
    }
    known = [row for row in stored.values() if row]
    missing = [patch for patch, row in stored.items() if not row]
    slower = 1.0  # than the machine that timed the last stored patch
    if known and missing:
        here = seconds_a_step(name, task, known[-1]["width"], known[-1]["patch"])
        slower = 1000 * here / known[-1]["milliseconds_a_step"]
    for patch in missing:
        width = bout.fitting_width(name, task, patch)
        seconds = seconds_a_step(name, task, width, patch) / slower
        row = {
            "task": task.name,
            "network": name,
            "patch": patch,
            "width": width,
            "weights": bout.count_weights(bout.build(name, task, width, patch)),
            "milliseconds_a_step": round(1000 * seconds, 3),
            "steps": max(100, round(SECONDS / seconds / 100) * 100),
        }
        results.add("sizes", row)
    tasks, networks = list(bout.TASKS), list(bout.NETWORKS)
    results.content["sizes"].sort(
        key=lambda row: (tasks.index(row["task"]), networks.index(row["network"]), row["patch"])
    )


def choose(results: Results, task: bout.Task, name: str) -> dict:
    """The patch and the rate with the best mean on the validation part: {"patch": ..., "rate": ...}."""
    best = {}
    best_share = -1.0
    for patch in bout.patches(name, task.name):
        tried = {}
        for rate in (*RATES, *BEYOND):
            if rate in BEYOND and max(tried, key=tried.get) != max(tried):
                continue
            runs = [run(results, "choose", name, task, patch, rate=rate, seed=seed) for seed in CHOOSING_SEEDS]
            tried[rate] = float(np.mean([one["validation"] for one in runs]))
            if tried[rate] > best_share:
                best, best_share = {"patch": patch, "rate": rate}, tried[rate]
    return best


def main(path: Path) -> None:
    set_up(seed=1)
    results = Results(path)
    tasks = {name: make() for name, make in bout.TASKS.items()}
    for task in tasks.values():
        for share, seed in itertools.product((1.0, *CURVE_SHARES), RIVAL_SEEDS):
            key = {"task": task.name, "share": share, "seed": seed}
            if not results.find("rivals", **key):
                began = time.process_time()
                found = bout.rival(task._replace(train=task.first(share)), seed)
                results.add("rivals", key | found._asdict() | {"seconds": round(time.process_time() - began, 1)})
    pairs = [(task, name) for task in tasks.values() for name in bout.NETWORKS]
    chosen = {}
    for task, name in pairs:
        measure_sizes(results, task, name)
        chosen[task.name, name] = choose(results, task, name)
        results.forget_others(task.name, name, chosen[task.name, name])
    for seed in SEEDS:
        for task, name in pairs:
            run(results, "judge", name, task, **chosen[task.name, name], seed=seed)
    for task, name in pairs:
        run(results, "longer", name, task, **chosen[task.name, name], seed=1, times=LONGER)
    for seed in CURVE_SEEDS:
        for task, name in pairs:
            for share in CURVE_SHARES:
                if name in CURVE_NETWORKS:
                    run(results, "curve", name, task, **chosen[task.name, name], seed=seed, share=share)
    for task, name in pairs:
        if task.name not in MEMORY_TASKS:
            continue
        patch = chosen[task.name, name]["patch"]
        row = results.find("sizes", task=task.name, network=name, patch=patch)
        if "kilobytes_an_example" not in row:
            row["kilobytes_an_example"] = round(kilobytes_an_example(name, task.name, row["width"], patch), 1)
            results.write()


def keep_pictures(results: Results, name: str, images: np.ndarray) -> None:
    """The first drawings, to look at: (30, 14, 14) whole numbers from 0 to 255 as base64. The next row writes them."""
    shown = (255 * images[:SHOWN, :, :, 0]).round().astype("uint8")
    results.content.setdefault("pictures", {})[name] = base64.b64encode(shown.tobytes()).decode("ascii")


def main_drawing(results: Results) -> None:
    """Rivals and artists: distances of 1000 drawings to the test digits, as they are and with the contrast of real ones."""
    digits = bout_drawing.small_digits()
    describe = bout_drawing.train_judge(digits)

    def measured(images, real) -> dict:
        contrast = bout_drawing.with_contrast(images, digits.train)
        return {
            "distance": bout_drawing.distance(describe, images, real),
            "distance_with_contrast": bout_drawing.distance(describe, contrast, real),
            "grey": bout_drawing.grey_share(images),
            "to_nearest": float(np.median(distances_to_nearest(images, digits.train))),
        }

    if not results.find("drawings", name="real"):
        results.add(
            "drawings", {"name": "real", "purpose": "rival", "seed": 1} | measured(digits.train[:DRAWN], digits.test)
        )
    for name in bout_drawing.RIVALS:
        for seed in SEEDS:
            if not results.find("drawings", name=name, seed=seed):
                began = time.process_time()
                images = bout_drawing.rival(name, digits.train, DRAWN, seed)
                if seed == 1:
                    keep_pictures(results, name, images)
                seconds = round(time.process_time() - began, 1)
                row = {"name": name, "purpose": "rival", "seed": seed, "seconds": seconds}
                results.add("drawings", row | measured(images, digits.test))
    for name in bout_drawing.ARTISTS:
        if not results.find("drawing_sizes", name=name):
            width = bout_drawing.fitting_width(name)
            times = {}
            for steps in (10, 30, 30, 30, 10, 10):
                began = time.process_time()
                bout_drawing.train(name, digits, width, 0.001, steps, seed=0)
                times.setdefault(steps, []).append(time.process_time() - began)
            seconds = (min(times[30]) - min(times[10])) / 20
            make = bout_drawing.denoiser if name == "diffusion" else bout_drawing.drawing_network
            steps = round(DRAWING_SECONDS / seconds / 10) * 10
            row = {"name": name, "width": width, "weights": make(width).count_params()}
            results.add("drawing_sizes", row | {"milliseconds_a_step": round(1000 * seconds, 2), "steps": steps})

    def artist(purpose: str, name: str, rate: float, seed: int, times: float = 1) -> dict:
        size = results.find("drawing_sizes", name=name)
        key = {
            "purpose": purpose,
            "name": name,
            "rate": rate,
            "seed": seed,
            "steps": round(times * size["steps"] / 10) * 10,
        }
        found = results.find("drawings", **key)
        if found:
            return found
        began = time.process_time()
        draw = bout_drawing.train(name, digits, size["width"], rate, key["steps"], seed)
        trained = time.process_time()
        images = draw(DRAWN, seed)
        drawn = time.process_time()
        if seed == 1:
            keep_pictures(results, f"{name}, {purpose}", images)
        seconds = {"seconds": round(trained - began, 1), "seconds_to_draw": round(drawn - trained, 2)}
        real = digits.validation if purpose == "rate" else digits.test
        return results.add("drawings", key | seconds | measured(images, real))

    def distance_at(name: str, rate: float, seed: int) -> float:
        return artist("rate", name, rate, seed)["distance_with_contrast"]

    for name in bout_drawing.ARTISTS:
        tried = {}
        for rate in (*DRAWING_RATES, *DRAWING_BEYOND):
            if rate in DRAWING_BEYOND and min(tried, key=tried.get) != max(tried):
                continue
            tried[rate] = distance_at(name, rate, DRAWING_CHOOSING_SEEDS[0])
        near = [rate for rate in tried if tried[rate] < 2 * min(tried.values())]
        worst = {rate: max(distance_at(name, rate, seed) for seed in DRAWING_CHOOSING_SEEDS) for rate in near}
        best = min(worst, key=worst.get)  # a rate that fails once in three is not chosen
        for seed in SEEDS:
            artist("judge", name, best, seed)
        artist("quarter", name, best, seed=1, times=0.25)
        artist("longer", name, best, seed=1, times=DRAWING_LONGER)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        set_up(seed=1)
        print_peak(sys.argv[2], sys.argv[3], *map(int, sys.argv[4:7]))
    else:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else STORED
        main(path)
        main_drawing(Results(path))
