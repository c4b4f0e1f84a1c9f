"""Rows with tags: the right tag is that of the one earlier example of the last one's class, and no example comes twice."""

import numpy as np
import pytest

from course_utils.datasets.tagged_rows import tagged_rows

CLASSES = np.tile(np.arange(5), 4)
FEATURES = np.arange(20)[:, np.newaxis] * [1.0, 10.0]  # (20, 2): the number of the example, and ten times it


@pytest.mark.parametrize("tagged", [1, 3, 5])
def test_the_tag_is_that_of_the_same_class(tagged):
    rows = tagged_rows(FEATURES, CLASSES, 200, seed=4, tagged=tagged)
    assert rows.inputs.shape == (200, tagged + 1, 2 + tagged) and rows.inputs.dtype == np.float32
    np.testing.assert_array_equal(rows.inputs[..., 0], rows.chosen)
    np.testing.assert_array_equal(rows.inputs[:, -1, 2:], 0)  # no tag at the last place
    np.testing.assert_array_equal(np.sort(rows.inputs[:, :-1, 2:].argmax(axis=2), axis=1), [range(tagged)] * 200)
    for number in range(200):
        of_last = CLASSES[rows.chosen[number, -1]]
        earlier = CLASSES[rows.chosen[number, :-1]]
        assert rows.classes[number] == of_last and (earlier == of_last).sum() == 1 and len(set(earlier)) == tagged
        place = int(np.flatnonzero(earlier == of_last)[0])
        assert rows.inputs[number, place, 2:].argmax() == rows.tags[number]
        assert rows.chosen[number, place] != rows.chosen[number, -1]


def test_seeds_repeat_and_all_tags_and_places_are_asked():
    rows = tagged_rows(FEATURES, CLASSES, 3000, seed=1)
    np.testing.assert_array_equal(rows.inputs, tagged_rows(FEATURES, CLASSES, 3000, seed=1).inputs)
    assert not np.array_equal(rows.inputs, tagged_rows(FEATURES, CLASSES, 3000, seed=2).inputs)
    assert np.bincount(rows.tags, minlength=3).min() > 900 and np.bincount(rows.classes).min() > 500
    same_stroke_other_tag = [set(rows.tags[rows.classes == name]) for name in range(5)]
    assert same_stroke_other_tag == [{0, 1, 2}] * 5


def test_in_unrelated_rows_the_last_place_shows_any_class_and_no_tag_is_asked_for():
    rows = tagged_rows(FEATURES, CLASSES, 2000, seed=1, tagged=2, related=False)
    related = tagged_rows(FEATURES, CLASSES, 2000, seed=1, tagged=2)
    np.testing.assert_array_equal(rows.chosen[:, :-1], related.chosen[:, :-1])
    np.testing.assert_array_equal(rows.inputs[..., 0], rows.chosen)
    np.testing.assert_array_equal(rows.classes, CLASSES[rows.chosen[:, -1]])
    assert set(rows.tags) == {-1}
    among_the_first = (CLASSES[rows.chosen[:, :-1]] == rows.classes[:, np.newaxis]).any(axis=1)
    assert 0.35 < among_the_first.mean() < 0.45  # 2 of 5 classes


@pytest.mark.parametrize(("count", "tagged", "classes"), [(0, 3, CLASSES), (5, 6, CLASSES), (5, 3, np.arange(20))])
def test_what_cannot_be_made_is_refused(count, tagged, classes):
    with pytest.raises(ValueError, match="a class for each tag"):
        tagged_rows(FEATURES, classes, count, tagged=tagged)
