"""The fiddle tunes: the phrases are what the book says, and no tune or phrase stands in two parts."""

import numpy as np

from course_utils.datasets import load_fiddle_tunes

TUNES = load_fiddle_tunes()
PARTS = {"train": TUNES.train, "validation": TUNES.validation, "test": TUNES.test}


def test_shapes_and_ranges():
    assert {name: part.pitches.shape for name, part in PARTS.items()} == {
        "train": (1167, 32),
        "validation": (135, 32),
        "test": (138, 32),
    }
    for name, (pitches, onsets, titles) in PARTS.items():
        assert pitches.dtype == np.int64 and onsets.dtype == bool and onsets.shape == pitches.shape
        assert TUNES.details["lowest"] <= pitches.min() and pitches.max() <= TUNES.details["highest"]
        assert len(titles) == len(pitches) == len(TUNES.details["kinds"][name])
        assert set(TUNES.details["kinds"][name]) == {"reel", "hornpipe"}


def test_a_note_begins_at_the_first_step_and_wherever_the_pitch_changes():
    for part in PARTS.values():
        assert part.onsets[:, 0].all()
        assert part.onsets[:, 1:][np.diff(part.pitches, axis=1) != 0].all()
        again = part.onsets[:, 1:][np.diff(part.pitches, axis=1) == 0]
        assert 0.1 < again.mean() < 0.9, "equal neighbours are either one long note or two notes"


def test_no_phrase_occurs_twice():
    phrases = [
        (*pitches, *onsets) for part in PARTS.values() for pitches, onsets in zip(part.pitches.tolist(), part.onsets)
    ]
    assert len(phrases) == len(set(phrases)) == sum(len(part.pitches) for part in PARTS.values())


def test_all_tunes_are_in_one_key_signature():
    """In C major's signature nearly every note is a white key; in another key a fifth of them would not be."""
    for part in PARTS.values():
        white = np.isin(part.pitches[part.onsets] % 12, (0, 2, 4, 5, 7, 9, 11))
        assert white.mean() > 0.97


def test_a_well_known_tune_note_by_note():
    """'The Wind that Shakes the Barley' begins, in D in the book: A2AB AFED | B2BA B2d2 | A2AB AFED | gfed B2d2."""
    part = next(part for part in PARTS.values() if "Wind That Shakes The Barley" in part.titles)
    first = np.flatnonzero(part.titles == "Wind That Shakes The Barley")[0]
    repeated = [69, 69, 69, 71, 69, 66, 64, 62]
    in_the_book = repeated + [71, 71, 71, 69, 71, 71, 74, 74] + repeated + [79, 78, 76, 74, 71, 71, 74, 74]
    shift = set(part.pitches[first] - in_the_book)
    assert len(shift) == 1 and shift.pop() % 12 == 10, "two semitones down, and perhaps whole octaves"
    beginnings = [1, 0, 1, 1, 1, 1, 1, 1]
    expected = beginnings + [1, 0, 1, 1, 1, 0, 1, 0] + beginnings + [1, 1, 1, 1, 1, 0, 1, 0]
    assert part.onsets[first].astype(int).tolist() == expected
