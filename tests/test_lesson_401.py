"""Lesson 401: attention by hand is that of Keras, and what the page takes from the package does what it says."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.architectures import attention  # noqa: E402
from course_utils.architectures.look_up import dense_network, mean_network  # noqa: E402
from course_utils.datasets.look_ups import in_words, look_up_lists  # noqa: E402

LESSON = functions_of("401")
attend = LESSON["scaled_dot_product_attention"]


@pytest.fixture
def random():
    return np.random.default_rng(0)


@pytest.mark.parametrize("width", [1, 2, 16])
@pytest.mark.parametrize("causal", [False, True])
def test_one_head_equals_keras(random, width, causal):
    words = random.normal(size=(6, 5)).astype("float32")
    layer = keras.layers.MultiHeadAttention(1, width, use_bias=False)
    layer(words[None], words[None])
    layer.set_weights([random.normal(size=array.shape) for array in layer.get_weights()])
    for_query, for_key, for_value, for_output = layer.get_weights()
    mask = np.tril(np.ones((6, 6), bool)) if causal else None
    found, weights = attend(words @ for_query[:, 0], words @ for_key[:, 0], words @ for_value[:, 0], mask)
    by_keras, scores = layer(words[None], words[None], use_causal_mask=causal, return_attention_scores=True)
    np.testing.assert_allclose(found @ for_output[0], by_keras[0], atol=1e-4, rtol=1e-4)
    np.testing.assert_allclose(weights, scores[0, 0], atol=1e-5)


def test_the_package_holds_the_function_of_the_page(random):
    query, key, value = random.normal(size=(4, 3)), random.normal(size=(6, 3)), random.normal(size=(6, 2))
    mask = random.random((4, 6)) < 0.7
    for may_look in (None, mask):
        for ours, theirs in zip(
            attention.scaled_dot_product_attention(query, key, value, may_look), attend(query, key, value, may_look)
        ):
            np.testing.assert_allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize("function", [attend, attention.scaled_dot_product_attention])
def test_weights_are_shares_and_a_masked_key_gets_none(random, function):
    query, key, value = random.normal(size=(4, 8)), random.normal(size=(6, 8)), random.normal(size=(6, 2))
    mask = np.ones((4, 6), bool)
    mask[:, 2] = False
    output, weights = function(query, key, value, mask)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-9)
    assert output.shape == (4, 2) and weights[:, 2].max() == 0
    without = function(query, np.delete(key, 2, axis=0), np.delete(value, 2, axis=0))[0]
    np.testing.assert_allclose(output, without, atol=1e-9)


@pytest.mark.parametrize("function", [attend, attention.scaled_dot_product_attention])
def test_huge_scores_stay_finite(function):
    output, weights = function(np.array([[1e4]]), np.array([[1e4], [0.0]]), np.array([[1.0], [2.0]]))
    assert weights.tolist() == [[1.0, 0.0]] and output.tolist() == [[1.0]]


def test_the_softmax_of_the_page_takes_any_leading_axes(random):
    scores = random.normal(size=(2, 3, 5))
    weights = LESSON["softmax"](scores)
    np.testing.assert_allclose(weights, np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True), atol=1e-12)
    np.testing.assert_allclose(LESSON["softmax"](scores + 7), weights, atol=1e-12)


def test_measure_tells_flat_from_sharp():
    flat, sharp = np.zeros((3, 32)), np.full((3, 32), -50.0)
    sharp[:, 4] = 50
    measured = LESSON["measure"](flat)
    assert measured["spread"] == 0 and np.isclose(measured["largest weight"], 1 / 32)
    assert np.isclose(measured["slopes"], 31 / 32)
    measured = LESSON["measure"](sharp)
    assert np.isclose(measured["largest weight"], 1) and measured["slopes"] < 1e-6


def test_the_head_reads_any_number_of_pairs_in_any_order():
    network = LESSON["attention_network"]()
    assert network.count_params() == 4 * 26 * 16 + 26 * 8 + 8
    (pairs, question), _ = look_up_lists(5, pairs=7, seed=1)
    logits = network([pairs, question])
    assert logits.shape == (5, 1, 8)
    np.testing.assert_allclose(network([pairs[:, ::-1], question]), logits, atol=1e-5)


def test_a_list_holds_the_pair_that_is_asked_for():
    (pairs, question), number = look_up_lists(200, pairs=8, seed=3)
    assert pairs.shape == (200, 8, 26) and question.shape == (200, 1, 26) and number.shape == (200, 1)
    letters = pairs[:, :, :16].argmax(axis=2)
    assert all(len(set(row)) == 8 for row in letters)
    for row in range(200):
        place = letters[row].tolist().index(question[row, 0, :16].argmax())
        assert pairs[row, place, 17:25].argmax() == number[row, 0]
        right = in_words(pairs[row])[place]
        assert in_words(question[row]) == [right[0] + "?"] and right[1] == str(number[row, 0] + 1)


def test_the_mean_knows_no_places_and_the_dense_network_does():
    (pairs, question), _ = look_up_lists(5, pairs=8, seed=1)
    mean, dense = mean_network(width=32), dense_network(width=16)
    assert mean([pairs, question]).shape == dense([pairs, question]).shape == (5, 8)
    turned = pairs[:, ::-1]
    np.testing.assert_allclose(mean([turned, question]), mean([pairs, question]), atol=1e-5)
    assert np.abs(np.asarray(dense([turned, question]) - dense([pairs, question]))).max() > 1e-3
    assert mean(look_up_lists(5, pairs=16, seed=1)[0]).shape == (5, 8)
    with pytest.raises(ValueError, match="shape"):
        dense(look_up_lists(5, pairs=16, seed=1)[0])
    other = question[::-1].copy()
    for network in (mean, dense):
        assert np.abs(np.asarray(network([pairs, other]) - network([pairs, question]))).max() > 1e-3
