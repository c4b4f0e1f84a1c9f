"""Exercises of lesson 408: how many words a masked text changes, one blank in each place, and two students who decide together."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, measured_numbers, one_number


def test_changed_words(answer):
    given = one_number(answer, "The number of words")
    named = {
        150: "These are all words that are asked. One in ten of them is shown as it is.",
        120: "These are the blanks. Random words differ from the text as well.",
        135_000: "This is for a text of a million words. This one has a thousand.",
        900: "You took the shares of 80 and 10 % from all words. They are shares of the 15 %.",
        15: "These are the asked words that stay as they are.",
        0.135: "This is the share of the words. How many of 1000 are that?",
        13.5: "This is the share in percent. How many of 1000 are that?",
    }
    for wrong, message in named.items():
        if np.isclose(given, wrong):
            raise Wrong(message)
    if not np.isclose(given, 135):
        raise Wrong(
            f"It is not {given:g}. Of 1000 words 15 % are asked. Blanks and random words differ from the text; the kept "
            "ones do not."
        )


def one_blank_each(codes):
    codes = np.asarray(codes)
    count = int((codes > 0).sum())
    copies = np.tile(codes, (count, 1))
    copies[np.arange(count), np.arange(count)] = 2  # the blank
    return copies


def _padding_too(codes):
    copies = np.tile(codes, (len(codes), 1))
    np.fill_diagonal(copies, 2)
    return copies


def _all_in_one(codes):
    copies = np.tile(codes, (int((codes > 0).sum()), 1))
    for place in range(len(copies)):
        copies[place:, place] = 2
    return copies


def _code_zero(codes):
    copies = one_blank_each(codes)
    return np.where(copies == 2, 0, copies)


def _only_blanks(codes):
    copies = one_blank_each(codes)
    return np.where(copies == 2, copies, 0)


def _the_same_array(codes):
    copies = []
    for place in range(np.count_nonzero(codes)):
        codes[place] = 2
        copies.append(codes)
    return copies


def _words_that_occur_twice(codes):
    return [np.where(codes == code, 2, codes) for code in codes if code > 0]


def _padding_cut(codes):
    count = np.count_nonzero(codes)
    return one_blank_each(codes)[:, :count]


def _last_first(codes):
    return one_blank_each(codes)[::-1]


def _by_where(codes):
    is_word = np.asarray(codes) != 0
    return np.where(np.eye(len(codes), dtype=bool)[is_word], 2, codes)


def _by_lists(codes):
    codes = list(codes)
    return [[*codes[:place], 2, *codes[place + 1 :]] for place, code in enumerate(codes) if code > 0]


def test_one_blank_each(answer):
    mistakes = {
        "Padding is no word: a sentence of four words has four copies, whatever its padding.": _padding_too,
        "The blanks pile up: each copy must have one blank only, the other words as they were.": _all_in_one,
        "The hidden word became code 0, which is padding: attention leaves it out. The blank is code 2.": _code_zero,
        "Only the blank is left. The other words are the context, they must stay.": _only_blanks,
        "All copies are one and the same array, with all blanks in it. Copy it for each: codes.copy().": _the_same_array,
        "A word that stands twice in the sentence was hidden at both places. Hide one place at a time.": _words_that_occur_twice,
        "The padding is gone. A copy is as long as the row of codes.": _padding_cut,
        "The last word is hidden first. Copy number i has the blank at place i.": _last_first,
    }
    random = np.random.default_rng()
    rows = [[17, 5, 9, 5, 0, 0], [8, 0, 0], [*random.integers(3, 99, 6), *[0] * int(random.integers(4))]]
    for row in rows:
        codes = np.array(row, dtype="int32")
        given, expected = np.asarray(answer(codes)), one_blank_each(codes)
        if np.array_equal(given, expected):
            continue
        for message, mistake in mistakes.items():
            if np.array_equal(given, mistake(codes.copy())):
                raise Wrong(message)
        if given.shape != expected.shape:
            words, length = expected.shape
            raise Wrong(f"The shape is {given.shape}; words: {words}, and a length of {length} make {expected.shape}.")
        raise Wrong("Copy number i is the sentence with code 2 at place i.")


FINDING = {"bag": 0.724, "vectors": 0.7295, "both": 0.7425}


def test_both(answer):
    bag, vectors, both = measured_numbers(answer, "bag", "vectors", "both", shares=("bag", "vectors", "both"))
    if max(bag, vectors, both) > 0.8:
        raise Wrong("That is too good. Were the models fitted to test sentences?")
    if bag > 0.73:  # it is 0.724: counting depends on no seed of the page
        raise Wrong("The bag of words alone is too good for 2000 labels. Were there 5000?")
    if bag < 0.718:
        raise Wrong("The bag of words alone is too poor for MultinomialNB with 2000 labels of draw(2000, seed).")
    if not 0.715 < vectors < 0.745:  # 0.730 at both scales
        raise Wrong(
            "`vectors` is not what `careful` gives: fit it to means[0][chosen] and labels[chosen], score it on means[1]."
        )
    if both < max(bag, vectors) - 0.01:
        raise Wrong(
            "Together they are worse than alone. Are both rows of probabilities of the same sentence, and both columns of the same answer?"
        )
    if both > 0.755:  # it is 0.742
        raise Wrong("`both` is too good. Is it the mean over the three seeds, of 2000 labels each?")
    if both <= max(bag, vectors) + 0.003:
        raise Wrong(
            "Together they are no better than the better one. Add the probabilities, sentence by sentence, before you decide; do not average the shares."
        )


PROGRAM = """
shares = {"bag": [], "vectors": [], "both": []}
for seed in (0, 1, 2):
    chosen = draw(2000, seed)
    bayes = MultinomialNB().fit(bags[0][chosen], labels[chosen])
    careful.fit(means[0][chosen], labels[chosen])
    first, second = bayes.predict_proba(bags[1]), careful.predict_proba(means[1])
    for name, votes in (("bag", first), ("vectors", second), ("both", first + second)):
        shares[name].append(np.mean(votes.argmax(axis=1) == test_labels))
answer = {name: np.mean(values) for name, values in shares.items()}
"""

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
            "kept ones": 15,
            "a share": 0.135,
            "not whole": 134.6,
            "something else": 100,
            "not a number": np.nan,
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
            "one array for all copies": _the_same_array,
            "words in place of places": _words_that_occur_twice,
            "padding cut": _padding_cut,
            "last word first": _last_first,
            "a list of places": lambda codes: np.flatnonzero(codes),
        },
        also_right={"by np.where": _by_where, "by lists": _by_lists},
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
        program=PROGRAM,
        wrong_answers={
            "a key is missing": {"bag": 0.724, "both": 0.7425},
            "per cent": {"bag": 72.4, "vectors": 72.95, "both": 74.25},
            "200 labels": {"bag": 0.6013, "vectors": 0.7048, "both": 0.6375},
            "5000 labels": {"bag": 0.7663, "vectors": 0.7362, "both": 0.7675},
            "sentences in another order": {"bag": 0.724, "vectors": 0.7295, "both": 0.6982},
            "the mean of the two shares": {"bag": 0.724, "vectors": 0.7295, "both": 0.7268},
            "fitted to the test part": {"bag": 0.961, "vectors": 0.7435, "both": 0.9495},
            "vectors with labels of another draw": {"bag": 0.724, "vectors": 0.5238, "both": 0.7217},
            "both with 5000 labels": {"bag": 0.724, "vectors": 0.7295, "both": 0.7675},
            "not a number": {"bag": 0.724, "vectors": np.nan, "both": 0.7425},
        },
        also_right={
            "rounded": {"bag": 0.72, "vectors": 0.73, "both": 0.74},
            "at the full scale": {"bag": 0.724, "vectors": 0.7303, "both": 0.7415},
        },
        explanation="Together they are a point better: they err on different sentences. The bag weighs words that the vectors "
        "do not know; the vectors know words that no label touched. With 5000 labels, nothing was gained.",
    ),
]
