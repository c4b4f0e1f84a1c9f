"""Exercises of lesson 507, a generator of another kind."""

import math

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, measured_numbers, shown

SIZE = 14  # rows of a drawing


def changed_rows(kind, place):
    if kind == "convolution":
        return list(range(max(0, 2 * place - 2), min(13, 2 * place + 3) + 1))
    if kind == "GRU":
        return list(range(place, 14))
    return list(range(14))


def by_asking_each_row(kind, place):
    found = set()
    for row in range(14):
        near = 2 * place - 2 <= row <= 2 * place + 3
        if kind == "transformer" or (kind == "GRU" and row >= place) or (kind == "convolution" and near):
            found.add(row)
    return found


def rows_above_too(kind, place):
    return list(range(14)) if kind == "GRU" else changed_rows(kind, place)


def only_below(kind, place):
    return list(range(place + 1, 14)) if kind == "GRU" else changed_rows(kind, place)


def rows_above(kind, place):
    return list(range(place + 1)) if kind == "GRU" else changed_rows(kind, place)


def without_the_last_layer(kind, place):
    if kind == "convolution":
        return list(range(max(0, 2 * place - 1), min(13, 2 * place + 2) + 1))
    return changed_rows(kind, place)


def beyond_the_edge(kind, place):
    return list(range(2 * place - 2, 2 * place + 4)) if kind == "convolution" else changed_rows(kind, place)


def the_place_is_a_row(kind, place):
    if kind == "convolution":
        return list(range(max(0, place - 2), min(13, place + 3) + 1))
    return changed_rows(kind, place)


def its_own_row_only(kind, place):
    return [place] if kind == "transformer" else changed_rows(kind, place)


def how_many(kind, place):
    return len(changed_rows(kind, place))


MISTAKES = {
    rows_above_too: "GRU: a row above is written before the place is read. How could it change?",
    only_below: "GRU: the row of the place itself is written after it is read, so it changes, too.",
    rows_above: "GRU: it writes from the top down. What is read at a row is known to the rows that come after.",
    without_the_last_layer: (
        "convolution: that is what the transposed convolution reaches. The 3 × 3 convolution at the end reaches one row farther."
    ),
    beyond_the_edge: "convolution: a drawing has the rows 0 to 13. Cut off what lies outside.",
    the_place_is_a_row: "convolution: the 7 places lie two rows apart. Place 3 stands for the rows 6 and 7.",
    its_own_row_only: "transformer: every row looks at every place.",
}


def test_changed_rows(answer):
    cases = [("convolution", place) for place in range(7)]
    cases += [(kind, place) for kind in ("GRU", "transformer") for place in range(14)]
    found = {}
    for kind, place in cases:
        rows = answer(kind, place)
        if not isinstance(rows, (list, tuple, set, np.ndarray)):
            raise Wrong(f"The rows are a list of whole numbers from 0 to 13. You return {shown(rows)}.")
        rows = sorted(rows) if isinstance(rows, set) else list(rows)
        if not all(isinstance(row, (int, float, np.number)) and row % 1 == 0 for row in rows):
            raise Wrong(f"{kind}, place {place}: the list holds something that is no number of a row.")
        if rows != sorted(rows):
            raise Wrong(f"{kind}, place {place}: give the rows in order, from top to bottom.")
        found[kind, place] = [int(row) for row in rows]
    for mistake, message in MISTAKES.items():
        if all(found[case] == sorted(mistake(*case)) for case in cases):
            raise Wrong(message)
    for case, rows in found.items():
        wanted = changed_rows(*case)
        if rows != wanted:
            raise Wrong(
                f"{case[0]}, place {case[1]}: you return {len(rows)} rows, {len(wanted)} can change. "
                "Which layers stand between the place and the picture?"
            )


WEIGHTS = {"convolution": 4640, "GRU": 21_600, "attention": 6560}
COUNT_MISTAKES = {
    "convolution": {
        9 * 32 + 32: "each of the 32 filters looks at all 16 channels.",
        4640 - 32: "a bias for each filter is missing.",
        4640 - 16: "the biases are one for each channel that comes out, of which there are 32.",
        16 * 16 * 32 + 32: "its window here is 3 × 3.",
        49 * 4640: "the same window serves all places. Its weights count once.",
    },
    "GRU": {
        21_600
        - 3 * 80: "Keras keeps two biases for each number of the state, one for what is read and one for the state.",
        21_600 - 6 * 80: "the biases are missing: two for each number of the state, in each of the three sets.",
        21_600 // 3 * 4: "that is an LSTM, which has four sets of weights. A GRU has three.",
        4
        * (8 + 80 + 1)
        * 80: "that is an LSTM: four sets of weights, one bias each. A GRU has three sets, two biases each.",
        21_600 // 3: "that is one set. It has two gates and the candidate: three sets.",
        14 * 21_600: "the same weights serve all fourteen rows.",
    },
    "attention": {
        6560 // 4 * 3: "that is queries, keys and values. What the heads found goes through a fourth matrix.",
        6560 - 4 * 40: "the biases are missing.",
        4 * 6560: "the heads share the width. Four of 10 are as wide as one of 40.",
        14 * 6560: "the same matrices serve all fourteen rows.",
    },
}


def test_weights(answer):
    names = tuple(COUNT_MISTAKES)
    found = dict(zip(names, measured_numbers(answer, *names, counts=names)))
    for name, count in found.items():
        if count in COUNT_MISTAKES[name]:
            raise Wrong(f"{name}: {COUNT_MISTAKES[name][count]}")
    for name, wanted in WEIGHTS.items():
        if found[name] != wanted:
            raise Wrong(
                f"{name}: you give {found[name]:g}. Write down the shape of each matrix first, then add the biases."
            )


def test_first_row(answer):
    every, first = measured_numbers(answer, "every row", "first row only", apart=True)
    if min(every, first) <= 0:
        raise Wrong("A distance is above 0.")
    if every > first:
        raise Wrong("Where every row knows the plan, the drawings should be nearer. Did you exchange the two?")
    if every < 12 or first < 20:
        raise Wrong("So near they come only after a longer training. Take 200 steps for both.")
    if every > 75:
        raise Wrong(
            "So far away a GRU that knows the plan should not be after 200 steps. Is it the number of `compared`, column `here`?"
        )
    if first < 1.15 * every:
        raise Wrong(
            "Nearly the same? Then every row may still hear the plan: `Reshape((1, 16))`, and thirteen rows of zeros below it."
        )
    if first > 250:
        raise Wrong(
            "Such drawings are hardly trained. Did you `fit` for 200 steps, and call `generators.average` afterwards?"
        )


PROGRAM = """
import keras

plan = [layers.Dense(16), layers.Reshape((1, 16)), layers.ZeroPadding1D((0, 13))]
painter = keras.Sequential([keras.Input((16,)), *plan, generators.drawer("GRU")])
game = generators.game_for(painter, best["GRU"], steps=200)
batches = bout_drawing.batches(digits.train, seed=1)
game.fit(batches, steps_per_epoch=200, epochs=1, shuffle=False, verbose=0)
generators.average(game)
finding = {"every row": here["GRU"], "first row only": far(generators.draw(painter, 1000, seed=1))}
"""

EXERCISES = [
    Exercise(
        key="507-1",
        title="Which rows change?",
        minutes=10,
        test=test_changed_rows,
        hints=(
            "A GRU has written the rows above a place before it reads it. A transformer block shows every place to every row.",
            "A transposed convolution of window 4 and stride 2 takes place p to the rows 2p - 1 to 2p + 2; the 3 × 3 one adds one at either end.",
            "Cut off what lies outside of 0 to 13: `range(max(0, first), min(13, last) + 1)`.",
        ),
        solution=changed_rows,
        wrong_answers={
            "all rows of the GRU": rows_above_too,
            "only the rows below": only_below,
            "the rows above": rows_above,
            "without the last layer": without_the_last_layer,
            "beyond the edge": beyond_the_edge,
            "the place is a row": the_place_is_a_row,
            "its own row only": its_own_row_only,
            "how many": how_many,
            "not a number": lambda kind, place: [math.nan],
            "nothing": lambda kind, place: [],
        },
        also_right={"by asking each row": by_asking_each_row},
        explanation="Two steps of a window, all that comes after, or everything: it belongs to the kind, not to the weights.",
    ),
    Exercise(
        key="507-2",
        title="Count the weights",
        minutes=10,
        test=test_weights,
        hints=(
            "The window: 3 · 3 · 16 · 32, and 32 biases.",
            "The GRU has two gates and a candidate. Each has a matrix (8, 80), a matrix (80, 80) and two times 80 biases.",
            "Attention has four matrices (40, 40) with 40 biases each: queries, keys, values, and the one that joins the heads.",
        ),
        solution=WEIGHTS,
        wrong_answers={
            "one channel": WEIGHTS | {"convolution": 320},
            "no bias in the convolution": WEIGHTS | {"convolution": 4608},
            "the biases of what comes in": WEIGHTS | {"convolution": 4624},
            "the window of the page": WEIGHTS | {"convolution": 8224},
            "at each place anew": WEIGHTS | {"convolution": 49 * 4640},
            "one bias in the GRU": WEIGHTS | {"GRU": 21_360},
            "no bias in the GRU": WEIGHTS | {"GRU": 21_120},
            "four sets": WEIGHTS | {"GRU": 28_800},
            "an LSTM": WEIGHTS | {"GRU": 28_480},
            "one gate": WEIGHTS | {"GRU": 7200},
            "three matrices": WEIGHTS | {"attention": 4920},
            "each head as wide as all": WEIGHTS | {"attention": 26_240},
            "from nowhere": WEIGHTS | {"GRU": 20_000},
            "not a number": WEIGHTS | {"GRU": math.nan},
            "one left open": WEIGHTS | {"attention": ...},
        },
        explanation="The layer's weights do not grow with the places: all three share them over the drawing.",
    ),
    Exercise(
        key="507-3",
        title="The plan at the first row only",
        minutes=20,
        test=test_first_row,
        hints=(
            "`keras.Sequential([keras.Input((16,)), layers.Dense(16), layers.Reshape((1, 16)), layers.ZeroPadding1D((0, 13)), generators.drawer('GRU')])`",
            "Then as on the page: `game_for` with the GRU's rate and 200 steps, `fit`, `average`, `draw`, `far`.",
        ),
        solution={"every row": 32.3, "first row only": 86.5},
        program=PROGRAM,
        wrong_answers={
            "exchanged": {"every row": 86.5, "first row only": 32.3},
            "the plan still goes to every row": {"every row": 32.3, "first row only": 33.9},
            "trained longer": {"every row": 10.4, "first row only": 22.7},
            "not trained": {"every row": 32.3, "first row only": 412.0},
            "the other untrained": {"every row": 391.0, "first row only": 412.0},
            "below zero": {"every row": 32.3, "first row only": -86.5},
            "not a number": {"every row": 32.3, "first row only": math.nan},
            "one left open": {"every row": 32.3, "first row only": ...},
        },
        also_right={
            "another start": {"every row": 33.0, "first row only": 115.3},
            "a near one": {"every row": 40.1, "first row only": 62.7},
        },
        explanation=(
            "Farther, by far: after 200 steps the state has not learned to carry the plan through fourteen rows. A dense "
            "layer that tells it to each of them spares it that. (The plan has 16 numbers in place of 224, too, and the rate was "
            "not chosen anew.)"
        ),
    ),
]
