"""The rivals choose on the validation part."""

import numpy as np
import pytest

from course_utils.baselines import (
    InkDetector,
    PatchClassifier,
    best_logistic_regression,
    best_support_vectors,
    direction_by_regression,
    linear_denoiser,
    linear_restorer,
    mean_of_similar,
    through_pca,
)
from course_utils.datasets.dataset import Dataset, Split
from course_utils.datasets.moving_digits import MovingDigits


@pytest.mark.parametrize("examples, features, noise, best", [(80, 60, 1.5, 0.01), (60, 30, 0.8, 1.0)])
def test_logistic_regression_takes_the_strength_that_validates_best(examples, features, noise, best):
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(examples, features))
    train = Split(inputs, (inputs[:, 0] + noise * generator.normal(size=examples) > 0).astype(int))
    inputs = generator.normal(size=(400, features))
    validation = Split(inputs, (inputs[:, 0] > 0).astype(int))
    for strengths in [(0.01, 1.0), (1.0, 0.01)]:
        chosen = best_logistic_regression(train, validation, strengths)
        assert chosen.C == best
    other = best_logistic_regression(train, validation, ({0.01: 1.0, 1.0: 0.01}[best],))
    assert chosen.score(*validation) > other.score(*validation)

    def as_images(part):
        return Split(part.inputs.reshape(len(part.inputs), -1, 2, 1), part.targets)

    of_images = best_logistic_regression(as_images(train), as_images(validation), strengths)
    np.testing.assert_allclose(of_images.coef_, chosen.coef_)


def test_support_vectors_give_a_margin_a_class_and_bend_where_a_line_cannot():
    generator = np.random.default_rng(0)

    def rings(count):
        inputs = generator.uniform(-2, 2, size=(count, 1, 2, 1))
        radius = np.linalg.norm(inputs.reshape(count, 2), axis=1)
        return Split(inputs, np.digitize(radius, [0.8, 1.6]))

    train, validation, test = rings(300), rings(200), rings(400)
    margins = best_support_vectors(train, validation)(test.inputs)
    assert margins.shape == (400, 3)
    bent = np.mean(margins.argmax(axis=1) == test.targets)
    straight = best_logistic_regression(train, validation).score(test.inputs.reshape(400, 2), test.targets)
    assert bent > 0.93 > 0.7 > straight
    weak = best_support_vectors(train, validation, strengths=(1e-4,))(test.inputs)
    assert np.mean(weak.argmax(axis=1) == test.targets) < bent


def drawn(*places):
    """A scene with bars of ink: (row, column, height, width, darkness)."""
    scene = np.full((64, 64, 1), 0.1, dtype="float32")
    for row, column, height, width, darkness in places:
        scene[row : row + height, column : column + width] = darkness
    return scene


def test_pieces_of_ink_are_found_level_by_level():
    scene = drawn((2, 3, 20, 5, 0.9), (30, 40, 12, 9, 0.45), (50, 10, 7, 20, 0.9))
    boxes, pieces = InkDetector([0.4, 0.6]).pieces(scene)
    assert boxes.tolist() == [[3, 2, 8, 22], [40, 30, 49, 42], [3, 2, 8, 22]]  # the last bar has seven rows
    assert pieces.shape == (3, 256) and np.allclose(pieces[0], 0.9) and np.allclose(pieces[1], 0.45)
    boxes, pieces = InkDetector([0.95]).pieces(scene)
    assert boxes.shape == (0, 4) and pieces.shape == (0, 256)


def test_pieces_that_touch_at_a_corner_are_one():
    boxes, _ = InkDetector().pieces(drawn((0, 0, 10, 10, 0.9), (10, 10, 10, 10, 0.9)))
    assert boxes.tolist() == [[0, 0, 20, 20]]


def test_the_recall_of_the_pieces():
    scene = drawn((2, 3, 20, 5, 0.9))
    here = np.array([[3, 2, 8, 20], [40, 40, 60, 60.0]])
    assert InkDetector().recall(scene[np.newaxis], [here]) == 0.5
    assert InkDetector().recall(drawn()[np.newaxis], [here]) == 0


def test_the_ink_detector_learns_names_and_what_is_nothing():
    random = np.random.default_rng(0)
    images, boxes, classes = [], [], []
    for _ in range(150):
        row, column = random.integers(0, 20, 2)
        thin, full = (row, column, 16, 4, 0.9), (row + 24, column + 24, 14, 14, 0.9)
        scene = drawn(thin, full)
        scene[row + 25 : row + 36, column + 25 : column + 36] = 0.6  # an object of class 1 is paler inside
        scene[row : row + 16, 50:53] = 0.9  # of class 0 is the bar at the left, not the one at the right
        scene[row : row + 16 : 2, 50:53] = 0.6
        images.append(scene)
        boxes.append(np.array([[column, row, column + 4, row + 16], [column + 24, row + 24, column + 38, row + 38.0]]))
        classes.append(np.array([0, 1]))
    detector = InkDetector([0.5], classes=2).fit(np.array(images[:120]), boxes[:120], classes[:120])
    for (found, scores, labels), here in zip(detector.detect(np.array(images[120:])), boxes[120:]):
        assert found.shape == (len(scores), 4) and scores.min() >= 0 and scores.max() <= 1
        sure = scores > 0.5
        order = np.argsort(labels[sure])
        assert labels[sure][order].tolist() == [0, 1]
        assert found[sure][order].tolist() == here.tolist()
    all_pieces, named = detector.detect(np.array(images[120:])), detector.detect(np.array(images[120:]), True)
    assert {len(found) for found, _, _ in all_pieces} == {3} and {len(found) for found, _, _ in named} == {2}
    assert [part.shape for part in detector.detect(drawn()[np.newaxis], True)[0]] == [(0, 4), (0,), (0,)]
    nothing = detector.detect(drawn()[np.newaxis])[0]
    assert [part.shape for part in nothing] == [(0, 4), (0,), (0,)]


def test_the_patch_classifier_names_pixels_by_what_is_around_them():
    """Two classes of equal blackness: bars that lie and bars that stand. A pixel alone does not tell them apart."""
    random = np.random.default_rng(0)
    images, labels = np.full((40, 32, 32, 1), 0.1, "float32"), np.zeros((40, 32, 32), "uint8")
    for image, label in zip(images, labels):
        row, column = random.integers(0, 10, 2)
        image[row : row + 3, column : column + 12] = 0.9
        label[row : row + 3, column : column + 12] = 1
        image[row + 8 : row + 20, column + 15 : column + 18] = 0.9
        label[row + 8 : row + 20, column + 15 : column + 18] = 2
    classifier = PatchClassifier(size=9, count=4000).fit(images[:30], labels[:30])
    answers = classifier.predict(images[30:])
    assert answers.shape == (10, 32, 32) and set(np.unique(answers)) == {0, 1, 2}
    assert np.mean(answers == labels[30:]) > 0.98
    assert np.mean(answers[labels[30:] > 0] == labels[30:][labels[30:] > 0]) > 0.9


def test_the_windows_of_a_patch_classifier_stand_around_their_pixels():
    images = np.arange(30.0).reshape(1, 5, 6, 1)
    windows = PatchClassifier(size=3)._windows(images)
    assert windows.shape == (1, 5, 6, 3, 3)
    assert windows[0, 2, 3].tolist() == images[0, 1:4, 2:5, 0].tolist()
    assert windows[0, 0, 0].tolist() == [[0, 0, 1], [0, 0, 1], [6, 6, 7]]


def test_pca_restores_what_lies_in_a_plane_and_nothing_else():
    random = np.random.default_rng(0)
    plane = random.normal(size=(3, 12))
    train = (random.normal(size=(40, 3)) @ plane).reshape(40, 3, 4, 1)
    images = (random.normal(size=(5, 3)) @ plane).reshape(5, 3, 4, 1)
    assert np.allclose(through_pca(images, train, 3), images)
    assert not np.allclose(through_pca(images, train, 2), images)
    assert np.allclose(through_pca(images, train, 1).shape, images.shape)


def test_a_linear_restorer_undoes_a_linear_fault_and_stays_within_the_range():
    random = np.random.default_rng(0)
    train = random.random((200, 2, 3, 1))
    restore = linear_restorer(lambda images: 2 * images[:, ::-1] + 1, train, copies=1, strength=1e-6)
    assert np.allclose(restore(2 * train[:7, ::-1] + 1), train[:7], atol=1e-3)
    assert restore(np.full((1, 2, 3, 1), 9.0)).max() <= train.max()


def test_the_mean_of_similar_images_is_near_the_nearest_and_far_the_mean_of_all():
    train = np.array([0.0, 1.0, 4.0]).reshape(3, 1, 1, 1)
    image = np.array([1.2]).reshape(1, 1, 1, 1)
    assert np.isclose(mean_of_similar(image, train, 0.05).item(), 1)
    assert np.isclose(mean_of_similar(image, train, 1e4).item(), 5 / 3)
    weights = np.exp(-np.array([1.44, 0.04, 7.84]) / 2)
    assert np.isclose(mean_of_similar(image, train, 1.0).item(), (weights @ [0, 1, 4]) / weights.sum())
    with pytest.raises(ValueError, match="positive"):
        mean_of_similar(image, train, 0)


def test_regression_finds_a_direction_that_the_place_gives_away_and_reads_only_the_chosen_frames():
    random, parts = np.random.default_rng(0), []
    for count in (160, 40, 80):
        directions = np.arange(count) % 8
        clips = random.normal(scale=0.1, size=(count, 3, 4, 4, 1))
        clips.reshape(count, 3, 16)[np.arange(count), 1, directions] += 5  # frame 1 alone gives it away
        parts.append(MovingDigits(clips, directions, directions, np.zeros((count, 2))))
    data = Dataset(None, *parts)
    assert direction_by_regression(data, np.asarray, 1) == 1
    assert direction_by_regression(data, np.asarray) == 1
    assert direction_by_regression(data, np.asarray, 0) < 0.5
    assert direction_by_regression(data, lambda films: 0 * films, 1) == 0.125


def test_the_linear_denoiser_is_the_best_linear_guess_for_its_noise():
    random = np.random.default_rng(0)
    train = (random.normal(size=(4000, 3)) @ np.array([[2.0, 1, 0], [0, 1, 1], [0, 0, 0.2]]) + [1, 0, -1]).reshape(
        -1, 3, 1
    )
    kept = np.array([0.9, 0.3])
    guess = linear_denoiser(train, kept)
    for step, share in enumerate(kept):
        noisy = share**0.5 * train + (1 - share) ** 0.5 * random.normal(size=train.shape)
        error = np.mean((guess(noisy, step) - train) ** 2)
        columns = np.column_stack([noisy.reshape(-1, 3), np.ones(4000)])
        fitted, *_ = np.linalg.lstsq(columns, train.reshape(-1, 3), rcond=None)
        assert np.isclose(error, np.mean((columns @ fitted - train.reshape(-1, 3)) ** 2), rtol=0.02)
    assert guess(1000 * train[:5], 0).max() <= train.max()
