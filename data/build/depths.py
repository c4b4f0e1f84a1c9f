"""The longer runs of lesson 103: its own networks, trained for 20 epochs from two starts; about five minutes of one core.

It needs the packages of the course.
"""

import math
from pathlib import Path

from stored_runs import definitions_of, write_trials

EPOCHS = 20
SEEDS = (1, 2)

NETWORKS = ((25, False, 0.02), (25, True, 0.01))  # convolutions, shortcuts, rate


def build() -> Path:
    """A row for each training. Takes the seeds one after the other, so that a run that is stopped shows whole rounds."""
    from course_utils import set_up
    from course_utils.datasets import load_digits

    set_up(seed=1)
    names, digits = definitions_of("103", ("channels", "loss")), load_digits()
    steps = EPOCHS * math.ceil(len(digits.train.inputs) / 64)
    names.update(epochs=EPOCHS, steps=steps, train_images=digits.train.inputs, train_labels=digits.train.targets)
    trials = []
    for seed in SEEDS:
        for depth, shortcut, rate in NETWORKS:
            trials.append(trial(names, digits, depth, shortcut, rate, seed))
            print(trials[-1], flush=True)
    return write_trials("depths", trials)


def trial(names: dict, digits, depth: int, shortcut: bool, rate: float, seed: int) -> dict:
    """One training of one network: its loss after each epoch, and what it names wrongly at the end."""
    import keras

    keras.utils.set_random_seed(seed)
    network = names["train"](names["build"](depth, normalized=True, shortcut=shortcut), rate)
    wrong = {part: names["share_wrong"](network, *getattr(digits, part)) for part in ("train", "validation", "test")}
    return {
        "depth": depth,
        "shortcut": shortcut,
        "rate": rate,
        "steps": names["steps"],
        "seed": seed,
        "losses": [round(value, 4) for value in network.history.history["loss"]],
        **{f"wrong on {part}": round(share, 4) for part, share in wrong.items()},
    }
