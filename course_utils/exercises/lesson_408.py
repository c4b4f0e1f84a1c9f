"""Exercises of lesson 408: how many words a masked text changes, one blank in each place, and two students who decide together."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_equal, measured_numbers

MASK = 2


def test_changed_words(answer):
    try:
        given = float(answer)
    except (TypeError, ValueError) as error:
        raise Wrong("One number was expected: how many words differ.") from error
    named = {
        150: "These are all words that are asked. One in ten of them is shown as it is.",
        120: "These are the blanks. Random words differ from the text as well.",
        135_000: "This is for a text of a million words. This one has a thousand.",
        900: "You took the shares of 80 and 10 % from all words. They are shares of the 15 %.",
    }
    for wrong, message in named.items():
        if np.isclose(given, wrong, atol=0.5):
            raise Wrong(message)
    if not abs(given - 135) < 0.5:
        raise Wrong("Of 1000 words 15 % are asked. Blanks and random words differ from the text; the kept ones do not.")


def one_blank_each(codes):
    codes = np.asarray(codes)
    count = int((codes > 0).sum())
    copies = np.tile(codes, (count, 1))
    copies[np.arange(count), np.arange(count)] = MASK
    return copies


def _padding_too(codes):
    copies = np.tile(codes, (len(codes), 1))
    np.fill_diagonal(copies, MASK)
    return copies


def _all_in_one(codes):
    copies = np.tile(codes, (int((codes > 0).sum()), 1))
    for place in range(len(copies)):
        copies[place:, place] = MASK
    return copies


def _code_zero(codes):
    copies = one_blank_each(codes)
    return np.where(copies == MASK, 0, copies)


def _only_blanks(codes):
    copies = one_blank_each(codes)
    return np.where(copies == MASK, copies, 0)


def test_one_blank_each(answer):
    codes = np.array([17, 5, 9, 5, 0, 0], dtype="int32")
    before = codes.copy()
    given = answer(codes)
    if given is None:
        raise Wrong("The function returns None: is the `return` missing?")
    if not np.array_equal(codes, before):
        raise Wrong("The sentence itself was changed. Write the blanks into copies: np.tile(codes, (count, 1)).")
    given = np.asarray(given)
    mistakes = {
        "Padding is no word: a sentence of four words has four copies, whatever its padding.": _padding_too,
        "The blanks pile up: each copy must have one blank only, the other words as they were.": _all_in_one,
        "The hidden word became code 0, which is padding: attention leaves it out. The blank is code 2.": _code_zero,
        "Only the blank is left. The other words are the context, they must stay.": _only_blanks,
    }
    for message, mistake in mistakes.items():
        wrong = mistake(codes)
        if given.shape == wrong.shape and np.array_equal(given, wrong):
            raise Wrong(message)
    if given.shape != (4, 6):
        raise Wrong(f"The shape is {given.shape}; four words and a length of 6 make (4, 6).")
    expect_equal(given, one_blank_each(codes), "Copy number i is the sentence with code 2 at place i.")
    expect_equal(
        np.asarray(answer(np.array([8, 0, 0]))).tolist(), [[2, 0, 0]], "A sentence of one word has one copy, a blank."
    )


FINDING = {"bag": 0.724, "vectors": 0.7295, "both": 0.7425}


def test_both(answer):
    bag, vectors, both = measured_numbers(answer, "bag", "vectors", "both", shares=("bag", "vectors", "both"))
    if max(bag, vectors, both) > 0.8:
        raise Wrong("That is too good. Were the models fitted to test sentences?")
    if bag > 0.74:
        raise Wrong("The bag of words alone is too good for 2000 labels. Were there 5000?")
    if bag < 0.71:
        raise Wrong("The bag of words alone is too poor for MultinomialNB with 2000 labels of draw(2000, seed).")
    if not 0.69 < vectors < 0.75:
        raise Wrong(
            "`vectors` is not what `careful` gives: fit it to means[0][chosen] and labels[chosen], score it on means[1]."
        )
    if both < max(bag, vectors) - 0.01:
        raise Wrong(
            "Together they are worse than alone. Are both rows of probabilities of the same sentence, and both columns of the same answer?"
        )
    if both <= max(bag, vectors) + 0.003:
        raise Wrong(
            "Together they are no better than the better one. Add the probabilities, sentence by sentence, before you decide; do not average the shares."
        )


EXERCISES = [
    Exercise(
        key="408-1",
        title="Words that differ",
        minutes=5,
        test=test_changed_words,
        hints=(
            "How many of the 1000 words are asked? Of these, which parts differ from the text: blank, random, kept?",
            "150 are asked; 80 % of them become blanks and 10 % random words.",
        ),
        solution=135,
        wrong_answers={
            "all that are asked": 150,
            "blanks only": 120,
            "a million words": 135_000,
            "shares of all words": 900,
            "something else": 100,
        },
        explanation="150 are asked, 15 of them stay as they are: 135 differ (hardly ever, a random word hits the true one).",
    ),
    Exercise(
        key="408-2",
        title="One blank in each place",
        minutes=10,
        test=test_one_blank_each,
        hints=(
            "count = (codes > 0).sum() words; np.tile(codes, (count, 1)) makes that many copies.",
            "copies[np.arange(count), np.arange(count)] = 2 writes one blank into each copy.",
        ),
        solution=one_blank_each,
        wrong_answers={
            "padding hidden too": _padding_too,
            "blanks pile up": _all_in_one,
            "padding in place of the blank": _code_zero,
            "only the blank left": _only_blanks,
            "a list of places": lambda codes: np.flatnonzero(codes),
        },
        explanation="Sum the log-probabilities of the hidden words over the copies, and you have a score for the whole sentence: "
        "the pseudo-log-likelihood of Salazar et al. (2020, arXiv:1910.14659). It tells fluent sentences from broken ones.",
    ),
    Exercise(
        key="408-3",
        title="Words and vectors together",
        minutes=15,
        test=test_both,
        hints=(
            "chosen = draw(2000, 0); first = MultinomialNB().fit(bags[0][chosen], labels[chosen]).predict_proba(bags[1]) is of shape "
            "(2000, 2). careful with means[0] and means[1] gives the second.",
            "np.mean((first + second).argmax(axis=1) == test_labels) is the share of both. Do it for each seed, and take the mean.",
        ),
        solution=FINDING,
        wrong_answers={
            "a key is missing": {"bag": 0.724, "both": 0.7425},
            "per cent": {"bag": 72.4, "vectors": 72.95, "both": 74.25},
            "200 labels": {"bag": 0.6013, "vectors": 0.7048, "both": 0.6375},
            "5000 labels": {"bag": 0.7663, "vectors": 0.7362, "both": 0.7675},
            "sentences in another order": {"bag": 0.724, "vectors": 0.7295, "both": 0.6982},
            "the mean of the two shares": {"bag": 0.724, "vectors": 0.7295, "both": 0.7268},
            "fitted to the test part": {"bag": 0.961, "vectors": 0.7435, "both": 0.9495},
            "vectors with labels of another draw": {"bag": 0.724, "vectors": 0.5238, "both": 0.7217},
        },
        explanation="Together they are a point better: they err on different sentences. The bag weighs words that the vectors "
        "do not know; the vectors know words that no label touched. With 5000 labels, nothing was gained.",
    ),
]
