"""`course check-project`: what it finds in small notebooks, tricky ones among them, and how it meets files that are none."""

import json

import nbformat
import numpy as np
import pytest
from clones import call_course
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.projects.check import LOOKS, Run, _fetches, _parsed, _test_once, check_project, read_project
from course_utils.projects.numbers_in_text import numbers_of, unsupported
from course_utils.projects.recorder import _digest, _hashes, _widths, missing_labels
from course_utils.projects.small import NOTEBOOKS, show_notebook, write_notebook

TEST_ONCE, LEAK = "test part opened once, after all training", "no test row was trained on"
MEASURE, BASELINE, SEEDS = (
    "the measure of the brief",
    "a baseline beside the result",
    "at least 3 seeds behind the result",
)
NUMBERS, LABELS = "each number of the text stands in an output", "plots carry labels on both axes"

SET_UP = """import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge

from course_utils.projects import Sealed

random = np.random.default_rng(0)
x, y = random.normal(size=(60, 9)), random.integers(2, size=60)
sealed = Sealed(x[40:], y[40:])
"""


def notebook(folder, *cells, name="project", **metadata):
    """Write a notebook; a cell that begins with "# T" is text."""
    made = [new_markdown_cell(cell) if cell.startswith("# T") else new_code_cell(cell) for cell in cells]
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=made, metadata=metadata), path)
    return path


def found(report, what):
    return next(finding for finding in report.findings if finding.what == what)


@pytest.mark.parametrize(
    ("cells", "verdict", "words"),
    [
        (["model = Ridge().fit(x[:40], y[:40])", "part = sealed.open()\nmodel.score(*part)"], True, "opened in cell [3]"),
        (["other = sealed", "one = sealed.open()", "two = other.open()"], False, "opened 2 times, in cells [3] (one = sealed.open()) and [4] (two = other.open())"),
        (["def look():\n    return sealed.open()", "[look() for _ in range(3)]"], False, "opened 3 times, in cell [3] ([look() for _ in range(3)])"),
        (["for _ in range(2):\n    getattr(sealed, 'op' + 'en')()"], False, "opened 2 times"),
        (["part = sealed.open()", "for _ in range(2):\n    Ridge().fit(x[:9], y[:9])"], False, "then trained in cell [3] (for _ in range(2):) (Ridge)"),
        (
            [
                "part = sealed.open()\nfrom sklearn.svm import LinearSVC as Other\nOther().fit(x[:30], y[:30])",
            ],
            False,
            "then trained in cell [2] (part = sealed.open()) (LinearSVC)",
        ),
        (["a, b = sealed._part", "x_test = a\nRidge().fit(x_test, b)"], False, "`x_test` is handed to fit"),
        (["Ridge().fit(x[:40], y[:40])"], False, "never opened"),
        (["from course_utils.datasets import load_surnames as l\nd = l()\nq = d.test"], False, "[2] (from course_utils.datasets import load_s...): `.test` of a loader"),
        (["from course_utils.datasets import load_surnames\nnames = load_surnames().train", "sealed.open();"], True, "[3]"),
        (["from course_utils.datasets import load_surnames\nnames = load_surnames()\nkept = Sealed.of(names)", "kept.open();"], True, "[3]"),
    ],
    ids=["once", "another name", "a function", "a loop", "training after", "imported in the cell", "test in fit", "never", "past the seal", "train of a loader", "a loader sealed"],
)  # fmt: skip
def test_the_test_part_is_counted_while_the_notebook_runs(tmp_path, cells, verdict, words):
    finding = found(check_project(notebook(tmp_path, SET_UP, *cells)), TEST_ONCE)
    assert finding.holds is verdict and words in finding.found, finding.found


def test_what_is_trained_on_names_that_only_contain_the_letters_is_no_fault():
    fits = "model.fit(latest, greatest, callbacks=[test_logger], validation_split=test_size)"
    run = Run(new_notebook(cells=[new_code_cell(fits)]), [], "")
    assert "handed to fit" not in _test_once(run).found


@pytest.mark.parametrize("opened_first", [True, False])
def test_rows_of_the_test_part_in_a_training_are_found_whichever_came_first(tmp_path, opened_first):
    steps = [
        "part = sealed.open()",
        "pile = np.concatenate([x, x[50:]])\nRidge().fit(pile.astype('float32'), np.ones(70));",
    ]
    report = check_project(notebook(tmp_path, SET_UP, *(steps if opened_first else steps[::-1])))
    finding = found(report, LEAK)
    assert finding.holds is False and finding.found.startswith("20 of 20 test rows were handed")
    assert f"cell [{3 if opened_first else 2}]" in finding.found


def looked_at(*events, cells=9):
    """What each look finds in a run that noted these events."""
    run = Run(
        new_notebook(cells=[new_code_cell(f"step_{number}()") for number in range(1, cells + 1)]), list(events), ""
    )
    return {finding.what: finding for finding in (look(run) for look in LOOKS)}


def event(kind, cell, **facts):
    return {"kind": kind, "cell": cell, **facts}


LOADED = event("loaded", 1, brief="rain")
OPENED = event("opened", 5, widths=[240])


def trained(cell, of="a", start="s", width=10, seed=1):
    return event(
        "trained", cell, what="Sequential", network=True, seed=seed, widths={str(width): 900}, of=of, start=start
    )


def test_the_brief_is_known_by_its_data_however_it_was_imported():
    found = looked_at(LOADED, OPENED)
    assert found[MEASURE].holds is False and found[BASELINE].found.endswith("rain.baseline(project)")
    without = looked_at(OPENED)
    assert without[MEASURE].sign == "–" and without[MEASURE].holds


def test_of_a_starter_as_it_is_only_what_is_still_to_do_is_told():
    starts = [trained(4, start=start) for start in "abc"]
    claims = event("baseline", 3, brief="rain", on_test=False)
    found = looked_at(LOADED, claims, *starts)
    missing = {what for what, finding in found.items() if finding.holds is False}
    assert missing == {TEST_ONCE, MEASURE, "claims, and all hold"}  # a starter brings a claim


def test_only_what_is_scored_on_the_test_part_counts():
    on_validation = event("measured", 6, brief="rain", on_test=False, answers="a")
    assert looked_at(LOADED, OPENED, on_validation)[MEASURE].holds is False
    on_test = [event("measured", 6, brief="rain", on_test=True, answers=answers) for answers in "abca"]
    found = looked_at(LOADED, OPENED, *on_test)
    assert found[MEASURE].found == "computed on the test part in cell [6] (step_6())"
    assert found[TEST_ONCE].holds and "3 answers were scored on it: was one of them chosen?" in found[TEST_ONCE].found


def test_the_baseline_must_answer_the_test_part_once_it_is_open():
    asked = event("baseline", 3, brief="rain", on_test=False)
    assert looked_at(LOADED, asked)[BASELINE].holds
    assert "not on the opened test part" in looked_at(LOADED, asked, OPENED)[BASELINE].found
    again = event("baseline", 6, brief="rain", on_test=True)
    assert looked_at(LOADED, asked, OPENED, again)[BASELINE].found == "asked in cell [6] (step_6())"


@pytest.mark.parametrize(
    ("trainings", "holds", "words"),
    [
        ([trained(2, start=start) for start in "abc"], True, "began from 3 different starts"),
        ([trained(2, start=start) for start in "aba"], False, "began from 2 different starts"),
        ([trained(2, of=of, start=of, seed=n) for n, of in enumerate("abc")], False, "of 3 kinds of networks the one trained most often began from 1 different start"),
        ([trained(2, of="a", start=s) for s in "abc"] + [trained(3, of="b", start="a")], True, "of 2 kinds"),
        ([trained(2, seed=None)], False, "cell [2] (step_2()): trained before a seed was set"),
        ([], True, "no Keras network was trained"),
    ],
    ids=["three starts", "two starts", "three arms, one start each", "two arms", "no seed", "no network"],
)  # fmt: skip
def test_seeds_are_counted_for_each_kind_of_network(trainings, holds, words):
    finding = looked_at(*trainings)[SEEDS]
    assert finding.holds is holds and words in finding.found


def test_where_no_row_can_be_compared_there_is_no_tick():
    assert looked_at(trained(2, width=50), OPENED)[LEAK].sign == "–"
    assert looked_at(trained(2, width=240), OPENED)[LEAK].found.startswith("none among 900 rows")
    assert looked_at()[LABELS].sign == looked_at()[NUMBERS].sign == "–"
    assert _widths({"a": [np.zeros((5, 3, 4)), np.zeros((2, 12))], "b": np.zeros((4, 2))}) == {12: 7}


def test_numbers_of_another_type_are_the_same_numbers():
    assert _digest([1, 0, 1]) == _digest(np.array([1.0, 0, 1])) != _digest(np.array([1, 0, 0]))
    assert _digest((np.eye(3), np.ones(2))) != _digest(np.eye(3))


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("!pip install xgboost", "pip install xgboost"),
        ("%pip install -q xgboost", "pip install -q xgboost"),
        ("x = !curl -O https://example.org/a", "curl -O https://example.org/a"),
        ("import sys\n\nif 'google.colab' in sys.modules:\n    %pip install course", ""),
        ("!ls my\n%matplotlib inline", ""),
    ],
)
def test_a_line_for_a_shell_that_fetches_is_found_outside_colab(source, line):
    assert _fetches(_parsed(source)) == line


def test_rows_that_say_little_are_not_compared():
    assert _hashes(np.zeros((5, 20))) == set() and _hashes(np.arange(8).reshape(4, 2)) == set()
    assert len(_hashes({"a": [np.eye(9), "text"], "b": None})) == 9
    assert _hashes(np.eye(9, dtype="float64")) == _hashes(np.eye(9, dtype="int32"))


def test_a_network_is_seen_with_its_starts(tmp_path):
    cells = [
        "from course_utils.environment import import_quietly\nimport_quietly()",
        "import keras\nimport numpy as np\n\ndef train(units=1):\n    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(units)])"
        "\n    model.compile('sgd', 'mse')\n    for _ in range(2):\n        model.fit(np.ones((4, 2)), np.ones((4, units)), verbose=0)",
        "for seed in (3, 3, 4):\n    keras.utils.set_random_seed(seed)\n    train()",
        "for _ in range(2):\n    train()",
        "for units in (2, 3, 4, 5):\n    train(units)",
        "from sklearn.base import BaseEstimator, RegressorMixin\n\nclass Persistence(RegressorMixin, BaseEstimator):\n    def fit(self, x, y):\n        return self\n"
        "    def predict(self, x):\n        return x[:, 0]\n\nPersistence().fit(np.ones((4, 2)), np.ones(4))",
        "from matplotlib import pyplot as plt\nplt.plot([1, 2])\nplt.show()\nplt.scatter([1], [2])\nplt.xlabel('a')\nplt.ylabel('b')\nplt.show()",
        "import urllib.request\ntry:\n    urllib.request.urlopen('http://example.org', timeout=1)\nexcept OSError as error:\n    print('no')",
    ]
    report = check_project(notebook(tmp_path, *cells))
    # seeds 3 and 4, and two more draws after seed 4; a training that goes on, another width and a rule are none
    assert (
        found(report, SEEDS).found == "of 5 kinds of networks the one trained most often began from 4 different starts"
    )
    assert found(report, LABELS).found == "cell [7] (from matplotlib import pyplot as plt): no label on x and y"
    assert found(report, "needs no internet").found == "cell [8] (import urllib.request): example.org"


def test_a_loop_of_its_own_is_a_training(tmp_path):
    cells = [
        "import keras\nimport numpy as np\nfrom keras.utils import set_random_seed\nset_random_seed(5)\n"
        "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\noptimizer = keras.optimizers.SGD()\n"
        "optimizer.apply([0 * v for v in model.trainable_variables], model.trainable_variables)",
    ]
    assert (
        found(check_project(notebook(tmp_path, *cells)), SEEDS).found
        == "the one trained most often began from 1 different start"
    )


def test_the_baseline_of_a_brief_may_be_built_after_the_opening(tmp_path):
    cells = [
        "from course_utils.projects import Sealed, rain\nproject = rain.load()",
        "test = project.test.open()\nanswers = rain.baseline(project)(test.inputs)\nprint('baseline', rain.score(list(test.targets), answers))",
    ]
    report = check_project(notebook(tmp_path, *cells))
    assert found(report, TEST_ONCE).holds and found(report, BASELINE).holds and found(report, MEASURE).holds


@pytest.mark.parametrize(
    ("text", "outputs", "missing"),
    [
        ("It is right in 87 %.", "0.8731", []),
        ("It is right in 87.3 %.", "0.87", ["87.3"]),
        ("It is right in 90 %.", "0.9", []),
        ("In 93 of 100 windows.", "share 0.93", []),
        ("In 93 of 100 windows.", "share 0.94", ["93"]),
        ("A score of 0.71.", "0.7149", []),
        ("A score of 0.72.", "0.7149", ["0.72"]),
        ("We saw 2,694 windows, 2694 in all.", "(2694, 24, 10)", []),
        ("A lead of 5 points.", "", ["5"]),
        ("A loss of -0.25, or −0.5.", "0.25 -0.5", []),
        ("An error of 3.5e-05, or 2e-7.", "3.52e-05", ["2e-7"]),
        ("It took 14 s and 9 seeds.", "14.2", []),
        ("It is 3 times as fast.", "2.1", ["3"]),
        ("A score of .71.", "0.71", []),
        ("A score of .72.", "0.71", [".72"]),
    ],
)
def test_numbers_of_the_text_stand_in_outputs_to_the_digits_shown(text, outputs, missing):
    assert [one.text for one in unsupported(numbers_of(text), outputs)] == missing


@pytest.mark.parametrize(
    "text",
    [
        "# 40 ways\n\n1. first\n2. second",
        "Since 1997, on 2013-09-01, by Kim (2005); arXiv:1706.04599 and doi: 10.1000/182.5",
        "`x = 0.37` and $\\alpha = 0.001$ and\n```\n0.5\n```",
        "See [lesson 204](../204.ipynb#34), lessons 101 and 102, cell 14, figure 3.2, seeds 11, 12 and 13.",
        "MNIST-1D, conv2d, float32, A4, GRU-64, <img width=300>",
        "A 95 % interval, the 99.5th percentile, p < 0.05, after 15 minutes on 15 March, May 21.",
        "Three airports, 12 hours, 8 starts, 90 or so is said in words: ninety. https://example.org/99.5",
    ],
)
def test_what_is_no_result_raises_no_alarm(text):
    assert [one.text for one in unsupported(numbers_of(text), "90")] == []


def test_settings_and_exponents_support_a_number():
    assert unsupported(numbers_of("48 units, a rate of 0.003"), "", [48, 3e-3]) == []
    assert unsupported(numbers_of("an error of 0.00012"), "1.2e-04") == []
    assert [one.text for one in unsupported(numbers_of("an error of 0.00013"), "1.2e-04")] == ["0.00013"]


def test_labels_are_asked_of_lines_not_of_pictures():
    from matplotlib.figure import Figure

    def drawn(draw):
        figure = Figure()
        draw(figure.subplots(1, 2, sharey=True), figure)
        return missing_labels(figure)

    assert drawn(lambda axes, figure: axes[0].plot([1, 2])) == ["x", "y"]
    assert drawn(lambda axes, figure: axes[0].imshow(np.eye(3))) == []
    assert drawn(lambda axes, figure: (axes[1].bar([1], [2]), axes[0].set_ylabel("a"), figure.supxlabel("b"))) == ["y"]
    assert drawn(lambda axes, figure: (axes[0].plot([1]), axes[0].set(xlabel="a", ylabel="b"))) == []


def test_a_cell_that_stops_is_named_with_its_error_and_the_file_stays(tmp_path):
    path = notebook(tmp_path, "# Title\n\nIt is 97.7 % right.", "", "x = 1", "# comment\ny = x / 0", "z = 1")
    before = path.read_bytes()
    report = check_project(path)
    assert report.findings[0].found == "cell [2] (# comment) stops with ZeroDivisionError: division by zero"
    assert {finding.holds for finding in report.findings[1:]} == {None} and not report.passed
    assert path.read_bytes() == before


def test_what_takes_too_long_is_stopped_and_named(tmp_path):
    report = check_project(notebook(tmp_path, "x = 1", "import time\ntime.sleep(60)"), minutes=0.1)
    assert "cell [2] (import time) was still running when 0.1 minutes were over" in report.findings[0].found
    assert report.seconds < 50


def test_a_kernel_that_dies_is_told(tmp_path):
    report = check_project(notebook(tmp_path, "x = 1", "import os\nos._exit(1)"))
    assert "the kernel died in cell [2] (import os)" in report.findings[0].found


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (None, "none.ipynb", "There is no file"),
        ("print(1)", "script.py", "is no notebook: its name should end in .ipynb"),
        ("{", "half.ipynb", "is damaged: it cannot be read as a notebook"),
        ("[1, 2]", "list.ipynb", "is damaged"),
        ("{}", "empty.ipynb", "is damaged"),
        ('{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "three.ipynb", "is damaged"),
        (new_notebook(cells=[new_markdown_cell("# Text")]), "text.ipynb", "holds no code"),
        (new_notebook(cells=[new_code_cell("1")], metadata={"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}), "r.ipynb", "is written for R; the check can run Python alone"),
    ],
)  # fmt: skip
def test_what_is_no_project_is_met_with_one_sentence(tmp_path, monkeypatch, capsys, content, name, sentence):
    path = tmp_path / name
    if content is not None:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    with pytest.raises((ValueError, FileNotFoundError), match=r".") as caught:
        read_project(path)
    assert sentence in str(caught.value) and "\n" not in str(caught.value)
    status = call_course(tmp_path, ["check-project", str(path)], monkeypatch)
    printed = capsys.readouterr().out
    assert status == 2 and sentence in printed and "Traceback" not in printed


def test_a_folder_is_no_notebook_and_an_old_notebook_is_read(tmp_path):
    (tmp_path / "folder.ipynb").mkdir()
    with pytest.raises(ValueError, match="is no notebook"):
        read_project(tmp_path / "folder.ipynb")
    old = nbformat.v3.new_notebook(worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("1")])])
    (tmp_path / "old.ipynb").write_text(json.dumps(old))
    try:
        assert [cell.source for cell in read_project(tmp_path / "old.ipynb").cells] == ["1"]
    except ValueError as error:
        assert "is damaged" in str(error)


def test_the_command_says_what_it_cannot_see_and_its_status(tmp_path, monkeypatch, capsys):
    path = notebook(tmp_path, "print('hello')")
    status = call_course(tmp_path, ["check-project", str(path), "--minutes", "2"], monkeypatch)
    printed = capsys.readouterr().out
    assert status == 1 and "What no machine sees" in printed and "whether two arms differ in one thing" in printed
    assert "runs from top to bottom" in printed


def test_numbers_are_told_with_the_cell_that_gave_them(tmp_path):
    report = check_project(notebook(tmp_path, "# Title\n\nA lead of 0.71, from 0.5 on.", "x = 0.5", "print(0.7149)"))
    assert found(report, NUMBERS).found == "0.71 in [2], 0.5 in a setting"


def test_the_small_notebooks_are_written_and_shown_with_the_numbers_of_jupyter(tmp_path, capsys):
    for name, cells in NOTEBOOKS.items():
        written = nbformat.read(write_notebook(name, tmp_path), as_version=4)
        assert [cell.source for cell in written.cells] == [cell.source for cell in cells]
        assert [cell.cell_type for cell in written.cells] == [
            "markdown" if cell.kind == "text" else "code" for cell in cells
        ]
        show_notebook(name)
        shown = capsys.readouterr().out
        assert all(cell.source in shown for cell in cells)
        count = sum(cell.kind == "code" for cell in cells)
        assert f"--- code [{count}]" in shown and f"[{count + 1}]" not in shown
