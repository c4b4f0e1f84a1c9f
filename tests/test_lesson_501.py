"""Lesson 501: the costs are those of Keras, and what it quotes from earlier lessons are claims that hold there."""

import re

import pytest
from notebook_functions import functions_of

from course_utils.claims import read_claims
from course_utils.command.lessons import find_lessons, printed_text
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import numpy as np  # noqa: E402

LESSON = functions_of("501")


def test_every_quoted_claim_holds_in_the_lesson_it_names():
    text = "\n".join(cell.source for cell in find_lessons("501")[0].read().cells if cell.cell_type == "markdown")
    quotes = re.findall(r"^- Lesson (\d\d): (.+)$", text, re.MULTILINE)
    assert {number for number, _ in quotes} == {"101", "201", "301", "401"}
    for number, sentences in quotes:
        claims = dict(read_claims(printed_text(find_lessons(number)[0].read())))
        for sentence in re.findall(r'"([^"]+)"', sentences):
            assert claims.get(sentence) is True, f"lesson {number} does not claim: {sentence}"


@pytest.mark.parametrize("width", [4, 16, 60])
def test_weights_are_those_of_keras(width):
    inputs = np.zeros((1, 7, width), "float32")
    layers = {
        "convolution": keras.layers.Conv1D(width, 5),
        "LSTM": keras.layers.LSTM(width),
        "attention": keras.layers.MultiHeadAttention(2, width // 2),
    }
    for kind, layer in layers.items():
        layer(inputs, inputs) if kind == "attention" else layer(inputs)
        assert LESSON["layer_cost"](kind, 7, width, kernel_size=5)[0] == layer.count_params()


def test_an_unknown_layer_is_named():
    with pytest.raises(ValueError, match="not 'pooling'"):
        LESSON["layer_cost"]("pooling", 7, 4)
