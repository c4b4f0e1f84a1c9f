"""Lesson 115: boxes to maps and back, losses on small numbers, and a network that learns a few scenes by heart."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.datasets import load_scenes
from course_utils.datasets.centres import load_centres
from course_utils.datasets.scenes import SceneTargets
from course_utils.environment import import_quietly
from course_utils.metrics import coco_map

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("115")
LESSON["build"].__globals__.update(cell_size=4, grid=16)
targets_of, read_scenes = LESSON["targets_of"], LESSON["read_scenes"]


@pytest.fixture(scope="module")
def some_scenes():
    images, truth = load_scenes().validation
    return images[:16], SceneTargets(*(part[:16] for part in truth))


def one_scene(boxes, classes):
    """Its heat and its geometry."""
    maps = targets_of(SceneTargets([np.array(boxes)], [np.array(classes)], np.zeros(0)))
    return maps["heat"][0], maps["geometry"][0]


def test_a_box_has_its_place_in_cells():
    row, column, numbers = LESSON["place_of"](np.array([0, 4, 8, 12]))
    assert (row, column) == (2, 1) and numbers == (0, 0, 2, 2)


def test_the_heat_is_one_at_the_centre_alone_and_falls_from_there():
    heat, geometry = one_scene([[16, 16, 40, 40]], [3])
    assert heat[7, 7, 3] == 1 and (heat == 1).sum() == 1
    assert heat[..., [0, 1, 2, 4, 5, 6, 7, 8, 9]].max() == 0
    assert 1 > heat[7, 8, 3] > heat[7, 9, 3] > 0 and heat[7, 8, 3] == heat[8, 7, 3]
    assert geometry[..., 4].sum() == 1 and geometry[7, 7].tolist() == [0, 0, 6, 6, 1]


def test_where_two_bumps_meet_the_larger_stays():
    heat, _ = one_scene([[16, 16, 40, 40], [24, 16, 48, 40]], [3, 3])
    assert heat[7, 7, 3] == heat[7, 9, 3] == 1 and heat.max() == 1


def test_boxes_come_back_from_their_maps(some_scenes):
    _, truth = some_scenes
    found = read_scenes(targets_of(truth))
    for (boxes, scores, classes), true_boxes, true_classes in zip(found, truth.boxes, truth.classes):
        order, true_order = np.lexsort(boxes.T), np.lexsort(np.transpose(true_boxes))
        assert np.allclose(boxes[order], true_boxes[true_order], atol=1e-4)
        assert classes[order].tolist() == np.array(true_classes)[true_order].tolist() and (scores == 1).all()
    assert coco_map(*truth[:2], found) == pytest.approx(1)


def test_a_peak_is_as_large_as_all_its_neighbours():
    heat = np.random.default_rng(1).random((3, 16, 16, 10)).astype("float32")
    peaks = LESSON["peaks_of"](heat)
    for row, column in ((0, 0), (5, 9), (15, 3)):
        top, left = max(row - 1, 0), max(column - 1, 0)
        window = heat[2, top : row + 2, left : column + 2, 4]
        here = heat[2, row, column, 4]
        assert peaks[2, row, column, 4] == (here if here == window.max() else 0)
    assert 0 < (peaks > 0).mean() < 0.25 and peaks.max() == heat.max()


def random_heat(seed):
    random = np.random.default_rng(seed)
    target = np.where(random.random((2, 16, 16, 10)) < 0.01, 1.0, random.random((2, 16, 16, 10)) / 2).astype("float32")
    return target, random.uniform(0.05, 0.95, target.shape).astype("float32")


def test_cross_entropies_are_those_of_keras():
    target, heat = random_heat(0)
    expected = keras.losses.binary_crossentropy(target[..., None], heat[..., None])
    assert np.allclose(LESSON["cross_entropies"](target, heat), expected, atol=1e-5)
    centres = (target == 1).sum()
    assert float(LESSON["cross_entropy"](target, heat)) == pytest.approx(np.sum(expected) / centres, rel=1e-4)
    assert float(LESSON["mean_cross_entropy"](target, heat)) == pytest.approx(np.mean(expected), rel=1e-4)


def test_the_focal_loss_on_small_numbers():
    target, heat = np.zeros((1, 1, 2, 1), "float32"), np.full((1, 1, 2, 1), 0.5, "float32")
    target[0, 0, 0] = 1
    # a centre and a plain zero, both answered with one half: a quarter of the cross-entropy each
    assert float(LESSON["focal_loss"](target, heat)) == pytest.approx(2 * 0.25 * np.log(2), rel=1e-5)
    target[0, 0, 1] = 0.5  # beside a centre it counts a sixteenth
    assert float(LESSON["focal_loss"](target, heat)) == pytest.approx((1 + 1 / 16) * 0.25 * np.log(2), rel=1e-5)


def test_geometry_is_measured_at_centres_alone():
    target = np.zeros((1, 16, 16, 5), "float32")
    target[0, 3, 4] = (0.5, 0.5, 6, 7, 1)
    answer = np.full((1, 16, 16, 4), 9.0, "float32")
    answer[0, 3, 4] = (0.25, 0.5, 5, 9)
    assert float(LESSON["geometry_loss"](target, answer)) == pytest.approx(0.25 + 0 + 1 + 2)


def test_the_bias_is_the_first_answer(some_scenes):
    keras.utils.set_random_seed(1)
    answer = LESSON["build"](-4.0).predict(some_scenes[0], verbose=0)
    assert answer["heat"].shape == (16, 16, 16, 10) and answer["geometry"].shape == (16, 16, 16, 4)
    assert np.median(answer["heat"]) == pytest.approx(1 / (1 + np.exp(4)), abs=0.02)


def test_the_detector_learns_a_few_scenes_by_heart(some_scenes):
    keras.utils.set_random_seed(1)
    images, truth = some_scenes
    LESSON["train"].__globals__.update(train_images=images, train_targets=targets_of(truth), epochs=150)
    network = LESSON["build"](-4.0)
    LESSON["train"](network, LESSON["cross_entropy"], 0.5)
    assert coco_map(*truth[:2], LESSON["detect"](network, images)) > 0.9


def test_each_setting_was_tried_from_three_starts():
    trials = load_centres()
    starts = trials.groupby(["loss", "bias", "weight", "rate"])["seed"].apply(sorted)
    assert starts.map(len).value_counts().to_dict() == {3: 11, 1: 8}
    assert all(seeds in ([1, 2, 3], [1]) for seeds in starts)
    assert trials[["AP", "AP50", "AP75", "AP90"]].stack().between(0, 1).all()
    assert (trials["AP50"] >= trials["AP75"]).all() and (trials["AP75"] >= trials["AP90"]).all()
