"""Claims, scale, environment, progress line."""

import subprocess
import sys

import numpy as np
import pytest

from course_utils import claim, scale
from course_utils.claims import read_claims


def printed(capsys, *arguments):
    claim(*arguments)
    return capsys.readouterr().out.rstrip("\n")


@pytest.mark.parametrize("true", [True, np.True_, np.array(True)])
def test_a_true_claim(capsys, true):
    assert printed(capsys, "it holds", true) == "✔ it holds"


@pytest.mark.parametrize("false", [False, np.False_, np.array(False)])
def test_a_false_claim_does_not_raise(capsys, false):
    assert printed(capsys, "it holds", false) == "✘ it holds (not so in this run)"


def test_a_false_claim_at_full_says_where_it_was_set(capsys, monkeypatch):
    monkeypatch.setenv("COURSE_SCALE", "full")
    assert printed(capsys, "it holds", np.False_) == "✘ it holds (not so in this run; the claim was set at quick)"
    monkeypatch.setenv("COURSE_SCALE", "huge")
    assert printed(capsys, "it holds", False) == "✘ it holds (not so in this run)"


@pytest.mark.parametrize("undecided", [np.array([True, True]), float("nan"), 1, None, "yes", np.array(1.0), []])
def test_what_is_neither_true_nor_false_proves_nothing(capsys, undecided):
    assert printed(capsys, "it holds", undecided).startswith("✘ it holds (undecided")


def test_tensor_claims(capsys):
    from course_utils.environment import import_quietly

    import_quietly()
    import tensorflow as tf

    assert printed(capsys, "it holds", tf.constant(True)) == "✔ it holds"
    assert printed(capsys, "it holds", tf.constant([True, True])).startswith("✘")


def test_claims_are_read_back_from_output(capsys):
    claim("one", True)
    claim("two", False)
    print("something else ✔ not a claim")
    assert read_claims(capsys.readouterr().out) == [("one", True), ("two (not so in this run)", False)]


def test_scale(monkeypatch):
    monkeypatch.setenv("COURSE_SCALE", "quick")
    assert scale(quick=3, full=40) == 3
    monkeypatch.setenv("COURSE_SCALE", " FULL ")
    assert scale(quick=3, full=40) == 40
    monkeypatch.setenv("COURSE_SCALE", "huge")
    with pytest.raises(ValueError, match="'huge'.*quick or full"):
        scale(quick=3, full=40)
    monkeypatch.delenv("COURSE_SCALE")
    assert scale(quick=3, full=40) in (3, 40)


def run_python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)


def test_import_is_cheap():
    code = "import time; s = time.perf_counter(); import course_utils; t = time.perf_counter() - s; import sys; print(t, 'tensorflow' in sys.modules)"
    seconds, imported = run_python(code).stdout.split()
    assert float(seconds) < 0.2 and imported == "False"


def test_set_up_is_quiet_and_reproducible():
    code = "from course_utils import set_up; set_up(seed=3); import keras; print(keras.random.normal((2,)).numpy().tolist())"
    first, second = run_python(code), run_python(code)
    assert first.stdout == second.stdout and first.stderr == ""
    assert "Keras" in first.stdout and "quick" in first.stdout


def test_progress_line_prints_each_epoch_and_no_timings(capsys):
    from course_utils.environment import import_quietly

    import_quietly()
    import keras

    from course_utils.training import ProgressLine

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((8, 1)), np.ones((8, 1)), epochs=5, verbose=0, callbacks=[ProgressLine(every=2)])
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["2/5", "4/5", "5/5"]
    with pytest.raises(ValueError, match="at least 1"):
        ProgressLine(every=0)


def test_a_guess_is_compared(capsys):
    from course_utils import compare_guess

    compare_guess("", "B")
    compare_guess(" b ", "B")
    compare_guess("A", "B")
    nothing, right, other = capsys.readouterr().out.splitlines()
    assert nothing.startswith("The run says B. You wrote no guess")
    assert right == "The run says B, and so did you." and other.startswith("The run says B, you said A.")
