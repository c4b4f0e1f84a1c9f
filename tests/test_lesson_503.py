"""Lesson 503: a lead as counted by hand, and stored runs that are whole."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.bout_drawing import ARTISTS, RIVALS
from course_utils.datasets import load_bout

behind = functions_of("503")["behind"]
RUNS = load_bout().drawings


def test_more_seeds_make_the_same_difference_surer():
    first, second = np.array([3.0, 4.0, 5.0]), np.array([1.0, 2.0, 3.0])
    assert behind(np.tile(first, 4), np.tile(second, 4)) > 1.9 * behind(first, second)


def test_a_lead_is_the_difference_divided_by_what_chance_moves():
    first, second = np.array([4.0, 5, 5, 5, 6]), np.array([1.0, 2, 2, 2, 3])
    chance = first.var(ddof=1) / len(first) + second.var(ddof=1) / len(second)
    assert behind(first, second) == pytest.approx((first.mean() - second.mean()) / np.sqrt(chance))


@pytest.mark.parametrize("name", ARTISTS)
def test_each_network_was_tried_judged_and_run_for_other_times(name):
    own = RUNS[RUNS["name"] == name]
    tried, judged = own[own["purpose"] == "rate"], own[own["purpose"] == "judge"]
    once = tried[tried["seed"] == 0].set_index("rate")["distance_with_contrast"]
    near = once[once < 2 * once.min()].index
    assert len(once) == tried["rate"].nunique() >= 4
    for rate, starts in tried.groupby("rate"):
        assert sorted(starts["seed"]) == ([0, 10, 11] if rate in near else [0])
    worst = tried[tried["rate"].isin(near)].groupby("rate")["distance_with_contrast"].max()
    best = worst.idxmin()
    assert tried["rate"].min() < best < tried["rate"].max(), "the best rate lies between others"
    assert sorted(judged["seed"]) == [1, 2, 3, 4, 5] and (judged["rate"] == best).all()
    (whole,) = set(judged["steps"])
    for purpose, share in (("quarter", 0.25), ("longer", 4)):
        (row,) = own[own["purpose"] == purpose].to_dict("records")
        assert row["seed"] == 1 and row["rate"] == best
        assert row["steps"] == pytest.approx(share * whole, abs=10)


def test_the_rivals_were_drawn_from_five_seeds():
    for name in RIVALS:
        assert sorted(RUNS[RUNS["name"] == name]["seed"]) == [1, 2, 3, 4, 5]


def test_pictures_are_ink_from_0_to_1():
    pictures = load_bout().pictures
    wanted = {f"{name}, {purpose}" for name in ARTISTS for purpose in ("judge", "quarter", "longer")}
    assert set(pictures) == wanted | set(RIVALS)
    for images in pictures.values():
        assert images.shape == (30, 14, 14) and images.min() >= 0 and 0.5 < images.max() <= 1


def test_the_measures_of_a_run_are_possible_ones():
    assert (RUNS[["distance", "distance_with_contrast"]] > 0).all(axis=None)
    assert RUNS["grey"].between(0, 1).all() and (RUNS["to_nearest"] >= 0).all()
