"""The set-up of a lesson: its scale, the device, Keras's own settings; NVIDIA's libraries; `course check` on both."""

import ast
import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from notebook_functions import functions_of
from test_notebook_rules import code_cells, plain_python
from typer.testing import CliRunner

from course_utils import scale, set_up
from course_utils.command import machine
from course_utils.command.cli import app
from course_utils.command.lessons import checkout_folder, find_lessons
from course_utils.environment import import_quietly, lesson_number
from course_utils.nvidia import nvidia_gpus
from course_utils.scale import choose_scale, full_time

import_quietly()
import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from course_utils.architectures.cnn import resnet  # noqa: E402

ROOT = checkout_folder()
sys.path.insert(0, str(ROOT / "tools"))
import set_up as install  # noqa: E402


@pytest.fixture(autouse=True)
def as_before():
    """What a test chooses ends with it."""
    yield
    choose_scale(None)
    keras.config.set_dtype_policy("float32")


@pytest.fixture
def gpu(monkeypatch):
    """TensorFlow lists a GPU; returns for which devices memory growth was switched on."""
    device = SimpleNamespace(name="/physical_device:GPU:0", device_type="GPU")
    listed = tf.config.list_physical_devices()
    grown = []
    monkeypatch.setattr(
        tf.config,
        "list_physical_devices",
        lambda kind=None: [item for item in [*listed, device] if kind in (None, item.device_type)],
    )
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda device: {"device_name": "Tesla T4"})
    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", lambda device, on: grown.append((device.name, on)))
    return grown


# Scale


def test_quick_is_the_default_on_a_gpu_too(monkeypatch, gpu):
    monkeypatch.delenv("COURSE_SCALE")
    assert scale(quick=3, full=40) == 3


def test_the_argument_wins_over_the_variable(monkeypatch, capsys):
    monkeypatch.setenv("COURSE_SCALE", "full")
    set_up(seed=1, scale="quick")
    first, *notes = capsys.readouterr().out.splitlines()
    assert scale(quick=3, full=40) == 3 and first.endswith("scale: quick")
    assert notes == ["COURSE_SCALE says full; the scale in set_up(...) wins."]
    set_up(seed=1)
    assert scale(quick=3, full=40) == 40
    monkeypatch.setenv("COURSE_SCALE", "quick")
    set_up(seed=1, scale=" Full ")
    assert scale(quick=3, full=40) == 40


@pytest.mark.parametrize("source", ["argument", "variable"])
def test_a_wrong_word_is_told_in_one_sentence_before_the_slow_import(monkeypatch, source):
    def too_late():
        raise AssertionError("TensorFlow was imported first")

    monkeypatch.setattr("course_utils.environment.import_quietly", too_late)
    if source == "variable":
        monkeypatch.setenv("COURSE_SCALE", "huge")
    name = {"argument": "The scale", "variable": "COURSE_SCALE"}[source]
    with pytest.raises(ValueError, match=f"^{name} is 'huge'; it must be quick or full.$"):
        set_up(seed=1, scale="huge" if source == "argument" else None)


def test_one_line_at_quick_and_a_warning_at_full(monkeypatch, capsys):
    monkeypatch.delenv("COURSE_SCALE")
    set_up(seed=1, scale="quick")
    quick = capsys.readouterr().out.splitlines()
    set_up(seed=1, scale="full")
    full = capsys.readouterr().out.splitlines()
    assert len(quick) == 1 and re.fullmatch(r"Keras \S+ on TensorFlow \S+, .+, scale: quick", quick[0])
    assert full[0].endswith("scale: full") and "claims were set at quick" in full[1]


def table_of_one(monkeypatch, tmp_path):
    """A table that holds lesson 407 alone."""
    (tmp_path / "full.toml").write_text("[407]\nminutes = 9\ngigabytes = 3.1\n")
    monkeypatch.setattr(sys.modules["course_utils.scale"], "FULL_TABLE", tmp_path / "full.toml")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("/home/someone/course/my/407_vision_transformer.ipynb", "full: lesson 407 takes about 9 minutes on a T4 GPU"),
        ("101_convolution_by_hand.ipynb", "full: a lesson takes up to about 10 minutes on a T4 GPU"),
        ("", "full: a lesson takes up to about 10 minutes on a T4 GPU"),
    ],
)
def test_the_time_at_full_is_that_of_the_lesson(monkeypatch, capsys, tmp_path, place, words):
    table_of_one(monkeypatch, tmp_path)
    monkeypatch.setenv("JPY_SESSION_NAME", place)
    set_up(seed=1, scale="full")
    assert words in capsys.readouterr().out


def test_without_a_table_the_longest_time_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(sys.modules["course_utils.scale"], "FULL_TABLE", tmp_path / "none.toml")
    assert full_time("407") == "a lesson takes up to about 10 minutes"


def test_vs_code_and_colab_name_the_lesson(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert lesson_number() == ""
    monkeypatch.setattr(
        sys.modules["__main__"], "__vsc_ipynb_file__", r"C:\course\my\201_recurrence_by_hand.ipynb", raising=False
    )
    assert lesson_number() == "201"
    link = "[Open in Colab](https://example.org/blob/main/notebooks/1_cnn/106_video.ipynb)"
    page = {"ipynb": {"cells": [{"source": ["# Video\n", link]}]}}
    asked = SimpleNamespace(_message=SimpleNamespace(blocking_request=lambda what, timeout_sec: page))
    monkeypatch.setitem(sys.modules, "google.colab", asked)
    assert lesson_number() == "106"
    page.clear()
    assert lesson_number() == ""


@pytest.mark.parametrize(
    ("words", "variable", "expected"),
    [
        ([], "full", "full"),
        ([], "", "quick"),
        (["--scale", "quick"], "full", "quick"),
        (["--scale", "full"], "", "full"),
    ],
)
def test_course_run_asks_the_option_then_the_variable(monkeypatch, words, variable, expected):
    scales = []
    monkeypatch.setattr(
        "course_utils.command.run.run_lessons", lambda lessons, scale, jobs, console: scales.append(scale) or True
    )
    monkeypatch.setenv("COURSE_SCALE", variable)
    result = CliRunner().invoke(app, ["run", "201", *words])
    assert result.exit_code == 0 and scales == [expected]


# The device


def test_the_set_up_names_the_gpu(capsys, gpu):
    set_up(seed=1, scale="quick")
    assert capsys.readouterr().out.endswith(f"on TensorFlow {tf.__version__}, Tesla T4, scale: quick\n")


def test_the_set_up_names_the_cpu_and_its_cores(monkeypatch, capsys):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: [])
    monkeypatch.setattr("os.cpu_count", lambda: 6)
    set_up(seed=1, scale="quick")
    assert capsys.readouterr().out.endswith(f"on TensorFlow {tf.__version__}, CPU with 6 cores, scale: quick\n")


@pytest.mark.parametrize("missing", ["tensorflow", "keras"])
def test_what_is_not_installed_is_named_with_its_cure(monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)  # the import then fails, as where it is not installed
    with pytest.raises(ImportError) as error:
        set_up(seed=1)
    assert str(error.value) == (
        f"{missing} is not installed. Run `make run` in the course's folder, or `pip install 'course-utils[tensorflow]'`."
    )


def test_products_are_computed_in_full_float32():
    tf.config.experimental.enable_tensor_float_32_execution(True)
    import_quietly()
    assert not tf.config.experimental.tensor_float_32_execution_enabled()


@pytest.mark.skipif(sys.platform == "darwin" or platform.machine() not in ("x86_64", "AMD64"), reason="not for oneDNN")
def test_onednn_computes_also_on_processors_for_which_tensorflow_leaves_it_off():
    code = (
        "from course_utils.environment import import_quietly; import_quietly(); "
        "from tensorflow.python.util import _pywrap_util_port; print(_pywrap_util_port.IsMklEnabled())"
    )
    environment = {name: value for name, value in os.environ.items() if name != "TF_ENABLE_ONEDNN_OPTS"}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, env=environment)
    assert result.stdout == "True\n", result.stderr


def test_memory_grows_on_each_gpu(gpu):
    assert import_quietly() == [] and gpu == [("/physical_device:GPU:0", True)]


def test_a_gpu_that_runs_already_is_said_to_be_taken_whole(monkeypatch, gpu):
    def too_late(device, on):
        raise RuntimeError("Physical devices cannot be modified after being initialized")

    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", too_late)
    assert "restart the kernel" in " ".join(import_quietly())


def two_models():
    convolution = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3), keras.layers.Flatten()])
    recurrent = keras.Sequential([keras.Input((8, 1)), keras.layers.LSTM(2)])
    for model in (convolution, recurrent):
        model.compile("sgd", "mse")
    return convolution, recurrent


def test_keras_leaves_the_compiler_out_on_a_cpu():
    assert not any(model.jit_compile for model in two_models())


def test_keras_compiles_on_a_gpu_but_not_what_cudnn_computes(monkeypatch, gpu):
    monkeypatch.setattr(sys.modules["keras.src.backend.tensorflow.rnn"], "_is_gpu_available", lambda: True)
    convolution, recurrent = two_models()
    assert convolution.jit_compile and not recurrent.jit_compile


def decisions_for_the_compiler(source):
    """The lines of a program that set `jit_compile`, but for those that end with a comment: it gives the reason."""
    lines = source.splitlines()
    keywords = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.keyword)]
    at = {node.value.end_lineno for node in keywords if node.arg == "jit_compile"}
    return [lines[number - 1].strip() for number in sorted(at) if "  # " not in lines[number - 1]]


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("model.compile('sgd', jit_compile=False)", 1),
        ("model.compile(\n    'sgd',\n    jit_compile=True,\n)", 1),
        ("tf.function(f, jit_compile=True)", 1),
        ("model.compile(jit_compile=False)  # the compiler does not know CTC", 0),
        ("model.compile('sgd')\ntext = 'jit_compile=False'", 0),
    ],
)
def test_a_decision_for_the_compiler_is_found_unless_its_reason_stands_beside_it(source, count):
    assert len(decisions_for_the_compiler(source)) == count


def test_neither_lessons_nor_package_decide_for_the_compiler_or_count_processor_seconds():
    pages = {
        lesson.number: "\n".join(plain_python(cell.source) for cell in code_cells(lesson)) for lesson in find_lessons()
    }
    package = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "course_utils").rglob("*.py"))
    }
    found = {place: decisions_for_the_compiler(source) for place, source in (pages | package).items()}
    assert len(found.pop("004")) == 3  # it compares
    assert {place: lines for place, lines in found.items() if lines} == {}
    assert not [place for place, source in (pages | package).items() if "process_time" in source]  # blind to a GPU


def test_lesson_004_says_what_the_compiler_is_and_who_decides_for_it():
    text = " ".join(cell.source for cell in find_lessons("004")[0].read().cells if cell.cell_type == "markdown")
    assert "`jit_compile=True` lets a compiler (XLA) fuse the operations" in text
    assert "Keras chooses by the device: no compiler on a CPU; XLA on a GPU" in text


def test_mixed_precision_needs_a_gpu_and_full(capsys, gpu):
    set_up(seed=1, scale="full", mixed_precision=True)
    assert keras.config.dtype_policy().name == "mixed_float16"
    assert "Claims were set in float32" in capsys.readouterr().out
    set_up(seed=1, scale="quick", mixed_precision=True)
    assert keras.config.dtype_policy().name == "float32" and "stays with float32" in capsys.readouterr().out


def test_mixed_precision_does_nothing_on_a_cpu(capsys):
    set_up(seed=1, scale="full", mixed_precision=True)
    assert keras.config.dtype_policy().name == "float32" and "only on a GPU" in capsys.readouterr().out


def test_probabilities_stay_float32_in_mixed_precision():
    keras.config.set_dtype_policy("mixed_float16")
    model = resnet((8, 8, 1), 10, blocks=1, widths=(4,))
    assert model.layers[-1].compute_dtype == "float32"
    assert model.get_layer("features").compute_dtype == "float16"


@pytest.mark.parametrize("logits", [True, False], ids=["logits", "probabilities"])
def test_a_step_in_mixed_precision_has_a_finite_loss_and_moves_the_weights(logits):
    """Keras computes losses in float32; a probability of 16 bits would send the scaled slopes to infinity."""
    keras.config.set_dtype_policy("mixed_float16")
    last = {} if logits else {"activation": "softmax", "dtype": "float32"}
    dense = keras.layers.Dense(3, kernel_initializer=keras.initializers.RandomNormal(stddev=3, seed=0), **last)
    model = keras.Sequential([keras.Input((8,)), dense])
    model.compile(keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy(from_logits=logits))
    before = dense.get_weights()[0]
    inputs, labels = np.random.default_rng(0).normal(size=(64, 8)), np.arange(64) % 3
    history = model.fit(inputs, labels, batch_size=32, epochs=1, verbose=0).history
    assert np.isfinite(history["loss"]).all() and not np.allclose(before, dense.get_weights()[0])


def test_a_loss_written_on_a_page_gets_float32_in_mixed_precision():
    lesson = functions_of("403")
    keras.config.set_dtype_policy("mixed_float16")
    model = lesson["build_translator"](10, 16, 1)
    given = []

    def noted_loss(targets, logits):
        given.append(keras.backend.standardize_dtype(logits.dtype))
        return lesson["translation_loss"](targets, logits)

    model.compile(keras.optimizers.Adam(1e-2), noted_loss)
    codes = np.random.default_rng(0).integers(1, 10, (32, 6))
    losses = model.fit([codes, codes], codes, batch_size=16, epochs=2, verbose=0).history["loss"]
    assert losses[1] < losses[0] and set(given) == {"float32"}


# Keras's own settings


def set_up_with(tmp_path, keras_json, **environment):
    (tmp_path / "keras.json").write_text(keras_json)
    code = (
        "from course_utils import set_up; set_up(seed=1); import keras; c = keras.config; import numpy as np; "
        "print(c.backend(), c.floatx(), c.epsilon(), c.image_data_format(), c.dtype_policy().name, "
        "keras.layers.Dense(1)(np.ones((1, 1))).dtype.name)"
    )
    environment = {**os.environ, "KERAS_HOME": str(tmp_path), **environment}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env=environment)


def test_other_settings_of_keras_are_named_and_replaced(tmp_path):
    result = set_up_with(
        tmp_path,
        '{"floatx": "float16", "epsilon": 0.001, "backend": "jax", "image_data_format": "channels_first"}',
        KERAS_BACKEND="jax",
    )
    device, *notes, settings = result.stdout.splitlines()
    assert settings == "tensorflow float32 1e-07 channels_last float32 float32"
    assert [note.split(" is ")[0] for note in notes] == ["KERAS_BACKEND", "floatx", "epsilon", "image_data_format"]
    assert device.startswith("Keras") and str(tmp_path / "keras.json") in notes[1] and result.stderr == ""


def test_a_settings_file_that_keras_refuses_is_named(tmp_path):
    result = set_up_with(tmp_path, '{"floatx": "bfloat16"}')
    assert result.returncode == 1
    assert f"Keras refuses its settings file {tmp_path / 'keras.json'}: correct or rename it" in result.stderr


def test_keras_on_another_backend_cannot_be_changed_any_more(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(RuntimeError, match="already runs on jax.*Restart the kernel"):
        import_quietly()


# NVIDIA's libraries


@pytest.fixture
def driver(monkeypatch, tmp_path):
    """A stand-in for nvidia-smi, first on the PATH."""
    if not sys.platform.startswith("linux"):
        pytest.skip("NVIDIA's libraries are for Linux")
    program = tmp_path / "nvidia-smi"
    program.write_text('#!/bin/sh\necho "GPU 0: Tesla T4 (UUID: GPU-1234)"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")


def test_the_driver_names_its_gpus(driver):
    assert nvidia_gpus() == ["GPU 0: Tesla T4"]


def test_without_a_program_the_list_of_linux_is_read(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("course_utils.nvidia.DRIVER", tmp_path / "gpus")
    assert nvidia_gpus() == []
    (tmp_path / "gpus" / "0000:01:00.0").mkdir(parents=True)
    assert nvidia_gpus() == ["GPU at 0000:01:00.0"]


@pytest.fixture
def commands(monkeypatch, tmp_path):
    """What the set-up would execute; nothing is installed."""
    executed = []
    monkeypatch.setattr(install, "run", lambda log, *command: executed.append(command))
    monkeypatch.setattr("venv.create", lambda folder, with_pip: Path(folder).mkdir())
    monkeypatch.chdir(ROOT)
    return executed


def installed_files(commands):
    first = commands[0]
    return [word for before, word in zip(first, first[1:]) if before == "--requirement"]


def test_set_up_adds_nvidias_libraries_where_there_is_a_gpu(monkeypatch, capsys, driver, commands, tmp_path):
    monkeypatch.delenv("GPU", raising=False)
    install.main(str(tmp_path / "venv"), "requirements.txt")
    assert installed_files(commands) == ["requirements.txt", "requirements-gpu.txt"]
    said = capsys.readouterr().out
    assert "Found GPU 0: Tesla T4" in said and "GPU=0" in said


def test_gpu_0_declines_them(monkeypatch, capsys, driver, commands, tmp_path):
    monkeypatch.setenv("GPU", "0")
    install.main(str(tmp_path / "venv"), "requirements.txt")
    assert installed_files(commands) == ["requirements.txt"] and "GPU=0: it stays unused" in capsys.readouterr().out


def test_set_up_without_a_gpu_or_for_colab_says_nothing_of_it(monkeypatch, capsys, driver, commands, tmp_path):
    install.main(str(tmp_path / "colab"), "requirements-colab.txt")
    monkeypatch.setattr("course_utils.nvidia.nvidia_gpus", lambda: [])
    install.main(str(tmp_path / "venv"), "requirements.txt")
    assert installed_files(commands) == ["requirements-colab.txt"] and "GPU" not in capsys.readouterr().out
    assert not [word for command in commands for word in command if "-gpu" in word]


def test_nvidias_libraries_need_more_room(monkeypatch, driver, commands, tmp_path):
    monkeypatch.delenv("GPU", raising=False)
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=8e9))
    with pytest.raises(SystemExit, match="11 GB of disk are needed here and 8.0 GB are free"):
        install.main(str(tmp_path / "venv"), "requirements.txt")


def pins(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;]+)", line) for line in lines]
    return {match.groups() for match in found if match}


def test_the_two_files_of_requirements_agree():
    plain, gpu = pins("requirements.txt"), pins("requirements-gpu.txt")
    assert {name for name, _ in gpu - plain} and all(name.startswith("nvidia-") for name, _ in gpu - plain)


def test_the_readme_says_what_wsl2_and_a_mac_get():
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    section = text.split("## On a GPU")[1].split(" ## ")[0]
    assert "On Windows TensorFlow sees a GPU only inside WSL2: there the course is set up as on Linux." in section
    assert "On a Mac it computes on the CPU." in section and "`make run GPU=0` declines" in section


# `course check`


def test_check_says_whether_tensorflow_sees_the_gpu(monkeypatch, gpu):
    monkeypatch.setattr(machine, "nvidia_gpus", lambda: ["GPU 0: Tesla T4"])
    assert machine.check_device().found == "1 GPU, seen by TensorFlow"
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: [])
    unseen = machine.check_device()
    assert "TensorFlow does not see it" in unseen.found and "requirements-gpu.txt" in unseen.found and not unseen.cure
    monkeypatch.setattr(machine, "nvidia_gpus", lambda: [])
    assert machine.check_device().found.startswith("no GPU")


@pytest.mark.parametrize(("free", "of_full", "ready"), [(20e9, False, True), (5e9, True, True), (3e9, True, False)])
def test_check_names_the_memory_that_full_needs(monkeypatch, free, of_full, ready):
    monkeypatch.setattr(machine.psutil, "virtual_memory", lambda: SimpleNamespace(available=free))
    finding = machine.check_memory()
    assert ("full" in finding.found) == of_full and (finding.cure == "") == ready


def test_check_trains_a_convolution(monkeypatch):
    trained = []
    fit = keras.Model.fit
    monkeypatch.setattr(keras.Model, "fit", lambda model, *a, **k: trained.append(model) or fit(model, *a, **k))
    finding = machine.check_training()
    assert finding.cure == "" and any(isinstance(layer, keras.layers.Conv2D) for layer in trained[0].layers)


def test_check_names_a_training_that_fails(monkeypatch):
    def fail(*arguments, **settings):
        raise tf.errors.InternalError(None, None, "libdevice not found at ./libdevice.10.bc\nmore")

    monkeypatch.setattr(keras.Model, "fit", fail)
    finding = machine.check_training()
    assert "InternalError libdevice not found" in finding.found and "CUDA_VISIBLE_DEVICES=-1" in finding.cure


def test_check_names_settings_that_the_session_replaces(monkeypatch):
    monkeypatch.setattr(keras.config, "image_data_format", lambda: "channels_first")
    finding = machine.check_tensorflow()
    assert "image_data_format is channels_first" in finding.found and finding.cure == ""
