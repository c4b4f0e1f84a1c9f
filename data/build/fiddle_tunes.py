"""Four bars of reels and hornpipes of Ryan's Mammoth Collection, read by music21's own reader.

The reader needs what music21 depends on: `pip install music21`.
"""

import re
import string
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from files import new_file, unpacked

NAME_AND_KIND = re.compile(r"^T: *(.+?) -- .*?(reel|hornpipe)", re.MULTILINE | re.IGNORECASE)
METRE = re.compile(r"^M: *(2/4|4/4|C|C\|)\s*$", re.MULTILINE)


class Steps(NamedTuple):
    """The eighths of a bar, or of four: the pitch that sounds at each, and whether it begins there."""

    pitches: list[int]
    onsets: list[bool]


def steps_of(bar: Any) -> Steps | None:
    """A bar of music21 as its eighths (of a bar), or None if it does not fit that grid.

    Grace notes are left out, a chord counts as its highest note, a rest is filled by the note before it.
    """
    steps = Steps([], [])
    scale = 8 / float(bar.barDuration.quarterLength)
    for note in bar.notesAndRests:
        if note.duration.isGrace:
            continue
        start = float(note.offset) * scale
        length = float(note.quarterLength) * scale
        fits = abs(start - len(steps.pitches)) <= 1e-3 and abs(length - round(length)) <= 1e-3
        if not fits or (note.isRest and not steps.pitches):
            return None
        pitch = steps.pitches[-1] if note.isRest else note.pitches[-1].midi
        held = note.isRest or (note.tie is not None and note.tie.type == "stop")
        steps.pitches.extend([pitch] * round(length))
        steps.onsets.extend([not held] + [False] * (round(length) - 1))
    return steps if len(steps.pitches) <= 8 else None


def sections(bars: list[Any]) -> list[list[Any]]:
    """The bars between double bars and repeat signs, each section without a pick-up."""
    parts: list[list[Any]] = [[]]
    ended = False
    for bar in bars:
        if parts[-1] and (ended or bar.leftBarline is not None):
            parts.append([])
        parts[-1].append(bar)
        ended = bar.rightBarline is not None
    return [part[1:] if is_pick_up(part[0]) else part for part in parts]


def is_pick_up(bar: Any) -> bool:
    """Whether a bar is shorter than its metre says."""
    return bar.duration.quarterLength < bar.barDuration.quarterLength


def filled(bar: Steps | None) -> Steps | None:
    """The last bar of a section, which lacks the place of the pick-up: its last note lasts to the bar's end."""
    if bar is None or not 6 <= len(bar.pitches) < 8:
        return bar
    missing = 8 - len(bar.pitches)
    return Steps(bar.pitches + [bar.pitches[-1]] * missing, bar.onsets + [False] * missing)


def phrases_of(tune: Any) -> list[Steps]:
    """The runs of four bars of a tune, 32 steps each, that fit the grid and begin with a note."""
    phrases = []
    for section in sections(list(tune.parts[0].getElementsByClass("Measure"))):
        bars = [steps_of(bar) for bar in section]
        if bars:
            bars[-1] = filled(bars[-1])
        for first in range(0, len(bars) - 3, 4):
            four = bars[first : first + 4]
            if all(bar is not None and len(bar.pitches) == 8 for bar in four) and four[0].onsets[0]:
                pitches = [pitch for bar in four for pitch in bar.pitches]
                onsets = [onset for bar in four for onset in bar.onsets]
                phrases.append(Steps(pitches, onsets))
    return phrases


def octave_shift(phrases: list[Steps], sharps: int) -> int:
    """The semitones that take a key signature to none, by the octave that brings the tune's middle nearest to C5 (72)."""
    sounding = [pitch for phrase in phrases for pitch in phrase.pitches]
    middle = (min(sounding) + max(sounding)) / 2
    shifts = [(-7 * sharps) % 12 + octave for octave in (-24, -12, 0, 12)]
    return min(shifts, key=lambda shift: abs(middle + shift - 72))


def moved_phrases(tune: Any) -> list[tuple[tuple[int, ...], tuple[bool, ...]]]:
    """Pitches and onsets of a tune's phrases between pitch 59 and 86, in no key signature; none if it changes key or metre."""
    keys = {key.sharps for key in tune.recurse().getElementsByClass("KeySignature")}
    metres = {metre.ratioString for metre in tune.recurse().getElementsByClass("TimeSignature")}
    phrases = phrases_of(tune) if len(keys) == len(metres) == 1 else []
    if not phrases:
        return []
    shift = octave_shift(phrases, keys.pop())
    moved = [(tuple(pitch + shift for pitch in phrase.pitches), tuple(phrase.onsets)) for phrase in phrases]
    return [(pitches, onsets) for pitches, onsets in moved if 59 <= min(pitches) and max(pitches) <= 86]


def build() -> Path:
    """`pitches` (n, 32), `onsets` (n, 32) and `tune_of` (n,) of phrases, 8 steps a bar, none twice; the tunes' `titles` and `kinds`.

    Only reels and hornpipes in 2/4, 4/4 or 2/2; tunes in a shuffled order.
    """
    phrases, tune_of, titles, kinds = {}, [], [], []
    with unpacked("music21==10.5.1") as folder:
        from music21 import converter

        files = sorted((folder / "music21" / "corpus" / "ryansMammoth").glob("*.abc"))
        for index in np.random.default_rng(0).permutation(len(files)):
            text = files[index].read_text("utf-8", errors="replace")
            named = NAME_AND_KIND.search(text)
            if not named or not METRE.search(text) or "Coon" in named[1].title():  # the last: an insult as a title
                continue
            found = moved_phrases(converter.parseData(text, format="abc"))
            new = [phrase for phrase in dict.fromkeys(found) if phrase not in phrases]
            if new:
                phrases |= dict.fromkeys(new)
                tune_of += [len(titles)] * len(new)
                titles.append(string.capwords(re.sub('[":]', "", named[1])))
                kinds.append(named[2].lower())
    pitches, onsets = zip(*phrases)
    path = new_file("fiddle_tunes.npz")
    columns = {"pitches": np.array(pitches, np.uint8), "onsets": np.array(onsets)}
    np.savez_compressed(path, **columns, tune_of=np.array(tune_of, np.uint16), titles=titles, kinds=kinds)
    return path
