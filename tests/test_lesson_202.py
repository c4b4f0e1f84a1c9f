"""Lesson 202: the models of the forecast and the yardstick of its verdicts. The windows: test_weather_windows.py."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("202")
KINDS = ["linear model", "dense network", "recurrent network"]


@pytest.fixture(autouse=True)
def twelve_hours_ahead(monkeypatch) -> None:
    for function in ("build_model",):
        monkeypatch.setitem(LESSON[function].__globals__, "HOURS_AHEAD", 12)


@pytest.mark.parametrize(
    "ratio, expected", [(0.9, "beats"), (0.985, "level"), (1.0, "level"), (1.015, "level"), (1.1, "loses")]
)
def test_one_yardstick(ratio: float, expected: str) -> None:
    assert LESSON["verdict"](ratio) == expected


def test_what_beats_is_beaten_by_nothing_that_it_beats() -> None:
    for ratio in np.linspace(0.9, 1.1, 41):
        verdicts = {LESSON["verdict"](ratio), LESSON["verdict"](1 / ratio)}
        assert verdicts in ({"beats", "loses"}, {"level"}, {"level", "loses"}, {"level", "beats"})
        assert verdicts != {"beats"} and verdicts != {"loses"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hours", [3, 24])
def test_models_read_the_hours_and_forecast_twelve(kind: str, hours: int) -> None:
    model = LESSON["build_model"](kind, hours)
    assert model.output_shape == (None, 12)
    window = np.random.default_rng(0).normal(size=(2, hours, 7)).astype("float32")
    assert model(window).shape == (2, 12)
    first_hour_moved = window.copy()
    first_hour_moved[:, 0] += 1
    assert np.abs(model(window) - model(first_hour_moved)).max() > 1e-6, "the first hour is read"


@pytest.mark.parametrize("kind", KINDS)
def test_only_those_without_tanh_are_linear(kind: str) -> None:
    model = LESSON["build_model"](kind)
    one, two = np.random.default_rng(1).normal(size=(2, 1, 24, 7)).astype("float32")
    at_zero = model(np.zeros_like(one))
    of_the_sum = model(one + two) - at_zero
    sum_of_both = (model(one) - at_zero) + (model(two) - at_zero)
    bends = not np.allclose(of_the_sum, sum_of_both, rtol=1e-3, atol=1e-3)
    assert bends == (kind in ("dense network", "recurrent network"))


def test_recurrent_models_share_their_weights_over_the_hours() -> None:
    for kind in KINDS:
        short, long = (LESSON["build_model"](kind, hours).count_params() for hours in (3, 24))
        assert (short == long) == ("recurren" in kind)
    assert isinstance(LESSON["build_model"]("recurrent network").layers[0], keras.layers.SimpleRNN)


def test_the_dense_rival_has_nearly_as_many_weights() -> None:
    dense, recurrent = (LESSON["build_model"](kind).count_params() for kind in KINDS[1:])
    assert 0.95 < dense / recurrent < 1.05
