"""Four-bar phrases of fiddle tunes of 1883, on a grid of eight steps a bar; no tune stands in two parts."""

from typing import NamedTuple

import numpy as np

from course_utils.datasets.dataset import Dataset, embedded_file, read_cards

TUNE_PARTS = {"train": slice(0, 400), "validation": slice(400, 450), "test": slice(450, None)}


class Phrases(NamedTuple):
    """Phrases of 32 steps: the MIDI `pitches` (n, 32), int64, that sound; `onsets` (n, 32), bool, where a note begins; `titles` (n,)."""

    pitches: np.ndarray
    onsets: np.ndarray
    titles: np.ndarray


def load_fiddle_tunes() -> Dataset:
    """Phrases of 400 / 50 / 51 reels and hornpipes, each moved to the key signature without sharps or flats (C major, say).

    Something sounds at each step: a rest is filled by the note before it. `details` holds `lowest` (59) and `highest` (86)
    pitch, `steps_per_bar` (8), and for each part the `kinds` (n,) of its phrases, reel or hornpipe. No phrase occurs twice.
    Full is the same as quick.
    """
    card = read_cards()["fiddle_tunes"]
    with np.load(embedded_file(card)) as archive:
        pitches, onsets, tune_of, titles, kinds = (
            archive[name] for name in ("pitches", "onsets", "tune_of", "titles", "kinds")
        )  # (n, 32), (n, 32), (n,), (tunes,), (tunes,)
    parts, details = {}, {"lowest": 59, "highest": 86, "steps_per_bar": 8, "kinds": {}}
    for name, part in TUNE_PARTS.items():
        chosen = np.isin(tune_of, np.arange(len(titles))[part])
        parts[name] = Phrases(pitches[chosen].astype("int64"), onsets[chosen], titles[tune_of[chosen]])
        details["kinds"][name] = kinds[tune_of[chosen]]
    return Dataset(card, **parts, details=details)
