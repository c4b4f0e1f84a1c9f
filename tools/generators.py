"""Train the three generators of lesson 507 and store what they gave: `python tools/generators.py [data/generators.json]`.

Goes on where the file ends: what is in it is not run again. About half an hour of one processor core.
"""

import base64
import datetime
import json
import os
import platform
import sys
import time
from pathlib import Path

os.environ["TF_NUM_INTRAOP_THREADS"] = "1"  # read when TensorFlow starts
os.environ["TF_NUM_INTEROP_THREADS"] = "1"

import keras  # noqa: E402
import numpy as np  # noqa: E402
from bout import processor, versions  # noqa: E402

from course_utils import bout_drawing, generators, set_up  # noqa: E402
from course_utils.metrics.generation import distances_to_nearest  # noqa: E402

STORED = Path(__file__).parents[1] / "data" / "generators.json"
STEPS = 500
SHORT = 200  # steps of one training of each kind, which lesson 507 repeats
LONGER = 3000  # steps of three more, with the rate that was chosen for STEPS
RATES = (0.002, 0.004, 0.008)  # and further ones, half or double, until the last is not close to the best
CHOOSING_SEEDS, MORE_SEEDS = (0, 4), (5, 6)
CLOSE = 1.25  # rates with a mean below so many times the best get two starts more
SEEDS = (1, 2, 3)  # judged on test
DRAWN, SHOWN = 1000, 30


def read(path: Path) -> dict:
    if path.exists():
        return json.loads(path.read_text(encoding="utf-8"))
    return {"runs": [], "pictures": {}}


def write(path: Path, content: dict) -> None:
    """A line for each run and each picture."""
    machine = f"{platform.machine()}, {processor()}, one thread, Python {platform.python_version()}, {versions()}"
    how = {"command": "python tools/generators.py", "date": datetime.date.today().isoformat(), "machine": machine}
    lines = [f'"{name}": {json.dumps(value)}' for name, value in how.items()]
    runs = ",\n  ".join(json.dumps(run) for run in content["runs"])
    pictures = ",\n  ".join(f'"{name}": {json.dumps(code)}' for name, code in content["pictures"].items())
    lines += [f'"runs": [\n  {runs}\n]', f'"pictures": {{\n  {pictures}\n}}']
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def measured(describe: keras.Model, digits: bout_drawing.Digits, images: np.ndarray, real: np.ndarray) -> dict:
    contrast = bout_drawing.with_contrast(images, digits.train)
    down, right = generators.jumps(images)
    return {
        "distance": bout_drawing.distance(describe, images, real),
        "distance_with_contrast": bout_drawing.distance(describe, contrast, real),
        "rarest": generators.rarest_share(images, digits.train, digits.labels),
        "to_nearest": float(np.median(distances_to_nearest(images, digits.train))),
        "jump_down": down,
        "jump_right": right,
    }


def main(path: Path) -> None:
    set_up(seed=1)
    content = read(path)
    digits = bout_drawing.small_digits()
    describe = bout_drawing.train_judge(digits)

    def run(purpose: str, kind: str, rate: float, seed: int, steps: int) -> dict:
        key = {"purpose": purpose, "kind": kind, "rate": rate, "seed": seed, "steps": steps}
        for row in content["runs"]:
            if all(row[name] == value for name, value in key.items()):
                return row
        game = generators.game_for(generators.generator(kind, seed=seed), rate, steps)
        batches = bout_drawing.batches(digits.train, seed)
        game.fit(batches, steps_per_epoch=steps, epochs=1, shuffle=False, verbose=0)
        painter = generators.average(game)
        images = generators.draw(painter, DRAWN, seed)
        real = digits.validation if purpose == "rate" else digits.test
        row = key | {"weights": painter.count_params()} | measured(describe, digits, images, real)
        content["runs"].append(row)
        if purpose == "judge" and seed == 1:
            shown = (255 * images[:SHOWN, :, :, 0]).round().astype("uint8")
            content["pictures"][kind] = base64.b64encode(shown.tobytes()).decode("ascii")
        write(path, content)
        print(round(time.process_time()), row, flush=True)
        return row

    def validation_distance(kind: str, rate: float, seeds: tuple[int, ...]) -> float:
        return float(np.mean([run("rate", kind, rate, seed, STEPS)["distance_with_contrast"] for seed in seeds]))

    def best_rate(kind: str) -> float:
        found = {rate: validation_distance(kind, rate, CHOOSING_SEEDS) for rate in RATES}

        def is_close(rate: float) -> bool:
            return found[rate] < CLOSE * min(found.values())

        while is_close(max(found)):
            found[2 * max(found)] = validation_distance(kind, 2 * max(found), CHOOSING_SEEDS)
        while is_close(min(found)):
            found[min(found) / 2] = validation_distance(kind, min(found) / 2, CHOOSING_SEEDS)
        close = [rate for rate in found if is_close(rate)]
        again = {rate: validation_distance(kind, rate, CHOOSING_SEEDS + MORE_SEEDS) for rate in close}
        return min(again, key=again.get)

    chosen = {kind: best_rate(kind) for kind in generators.KINDS}
    for seed in SEEDS:
        for kind in generators.KINDS:
            run("judge", kind, chosen[kind], seed, STEPS)
    for kind in generators.KINDS:
        run("short", kind, chosen[kind], 1, SHORT)
    for seed in SEEDS:
        for kind in generators.KINDS:
            run("longer", kind, chosen[kind], seed, LONGER)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else STORED)
