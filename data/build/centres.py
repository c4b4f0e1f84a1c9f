"""The trials of lesson 115: its own network, trained with one change to the loss at a time; about half an hour of one core.

It needs the packages of the course.
"""

from pathlib import Path

from stored_runs import definitions_of, write_trials

EPOCHS = 5
# loss, bias at the start, weight of the heat, rate; each of the first group from three starts, the others from one
ARMS = (
    ("cross_entropy", -4.0, 2.0, 0.004),
    ("cross_entropy", -4.0, 0.5, 0.004),
    ("spared_cross_entropy", -4.0, 2.0, 0.004),
    ("spared_cross_entropy", -4.0, 0.5, 0.004),
    ("focal_loss", -4.0, 2.0, 0.004),
    ("focal_loss", -4.0, 0.5, 0.004),
    ("mean_cross_entropy", -4.0, 2.0, 0.004),
    ("mean_cross_entropy", -4.0, 2000.0, 0.004),
    ("cross_entropy", 0.0, 2.0, 0.004),
    ("cross_entropy", -4.0, 0.5, 0.008),
    ("focal_loss", -4.0, 2.0, 0.008),
)
OTHERS = (  # tried once, to choose the rates and weights above
    ("cross_entropy", -4.0, 2.0, 0.002),
    ("cross_entropy", -4.0, 2.0, 0.008),
    ("cross_entropy", -4.0, 2.0, 0.016),
    ("cross_entropy", -4.0, 0.125, 0.004),
    ("cross_entropy", 0.0, 2.0, 0.008),
    ("focal_loss", -4.0, 2.0, 0.002),
    ("focal_loss", -4.0, 2.0, 0.016),
    ("mean_cross_entropy", -4.0, 2.0, 0.008),
)


def build() -> Path:
    """A row for each training, measured on the validation scenes."""
    from course_utils import set_up
    from course_utils.datasets import load_scenes

    set_up(seed=1)
    names, scenes = definitions_of("115", ("cell_size", "grid"), "course_utils.datasets.centres"), load_scenes()
    names.update(
        epochs=EPOCHS, train_images=scenes.train.inputs, train_targets=names["targets_of"](scenes.train.targets)
    )
    plan = [(1, arm) for arm in (*ARMS, *OTHERS)] + [(seed, arm) for seed in (2, 3) for arm in ARMS]
    trials = []
    for seed, arm in plan:
        trials.append(trial(names, scenes.validation, seed, *arm))
        print(trials[-1], flush=True)
    return write_trials("centres", trials)


def trial(names: dict, validation, seed: int, loss: str, bias: float, weight: float, rate: float) -> dict:
    """One training, and the average precision of its answers."""
    import keras

    from course_utils.metrics import COCO_THRESHOLDS, coco_map

    keras.utils.set_random_seed(seed)
    network = names["build"](bias)
    names["train"](network, names[loss], weight, rate)
    found = names["detect"](network, validation.inputs)
    truth = validation.targets[:2]
    curve = [coco_map(*truth, found, threshold) for threshold in COCO_THRESHOLDS]
    return {
        "loss": loss,
        "bias": bias,
        "weight": weight,
        "rate": rate,
        "epochs": EPOCHS,
        "seed": seed,
        "AP": round(sum(curve) / len(curve), 3),
        "AP50": round(curve[0], 3),
        "AP75": round(curve[5], 3),
        "AP90": round(curve[8], 3),
    }
