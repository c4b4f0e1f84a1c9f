"""The bout: equal weights, the best look kept, padding without effect, and contrast."""

import importlib.util
from pathlib import Path

import keras
import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils import bout, bout_drawing
from course_utils.datasets.bout import load_bout, matrix
from course_utils.datasets.dataset import Split
from course_utils.datasets.speech import load_spoken_digits, log_mel

TOOLS = Path(__file__).parents[1] / "tools"
SHAPES = {"signals": (40, 1), "images": (28, 28, 1), "speech": (60, 32), "sentences": (32,)}


def small_task(name: str, count: int = 128) -> bout.Task:
    """A task of the right shapes with made-up examples."""
    random = np.random.default_rng(0)
    shape = (count, *SHAPES[name])
    if name == "sentences":
        inputs = random.integers(3, bout.WORDS, shape).astype("int32")
        inputs[:, 20:] = 0
    else:
        inputs = random.normal(size=shape).astype("float32")
    classes = 2 if name == "sentences" else 10
    part = Split(inputs, np.arange(count) % classes)
    return bout.Task(name, part, part, part, classes)


@pytest.mark.parametrize("task_name", SHAPES)
@pytest.mark.parametrize("name", bout.NETWORKS)
def test_each_network_reads_each_task_with_nearly_equal_weights(name, task_name):
    task = small_task(task_name)
    for patch in bout.patches(name, task_name):
        width = bout.fitting_width(name, task, patch)
        model = bout.build(name, task, width, patch)
        assert abs(bout.count_weights(model) / bout.WEIGHTS - 1) < 0.1
        assert model(task.train.inputs[:3]).shape == (3, task.classes)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "transformer"])
def test_what_stands_behind_a_sentence_changes_nothing(name):
    """Padding is left out: the vector of code 0 has no effect."""
    task = small_task("sentences")
    model = bout.build(name, task, 8)
    before = model.predict(task.train.inputs[:4], verbose=0)
    embedding = next(layer for layer in model.layers if isinstance(layer, keras.layers.Embedding))
    vectors = embedding.get_weights()[0]
    vectors[0] = 5.0
    embedding.set_weights([vectors])
    np.testing.assert_allclose(model.predict(task.train.inputs[:4], verbose=0), before, atol=1e-5)


def test_an_unknown_network_is_named():
    with pytest.raises(ValueError, match="no network 'forest'.*dense, convolution"):
        bout.build("forest", small_task("signals"), 8)
    with pytest.raises(KeyError):
        bout.rival(small_task("signals")._replace(name="smells"))


def test_the_weights_of_the_best_look_are_kept():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    keep = bout.KeepBest()
    keep.set_model(model)
    keep.on_train_begin()
    for weight, accuracy in ((1.0, 0.5), (2.0, 0.9), (3.0, 0.7)):
        model.set_weights([np.full((1, 1), weight), np.zeros(1)])
        keep.on_epoch_end(0, {"val_accuracy": accuracy})
    keep.on_train_end()
    assert (keep.best, model.get_weights()[0].item()) == (0.9, 2.0)


def test_a_training_is_repeated_exactly_and_learns():
    task = small_task("signals")
    signs = np.sign(task.train.inputs[:, 0, 0]) > 0
    part = Split(task.train.inputs, signs.astype("int64"))
    task = task._replace(train=part, validation=part, test=part)
    first, best = bout.train("dense", task, 8, 1, rate=0.01, steps=200, seed=3)
    second, _ = bout.train("dense", task, 8, 1, rate=0.01, steps=200, seed=3)
    for one, other in zip(first.get_weights(), second.get_weights()):
        np.testing.assert_array_equal(one, other)
    assert best > 0.9 and bout.test_accuracy(first, task) == pytest.approx(best)


@pytest.mark.parametrize("steps", [0, 50, 150])
def test_steps_that_cannot_be_looked_at_ten_times_are_refused(steps):
    with pytest.raises(ValueError, match="multiple of 100"):
        bout.train("dense", small_task("signals"), 8, 1, 0.01, steps, 1)


def test_a_share_of_the_examples_is_their_beginning():
    task = small_task("signals", count=640)
    assert len(task.first(0.25).targets) == 160
    assert len(task.first(0.01).targets) == bout.BATCH, "at least one batch"


def test_the_largest_answer_of_a_filter_is_found_wherever_it_lies():
    quiet = np.zeros((2, 20, 3), dtype="float32")
    quiet[0, 6:9] = quiet[1, 12:15] = np.random.default_rng(1).normal(size=(3, 3))
    answers = bout.largest_answers(quiet, count=50, window=5)
    assert answers.shape == (2, 50) and answers.min() >= 0
    np.testing.assert_allclose(answers[0], answers[1], atol=1e-5)
    np.testing.assert_allclose(bout.largest_answers(quiet + 7, count=50, window=5), answers, atol=1e-4)


def test_the_largest_answers_of_an_image_keep_the_field():
    images = np.zeros((2, 28, 28, 1), dtype="float32")
    images[0, 6:9, 6:9, 0] = images[1, 17:20, 17:20, 0] = np.random.default_rng(1).normal(size=(3, 3))
    answers = bout.largest_answers_of_images(images, count=50).reshape(2, 16, 50)
    np.testing.assert_allclose(answers[0].max(axis=0), answers[1].max(axis=0), atol=1e-5)
    assert answers[0, 0].max() > 0 and (answers[0, 15] == 0).all(), "no window of the last field sees it"
    assert answers[1, 15].max() > 0 and (answers[1, 0] == 0).all()
    brighter = bout.largest_answers_of_images(images + 7, count=50).reshape(2, 16, 50)
    np.testing.assert_allclose(brighter, answers, atol=1e-4)


def test_log_mel_is_that_of_lesson_206():
    page = functions_of("206")
    sounds = load_spoken_digits().validation.inputs[:3]
    filters = page["mel_filters"](32, 256, 8000, lowest=80, highest=4000).astype("float32")
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(256) / 256)
    page["log_mel"].__globals__.update(FRAME=256, HOP=128, window=window, filters=filters)
    np.testing.assert_allclose(log_mel(sounds, 8000), page["log_mel"](sounds), atol=1e-4)


def test_contrast_takes_the_grey_away_that_real_images_lack():
    real = np.array([0.0, 1.0] * 50).reshape(1, 10, 10, 1)
    grey = np.linspace(0, 1, 100).reshape(1, 10, 10, 1)
    assert bout_drawing.grey_share(real) == 0 and bout_drawing.grey_share(grey) == 0.5
    assert bout_drawing.grey_share(bout_drawing.with_contrast(grey, real)) < 0.3
    np.testing.assert_array_equal(bout_drawing.with_contrast(real, real), real)


@pytest.mark.parametrize("name", bout_drawing.ARTISTS)
def test_the_artists_draw_with_equal_weights(name):
    make = bout_drawing.denoiser if name == "diffusion" else bout_drawing.drawing_network
    weights = make(bout_drawing.fitting_width(name)).count_params()
    assert abs(weights / bout_drawing.WEIGHTS - 1) < 0.1
    images = np.random.default_rng(0).random((64, 14, 14, 1)).astype("float32")
    digits = bout_drawing.Digits(images, images, images, np.zeros(64))
    draw = bout_drawing.train(name, digits, 8, 0.001, 10, seed=1)
    drawn = draw(5, 1)
    assert drawn.shape == (5, 14, 14, 1) and drawn.min() >= 0 and drawn.max() <= 1
    np.testing.assert_array_equal(drawn, draw(5, 1))


def test_at_full_too_the_digits_are_those_of_the_stored_bout(monkeypatch):
    monkeypatch.setattr("course_utils.datasets.digits.current_scale", lambda: "full")
    monkeypatch.setattr("keras.datasets.mnist.load_data", lambda: pytest.fail("the full MNIST was asked for"))
    digits = bout_drawing.small_digits()
    assert [len(part) for part in digits[:3]] == [3500, 500, 1000] and len(digits.labels) == 3500


def test_wrong_names_are_refused():
    with pytest.raises(ValueError, match="one of one normal"):
        bout_drawing.rival("ten normals", np.zeros((4, 2, 2, 1)), 1, 1)
    with pytest.raises(ValueError, match="one of GAN, VAE"):
        bout_drawing.train("painter", None, 8, 0.1, 10, 1)


def test_the_stored_results_are_whole():
    """Every network on every task: five judged trainings, one longer, three of each share; no setting was chosen on test."""
    results = load_bout()
    assert {"command", "date", "machine", "seconds"} <= set(results.how)
    trials = results.trials
    counts = trials.groupby(["purpose", "task", "network"]).size()
    for task in bout.TASKS:
        for name in bout.NETWORKS:
            assert counts["judge", task, name] == 5
            assert counts["longer", task, name] == 1
            assert name == "LSTM" or counts["curve", task, name] == 6, "two shares, three seeds"
    assert trials[trials["purpose"] == "choose"]["test"].isna().all(), "the test part chose nothing"
    assert len(results.rivals) == 3 * 3 * len(bout.TASKS), "all examples, a quarter, a sixteenth; three seeds"
    assert set(results.drawings["name"]) == {*bout_drawing.ARTISTS, *bout_drawing.RIVALS, "real"}


def test_the_matrix_is_the_mean_of_the_judged_runs():
    results = load_bout()
    table = matrix(results)
    assert list(table.index) == [*bout.NETWORKS, "rival"] and list(table.columns) == list(bout.TASKS)
    runs = results.trials.query("purpose == 'judge' and task == 'speech' and network == 'GRU'")
    assert table.loc["GRU", "speech"] == pytest.approx(np.mean(runs["test"]))
    assert not table.isna().any().any()
    few = matrix(results, "curve", share=1 / 16)
    assert few.loc["rival", "images"] < table.loc["rival", "images"]


def runner():
    """tools/bout.py as a module; it sets the number of threads, which is one in the tests, too."""
    specification = importlib.util.spec_from_file_location("bout_runner", TOOLS / "bout.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_what_was_judged_with_a_setting_that_is_no_longer_chosen_is_forgotten(tmp_path):
    results = runner().Results(tmp_path / "bout.json")
    run = {"task": "images", "network": "GRU", "patch": 1, "rate": 0.01, "purpose": "judge"}
    kept = [run, run | {"purpose": "choose", "rate": 0.1}, run | {"task": "speech", "rate": 0.1}]
    results.content["trials"] = [*kept, run | {"rate": 0.1}, run | {"patch": 2, "purpose": "curve"}]
    results.forget_others("images", "GRU", {"patch": 1, "rate": 0.01})
    assert results.content["trials"] == kept


def test_a_second_machine_is_named_beside_the_first_once_it_adds_something(tmp_path):
    path = tmp_path / "bout.json"
    Results = runner().Results
    results = Results(path)
    results.add("sizes", {"task": "images"})
    here = results.content["machine"]
    results.content["machine"] = "an older machine"
    results.write()
    again = Results(path)
    assert again.content["machine"] == "an older machine", "it has added nothing yet"
    for task in ("signals", "speech"):
        again.add("sizes", {"task": task})
        assert Results(path).content["machine"] == f"an older machine; later additions: {here}", "each is named once"
