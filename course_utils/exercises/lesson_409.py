"""Exercises of lesson 409: rounds of a scan, two steps in one, and heads against memory."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number, some_numbers
from course_utils.scale import current_scale


def test_rounds(answer):
    named = {
        5000: "That is the chain of the loop. In a scan the reach doubles with each round: 1, 2, 4, ...",
        4999: "That is the chain of the loop. In a scan the reach doubles with each round: 1, 2, 4, ...",
        12: "After 12 rounds each place has taken in 2^12 = 4096 steps. The last place needs 5000.",
        14: "One too many: after 13 rounds each place has taken in 2^13 = 8192 steps, more than 5000.",
        2500: "A round does not halve the steps that are left; it doubles the reach of every place.",
    }
    given = one_number(answer, "The number of rounds")
    if given in named:
        raise Wrong(named[given])
    if not given.is_integer():
        raise Wrong("There is no part of a round: a whole number was expected.")
    if given != 13:
        raise Wrong(f"Not {given:g}: after r rounds each place has taken in 2^r steps. When is that 5000 or more?")


def combine(earlier, later):
    return later[0] * earlier[0], later[0] * earlier[1] + later[1]


def _wrong_order(earlier, later):
    return combine(later, earlier)


def _inputs_added(earlier, later):
    return later[0] * earlier[0], earlier[1] + later[1]


def _factors_added(earlier, later):
    return later[0] + earlier[0], later[0] * earlier[1] + later[1]


def _factor_of_the_later(earlier, later):
    return later[0], later[0] * earlier[1] + later[1]


def _both_inputs_decayed(earlier, later):
    return later[0] * earlier[0], later[0] * (earlier[1] + later[1])


def _input_without_factor(earlier, later):
    return later[0] * earlier[0], earlier[0] * earlier[1] + later[1]


def _exchanged(earlier, later):
    return combine(earlier, later)[::-1]


def _by_two_steps(earlier, later):
    def both(state):
        return later[0] * (earlier[0] * state + earlier[1]) + later[1]

    return both(1) - both(0), both(0)


def _by_matrices(earlier, later):
    first, second = (np.array([[pair[0], pair[1]], [0 * pair[0], 1 + 0 * pair[0]]]) for pair in (earlier, later))
    return np.einsum("ij...,jk...->ik...", second, first)[0]


def test_combine(answer):
    mistakes = {
        "The order is turned round: the earlier input goes through the later factor, not the later input through the earlier one.": _wrong_order,
        "The earlier input passes through the later step: it is multiplied by the later factor.": _inputs_added,
        "h goes through both factors one after the other: they multiply, they do not add.": _factors_added,
        "The factor of both steps together is missing the earlier factor.": _factor_of_the_later,
        "The later input comes last: nothing multiplies it any more.": _both_inputs_decayed,
        "The earlier input is multiplied by the later factor, not by its own.": _input_without_factor,
        "The pair is turned round: first the factor, then the input.": _exchanged,
    }
    message = "Write out h2 = later factor * (earlier factor * h0 + earlier input) + later input, and sort by what multiplies h0."
    random = np.random.default_rng()
    whole_numbers = (2.0, 3.0), (5.0, 7.0)
    arrays = tuple(random.normal(size=(2, 2, 3)))
    matrices = tuple((factor, moved) for factor, moved in random.normal(size=(2, 2, 4, 2)))
    for earlier, later in (whole_numbers, arrays, matrices):
        given, expected = answer(earlier, later), combine(earlier, later)
        if not isinstance(given, (tuple, list, np.ndarray)) or len(given) != 2:
            raise Wrong("Return a pair: the factor and the input of the one step that does both.")
        parts = zip(given, expected, ("the factor", "the input"))
        given = [some_numbers(part, np.shape(other), name) for part, other, name in parts]
        for mistaken, mistake in mistakes.items():
            wrong = mistake(earlier, later)
            if all(np.allclose(one, other) for one, other in zip(given, wrong)):
                raise Wrong(mistaken)
        for one, other in zip(given, expected):
            expect_close(one, other, message)


FINDING = {"four heads": 0.50, "one head": 0.90}  # other seeds: 0.52 and 0.99, 0.58 and 0.73


def test_heads(answer):
    four, one = measured_numbers(answer, "four heads", "one head", shares=("four heads", "one head"))
    if four < 0.3:
        raise Wrong(
            "That is hardly the baseline. The model with four heads is the one above: recall['linear attention'][3]."
        )
    if one < 0.3:
        raise Wrong(
            "That is hardly the baseline. Was the model with one head trained on `steps` and `answers` of recall?"
        )
    if current_scale() == "full":
        return  # after ten times as many batches both are right nearly always: nothing else is a mistake
    if four > 0.72:
        raise Wrong(
            "That many for four heads? Take the share with 16 pairs, the last column. Or are the two numbers exchanged?"
        )
    if one == four:
        raise Wrong(
            "No difference: was the model built anew after `heads = 1`, and measured? (If you rounded, give more digits.)"
        )
    if one < four:
        raise Wrong("One head should keep more, not less. Was it trained as long, at the same rate?")


PROGRAM = """
heads = 1  # `build` reads it
steps, answers = recall_task(64 * batches, 24, [2, 4, 8, 16], seed=0)
model = build("linear attention", 24)
rate = keras.optimizers.schedules.CosineDecay(5e-3, batches)
adam = keras.optimizers.Adam(rate, clipnorm=1.0)
model.compile(adam, loss=cross_entropy, steps_per_execution=20)
model.fit(steps, answers, batch_size=64, epochs=1, verbose=0)
finding = {
    "four heads": recall["linear attention"][3],
    "one head": np.nanmean(right(model, *asked[16])),
}
heads = 4  # as the page has it
"""

EXERCISES = [
    Exercise(
        key="409-1",
        title="How many rounds?",
        minutes=5,
        test=test_rounds,
        hints=(
            "After one round a place has taken in 2 steps, after two rounds 4, after three rounds 8.",
            "Look for the smallest r with 2^r at least 5000.",
        ),
        solution=13,
        wrong_answers={
            "the loop": 5000,
            "one too few": 12,
            "halved once": 2500,
            "not rounded up": 12.29,
            "one too many": 14,
            "something else": 71,
            "not a number": np.nan,
        },
        explanation="2^13 = 8192 is the first power of two that is not below 5000.",
    ),
    Exercise(
        key="409-2",
        title="Two steps in one",
        minutes=10,
        test=test_combine,
        hints=(
            "Put h1 = a1 * h0 + x1 into h2 = a2 * h1 + x2.",
            "h2 = (a2 * a1) * h0 + (a2 * x1 + x2): the first bracket is the new factor, the second the new input.",
        ),
        solution=combine,
        wrong_answers={
            "wrong order": _wrong_order,
            "inputs only added": _inputs_added,
            "factors added": _factors_added,
            "one factor only": _factor_of_the_later,
            "both inputs through the later factor": _both_inputs_decayed,
            "the earlier factor for its own input": _input_without_factor,
            "turned round": _exchanged,
            "a pair of texts": lambda earlier, later: ("later[0] * earlier[0]", "later[0] * earlier[1] + later[1]"),
            "only the input": lambda earlier, later: later[0] * earlier[1] + later[1],
        },
        also_right={
            "what two steps do to 1 and 0": _by_two_steps,
            "a product of matrices": _by_matrices,
            "a list": lambda earlier, later: list(combine(earlier, later)),
        },
        explanation="This operation is associative, (a b) c = a (b c), and that is all a scan needs. "
        "keras.ops.associative_scan(combine, (decay, inputs)) runs it: compare it with loop.",
    ),
    Exercise(
        key="409-3",
        title="Four heads or one",
        minutes=15,
        test=test_heads,
        hints=(
            "heads = 1; steps, answers = recall_task(64 * batches, 24, [2, 4, 8, 16], seed=0); model = build('linear attention', 24). "
            "Compile as above, with CosineDecay(5e-3, batches), and fit on these steps and answers.",
            "np.nanmean(right(model, *asked[16])) is the share for one head; recall['linear attention'][3] that for four.",
        ),
        solution=FINDING,
        program=PROGRAM,
        wrong_answers={
            "a key is missing": {"one head": 0.9},
            "per cent": {"four heads": 50, "one head": 90},
            "eight pairs": {"four heads": 0.75, "one head": 0.98},
            "the LSTM": {"four heads": 0.25, "one head": 0.9},
            "the old model again": {"four heads": 0.5, "one head": 0.5},
            "one head trained for fewer steps": {"four heads": 0.5, "one head": 0.4},
            "not a number": {"four heads": 0.5, "one head": np.nan},
        },
        also_right={
            "another seed": {"four heads": 0.52, "one head": 0.99},
            "a third seed": {"four heads": 0.58, "one head": 0.73},
            "a small gain": {"four heads": 0.7, "one head": 0.715},
        },
        explanation="Four heads keep 4 * 8 * 8 = 256 sums, one head 32 * 32 = 1024: more keys are kept apart after "
        "the same training. How many depends on the start. The multiplications of the mixing grow in the same proportion; "
        "the seconds grow less, since all else stays as it was.",
    ),
]
