"""Exercises of lesson 308, text."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, some_numbers
from course_utils.scale import current_scale

ODDS, REWARDS = np.array([0.5, 0.3, 0.2]), np.array([1.0, 0.0, 0.0])
SLOPE_MISTAKES = (
    (ODDS * REWARDS, "You left out the mean reward: what counts is the reward minus J."),
    (REWARDS - ODDS @ REWARDS, "That is the reward minus J. It still has to be multiplied by each probability."),
    (-ODDS * (REWARDS - ODDS @ REWARDS), "The signs are exchanged: the score of the rewarded letter must rise."),
    (ODDS - REWARDS, "That is the slope of a cross-entropy, for the loss. Asked is that of the mean reward."),
    (REWARDS, "Those are the rewards, the slopes by the *probabilities*. The scores move all three at once."),
)


def test_slopes(answer):
    slopes = some_numbers(answer, (3,))
    for mistake, message in SLOPE_MISTAKES:
        if np.allclose(slopes, mistake, atol=1e-3):
            raise Wrong(message)
    expect_close(slopes, ODDS * (REWARDS - ODDS @ REWARDS), "The slope of score j is p_j (f_j - J).", tolerance=1e-3)


def leave_one_out(rewards):
    rewards = np.asarray(rewards, dtype=float)
    return rewards - (rewards.sum() - rewards) / (len(rewards) - 1)


def leave_one_out_in_a_loop(rewards):
    return [reward - np.mean(np.delete(rewards, place)) for place, reward in enumerate(rewards)]


def batch_mean(rewards):
    return np.asarray(rewards) - np.mean(rewards)


def divided_by_all(rewards):
    rewards = np.asarray(rewards, dtype=float)
    return rewards - (rewards.sum() - rewards) / len(rewards)


def reversed_sign(rewards):
    return -leave_one_out(rewards)


def baselines(rewards):
    return rewards - leave_one_out(rewards)


def divided_by_the_spread(rewards):
    return (rewards - np.mean(rewards)) / np.std(rewards)


def equal_ones_left_out(rewards):
    others = [rewards[rewards != reward] for reward in rewards]
    return np.array([reward - (np.mean(rest) if len(rest) else 0) for reward, rest in zip(rewards, others)])


ADVANTAGE_MISTAKES = {
    batch_mean: "That is the mean of the whole batch: each reward is still part of its own baseline.",
    divided_by_all: "The others are one fewer than the batch: divide their sum by n - 1.",
    reversed_sign: "The sign is wrong: a reward above the others' mean must give a positive advantage.",
    baselines: "Those are the means of the others. Subtract them from the rewards.",
    divided_by_the_spread: "You divided by the spread, and each reward is still part of its own baseline.",
    equal_ones_left_out: "You leave out all rewards that are equal to this one. Another word with the same reward counts.",
}


def test_leave_one_out(answer):
    random = np.random.default_rng(0)
    for rewards in (np.array([0.1, 0.9, 0.4, 0.2]), np.array([1.0, 0.0, 1.0, 1.0, 0.25]), random.normal(size=30)):
        result, expected = some_numbers(answer(rewards), rewards.shape, "The result"), leave_one_out(rewards)
        for mistake, message in ADVANTAGE_MISTAKES.items():
            wrong = mistake(rewards)
            if np.allclose(result, wrong, atol=1e-6) and not np.allclose(wrong, expected, atol=1e-6):
                raise Wrong(message)
        expect_close(result, expected, "For rewards 1, 2 and 6 the advantages are -3, -1.5 and 4.5.")


def draw_without_replacement(scores, uniform, count):
    noisy = np.asarray(scores) - np.log(-np.log(np.asarray(uniform)))
    return np.argsort(-noisy)[:count]


def draw_one_after_the_other(scores, uniform, count):
    noisy = {place: score - np.log(-np.log(uniform[place])) for place, score in enumerate(scores)}
    drawn = []
    for _ in range(count):
        drawn.append(max(noisy, key=noisy.get))
        del noisy[drawn[-1]]
    return drawn


def without_noise(scores, uniform, count):
    return np.argsort(-np.asarray(scores))[:count]


def smallest_first(scores, uniform, count):
    return np.argsort(np.asarray(scores) - np.log(-np.log(np.asarray(uniform))))[:count]


def uniform_added(scores, uniform, count):
    return np.argsort(-(np.asarray(scores) + np.asarray(uniform)))[:count]


def one_logarithm(scores, uniform, count):
    return np.argsort(-(np.asarray(scores) - np.log(np.asarray(uniform))))[:count]


def noise_subtracted(scores, uniform, count):
    return np.argsort(-(np.asarray(scores) + np.log(-np.log(np.asarray(uniform)))))[:count]


def largest_last(scores, uniform, count):
    return draw_without_replacement(scores, uniform, count)[::-1]


DRAW_MISTAKES = {
    without_noise: "These are always the letters of the highest scores: where is the noise?",
    smallest_first: "These are the letters of the smallest sums. The largest are wanted, the largest one first.",
    uniform_added: "You added the even numbers themselves. Turn them into Gumbel noise first: -ln(-ln u).",
    one_logarithm: "Gumbel noise has two logarithms: -ln(-ln u).",
    noise_subtracted: "The sign of the noise is wrong: add -ln(-ln u), whose large values are the rare ones.",
    largest_last: "The right letters, in the wrong order: the largest sum first.",
}


def test_draw_without_replacement(answer):
    random = np.random.default_rng(0)
    cases = [(random.normal(size=8), random.uniform(0.01, 0.99, size=8), count) for count in (2, 4, 7) * 7]
    results = [
        some_numbers(answer(scores.copy(), uniform.copy(), count), (count,), "The result")
        for scores, uniform, count in cases
    ]
    for mistake, message in DRAW_MISTAKES.items():
        if all(np.array_equal(result, mistake(*case)) for result, case in zip(results, cases)):
            raise Wrong(message)
    for result, case in zip(results, cases):
        message = "Return the places of the `count` largest noisy scores, the largest first."
        expect_close(result, draw_without_replacement(*case), message)


def test_best_temperature(answer):
    temperature, good, covered = measured_numbers(answer, "temperature", "good", "covered", shares=("good", "covered"))
    if not 0.05 <= temperature <= 5:
        raise Wrong("Temperatures lie between 0.1 and about 2. Is it the temperature of the most good words?")
    if good > 0.8:
        raise Wrong('So many good words? Good ones are valid, novel and distinct at once: `rates(...)["good"]`.')
    if good == covered:
        raise Wrong("The two shares are equal to the last digit. They are two of the five rates of the same words.")
    if current_scale() == "full":  # there the model copies words that it knows, and warmer is better
        return
    if temperature >= 0.95:
        raise Wrong("A colder model writes more good words than the model at temperature 1. Try values below it.")
    if temperature < 0.35:
        raise Wrong("So cold a model repeats itself: look at its share of distinct words. Try warmer values.")
    if good < 0.55:
        raise Wrong('The language model can write more good words than that. Is it models["predicts"]?')
    if covered > good + 0.1:
        raise Wrong("At this temperature it covers less than the share of its good words. Are the two exchanged?")


PROGRAM = """
good = {}
covered = {}
for temperature in np.arange(0.3, 1.25, 0.1).round(1):
    result = rates(write(models["predicts"], temperature))
    good[temperature] = result["good"]
    covered[temperature] = result["covered"]
chosen = max(good, key=good.get)
best = {"temperature": chosen, "good": good[chosen], "covered": covered[chosen]}
check("308-4", best)
"""

EXERCISES = [
    Exercise(
        key="308-1",
        title="The exact slope of the mean reward",
        minutes=5,
        test=test_slopes,
        hints=("First the mean reward: J = 0.5 · 1 + 0.3 · 0 + 0.2 · 0.", "Then p_j (f_j - J) for each of the three."),
        solution=[0.25, -0.15, -0.1],
        wrong_answers={
            "without the mean reward": [0.5, 0.0, 0.0],
            "without the probabilities": [0.5, -0.5, -0.5],
            "signs exchanged": [-0.25, 0.15, 0.1],
            "a cross-entropy": [-0.5, 0.3, 0.2],
            "the rewards": [1, 0, 0],
            "one of the three": 0.25,
            "not a number": [np.nan, -0.15, -0.1],
        },
        also_right={"computed": ODDS * (REWARDS - ODDS @ REWARDS)},
        explanation="The three add up to 0: softmax shares out one probability, so what one letter gains the others lose.",
    ),
    Exercise(
        key="308-2",
        title="A baseline that leaves the word itself out",
        minutes=10,
        test=test_leave_one_out,
        hints=(
            "The sum of the others is the sum of all minus the reward itself.",
            "Divide that by n - 1, and subtract it from the reward.",
        ),
        solution=leave_one_out,
        wrong_answers={
            "mean of the batch": batch_mean,
            "divided by n": divided_by_all,
            "sign": reversed_sign,
            "the baselines": baselines,
            "equal rewards left out": equal_ones_left_out,
            "divided by the spread": divided_by_the_spread,
        },
        also_right={"a loop, a list": leave_one_out_in_a_loop},
        explanation="A baseline must not depend on the outcome that it is compared with. With it the estimate is exactly unbiased.",
    ),
    Exercise(
        key="308-3",
        title="Draw different letters with one throw",
        minutes=10,
        test=test_draw_without_replacement,
        hints=("Gumbel-max takes the largest sum. Take the `count` largest.", "np.argsort(-noisy_scores)[:count]"),
        solution=draw_without_replacement,
        wrong_answers={
            "no noise": without_noise,
            "smallest sums": smallest_first,
            "even numbers added": uniform_added,
            "one logarithm": one_logarithm,
            "the largest last": largest_last,
            "noise subtracted": noise_subtracted,
        },
        also_right={"one after the other, a list": draw_one_after_the_other},
        explanation="The racers' order of arrival is a draw without replacement: once the first is in, the others race on with their odds unchanged.",
    ),
    Exercise(
        key="308-4",
        title="The temperature that writes most good words",
        minutes=15,
        test=test_best_temperature,
        hints=(
            'rates(write(models["predicts"], 0.6)) gives all five rates at temperature 0.6.',
            "Try temperatures from 0.3 to 1.2 in steps of 0.1, and look at distinct and novel too.",
        ),
        solution={"temperature": 0.6, "good": 0.62, "covered": 0.42},
        wrong_answers={
            "temperature 1": {"temperature": 1.0, "good": 0.5, "covered": 0.59},
            "too cold": {"temperature": 0.2, "good": 0.2, "covered": 0.1},
            "another writer": {"temperature": 0.7, "good": 0.3, "covered": 0.2},
            "exchanged": {"temperature": 0.7, "good": 0.56, "covered": 0.68},
            "valid for good": {"temperature": 0.4, "good": 0.93, "covered": 0.25},
            "good twice": {"temperature": 0.6, "good": 0.62, "covered": 0.62},
            "not a number": {"temperature": 0.6, "good": np.nan, "covered": 0.42},
        },
        also_right={
            "a little warmer": {"temperature": 0.7, "good": 0.609, "covered": 0.471},
            "a little colder": {"temperature": 0.5, "good": 0.63, "covered": 0.36},
        },
        program=PROGRAM,
        explanation="Colder letters are safer, until repeats and copies eat up the gain. Coverage falls all the way. By good words alone, each at its best temperature, the writer of the straight-through game comes close to the language model: what speaks for the model is coverage and time.",
    ),
]
