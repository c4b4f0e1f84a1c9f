"""Exercises of lesson 211: how long the conveyor keeps, chrono initialization, and what tanh takes back."""

import math

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number, some_numbers


def steps_until(forget_bias, share):
    gate = 1 / (1 + np.exp(-forget_bias))
    return int(np.floor(np.log(share) / np.log(gate))) + 1


def steps_counted(forget_bias, share):
    gate, left, steps = 1 / (1 + math.exp(-forget_bias)), 1.0, 0
    while left >= share:
        left, steps = left * gate, steps + 1
    return steps


def steps_not_whole(forget_bias, share):
    return np.log(share) / np.log(1 / (1 + np.exp(-forget_bias)))


def last_step_above(forget_bias, share):
    return steps_until(forget_bias, share) - 1


def takes_away_the_same(forget_bias, share):
    gate = 1 / (1 + np.exp(-forget_bias))
    return int(np.floor((1 - share) / (1 - gate))) + 1


def loses_the_share(forget_bias, share):
    return steps_until(forget_bias, 1 - share)


def gate_turned(forget_bias, share):
    return steps_until(-forget_bias, share)


def reads_tanh(forget_bias, share):
    gate = np.tanh(forget_bias)
    return int(np.floor(np.log(share) / np.log(gate))) + 1


STEP_MISTAKES = {
    last_step_above: "One step too few: there at least `share` of the cell is still left.",
    steps_not_whole: "Return a whole number: the first step after which less than `share` is left.",
    takes_away_the_same: "You take the same amount away at each step. The gate multiplies what is left.",
    loses_the_share: "You ask when `share` of the cell is lost. The question is when less than `share` is left.",
    gate_turned: "The sign of the bias is turned: a large forget bias keeps, so it takes more steps.",
    reads_tanh: "A gate is a sigmoid of its bias, not its tanh.",
}


def test_steps_until(answer):
    for forget_bias, share in ((1.0, 0.2), (5.0, 0.3), (0.5, 0.01), (2.0, 0.6), (3.0, 0.05)):
        given, expected = one_number(answer(forget_bias, share), "The number of steps"), steps_until(forget_bias, share)
        for mistake, message in STEP_MISTAKES.items():
            if np.isclose(given, mistake(forget_bias, share), rtol=1e-6) and given != expected:
                raise Wrong(message)
        if given != expected:
            raise Wrong(
                f"With bias {forget_bias} less than {share} is left after {expected} steps: sigmoid(bias) ** steps."
            )


def chrono_bias(lags):
    forget_bias = np.log(lags)
    nothing = np.zeros(len(lags))
    return np.concatenate([-forget_bias, forget_bias, nothing, nothing])


def chrono_in_place(lags):
    bias = np.zeros((4, len(lags)))
    for unit, lag in enumerate(lags):
        bias[:2, unit] = math.log(1 / lag), math.log(lag)
    return bias.ravel()


def only_forget(lags):
    nothing = np.zeros(len(lags))
    return np.concatenate([nothing, np.log(lags), nothing, nothing])


def first_two_swapped(lags):
    return -chrono_bias(lags)


def writes_much(lags):
    nothing = np.zeros(len(lags))
    return np.concatenate([np.log(lags), np.log(lags), nothing, nothing])


def without_logarithm(lags):
    nothing = np.zeros(len(lags))
    return np.concatenate([-np.asarray(lags), lags, nothing, nothing])


def common_logarithm(lags):
    return chrono_bias(lags) / np.log(10)


def as_four_rows(lags):
    return chrono_bias(lags).reshape(4, -1)


def blocks_of_another_library(lags):
    nothing = np.zeros(len(lags))
    return np.concatenate([-np.log(lags), nothing, np.log(lags), nothing])


def unit_by_unit(lags):
    return chrono_bias(lags).reshape(4, -1).T.ravel()


CHRONO_MISTAKES = {
    only_forget: "The forget gate is right. The input bias is minus the forget bias: units that keep long write little.",
    first_two_swapped: "Input and forget gate are exchanged: Keras's first block is the input gate.",
    writes_much: "The input bias has the wrong sign: a unit that keeps for long writes little.",
    without_logarithm: "The logarithm is missing: the bias is the logarithm of the lag.",
    common_logarithm: "Take the natural logarithm, np.log: the sigmoid holds powers of e.",
    blocks_of_another_library: "The forget biases stand in the block of the candidate. Keras: input, forget, candidate, output.",
    unit_by_unit: "You put the four biases of each unit side by side. Keras puts all input biases first, then all forget biases.",
}


def test_chrono_bias(answer):
    for seed, units in enumerate((3, 5, 16)):
        lags = np.random.default_rng(seed).uniform(1.5, 99, size=units)
        given, expected = answer(lags), chrono_bias(lags)
        if np.shape(given) == (4, units):
            raise Wrong("Return one row of 4 * units numbers: block after block, not a table.")
        given = some_numbers(given, (4 * units,), "The bias")
        for mistake, message in CHRONO_MISTAKES.items():
            if np.allclose(given, mistake(lags), atol=1e-6):
                raise Wrong(message)
        expect_close(given, expected, "Blocks: minus log(lags), log(lags), zeros, zeros.", tolerance=1e-5)


GROWTH = {1.2: 1.6, 1.5: 240.0, 1.8: 2.0e4}


def test_growth(answer):
    small, middle, large = measured_numbers(answer, 1.2, 1.5, 1.8, apart=True)
    if min(small, middle, large) <= 0:
        raise Wrong("A size is above 0. Did you take logarithms? Report `gradient_by_lag(network)[99]` itself.")
    for gain, given in zip((1.2, 1.5, 1.8), (small, middle, large)):
        if np.isclose(given, gain**99, rtol=0.05):
            raise Wrong(f"For {gain} you report gain ** 99, the size without tanh. Measure the network with tanh.")
        if given > gain**99:
            raise Wrong(f"For {gain} your size is above gain ** 99. tanh can only take away: is it relative to lag 0?")
    if small > middle > large:
        raise Wrong("The sizes fall with the gain. Are the gains exchanged, or did you divide lag 0 by lag 99?")
    if not small < middle < large:
        raise Wrong("A larger gain should give a larger gradient at lag 99 here. Are two of them exchanged?")
    if large > 1e9 or middle > 1e6 or small > 1e4:
        raise Wrong("tanh takes back far more than that. Did you measure a network without tanh, or another lag?")
    if large < 100:
        raise Wrong(
            "With gain 1.8 it grows far more over 99 steps. Is it lag 99, and SimpleRNN with Orthogonal(gain=1.8)?"
        )


PROGRAM = """
growth = {}
for gain in [1.2, 1.5, 1.8]:
    start = keras.initializers.Orthogonal(gain=gain)
    network = build_network(keras.layers.SimpleRNN, recurrent_initializer=start)
    growth[gain] = float(gradient_by_lag(network)[99])
check("211-3", growth)
"""

EXERCISES = [
    Exercise(
        key="211-1",
        title="How long the conveyor keeps",
        minutes=5,
        test=test_steps_until,
        hints=(
            "The gate is sigmoid(forget_bias). After n steps gate ** n is left.",
            "Count: left = 1, steps = 0; while left >= share: multiply left by the gate and add 1 to steps.",
        ),
        solution=steps_until,
        wrong_answers={
            "one too few": last_step_above,
            "not whole": steps_not_whole,
            "the same amount each step": takes_away_the_same,
            "until the share is lost": loses_the_share,
            "the sign": gate_turned,
            "tanh": reads_tanh,
        },
        also_right={"counted in a loop": steps_counted},
        explanation="The number of steps grows about like e to the bias: each 1 more keeps nearly three times as long.",
    ),
    Exercise(
        key="211-2",
        title="The bias of chrono initialization",
        minutes=10,
        test=test_chrono_bias,
        hints=(
            "The forget bias of a unit is the logarithm of its lag, its input bias minus that.",
            "np.concatenate of four blocks: -np.log(lags), np.log(lags), zeros, zeros.",
        ),
        solution=chrono_bias,
        wrong_answers={
            "the forget gate alone": only_forget,
            "exchanged": first_two_swapped,
            "the input bias not negative": writes_much,
            "no logarithm": without_logarithm,
            "the common logarithm": common_logarithm,
            "four rows": as_four_rows,
            "in the candidate's block": blocks_of_another_library,
            "unit by unit": unit_by_unit,
        },
        also_right={"unit by unit into four rows": chrono_in_place},
        explanation="The gate is then lag / (lag + 1): what a unit holds fades to about a third over its lag.",
    ),
    Exercise(
        key="211-3",
        title="What tanh takes back",
        minutes=15,
        test=test_growth,
        hints=(
            "start = keras.initializers.Orthogonal(gain=1.2), then build_network(keras.layers.SimpleRNN, recurrent_initializer=start).",
            "gradient_by_lag(network)[99] is the size at lag 99, relative to lag 0. Loop over the three gains.",
        ),
        solution=GROWTH,
        wrong_answers={
            "without tanh": {gain: gain**99 for gain in GROWTH},
            "logarithms": {1.2: -0.15, 1.5: 2.4, 1.8: 4.3},
            "lag 0 by lag 99": {1.2: 0.62, 1.5: 0.0042, 1.8: 5.0e-5},
            "two exchanged": {1.2: 240.0, 1.5: 1.6, 1.8: 2.0e4},
            "ten steps back": {1.2: 0.9, 1.5: 2.0, 1.8: 4.0},
            "more than without tanh": {1.2: 1e9, 1.5: 2e9, 1.8: 3e9},
            "not a number": {**GROWTH, 1.5: float("nan")},
        },
        also_right={
            "another draw": {1.2: 0.7, 1.5: 480.0, 1.8: 6.9e4},
            "a third": {1.2: 2.1, 1.5: 130, 1.8: 9e3},
        },
        program=PROGRAM,
        explanation="tanh takes most of the growth back, at gain 1.8 some twenty of twenty-five powers of ten; above some gain it cannot take back all.",
    ),
]
