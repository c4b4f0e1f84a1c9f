"""Exercises of lesson 47: how many words a masked text changes, one blank in each place, and two kinds of features together."""

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
    if not 134 <= given <= 135.5:
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


FINDING = {"bag": 0.749, "both": 0.763}


def test_both(answer):
    bag, both = measured_numbers(answer, "bag", "both", shares=("bag", "both"))
    if bag < 0.6:
        raise Wrong("`bag` is the bag of words with 5000 labels, curves['bag of words'][5000], not with few.")
    if both > 0.85:
        raise Wrong("That is too good. Was the test part among the sentences that the model was fitted to?")
    if both < 0.6:
        raise Wrong("`both` is near chance. Do rows of words and rows of vectors stand in the same order?")
    if both <= bag + 0.003:
        raise Wrong(
            "Together they are no better than the bag alone. Were the vectors standardised (StandardScaler), and C small, 0.1 for instance?"
        )


EXERCISES = [
    Exercise(
        key="47-1",
        title="Words that differ",
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
        key="47-2",
        title="One blank in each place",
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
        key="47-3",
        title="Words and vectors together",
        test=test_both,
        hints=(
            "sparse.hstack([bag, standardised means]).tocsr() puts the columns side by side, for train and for test.",
            "Fit StandardScaler on means[0] and use it for both; then LogisticRegression(C=0.1, max_iter=2000) on draw(5000, 0).",
        ),
        solution=FINDING,
        wrong_answers={
            "a key is missing": {"both": 0.76},
            "per cent": {"bag": 74.9, "both": 76.3},
            "few labels": {"bag": 0.56, "both": 0.65},
            "rows in another order": {"bag": 0.749, "both": 0.52},
            "not standardised": {"bag": 0.749, "both": 0.749},
            "test among the training sentences": {"bag": 0.749, "both": 0.93},
        },
        explanation="They err differently: the bag knows the rare words that 5000 labels make plain, the vectors know the words "
        "that no label touched.",
    ),
]
