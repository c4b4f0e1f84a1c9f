"""Exercises of lesson 307, music as piano rolls."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number
from course_utils.scale import current_scale

FREQUENCY_MISTAKES = {
    452.0: "You added 12 hertz. Twelve semitones multiply the frequency; they add nothing to it.",
    440 * 81 / 69: "The frequency does not grow in proportion to the number: equal steps multiply by equal factors.",
    220.0: "That is the octave below. Pitch 81 is higher than pitch 69.",
    1760.0: "That is two octaves up. From 69 to 81 it is one.",
    440.0: "That is pitch 69 itself. Pitch 81 is 12 semitones higher.",
}


def test_frequency(answer):
    number = one_number(answer)
    for mistake, message in FREQUENCY_MISTAKES.items():
        if np.isclose(number, mistake, atol=0.6, rtol=0):
            raise Wrong(message)
    expect_close(number, 880, f"It is not {number:g}. How many octaves lie between 69 and 81?", tolerance=1e-3)


def moves(pitches, onsets):
    return np.diff(np.asarray(pitches)[np.flatnonzero(onsets)])


def moves_note_by_note(pitches, onsets):
    sounding = [int(pitch) for pitch, begins in zip(pitches, onsets) if begins]
    return [after - before for before, after in zip(sounding, sounding[1:])]


def moves_at_every_step(pitches, onsets):
    return np.diff(pitches)


def moves_without_sign(pitches, onsets):
    return np.abs(moves(pitches, onsets))


def moves_backwards(pitches, onsets):
    return -moves(pitches, onsets)


def moves_from_the_first(pitches, onsets):
    sounding = np.asarray(pitches)[np.flatnonzero(onsets)]
    return sounding[1:] - sounding[0]


def moves_within_an_octave(pitches, onsets):
    return moves(pitches, onsets) % 12


def moves_without_repeats(pitches, onsets):
    changes = np.diff(pitches)
    return changes[changes != 0]


MOVE_MISTAKES = {
    moves_at_every_step: "You compared the steps. A note that is held makes no move: take the onsets only.",
    moves_without_sign: "The sign is lost: down and up must differ.",
    moves_backwards: "The signs are exchanged: up is positive.",
    moves_from_the_first: "Each move starts at the note before, not at the first note.",
    moves_within_an_octave: "You took the remainder by 12. A leap of an octave is 12, not 0, and down stays negative.",
    moves_without_repeats: "A note that is struck again is a note of its own: its move is 0.",
}


def phrases():
    """Pitches and onsets (steps,) of a few phrases: the first by hand, the others random."""
    by_hand = np.array([72, 72, 72, 76, 74, 74, 67, 67, 67]), np.array([1, 0, 1, 1, 1, 0, 1, 0, 0], dtype=bool)
    random = np.random.default_rng(0)
    drawn = []
    for steps in (32, 15, 8):
        onsets = random.random(steps) < 0.5
        onsets[[0, 3, 4]] = True  # the first note, and two that touch
        notes = random.integers(60, 85, size=steps)
        notes[4] = notes[3]  # struck again
        last_onset = np.maximum.accumulate(np.where(onsets, np.arange(steps), 0))
        drawn.append((notes[last_onset], onsets))
    return [by_hand, *drawn]


def test_moves(answer):
    for pitches, onsets in phrases():
        expected = moves(pitches, onsets)
        result = answer(pitches, onsets)
        for mistake, message in MOVE_MISTAKES.items():
            wrong = mistake(pitches, onsets)
            if np.shape(result) == wrong.shape and np.allclose(result, wrong) and not np.array_equal(wrong, expected):
                raise Wrong(message)
        expect_close(result, expected, "The notes C5 C5 E5 D5 G4 move by 0, 4, -2 and -7.")
        in_another_key = answer(pitches + 5, onsets)
        expect_close(in_another_key, expected, "In another key the moves must stay the same.")


def quarter_lengths(onsets):
    begins = np.flatnonzero(onsets)
    return np.diff(np.append(begins, len(onsets))) / 2


def quarter_lengths_step_by_step(onsets):
    lengths = []
    for begins in onsets:
        if begins:
            lengths.append(0.0)
        lengths[-1] += 0.5
    return lengths


def lengths_in_steps(onsets):
    return 2 * quarter_lengths(onsets)


def without_the_last(onsets):
    return quarter_lengths(onsets)[:-1]


def equal_lengths(onsets):
    return np.full(int(np.sum(onsets)), 0.5)


def doubled(onsets):
    return 4 * quarter_lengths(onsets)


def always_to_32(onsets):
    return np.diff(np.append(np.flatnonzero(onsets), 32)) / 2


def whole_quarters(onsets):
    return 2 * quarter_lengths(onsets) // 2


LENGTH_MISTAKES = {
    lengths_in_steps: "Those are steps. A step is half a quarter note: the file would play at half the speed.",
    without_the_last: "The last note is missing: it lasts to the end of the phrase.",
    equal_lengths: "Each note got one step. A note lasts until the next one begins.",
    always_to_32: "Use `len(onsets)` for the end of the last note: this phrase is shorter than 32 steps.",
    doubled: "You multiplied by two: a quarter note has two steps, so divide.",
    whole_quarters: "Half a quarter note got lost: divide with /, not with //.",
}


def test_quarters(answer):
    by_hand = np.array([1, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0], dtype=bool)
    for onsets in (by_hand, *[onsets for _, onsets in phrases()]):
        expected = quarter_lengths(onsets)
        result = answer(onsets)
        for mistake, message in LENGTH_MISTAKES.items():
            wrong = mistake(onsets)
            differs = wrong.shape != expected.shape or not np.array_equal(wrong, expected)
            if differs and np.shape(result) == wrong.shape and np.allclose(result, wrong):
                raise Wrong(message)
        expect_close(result, expected, "A note that lasts two steps is 1 quarter note long.")


def test_mixed_bars(answer):
    tunes, mixed = measured_numbers(answer, "tunes", "mixed bars", shares=("tunes", "mixed bars"))
    if tunes < 0.15 or mixed < 0.1:
        raise Wrong(
            "So little repetition is near that of random pitches. Did you call `fit`, and `from_roll` after it?"
        )
    if abs(tunes - 0.49) < 0.004 and abs(mixed - 0.24) < 0.007:
        raise Wrong("Those are the numbers of the corpora themselves. Measure what the two GANs generate.")
    if abs(tunes - 0.49) < 0.004 and current_scale() == "quick":  # our GAN generates 0.39
        raise Wrong("`tunes` is the repetition of the tunes themselves. Measure what the GAN of the page generates.")
    if tunes > 0.6:
        raise Wrong("More repetition than the tunes have: did you measure real phrases, or one phrase 1000 times?")
    if mixed >= tunes:
        raise Wrong("With mixed bars there should be less repetition. Are the values at the right keys?")
    if tunes - mixed < 0.03:
        raise Wrong("The two are nearly equal. Was the second GAN trained on the mixed bars, and for as long?")


PROGRAM = """
bars = real_rolls.reshape(-1, 4, BAR, PITCHES + 1)
mixed = np.stack([randomness.permutation(bars[:, place]) for place in range(4)], axis=1)
mixed_game = AdversarialModel(
    build_generator(), build_critic(), wasserstein_losses, 1e-3, 1e-3, discriminator_steps=2, penalty_weight=10.0
)
mixed_game.compile(steps_per_execution=19)
mixed_game.fit(mixed.reshape(real_rolls.shape), batch_size=64, epochs=scale(quick=36, full=400), verbose=0)
finding = {
    "tunes": repetition(*from_roll(game.sample(1000, seed=2))),
    "mixed bars": repetition(*from_roll(mixed_game.sample(1000, seed=2))),
}
check("307-4", finding)
"""

EXERCISES = [
    Exercise(
        key="307-1",
        title="The frequency of a pitch",
        minutes=5,
        test=test_frequency,
        hints=("Twelve semitones are an octave.", "An octave doubles the frequency of pitch 69, which is 440 Hz."),
        solution=880,
        wrong_answers={
            "12 hertz more": 452,
            "in proportion": 440 * 81 / 69,
            "an octave down": 220,
            "two octaves up": 1760,
            "pitch 69": 440,
            "a text": "880 Hz",
            "not a number": np.nan,
        },
        also_right={"by the formula": 440 * 2 ** ((81 - 69) / 12)},
        explanation="440 times 2 to the power of (81 - 69) / 12, which is 440 times 2.",
    ),
    Exercise(
        key="307-2",
        title="The moves of a melody",
        minutes=10,
        test=test_moves,
        hints=(
            "`np.flatnonzero(onsets)` are the steps at which notes begin.",
            "`np.diff` of the pitches at those steps.",
        ),
        solution=moves,
        wrong_answers={
            "at every step": moves_at_every_step,
            "no sign": moves_without_sign,
            "sign exchanged": moves_backwards,
            "from the first note": moves_from_the_first,
            "notes that are struck again left out": moves_without_repeats,
            "within an octave": moves_within_an_octave,
        },
        also_right={"note by note, a list": moves_note_by_note},
        explanation="The moves are the same in every key, so a measure made of them does not need a common key.",
    ),
    Exercise(
        key="307-3",
        title="Lengths for a MIDI file",
        minutes=10,
        test=test_quarters,
        hints=(
            "A note lasts until the next onset, the last one until `len(onsets)`.",
            "np.diff(np.append(np.flatnonzero(onsets), len(onsets))) counts steps; two steps are a quarter note.",
        ),
        solution=quarter_lengths,
        wrong_answers={
            "steps": lengths_in_steps,
            "last note missing": without_the_last,
            "all equal": equal_lengths,
            "multiplied": doubled,
            "always 32 steps": always_to_32,
            "whole quarters": whole_quarters,
        },
        also_right={"step by step, a list": quarter_lengths_step_by_step},
        explanation="A bar of 4/4 has four quarter notes and here eight steps.",
    ),
    Exercise(
        key="307-4",
        title="Where does the repetition come from?",
        minutes=15,
        test=test_mixed_bars,
        hints=(
            "Mix: bars = real_rolls.reshape(-1, 4, BAR, PITCHES + 1); choose for each of the four places other rows.",
            "np.stack([randomness.permutation(bars[:, place]) for place in range(4)], axis=1), then reshape back.",
            "repetition(*from_roll(game.sample(1000, seed=2))) measures a trained game.",
        ),
        solution={"tunes": 0.39, "mixed bars": 0.23},
        wrong_answers={
            "percent": {"tunes": 39, "mixed bars": 23},
            "values exchanged": {"tunes": 0.23, "mixed bars": 0.39},
            "untrained": {"tunes": 0.12, "mixed bars": 0.12},
            "the corpora": {"tunes": 0.49, "mixed bars": 0.239},
            "real phrases": {"tunes": 0.39, "mixed bars": 0.385},
            "one phrase a thousand times": {"tunes": 0.75, "mixed bars": 0.23},
            "the tunes themselves": {"tunes": 0.49, "mixed bars": 0.2},
            "not a number": {"tunes": 0.39, "mixed bars": np.nan},
        },
        program=PROGRAM,
        explanation="Single bars are as good as before, so pitch, rhythm and moves hardly change. Only what binds bars together is gone from the data, and so from the generator.",
    ),
]
