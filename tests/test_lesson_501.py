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
    quotes = re.findall(r"^- Lesson (\d{3}): (.+)$", text, re.MULTILINE)
    assert {number for number, _ in quotes} == {"102", "203", "407", "409", "304", "309"}
    for number, sentences in quotes:
        claims = dict(read_claims(printed_text(find_lessons(number)[0].read())))
        for sentence in re.findall(r'"([^"]+)"', sentences):
            assert claims.get(sentence) is True, f"lesson {number} does not claim: {sentence}"


@pytest.mark.parametrize("width", [4, 16, 60])
def test_weights_are_those_of_keras(width):
    inputs = np.zeros((1, 7, width), "float32")
    convolution, lstm = keras.layers.Conv1D(width, 5), keras.layers.LSTM(width)
    attention = keras.layers.MultiHeadAttention(2, width // 2)
    convolution(inputs)
    lstm(inputs)
    attention(inputs, inputs)
    assert LESSON["convolution_cost"](7, width, kernel_size=5)[0] == convolution.count_params()
    assert LESSON["lstm_cost"](7, width)[0] == lstm.count_params()
    assert LESSON["attention_cost"](7, width)[0] == attention.count_params()


def test_attention_costs_as_much_as_an_lstm_at_twice_the_width():
    for width in (8, 64):
        assert LESSON["attention_cost"](2 * width, width)[1] == LESSON["lstm_cost"](2 * width, width)[1]


def test_pixels_are_shuffled_alike_in_all_images_and_none_is_lost():
    shuffle = LESSON["shuffle_pixels"]
    shuffle.__globals__["new_place"] = np.random.default_rng(1).permutation(28 * 28)
    images = np.random.default_rng(2).normal(size=(3, 28, 28, 1))
    shuffled = shuffle(images)
    assert shuffled.shape == images.shape and not np.array_equal(shuffled, images)
    np.testing.assert_array_equal(np.sort(shuffled.reshape(3, -1)), np.sort(images.reshape(3, -1)))
    np.testing.assert_array_equal(shuffled[1:2], shuffle(images[1:2]))


def test_the_transformer_knows_the_places_of_its_patches():
    keras.utils.set_random_seed(1)
    network = LESSON["transformer_network"]()
    image = np.random.default_rng(3).normal(size=(1, 28, 28, 1)).astype("float32")
    turned = np.concatenate([image[:, 14:], image[:, :14]], axis=1)
    assert np.abs(network(image) - network(turned)).max() > 1e-4
