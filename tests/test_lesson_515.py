"""Lesson 515: its readers answer as the network does, whatever the number of images, and without TensorFlow for ONNX."""

import subprocess
import sys

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils import shipping
from course_utils.architectures.lenet import build_small_lenet
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("515")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """An untrained network, images, and the folder with its files."""
    keras.utils.set_random_seed(1)
    network = build_small_lenet()
    folder = tmp_path_factory.mktemp("files")
    with shipping.quiet():
        network.export(folder / "digits.tflite", format="litert")
        network.export(folder / "digits.onnx", format="onnx")
    images = np.random.default_rng(2).random((6, 28, 28, 1)).astype("float32")
    return network, images, folder


@pytest.mark.parametrize("reader, name", [("load_litert", "digits.tflite"), ("load_onnx", "digits.onnx")])
def test_readers_answer_one_image_and_many(shipped, reader, name):
    network, images, folder = shipped
    answer = LESSON[reader](str(folder / name))
    for some in (images, images[:1], images[1:4]):
        np.testing.assert_allclose(answer(some), network(some), atol=1e-5)


def test_the_litert_reader_of_the_page_is_that_of_the_package(shipped):
    _, images, folder = shipped
    place = str(folder / "digits.tflite")
    np.testing.assert_array_equal(LESSON["load_litert"](place)(images), shipping.load_litert(place)(images))


def test_an_onnx_file_answers_where_there_is_no_tensorflow(shipped, tmp_path):
    network, images, folder = shipped
    np.save(tmp_path / "images.npy", images)
    code = f"""
import sys
sys.modules["tensorflow"] = sys.modules["keras"] = None  # an import would fail
import numpy as np, onnxruntime
session = onnxruntime.InferenceSession({str(folder / "digits.onnx")!r})
answers = session.run(None, {{session.get_inputs()[0].name: np.load({str(tmp_path / "images.npy")!r})}})[0]
np.save({str(tmp_path / "answers.npy")!r}, answers)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
    np.testing.assert_allclose(np.load(tmp_path / "answers.npy"), network(images), atol=1e-5)


def test_another_network_does_not_answer_alike(shipped):
    network, images, folder = shipped
    other = build_small_lenet()  # other random weights
    answers = LESSON["load_onnx"](str(folder / "digits.onnx"))(images)
    found = shipping.compare_answers(answers, other(images).numpy(), np.zeros(6, "int64"))
    assert found["largest difference"] > 1e-2
