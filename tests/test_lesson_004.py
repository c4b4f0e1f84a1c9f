"""Lesson 004: the network with its own training step is one that Keras can train, log, save and load."""

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.metrics.training import same_weights  # noqa: E402
from course_utils.training import error_of  # noqa: E402


@pytest.fixture(scope="module")
def lesson():
    """The page's own functions and its class; the defaults of its trainings are not needed here."""
    return functions_of("004", digit_loss=None, images=None, labels=None)


@pytest.fixture
def few():
    """96 images of noise whose label is written into their first pixels; 40 a batch leave a last batch of 16."""
    generator = np.random.default_rng(0)
    images = generator.random((96, 28, 28, 1)).astype("float32") / 10
    labels = generator.integers(10, size=96)
    images[np.arange(96), 0, labels, 0] = 5
    return images, labels


def prepared(model, images):
    model(images[:1])
    model.compile(
        keras.optimizers.Adam(0.01),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    return model


def test_own_step_takes_the_steps_of_fit(lesson, few):
    images, labels = few
    own = prepared(lesson["OwnNetwork"](), images)
    twin = prepared(keras.Sequential([keras.layers.Flatten(), *copies(own)]), images)
    twin.set_weights(own.get_weights())
    for model in (own, twin):
        model.fit(images, labels, batch_size=32, epochs=2, shuffle=False, verbose=0)
    for ours, theirs in zip(own.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def copies(own):
    return [type(layer).from_config(layer.get_config()) for layer in (own.hidden, own.logits)]


def test_own_step_logs_the_mean_of_the_epoch_and_not_of_all_epochs(lesson, few):
    images, labels = few
    images[80:] *= 5  # the short last batch has clearly another loss, whatever the first weights
    own = prepared(lesson["OwnNetwork"](), images)
    own.optimizer.learning_rate = 0.0  # nothing moves, so every epoch has the same mean
    single = [
        own.evaluate(images[first : first + 40], labels[first : first + 40], verbose=0, return_dict=True)["loss"]
        for first in (0, 40, 80)
    ]
    log = own.fit(images, labels, batch_size=40, epochs=2, shuffle=False, verbose=0).history["loss"]
    mean = np.average(single, weights=[40, 40, 16])  # over the examples
    np.testing.assert_allclose(log, [mean] * 2, rtol=1e-4)
    assert abs(single[-1] - mean) > 1e-3 and abs(np.mean(single) - mean) > 1e-3


def test_own_network_can_learn_one_batch_by_heart(lesson, few):
    images, labels = few
    own = prepared(lesson["OwnNetwork"](), images)
    learn_by_heart(own, images, labels, steps=80)
    assert (own.predict(images, verbose=0).argmax(axis=1) == labels).mean() > 0.95


def test_own_network_is_saved_and_loaded(lesson, few, tmp_path):
    images, _ = few
    own = prepared(lesson["OwnNetwork"](), images)
    own.save(tmp_path / "own.keras")
    loaded = keras.saving.load_model(tmp_path / "own.keras")
    np.testing.assert_allclose(loaded(images), own(images), atol=1e-6)


def test_same_weights_tells_arrays_apart():
    one = [np.zeros((2, 3)), np.ones(3)]
    assert same_weights(one, [np.full((2, 3), 1e-4), np.ones(3)])
    assert not same_weights(one, [np.zeros((2, 3)), np.full(3, 1.01)])
    with pytest.raises(ValueError):
        same_weights(one, one[:1])


def test_error_of_gives_the_first_line():
    def fails():
        raise ValueError("one\ntwo")

    assert error_of(fails) == "ValueError: one"
    assert error_of(lambda: None) == "no error"


def test_error_of_gives_more_lines_when_asked_without_empty_ones_and_signs_of_a_terminal():
    def fails():
        raise ValueError("one\n\n\x1b[1mtwo\x1b[0m\nthree")

    assert error_of(fails, lines=2) == "ValueError: one\ntwo"
