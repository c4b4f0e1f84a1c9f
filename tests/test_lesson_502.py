"""Lesson 502: the page counts weights as Keras does, and makes the same matrix as the package."""

import keras
import numpy as np
import pandas as pd
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

from course_utils import bout  # noqa: E402
from course_utils.datasets.bout import load_bout, matrix  # noqa: E402
from course_utils.datasets.dataset import Split  # noqa: E402

LESSON = functions_of("502")


def tiny_signals() -> bout.Task:
    part = Split(np.random.default_rng(0).normal(size=(640, 40, 1)).astype("float32"), np.arange(640) % 10)
    return bout.Task("signals", part, part, part, classes=10)


@pytest.mark.parametrize("width", [1, 7, 44])
def test_weights_on_paper_are_those_of_keras(width):
    model = bout.build("convolution", tiny_signals(), width)
    assert LESSON["convolution_weights"](width) == model.count_params()


def test_shuffled_steps_lose_nothing():
    part = tiny_signals().train
    LESSON["shuffled"].__globals__["new_place"] = np.random.default_rng(0).permutation(40)
    mixed = LESSON["shuffled"](part)
    np.testing.assert_array_equal(np.sort(mixed.inputs, axis=1), np.sort(part.inputs, axis=1))
    assert not np.array_equal(mixed.inputs, part.inputs)


def test_training_on_the_page_is_that_of_the_package():
    """The same start, the same steps: the same weights."""
    task = tiny_signals()
    stored = pd.DataFrame([("signals", "dense", 1, 9, 200)], columns=["task", "network", "patch", "width", "steps"])
    LESSON["prepared"].__globals__.update(
        chosen=pd.DataFrame([("signals", "dense", 1, 0.01)], columns=["task", "network", "patch", "rate"]).set_index(
            ["task", "network"]
        ),
        sizes=stored.set_index(["task", "network", "patch"]),
    )
    keras.utils.set_random_seed(1)
    on_page = LESSON["train_as_judged"]("dense", task)
    by_package, _ = bout.train("dense", task, 9, 1, 0.01, 200, seed=1)
    for one, other in zip(on_page.get_weights(), by_package.get_weights()):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_the_best_network_is_picked_on_validation():
    results = load_bout()
    judged = results.trials[results.trials["purpose"] == "judge"].copy()
    judged.loc[judged["task"] == "speech", "validation"] = (judged["network"] == "dense").astype(float)
    of_network = judged.groupby(["task", "network"])
    LESSON["lead_on"].__globals__.update(
        by_validation=of_network["validation"].mean(),
        spread=of_network["test"].std(),
        shares=matrix(results),
        rivals=pd.DataFrame({"test": [0.9], "spread": [0.03]}, index=["speech"]),
        examples={"speech": 240},
    )
    network, share, rival, _, _, of_filters = LESSON["lead_on"]("speech")
    assert network == "dense"
    assert share == pytest.approx(matrix(results).loc["dense", "speech"]) and rival == 0.9
    assert of_filters == pytest.approx(0.03 / 3**0.5)
