"""Exercises of lesson 207: a mask in additive attention, the probability of an answer, and rules that count."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number, some_numbers

WEIGHT_MISTAKES = {
    0.6: "The padding still takes its share: a masked letter has weight 0, so it is not in the sum.",
    6.0: "This is e to the score. Divide by the sum over the letters that may be read.",
    1 / 7: "This is the weight of the first letter. The second was asked for.",
    2 / 3: "The mask hides the third letter, not the first.",
    float(np.log(6) / np.log(18)): "You divided the scores themselves. Softmax divides their exponentials.",
    float(np.log(6)): "This is the score. Softmax makes a weight of it.",
}


def test_masked_weight(answer):
    number = one_number(answer)
    for mistake, message in WEIGHT_MISTAKES.items():
        if np.isclose(number, mistake, atol=2e-3):
            raise Wrong(message)
    if 1 < number <= 100:
        raise Wrong("A weight lies between 0 and 1. Did you write percent?")
    expect_close(number, 6 / 7, "Leave the padding out, then divide by the sum of what remains.", tolerance=2e-3)


def log_probability(logits, codes):
    logits, codes = np.asarray(logits, dtype="float64"), np.asarray(codes)
    largest = logits.max(axis=-1, keepdims=True)
    log_shares = logits - largest - np.log(np.exp(logits - largest).sum(axis=-1, keepdims=True))
    taken = np.take_along_axis(log_shares, codes[..., np.newaxis], axis=-1)[..., 0]
    return (taken * (codes != 0)).sum(axis=-1)


def log_probability_step_by_step(logits, codes):
    totals = []
    for answer_logits, answer_codes in zip(logits, codes):
        total = 0.0
        for step, code in zip(answer_logits, answer_codes):
            if code:
                total += step[code] - np.logaddexp.reduce(step)
        totals.append(total)
    return totals


def without_softmax(logits, codes):
    taken = np.take_along_axis(logits, codes[..., np.newaxis], axis=-1)[..., 0]
    return (taken * (codes != 0)).sum(axis=-1)


def with_padding(logits, codes):
    log_shares = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
    return np.take_along_axis(log_shares, codes[..., np.newaxis], axis=-1)[..., 0].sum(axis=-1)


def mean_over_steps(logits, codes):
    return log_probability(logits, codes) / (codes != 0).sum(axis=-1)


def probability_itself(logits, codes):
    return np.exp(log_probability(logits, codes))


def most_likely_codes(logits, codes):
    return log_probability(logits, np.where(codes == 0, 0, logits.argmax(axis=-1)))


def cross_entropy(logits, codes):
    return -log_probability(logits, codes)


def overflows(logits, codes):
    with np.errstate(all="ignore"):
        shares = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
        logarithms = np.log(np.take_along_axis(shares, codes[..., np.newaxis], axis=-1)[..., 0])
    return np.where(codes != 0, logarithms, 0).sum(axis=-1)


def logarithm_of_the_product(logits, codes):
    shares = np.exp(logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True))
    taken = np.take_along_axis(shares, codes[..., np.newaxis], axis=-1)[..., 0]
    with np.errstate(divide="ignore"):
        return np.log(np.where(codes != 0, taken, 1).prod(axis=-1))


def with_epsilon(logits, codes):
    shares = np.exp(logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True))
    taken = np.take_along_axis(shares, codes[..., np.newaxis], axis=-1)[..., 0]
    return np.where(codes != 0, np.log(taken + 1e-7), 0).sum(axis=-1)


def one_maximum_for_all(logits, codes):
    shifted = logits - logits.max()
    with np.errstate(divide="ignore"):
        log_shares = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    taken = np.take_along_axis(log_shares, codes[..., np.newaxis], axis=-1)[..., 0]
    return np.where(codes != 0, taken, 0).sum(axis=-1)


PROBABILITY_MISTAKES = {
    without_softmax: "The logits are no probabilities yet: subtract the logarithm of the sum of their exponentials.",
    with_padding: "The padding counts too. Steps whose code is 0 belong to no answer.",
    mean_over_steps: "You took the mean over the steps. A probability of the whole answer needs the sum of the logarithms.",
    probability_itself: "This is the probability itself. For long answers it underflows: stay with the logarithm.",
    most_likely_codes: "You scored the most likely codes, not the codes of the given answer.",
    cross_entropy: "The sign is turned: this is the loss. The logarithm of a probability is never positive.",
}


def answers_to_score(seed, lengths, steps, characters):
    """Logits (n, steps, characters) and codes (n, steps) of answers of these lengths, padded with 0."""
    random = np.random.default_rng(seed)
    codes = random.integers(1, characters, size=(len(lengths), steps))
    codes[np.arange(steps) >= np.array(lengths)[:, np.newaxis]] = 0
    return random.normal(size=(len(lengths), steps, characters)), codes


def test_log_probability(answer):
    for seed, lengths, steps, characters in ((0, (3, 5, 2), 5, 4), (1, (4,), 6, 9), (2, (1, 7), 7, 3)):
        logits, codes = answers_to_score(seed, lengths, steps, characters)
        given, expected = answer(logits, codes), log_probability(logits, codes)
        given = some_numbers(given, expected.shape, "The result")
        for mistake, message in PROBABILITY_MISTAKES.items():
            if np.allclose(given, mistake(logits, codes)):
                raise Wrong(message)
        expect_close(given, expected, "Sum the logarithms of the given codes' shares over the steps.")
    with np.errstate(all="ignore"):  # what overflows shows in the result
        large = np.asarray(answer(logits + 1000, codes), dtype="float64")
    if not np.allclose(large, expected, rtol=1e-3, atol=1e-3):
        raise Wrong("With large logits the exponential overflows. Subtract the largest logit of each step first.")
    one_step = logits.copy()
    one_step[1, 3] += 1000  # of the batch's second answer
    with np.errstate(all="ignore"):
        large = np.asarray(answer(one_step, codes), dtype="float64")
    if not np.allclose(large, expected, rtol=1e-3, atol=1e-3):
        raise Wrong(
            "With large logits in one step the others come out wrong: subtract the largest of each step, not of all."
        )
    sure = 50 * logits
    with np.errstate(all="ignore"):
        given = np.asarray(answer(sure, codes), dtype="float64")
    if not np.allclose(given, log_probability(sure, codes), rtol=1e-3):
        raise Wrong(
            "A network that is sure gives shares far below 1e-7. Do not add to them or cut them: subtract logarithms."
        )
    logits, codes = answers_to_score(3, (500, 20), 500, 30)
    with np.errstate(all="ignore"):
        long = np.asarray(answer(logits, codes), dtype="float64")
    if not np.allclose(long, log_probability(logits, codes), rtol=1e-3):
        raise Wrong("Answers of 500 steps come out wrong: a product of so many shares is 0. Add their logarithms.")


FINDING = {"rules": 0.762, "counted": 1.0}
PROGRAM = r"""
from collections import Counter

counts = {}
for source, target in zip(dates.train.sources, dates.train.targets):
    if " " not in target:  # a single date
        for word in set(re.findall(r"[^\W\d]+", source.lower())):
            counts.setdefault(word, Counter())[int(target[5:7])] += 1

counted_months = {}
for word, months_beside_it in counts.items():
    month, times = months_beside_it.most_common(1)[0]
    if times > 0.9 * months_beside_it.total():
        counted_months[word] = month

by_counting = [read_by_rules(text, counted_months) for text in test.sources]
finding = {
    "rules": exact_match(by_rules, test.targets),
    "counted": exact_match(by_counting, test.targets),
}
check("207-3", finding)
"""


def test_counted_months(answer):
    rules, counted = measured_numbers(answer, "rules", "counted", shares=("rules", "counted"))
    if abs(rules - FINDING["rules"]) > 0.015:
        raise Wrong(
            "`rules` is the share of whole test sentences that the English rules read: exact_match(by_rules, test.targets)."
        )
    if counted <= rules + 0.005:
        raise Wrong(
            "The counted table reads no more than the English one. Are its keys whole words in small letters, the abbreviations among them?"
        )
    if counted < 0.9:
        raise Wrong("Some months are missing still. Count the names of all languages, and the accents: août, már, ápr.")


EXERCISES = [
    Exercise(
        key="207-1",
        title="A weight beside padding",
        minutes=5,
        test=test_masked_weight,
        hints=(
            "The weight of a masked letter is 0: strike it out before you divide.",
            "What remains is 1 and 6. The second letter gets its part of their sum.",
        ),
        solution=6 / 7,
        wrong_answers={
            "mask ignored": 0.6,
            "no division": 6,
            "the first letter": 1 / 7,
            "the wrong letter masked": 2 / 3,
            "scores divided": 0.62,
            "the score": 1.79,
            "percent": 85.7,
            "not a number": float("nan"),
            "something else": 0.3,
        },
        also_right={"rounded": 0.86},
        explanation="6 / (1 + 6). A mask changes the weights of all letters, because they must sum to 1.",
    ),
    Exercise(
        key="207-2",
        title="The probability of a written answer",
        minutes=10,
        test=test_log_probability,
        hints=(
            "Log-softmax: logits minus the logarithm of the sum of their exponentials, over the last axis.",
            "np.take_along_axis(log_shares, codes[..., None], axis=-1)[..., 0] picks one number a step; multiply by codes != 0 and sum.",
            "Subtract logits.max(axis=-1, keepdims=True) first, so that nothing overflows.",
        ),
        solution=log_probability,
        wrong_answers={
            "logits as they are": without_softmax,
            "padding counted": with_padding,
            "mean in place of sum": mean_over_steps,
            "probability in place of its logarithm": probability_itself,
            "greedy codes in place of the given ones": most_likely_codes,
            "the loss": cross_entropy,
            "an overflow": overflows,
            "the logarithm of a product": logarithm_of_the_product,
            "a small number added": with_epsilon,
            "one maximum for all": one_maximum_for_all,
        },
        also_right={"step by step, a list": log_probability_step_by_step},
        explanation="Greedy decoding takes the best character at each step, which need not be the best whole answer. "
        "Beam search keeps several beginnings and compares them by exactly this sum.",
    ),
    Exercise(
        key="207-3",
        title="Rules that learn their months by counting",
        minutes=15,
        test=test_counted_months,
        hints=(
            "For sentences of one date: month = int(target[5:7]), names = re.findall(r'[^\\W\\d]{3,}', source.lower()).",
            "Count each (name, month) pair. Keep a name if nearly all its sentences have one month; a weekday spreads over all twelve.",
        ),
        solution=FINDING,
        wrong_answers={
            "a key is missing": {"rules": 0.76},
            "per cent": {"rules": 73, "counted": 97},
            "nothing gained": {"rules": 0.76, "counted": 0.73},
            "another share as baseline": {"rules": 0.33, "counted": 1.0},
            "not a number": {"rules": 0.762, "counted": float("nan")},
            "only names without accents": {"rules": 0.762, "counted": 0.879},
        },
        also_right={"short names left out": {"rules": 0.76, "counted": 0.97}},
        program=PROGRAM,
        explanation="Rules with counted months can be better than the network: this problem has a structure that fits on a page. "
        "The three patterns are knowledge that you brought; the network had none of it.",
    ),
]
