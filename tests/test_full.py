"""The full scale: how the cost of a step is counted, what stands in for the downloads, and a lesson that is cut."""

import importlib.util
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from course_utils.command.lessons import Lesson, find_lessons
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

TOOLS = Path(__file__).parents[1] / "tools"


def load(path):
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module  # dataclasses look it up
    specification.loader.exec_module(module)
    return module


try_full, kernel, downloads = (load(TOOLS / name) for name in ("try_full.py", "full/kernel.py", "full/downloads.py"))


def graph_of(function, *shapes):
    return tf.function(function).get_concrete_function(*(tf.TensorSpec(shape) for shape in shapes)).graph


@pytest.mark.parametrize(
    ("function", "shapes", "expected"),
    [
        (tf.matmul, [(3, 5), (5, 7)], 2 * 3 * 5 * 7),
        (lambda a, b: tf.matmul(a, b, transpose_a=True), [(5, 3), (5, 7)], 2 * 3 * 5 * 7),
        (tf.matmul, [(4, 3, 5), (4, 5, 7)], 4 * 2 * 3 * 5 * 7),
        (lambda a, b: tf.einsum("btd,dhk->bthk", a, b), [(2, 3, 4), (4, 5, 6)], 2 * 2 * 3 * 4 * 5 * 6),
        (lambda x, k: tf.nn.conv2d(x, k, 1, "SAME"), [(2, 8, 8, 3), (5, 5, 3, 4)], 2 * 2 * 8 * 8 * 5 * 5 * 3 * 4),
    ],
)
def test_multiplications_and_additions_of_an_operation(function, shapes, expected):
    assert (
        sum(kernel.multiplications(operation) for operation in graph_of(function, *shapes).get_operations()) == expected
    )


def test_the_gradients_of_a_convolution_cost_what_it_costs():
    def both(x, k):
        with tf.GradientTape() as tape:
            tape.watch([x, k])
            y = tf.nn.conv2d(x, k, 2, "SAME")
        return tape.gradient(y, [x, k])

    costs = [kernel.multiplications(one) for one in graph_of(both, (2, 8, 8, 3), (5, 5, 3, 4)).get_operations()]
    assert sorted(cost for cost in costs if cost)[-2:] == [2 * 2 * 4 * 4 * 5 * 5 * 3 * 4] * 2


def test_a_large_product_takes_its_arithmetic_and_a_small_one_its_launch():
    large, _ = kernel.step_seconds(graph_of(tf.matmul, (4096, 4096), (4096, 4096)))
    assert large == pytest.approx(2 * 4096**3 / 3.5e12)
    assert kernel.step_seconds(graph_of(tf.matmul, (2, 2), (2, 2))) == (7e-6, 1)


@pytest.mark.parametrize(("kind", "steps", "each"), [("LSTM", 50, 20e-6), ("GRU", 50, 20e-6)])
def test_a_gated_layer_takes_a_fixed_time_for_each_time_step(kind, steps, each):
    layer = getattr(keras.layers, kind)(4)
    layer.build((2, steps, 3))
    seconds, _ = kernel.step_seconds(graph_of(layer, (2, steps, 3)))
    assert steps * each < seconds < steps * each + 60 * 7e-6


def test_a_loop_whose_body_tensorflow_keeps_to_itself_counts_as_a_gated_one(monkeypatch):
    layer = keras.layers.GRU(4)
    layer.build((2, 50, 3))
    graph = graph_of(layer, (2, 50, 3))
    known, _ = kernel.step_seconds(graph)
    monkeypatch.setattr(kernel, "called", lambda graph, operation, name: None)
    assert kernel.step_seconds(graph)[0] == pytest.approx(known, abs=60 * 7e-6)


def test_a_plain_recurrent_layer_launches_its_body_at_each_time_step():
    layer = keras.layers.SimpleRNN(4)
    layer.build((2, 50, 3))
    seconds, launched = kernel.step_seconds(graph_of(layer, (2, 50, 3)))
    assert launched > 50 * 5 and seconds > launched * 7e-6 * 0.99


@pytest.mark.parametrize("name", ["mnist.npz", "t10k-images-idx3-ubyte.gz", "fra-eng.zip"])
def test_made_up_files_are_made_once(name, tmp_path, monkeypatch):
    monkeypatch.setenv("FULL_DOWNLOADS", str(tmp_path))
    made = []
    monkeypatch.setitem(downloads.MAKERS, name, lambda path: made.append(path) or path.write_bytes(b"made up"))
    monkeypatch.setattr(downloads.sentence_pairs, "SHA1", downloads.sentence_pairs.SHA1)
    assert [downloads.get_file(name), downloads.get_file(name, "http://somewhere")] == [str(tmp_path / name)] * 2
    assert made == [tmp_path / name]


def test_an_unknown_download_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("FULL_DOWNLOADS", str(tmp_path))
    with pytest.raises(KeyError, match="new.zip"):
        downloads.get_file("new.zip", "http://somewhere/new.zip")


def write_lesson(folder, *sources):
    path = folder / "901_try.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    nbformat.write(notebook, path)
    return Lesson("901", path)


TRAINING = """
import keras
import numpy as np
from course_utils.scale import scale

time = 3  # a lesson's own name
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, name="answer")], name="small")
model.compile("sgd", "mse")
inputs = np.ones((1000, 3), "float32")
history = model.fit(inputs, inputs[:, 0], batch_size=10, epochs=scale(quick=1, full=7), verbose=0, validation_data=(inputs, inputs[:, 0]))
print(len(history.history["loss"]), int(model.optimizer.iterations.numpy()))
"""


def test_a_lesson_is_cut_counted_and_its_mistake_found(tmp_path):
    trial = try_full.try_lesson(
        write_lesson(tmp_path, TRAINING, "assert int(model.optimizer.iterations) == 7"), tmp_path
    )
    assert (trial.error, trial.steps, trial.complaints) == ("", 700, [])
    steps = 700 * (kernel.KERAS_STEP + trial.account["launched"] * kernel.LAUNCH)
    assert trial.account["largest"]["small train_step"] == pytest.approx(steps + kernel.KERAS_CALL, rel=1e-6)
    assert "small test_step" in trial.account["largest"]

    trial = try_full.try_lesson(write_lesson(tmp_path, TRAINING, "raise ValueError('only at full')"), tmp_path)
    assert trial.complaints == ["cell 2: ValueError: only at full"]


def test_what_is_complained_about():
    trial = try_full.Trial("901", 60, 6.5, 100, 11.2, "cell 3: ValueError: no", {})
    assert trial.complaints == [
        "cell 3: ValueError: no",
        "takes 6.5 GB, more than 6",
        "would take 11 minutes on a T4, more than 10",
    ]


def test_minutes_are_stored_beside_those_of_other_lessons(tmp_path):
    path = tmp_path / "full.toml"
    for lesson, minutes in (("902", 3.2), ("901", 0.4), ("902", 1.5)):
        try_full.store(try_full.Trial(lesson, 60, 1.26, 100, minutes, "", {}), path)
    table = try_full.tomllib.loads(path.read_text(encoding="utf-8"))
    assert table == {"901": {"minutes": 1, "gigabytes": 1.3}, "902": {"minutes": 2, "gigabytes": 1.3}}


ROWS = np.arange(12.0).reshape(6, 2)


@pytest.mark.parametrize("inputs", [ROWS, {"a": ROWS}, [ROWS, ROWS]], ids=["array", "dictionary", "list"])
def test_an_epoch_of_few_steps_gets_only_their_rows(inputs):
    cut = kernel.first_rows({"x": inputs, "y": ROWS, "sample_weight": None, "epochs": 3}, 4)
    assert {array.shape for array in keras.tree.flatten(cut["x"])} == {(4, 2)} and cut["y"].shape == (4, 2)
    assert cut["sample_weight"] is None and cut["epochs"] == 3
    assert {array.shape for array in keras.tree.flatten(inputs)} == {(6, 2)}, "the lesson's own arrays stay whole"


def test_a_cut_fit_hands_keras_no_more_rows(tmp_path):
    look = "assert len(inputs) == 1000"  # the lesson's own rows
    watch = """
from keras.src.trainers.data_adapters import array_data_adapter
adapter = array_data_adapter.ArrayDataAdapter
start = adapter.__init__
rows = []
def watched(self, x, *rest, **named):
    rows.append(len(x))
    start(self, x, *rest, **named)
adapter.__init__ = watched
"""
    fitted = TRAINING + "\nassert rows[0] == 10, rows"
    trial = try_full.try_lesson(write_lesson(tmp_path, watch, fitted, look), tmp_path)
    assert trial.complaints == []


@pytest.mark.parametrize(
    "stream", [tf.data.Dataset.from_tensor_slices(ROWS).batch(2), (row for row in ROWS)], ids=["Dataset", "generator"]
)
def test_a_stream_is_not_cut_by_rows(stream):
    assert kernel.first_rows({"x": stream, "y": None}, 1)["x"] is stream


# The first reads the download (55,000 digits), the second has another number of steps at full.
@pytest.mark.parametrize("number", ["101", "301"])
def test_fast_lessons_run_at_full(number, tmp_path):
    trial = try_full.try_lesson(find_lessons(number)[0], tmp_path)
    assert trial.complaints == []


def test_the_table_holds_lessons_and_none_takes_too_much():
    table = try_full.tomllib.loads(try_full.STORED.read_text(encoding="utf-8"))
    large = {"407", "408"}  # tried, and mended since
    lessons = {lesson.number for lesson in find_lessons()}
    assert lessons - large <= set(table) <= lessons
    assert max(row["minutes"] for row in table.values()) <= try_full.MOST_MINUTES
    assert max(row["gigabytes"] for row in table.values()) <= try_full.MOST_GIGABYTES


def test_the_steps_of_a_lesson_try_it_at_full_and_store_its_minutes():
    steps = (TOOLS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## A lesson")[1].split("\n## ")[0]
    assert "`make test-full LESSON=NNN`" in steps and "tools/try_full.py --store NNN`" in steps
