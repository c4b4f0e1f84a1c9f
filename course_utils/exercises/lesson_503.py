"""Exercises of lesson 503, draw new digits."""

import math

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_close,
    expect_no_mistake,
    measured_numbers,
    one_number,
    shown,
)


def test_in_a_minute(answer):
    gan, diffusion = measured_numbers(answer, "GAN", "diffusion")
    for name, found, wanted, seconds in (("GAN", gan, 100_000, 0.2), ("diffusion", diffusion, 2000, 10)):
        mistakes = {
            60 / seconds * 1000: f"{name}: forty of the sixty seconds are gone when the training ends.",
            40 / seconds * 1000: f"{name}: these are the seconds of training. Which are left for drawing?",
            20 / seconds: f"{name}: a thousand drawings take {seconds:g} seconds, not one.",
            20 / (40 + seconds) * 1000: f"{name}: trained once, it draws as often as you like.",
        }
        for mistake, message in mistakes.items():
            if np.isclose(found, mistake, rtol=1e-3):
                raise Wrong(message)
        expect_close(
            found, wanted, f"{name}: you give {found:g}. How many times do {seconds:g} seconds fit into what is left?"
        )


def copied_share(drawings, unseen):
    return (drawings < np.quantile(unseen, 0.01)).mean()


def by_percentile(drawings, unseen):
    bound = np.percentile(unseen, 1)
    return sum(1 for distance in drawings if distance < bound) / len(drawings)


def count_of_copies(drawings, unseen):
    return (drawings < np.quantile(unseen, 0.01)).sum()


def from_the_far_end(drawings, unseen):
    return (drawings < np.quantile(unseen, 0.99)).mean()


def those_that_are_no_copies(drawings, unseen):
    return (drawings >= np.quantile(unseen, 0.01)).mean()


def below_the_median(drawings, unseen):
    return (drawings < np.median(unseen)).mean()


def below_the_least(drawings, unseen):
    return (drawings < unseen.min()).mean()


def bound_of_the_drawings(drawings, unseen):
    return (unseen < np.quantile(drawings, 0.01)).mean()


def only_exact_copies(drawings, unseen):
    return (drawings == 0).mean()


def test_copied_share(answer):
    mistakes = {
        count_of_copies: "That counts them. The share was asked for.",
        from_the_far_end: "Suspicious is what is very near. The smallest hundredth of the unseen digits lies below the 0.01-quantile.",
        those_that_are_no_copies: "That is the share of drawings that are far enough away.",
        below_the_median: "Half of all unseen digits lie below their median: nobody copied them.",
        below_the_least: "Nearer than the one nearest unseen digit? The bound is the 0.01-quantile, of which one digit in a hundred falls short.",
        bound_of_the_drawings: "The unseen digits set the bound, the drawings are counted.",
        only_exact_copies: "A copy with one pixel changed is a copy, too. Take the unseen digits for a bound.",
    }
    random = np.random.default_rng(506)
    cases = []
    for near, exact in ((0, 0), (40, 10), (150, 3)):
        unseen = random.gamma(20, 0.1, 400)
        drawings = np.concatenate([random.gamma(20, 0.1, 300), random.uniform(0, 0.8, near), np.zeros(exact)])
        cases.append((drawings, unseen))
    results = [one_number(answer(*case), "The share") for case in cases]
    expect_no_mistake(results, cases, mistakes)
    for result, case in zip(results, cases):
        wanted = copied_share(*case)
        expect_close(result, wanted, f"For {len(case[0])} drawings you return {result:.4f}; it should be {wanted:.4f}.")


NAMES = (5, 20, 80, "test")


def test_groups(answer):
    five, twenty, eighty, test = measured_numbers(answer, *NAMES, apart=True)
    if min(five, twenty, eighty, test) <= 0:
        raise Wrong("A distance is above 0.")
    if five > 8:
        raise Wrong(
            "So far away they are without contrast. Push the ink first: `with_contrast(drawn, like=digits.train)`."
        )
    level = 1.1 * twenty  # on another machine 20 and 80 may come out level
    if not 0.5 < eighty < level or not twenty < five:
        raise Wrong(
            "More groups come nearer here, up to 80. Is each number that of its own groups, on the validation digits?"
        )
    if five < 3.9:
        raise Wrong("These look like distances to the test digits. To choose, compare with `digits.validation`.")
    if test > 1.45:
        raise Wrong(
            "On test the chosen number of groups comes nearer. Did you choose the one with the smallest distance?"
        )


PROGRAM = """
def validation_distance(images):
    images = with_contrast(images, like=digits.train)
    return bout_drawing.distance(describe, images, digits.validation)


finding = {}
for groups in (5, 20, 80):
    finding[groups] = validation_distance(generation.cluster_normals(digits.train, groups, 1000, seed=1))

best = min((5, 20, 80), key=finding.get)
chosen = generation.cluster_normals(digits.train, best, 1000, seed=1)
finding["test"] = far(with_contrast(chosen, like=digits.train))
"""


def test_second_judge(answer):
    slim, gan = measured_numbers(answer, "slim normals", "GAN", apart=True)
    if min(slim, gan) <= 0:
        raise Wrong("A distance is above 0.")
    if max(slim, gan) < 0.5:
        raise Wrong("So near are not even real digits. Was the judge trained before you took its 32 numbers?")
    if gan < 1.2 * slim:
        raise Wrong("The slim normals come clearly nearer here. Which number belongs to which set?")
    if gan > 7:
        raise Wrong(f"GAN: {shown(gan)} is as far as after ten seconds of training. Train it for 2800 steps.")
    if slim > 1.7 and gan > 3.8:
        raise Wrong("So far they are for the first judge, or by the logits. Ask the 32 numbers of your own judge.")


SECOND_JUDGE = """
import keras
from keras import layers

second = keras.Sequential(
    [
        keras.Input((14, 14, 1)),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(10),
    ]
)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
second.compile(keras.optimizers.Adam(0.002), loss)
second.fit(digits.train, digits.labels, epochs=10, batch_size=64, verbose=0)
look = keras.Model(second.inputs, second.layers[-2].output)

draw = bout_drawing.train("GAN", digits, width=40, rate=0.002, steps=2800, seed=1)
images = {"slim normals": slim[1], "GAN": contrasted(draw(1000, seed=1))}
second_judge = {}
for name, own in images.items():
    second_judge[name] = bout_drawing.distance(look, own, digits.test)
"""

EXERCISES = [
    Exercise(
        key="503-1",
        title="Drawings in a minute",
        minutes=5,
        test=test_in_a_minute,
        hints=(
            "Both train for 40 of the 60 seconds. How many are left?",
            "20 seconds hold 100 times 0.2 seconds, and each brings a thousand drawings.",
        ),
        solution={"GAN": 100_000, "diffusion": 2000},
        wrong_answers={
            "the training takes no time": {"GAN": 300_000, "diffusion": 6000},
            "draws while it should train": {"GAN": 200_000, "diffusion": 4000},
            "thousands, not drawings": {"GAN": 100, "diffusion": 2},
            "trains again each time": {"GAN": 20 / 40.2 * 1000, "diffusion": 400},
            "only the second is wrong": {"GAN": 100_000, "diffusion": 6000},
            "a number from nowhere": {"GAN": 50_000, "diffusion": 2000},
            "not a number": {"GAN": math.nan, "diffusion": 2000},
            "one left open": {"GAN": 100_000, "diffusion": ...},
        },
        explanation="20 seconds are left: 100 · 1000 and 2 · 1000 drawings. Equal seconds of training are not equal cost.",
    ),
    Exercise(
        key="503-2",
        title="A share of copies",
        minutes=10,
        test=test_copied_share,
        hints=(
            "`np.quantile(unseen, 0.01)` is the distance below which one unseen digit in a hundred lies.",
            "`(drawings < bound).mean()` is the share of drawings below a bound.",
        ),
        solution=copied_share,
        wrong_answers={
            "a count": count_of_copies,
            "the far end": from_the_far_end,
            "those that are no copies": those_that_are_no_copies,
            "the median": below_the_median,
            "the least": below_the_least,
            "roles changed": bound_of_the_drawings,
            "exact copies only": only_exact_copies,
            "nothing": lambda drawings, unseen: 0.0,
        },
        also_right={"by percentile": by_percentile},
        explanation="Honest drawings give about 0.01 or less. The median over all drawings hides a small share of copies; this does not.",
    ),
    Exercise(
        key="503-3",
        title="How many groups?",
        minutes=10,
        test=test_groups,
        hints=(
            "`generation.cluster_normals(digits.train, groups, 1000, seed=1)` draws; then `with_contrast(drawn, like=digits.train)`.",
            "`bout_drawing.distance(describe, images, digits.validation)` compares with the validation digits; `far` with test.",
        ),
        solution={5: 4.59, 20: 1.96, 80: 1.59, "test": 0.97},
        program=PROGRAM,
        wrong_answers={
            "without contrast": {5: 10.4, 20: 4.26, 80: 2.43, "test": 2.0},
            "chosen on test": {5: 3.3, 20: 1.15, 80: 0.97, "test": 0.971},
            "the wrong way round": {5: 1.59, 20: 1.96, 80: 4.59, "test": 0.97},
            "the last one is validation, too": {5: 4.59, 20: 1.96, 80: 1.59, "test": 1.5901},
            "below zero": {5: 4.59, 20: 1.96, 80: 1.59, "test": -0.97},
            "not a number": {5: 4.59, 20: math.nan, 80: 1.59, "test": 0.97},
            "one left open": {5: 4.59, 20: 1.96, 80: ..., "test": 0.97},
        },
        also_right={"another seed": {5: 4.64, 20: 1.85, 80: 1.4, "test": 1.11}},
        explanation=(
            "80 groups come nearest: the rival of this page, with twenty, was not even tuned. But a group of some 44 images cannot fix 196 directions: its normal distribution "
            "spreads only between the images that it saw. Look for copies, too."
        ),
    ),
    Exercise(
        key="503-4",
        title="Ask a second judge",
        minutes=20,
        test=test_second_judge,
        hints=(
            "`keras.Model(second.inputs, second.layers[-2].output)` gives the 32 numbers: hand it to `bout_drawing.distance` in the place of `describe`.",
            '`bout_drawing.train("GAN", digits, width=40, rate=0.002, steps=2800, seed=1)` returns a function: `draw(1000, seed=1)`. `slim[1]` has its contrast already.',
        ),
        solution={"slim normals": 1.18, "GAN": 2.92},
        program=SECOND_JUDGE,
        wrong_answers={
            "the wrong way round": {"slim normals": 2.92, "GAN": 1.18},
            "the first judge": {"slim normals": 1.8, "GAN": 4.38},
            "the GAN after ten seconds": {"slim normals": 1.17, "GAN": 11.4},
            "a judge without training": {"slim normals": 0.003, "GAN": 0.02},
            "below zero": {"slim normals": -1.18, "GAN": 2.92},
            "not a number": {"slim normals": 1.18, "GAN": math.nan},
            "one left open": {"slim normals": ..., "GAN": 2.92},
        },
        also_right={
            "another start": {"slim normals": 0.98, "GAN": 2.7},
            "a stricter start": {"slim normals": 1.5, "GAN": 3.57},
        },
        explanation=(
            "This judge agrees: at equal size, the normals are nearer than the GAN after 40 seconds. It is one set of each, "
            "and the GAN of seed 1 is the farthest of its five. And both judges compare means and covariances."
        ),
    ),
]
