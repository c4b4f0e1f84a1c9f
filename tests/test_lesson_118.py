"""Lesson 118: slopes by hand and by tape, pushes that keep their limits, and trainings that differ in the push alone."""

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.datasets import Split  # noqa: E402

LESSON = functions_of("118")
# what the page's cells define beside functions
SETTINGS = {
    "summed_loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum"),
    "epochs": 2,
}
LESSON["build"].__globals__.update(SETTINGS)
build, pushed, slopes_of = LESSON["build"], LESSON["pushed"], LESSON["slopes_of"]


def drawings(count=20, seed=0):
    return np.random.default_rng(seed).random((count, 28, 28, 1)).astype("float32")


def some_labels(count=20):
    return np.arange(count) % 10


def test_slopes_are_those_of_small_differences():
    keras.utils.set_random_seed(1)
    network, image, label = build(), drawings(1), np.array([3])
    slopes = slopes_of(network)(image, label)
    assert slopes.shape == image.shape
    loss = SETTINGS["summed_loss"]
    direction = np.sign(slopes)
    rise = loss(label, network(image + 1e-3 * direction)) - loss(label, network(image - 1e-3 * direction))
    assert float(rise) / 2e-3 == pytest.approx(float(np.abs(slopes).sum()), rel=0.02)


def test_each_image_has_its_own_slopes():
    network = build()
    images, labels = drawings(4), some_labels(4)
    together, alone = slopes_of(network)(images, labels), slopes_of(network)(images[:1], labels[:1])
    assert np.allclose(together[:1], alone, atol=1e-5)


def test_slopes_by_hand_on_small_numbers():
    weights, biases = np.array([[1.0, 0.0], [0.0, 2.0]]), np.zeros(2)
    found = LESSON["slopes_by_hand"](np.array([[0.0, 0.0]]), np.array([0]), weights, biases)
    assert np.allclose(found, [[-0.5, 1.0]])  # both classes have the chance one half


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_a_push_keeps_its_size_and_its_range(steps):
    images, labels = drawings(6), some_labels(6)
    moved = pushed(images, labels, slopes_of(build()), 0.1, steps)
    assert moved.dtype == images.dtype and moved.shape == images.shape
    assert np.abs(moved - images).max() <= 0.1 + 1e-6
    assert moved.min() >= 0 and moved.max() <= 1


def test_one_step_goes_the_whole_way_and_raises_the_loss():
    keras.utils.set_random_seed(2)
    network, images, labels = build(), np.full((3, 28, 28, 1), 0.5, "float32"), np.arange(3)
    slopes = slopes_of(network)
    moved = pushed(images, labels, slopes, 0.02)
    assert np.allclose(moved - images, 0.02 * np.sign(slopes(images, labels)), atol=1e-6)
    loss = SETTINGS["summed_loss"]
    assert float(loss(labels, network(moved))) > float(loss(labels, network(images)))


def test_paper_example():
    start = np.array([0.5, 0.7])
    assert np.allclose(pushed(start, None, LESSON["paper_slopes"], 0.3), [0.8, 0.4])
    assert np.allclose(pushed(start, None, LESSON["paper_slopes"], 0.3, steps=5), [0.8, 1.0])


def test_random_pushes_are_as_large_and_leave_the_images():
    images = np.full((2, 28, 28, 1), 0.5, "float32")
    moved = LESSON["randomly_pushed"](images, 0.1, np.random.default_rng(0))
    assert np.allclose(np.abs(moved - images), 0.1)
    assert (images == 0.5).all()


class Recorder:
    """A network that only remembers what it is to learn."""

    def __init__(self):
        self.batches = []

    def train_on_batch(self, images, labels):
        self.batches.append(images)


@pytest.fixture
def training(monkeypatch):
    """`trained` of the page on 100 grey drawings, with slopes that always point up, and no network to train."""
    recorder = Recorder()
    trained = LESSON["trained"]
    for name, value in {
        "train": Split(np.full((100, 28, 28, 1), 0.5, "float32"), some_labels(100)),
        "build": lambda: recorder,
        "compile_for": lambda network, rate: None,
        "slopes_of": lambda network: lambda images, labels: np.ones_like(images),
    }.items():
        monkeypatch.setitem(trained.__globals__, name, value)
    return trained, recorder


def test_training_without_steps_changes_no_image(training):
    trained, recorder = training
    trained(0.001)
    assert [len(batch) for batch in recorder.batches] == [64, 36] * SETTINGS["epochs"]
    assert all((batch == 0.5).all() for batch in recorder.batches)


def test_training_pushes_every_batch_up_its_slopes(training):
    trained, recorder = training
    trained(0.001, steps=3, size=0.2)
    assert all(np.allclose(batch, 0.7) for batch in recorder.batches)


def test_training_at_random_pushes_both_ways(training):
    trained, recorder = training
    trained(0.001, at_random=True)
    for batch in recorder.batches:
        assert np.allclose(np.abs(batch - 0.5), 0.1)
        assert 0.4 < (batch > 0.5).mean() < 0.6


def test_the_network_overfits_one_batch():
    keras.utils.set_random_seed(1)
    network = build()
    images, labels = drawings(20), some_labels(20)
    network.compile(
        keras.optimizers.Adam(0.003), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"]
    )
    learn_by_heart(network, images, labels, steps=100)
    assert np.mean(np.argmax(network(images), axis=1) == labels) > 0.9


def test_error_is_the_share_of_wrong_answers():
    class Fixed:
        def predict(self, images, batch_size, verbose):
            return np.eye(10)[[3, 1, 4, 1]]

    assert LESSON["error"](Fixed(), drawings(4), np.array([3, 1, 4, 5])) == 0.25
