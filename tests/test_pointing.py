"""Where maps point: pixels, boxes and shares by small examples."""

import numpy as np

from course_utils.metrics.pointing import (
    busiest_places,
    darkest_places,
    lies_in,
    shares_in,
    shares_within,
    strongest_places,
)


def test_the_strongest_place_as_x_and_y_in_pixels():
    maps = np.zeros((2, 3, 4))
    maps[0, 2, 1] = 1
    maps[1, 0, 3] = 5
    assert strongest_places(maps, first=3, step=4).tolist() == [[7, 11], [15, 3]]


def test_a_box_has_its_left_and_top_but_not_its_right_and_bottom():
    points = np.array([[2, 3], [5, 3], [4, 8], [4, 7]])
    assert lies_in(points, np.tile([2, 3, 5, 8], (4, 1))).tolist() == [True, False, False, True]


def test_the_busiest_window_is_where_the_edges_are():
    images = np.zeros((2, 20, 30, 1))
    images[0, 4:9, 20:25:2] = 1
    images[1, 10:15, 5:10] = 0.5  # one square: its rim
    (x, y), (other_x, other_y) = busiest_places(images, size=7)
    assert 19 <= x <= 25 and 3 <= y <= 9
    assert 4 <= other_x <= 11 and 9 <= other_y <= 16


def test_shares_in_boxes_and_in_neither():
    first, second = np.tile([0, 0, 4, 4], (4, 1)), np.tile([4, 4, 8, 8], (4, 1))
    points = np.array([[1, 1], [3, 3], [5, 5], [1, 5]])
    found = shares_in({"some": points, "none": points + 20}, {"digit": first, "letter": second})
    assert found["some"] == {"digit": 0.5, "letter": 0.25, "neither": 0.25}
    assert found["none"] == {"digit": 0, "letter": 0, "neither": 1}


def test_the_darkest_window_is_where_the_ink_is():
    images = np.zeros((1, 20, 30, 1))
    images[0, 4:9, 20:25] = 0.5
    images[0, 12, 3] = 1  # darker, but alone
    assert darkest_places(images, size=5).tolist() == [[22, 6]]


def test_shares_within_groups():
    groups = {"even": np.array([True, False, True, False]), "none": np.zeros(4, dtype=bool)}
    found = shares_within(groups, {"small": np.array([True, True, False, False])})
    assert found["even"] == {"scenes": 2, "small": 0.5}
    assert found["none"]["scenes"] == 0 and np.isnan(found["none"]["small"])
