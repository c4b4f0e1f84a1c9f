"""Exercises of lesson 207: a mask in additive attention, the probability of an answer, and rules that count."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers


def test_masked_weight(answer):
    try:
        given = float(answer)
    except (TypeError, ValueError) as error:
        raise Wrong("One number was expected, the weight of the second letter.") from error
    named = {
        0.6: "The padding still takes its share: a masked letter has weight 0, so it is not in the sum.",
        6.0: "This is e to the score. Divide by the sum over the letters that may be read.",
        1 / 7: "This is the weight of the first letter. The second was asked for.",
    }
    for wrong, message in named.items():
        if np.isclose(given, wrong, atol=2e-3):
            raise Wrong(message)
    expect_close(given, 6 / 7, "Leave the padding out, then divide by the sum of what remains.", tolerance=2e-3)


def log_probability(logits, codes):
    logits, codes = np.asarray(logits, dtype="float64"), np.asarray(codes)
    largest = logits.max(axis=-1, keepdims=True)
    log_shares = logits - largest - np.log(np.exp(logits - largest).sum(axis=-1, keepdims=True))
    taken = np.take_along_axis(log_shares, codes[..., np.newaxis], axis=-1)[..., 0]
    return (taken * (codes != 0)).sum(axis=-1)


def _without_softmax(logits, codes):
    taken = np.take_along_axis(logits, codes[..., np.newaxis], axis=-1)[..., 0]
    return (taken * (codes != 0)).sum(axis=-1)


def _with_padding(logits, codes):
    shares = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return np.log(np.take_along_axis(shares, codes[..., np.newaxis], axis=-1)[..., 0]).sum(axis=-1)


def _mean(logits, codes):
    return log_probability(logits, codes) / (codes != 0).sum(axis=-1)


def _product(logits, codes):
    return np.exp(log_probability(logits, codes))


def _most_likely(logits, codes):
    return log_probability(logits, np.where(codes == 0, 0, logits.argmax(axis=-1)))


def test_log_probability(answer):
    random = np.random.default_rng(0)
    logits = random.normal(size=(3, 5, 4))
    logits[0, 0, 1] += 5
    codes = np.array([[1, 2, 3, 0, 0], [3, 3, 1, 2, 1], [2, 1, 0, 0, 0]])
    given = answer(logits.copy(), codes.copy())
    mistakes = {
        "The logits are no probabilities yet: subtract the logarithm of the sum of their exponentials.": _without_softmax,
        "The padding counts too. Steps whose code is 0 belong to no answer.": _with_padding,
        "You took the mean over the steps. A probability of the whole answer needs the sum of the logarithms.": _mean,
        "This is the probability itself. For long answers it underflows: stay with the logarithm.": _product,
        "You scored the most likely codes, not the codes of the given answer.": _most_likely,
    }
    for message, mistake in mistakes.items():
        wrong = mistake(logits, codes)
        if np.shape(given) == wrong.shape and np.allclose(np.asarray(given, dtype="float64"), wrong):
            raise Wrong(message)
    expect_close(given, log_probability(logits, codes), "Sum the logarithms of the given codes' shares over the steps.")
    large = answer(logits + 1000, codes)
    expect_close(
        large,
        log_probability(logits, codes),
        "With large logits the exponential overflows. Subtract the largest logit of each step first.",
    )


FINDING = {"rules": 0.76, "counted": 1.0}


def test_counted_months(answer):
    rules, counted = measured_numbers(answer, "rules", "counted", shares=("rules", "counted"))
    if not 0.6 <= rules <= 0.8:
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
        wrong_answers={"mask ignored": 0.6, "no softmax": 6, "the first letter": 1 / 7, "something else": 0.3},
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
            "logits as they are": _without_softmax,
            "padding counted": _with_padding,
            "mean in place of sum": _mean,
            "probability in place of its logarithm": _product,
            "greedy codes in place of the given ones": _most_likely,
        },
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
            "half of the months": {"rules": 0.76, "counted": 0.85},
        },
        explanation="Rules with counted months can be better than the network: this problem has a structure that fits on a page. "
        "The three patterns are knowledge that you brought; the network had none of it.",
    ),
]
