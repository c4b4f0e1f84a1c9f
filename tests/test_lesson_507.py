"""Lesson 507: what a place can change, whatever the weights are; generators of equal size; stored runs that are whole."""

import keras
import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils import bout_drawing, generators
from course_utils.datasets.generators import load_generator_runs
from course_utils.exercises.lesson_507 import changed_rows

RUNS = load_generator_runs().runs


@pytest.mark.parametrize("kind", generators.KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_a_place_changes_the_rows_that_the_kind_allows(kind, seed):
    keras.utils.set_random_seed(seed)
    drawer = generators.drawer(kind, width=8)
    random = np.random.default_rng(seed)
    for row in range(drawer.input_shape[1]):
        places = random.normal(size=(32, *drawer.input_shape[1:])).astype("float32")
        before = drawer(places).numpy()
        places[:, row] = random.normal(size=places[:, row].shape)
        rows = np.flatnonzero((abs(drawer(places).numpy() - before) > 1e-6).any(axis=(0, 2, 3)))
        assert list(rows) == changed_rows(kind, row)


@pytest.mark.parametrize("kind", generators.KINDS)
def test_a_generator_draws_ink_with_about_25000_weights(kind):
    painter = generators.generator(kind, seed=1)
    assert abs(painter.count_params() / 25_000 - 1) < 0.03
    drawn = generators.draw(painter, 5, seed=1)
    assert drawn.shape == (5, 14, 14, 1) and 0 <= drawn.min() and drawn.max() <= 1
    np.testing.assert_array_equal(drawn, generators.draw(generators.generator(kind, seed=1), 5, seed=1))


def test_a_training_moves_the_generator_and_repeats():
    images = np.random.default_rng(0).random((64, 14, 14, 1)).astype("float32")

    def trained():
        game = generators.game_for(generators.generator("convolution", width=8, seed=3), 0.01, steps=10)
        game.fit(bout_drawing.batches(images, 3), steps_per_epoch=10, epochs=1, shuffle=False, verbose=0)
        return generators.draw(generators.average(game), 4, seed=0)

    first = trained()
    np.testing.assert_array_equal(first, trained())
    assert abs(first - generators.draw(generators.generator("convolution", width=8, seed=3), 4, seed=0)).max() > 1e-3


def test_wrong_kinds_and_steps_are_refused():
    with pytest.raises(ValueError, match="one of convolution, GRU, transformer"):
        generators.middle_layer("forest", None, 8)
    with pytest.raises(ValueError, match="multiple of 10, not 15"):
        generators.game_for(None, 0.01, 15)


def test_jumps_and_nearest_images():
    stripes = np.zeros((2, 4, 4, 1))
    stripes[:, ::2] = 1  # every second row is black
    assert generators.jumps(stripes) == (1.0, 0.0)
    random = np.random.default_rng(0)
    train = random.random((30, 4, 4, 1))
    some = np.array([4, 0, 22])
    assert list(generators.nearest_places(train[some] + 0.001, train)) == list(some)
    labels = np.arange(30) % 10
    assert generators.rarest_share(train, train, labels) == pytest.approx(0.1)
    assert generators.rarest_share(train[labels < 9], train, labels) == 0


def test_the_three_ways_of_the_page():
    page = functions_of("507")
    rows = np.random.default_rng(1).normal(size=6)
    np.testing.assert_allclose(page["convolution"](rows), np.convolve(rows, [1, 1, 1], "same"))
    expected = [sum(rows[k] / 2 ** (n - k) for k in range(n + 1)) for n in range(6)]
    np.testing.assert_allclose(page["recurrence"](rows), expected)
    np.testing.assert_allclose(page["attention"](rows), rows + rows.mean())


@pytest.mark.parametrize("kind", generators.KINDS)
def test_each_kind_was_tried_with_several_rates_and_judged_three_times(kind):
    own = RUNS[RUNS["kind"] == kind]
    tried = own[own["purpose"] == "rate"]
    means = tried.groupby("rate")["distance_with_contrast"].mean()
    for rate, group in tried.groupby("rate"):
        assert sorted(group["seed"]) in ([0, 4], [0, 4, 5, 6]), rate
    assert (tried["rate"] == means.idxmin()).sum() == 4
    assert means.index.min() < means.idxmin() < means.index.max(), "the best rate lies between others"
    for purpose, steps, seeds in (("judge", 500, [1, 2, 3]), ("longer", 3000, [1, 2, 3]), ("short", 200, [1])):
        rows = own[own["purpose"] == purpose]
        assert sorted(rows["seed"]) == seeds and set(rows["steps"]) == {steps} and set(rows["rate"]) == {means.idxmin()}


@pytest.mark.parametrize(("kind", "place", "rows"), [("convolution", (0, 6), range(4)), ("GRU", 12, (12, 13))])
def test_pixels_change_around_a_place(kind, place, rows):
    codes = np.random.default_rng(0).normal(size=(16, 16)).astype("float32")
    pixels = generators.changed_pixels(generators.generator(kind, seed=1), place, codes)
    assert pixels.shape == (14, 14) and set(pixels.ravel()) == {0.0, 1.0}
    assert list(np.flatnonzero(pixels.any(axis=1))) == list(rows)
    if kind == "convolution":
        assert list(np.flatnonzero(pixels.any(axis=0))) == [10, 11, 12, 13]


def test_pictures_are_ink_from_0_to_1():
    pictures = load_generator_runs().pictures
    assert set(pictures) == set(generators.KINDS)
    for images in pictures.values():
        assert images.shape == (30, 14, 14) and images.min() >= 0 and 0.5 < images.max() <= 1
