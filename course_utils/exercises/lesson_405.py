"""Exercises of lesson 405: a word from two sources, how much of a summary is new, and a measure that can be gamed."""

from collections import Counter

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number
from course_utils.scale import current_scale


def test_mixed_probability(answer):
    given = one_number(answer, "The probability")
    named = {
        0.3: "You counted one of the two places. The word stands twice in the source, and both places count.",
        0.61: "The gate is the share of the vocabulary, 0.8. You gave it to the copy.",
        0.95: "You added the two without the gate. Then all probabilities together would be 2.",
        0.2: "This is the part from the vocabulary. The copy adds to it.",
        0.14: "This is the part from the copy. The vocabulary adds to it.",
        0.24: "You counted the second place only. The word stands twice in the source, and both places count.",
        34: "A probability lies between 0 and 1. Did you write percent?",
    }
    for wrong, message in named.items():
        if np.isclose(given, wrong, atol=2e-3):
            raise Wrong(message)
    expect_close(given, 0.34, "gate x vocabulary + (1 - gate) x the weights of all its places.", tolerance=2e-3)


def new_bigrams(written, source):
    if len(written) < 2:
        return 0.0
    known = set(zip(source, source[1:]))
    new = [pair for pair in zip(written, written[1:]) if pair not in known]
    return len(new) / (len(written) - 1)


def _bigrams(text):
    return list(zip(text, text[1:]))


def _old_bigrams(written, source):
    return 1 - new_bigrams(written, source)


def _new_words(written, source):
    return sum(word not in source for word in written) / max(len(written), 1)


def _any_order(written, source):
    known = {frozenset(pair) for pair in _bigrams(source)}
    return sum(frozenset(pair) not in known for pair in _bigrams(written)) / max(len(written) - 1, 1)


def _both_words(written, source):
    return sum(not {*pair} <= {*source} for pair in _bigrams(written)) / max(len(written) - 1, 1)


def _counted_once(written, source):
    return sum((Counter(_bigrams(written)) - Counter(_bigrams(source))).values()) / max(len(written) - 1, 1)


def _distinct(written, source):
    return len({*_bigrams(written)} - {*_bigrams(source)}) / max(len({*_bigrams(written)}), 1)


def _inside_the_text(written, source):
    return sum(" ".join(pair) not in " ".join(source) for pair in _bigrams(written)) / max(len(written) - 1, 1)


def _in_a_ring(written, source):
    known = {*_bigrams(source), (source[-1], source[0])}
    return sum(pair not in known for pair in _bigrams(written)) / max(len(written) - 1, 1)


def _of_the_words(written, source):
    return new_bigrams(written, source) * (len(written) - 1) / max(len(written), 1)


def _count_of_new(written, source):
    return sum(pair not in _bigrams(source) for pair in _bigrams(written))


def _ones_minus_old(written, source):
    if len(written) < 2:
        return 0
    old = [(first, second) in _bigrams(source) for first, second in _bigrams(written)]
    return 1 - sum(1 / len(old) for known in old if known)


def _with_counters(written, source):
    mine, theirs = Counter(_bigrams(written)), Counter(_bigrams(source))
    return sum(times for pair, times in mine.items() if pair not in theirs) / max(mine.total(), 1)


def test_new_bigrams(answer):
    mistakes = {
        "This is the share of pairs that do stand in the source. The new ones were asked for.": _old_bigrams,
        "You compared single words. A bigram is two neighbouring words.": _new_words,
        "The order of the two words matters: graph a is not a graph.": _any_order,
        "Both words stand in the source, but the two must stand there side by side.": _both_words,
        "A bigram that is written twice and stands once in the source is no new one.": _counted_once,
        "Count each bigram as often as it is written.": _distinct,
        "Compare whole words: `of it` is no bigram of a source that has `of its`.": _inside_the_text,
        "The last word of the source and its first are no neighbours.": _in_a_ring,
        "Divide by the number of bigrams, one less than the number of words.": _of_the_words,
        "This is how many are new. Divide it by the number of bigrams of the summary.": _count_of_new,
    }
    source = "the order of a graph is the number of its nodes".split()
    written = ("the order of nodes " * 3 + "graph a graph is " + "the number of it " * 3).split()
    random = np.random.default_rng()
    some_words = [random.choice(["a", "graph", "of", "order", "the"], size).tolist() for size in (12, 20)]
    cases = ((written, source), some_words, some_words[::-1])
    given = [one_number(answer(*case), "The share") for case in cases]
    for message, mistake in mistakes.items():
        if np.allclose(given, [mistake(*case) for case in cases]):
            raise Wrong(message)
    if not np.allclose(given, [new_bigrams(*case) for case in cases]):
        raise Wrong("Count the bigrams of the summary that the source lacks, each as often as it is written.")
    expect_close(answer(source, source), 0, "A copied text has no new bigram.")
    expect_close(answer(source, ["order"]), 1, "A source of one word has no bigram: all of the summary's are new.")
    for text in (["graph"], []):
        expect_close(answer(text, source), 0, "A summary of fewer than two words has no bigram: return 0 for it.")


FINDING = {"name": 0.273, "gamed": 0.296}


def test_gamed(answer):
    name, gamed = measured_numbers(answer, "name", "gamed", shares=("name", "gamed"))
    if 0.28 < name < 0.3:
        raise Wrong("This is ROUGE-1. ROUGE-L is the last of the three columns.")
    if not 0.268 <= name <= 0.279:  # it is 0.2733, at any scale
        raise Wrong("`name` is ROUGE-L of the words of the names alone, over all test pairs: rouge(...)[:, 2].mean().")
    if gamed < name:
        raise Wrong("These two words cost points. Which ones begin the training summaries most often?")
    if gamed < name + 0.0095:
        raise Wrong("Nothing gained yet. Which two words begin the training summaries most often?")
    if gamed > 0.335:  # of the 25 pairs that begin most training summaries the best one reaches 0.327
        raise Wrong("So much? Is it ROUGE-L of the test part, and do the true summaries not take part in the writing?")


LONGER = {"once": 0.27, "longer": 0.25}


def test_longer_training(answer):
    once, longer = measured_numbers(answer, "once", "longer", shares=("once", "longer"))
    quick = current_scale() == "quick"  # at the full scale nothing was measured: the bounds are wide there
    if not 0.2 <= once <= (0.34 if quick else 0.5):
        raise Wrong('`once` is ROUGE-L of the model "with copying" after the training on the page: result[...][1].')
    if longer == once != round(once, 2):  # rounded to two digits they may well be equal
        raise Wrong(
            "Equal to the last digit: did the model write anew after the training? (If you rounded, give more digits.)"
        )
    if longer > once + (0.05 if quick else 0.15):
        raise Wrong("So much better? Is it measured on the test part, on packages that the model never saw?")
    if longer < once - (0.12 if quick else 0.2):
        raise Wrong(
            "So much worse? Did the training start anew, or with too large a learning rate? Adam(1e-3) is enough."
        )


GAMING_PROGRAM = """
def rouge_l_with(beginning, names, truths):
    texts = [[*beginning, *name_words(name)] for name in names]
    return rouge(texts, truths)[:, 2].mean()


counts_of_pairs = Counter(tuple(target[:2]) for target in targets)
frequent = [pair for pair, _ in counts_of_pairs.most_common(5)]
some, some_targets = train.names[:2000], targets[:2000]
best = max(frequent, key=lambda pair: rouge_l_with(pair, some, some_targets))
finding = {
    "name": rouge_l_with([], test.names, test_targets),
    "gamed": rouge_l_with(best, test.names, test_targets),
}
"""

TRAINING_PROGRAM = """
model = models["with copying"]
finding = {"once": result["with copying"][1]}
adam = keras.optimizers.Adam(1e-3, clipnorm=1.0)
model.compile(adam, loss=loss)
previous = shift_right(train_target, START)
model.fit([train_source, previous], train_target, batch_size=32, epochs=5, verbose=2)
written = summarize(model, test_source[:asked], steps)
finding["longer"] = facts(list(map(decode, written, test_sources)))[1]
"""

EXERCISES = [
    Exercise(
        key="405-1",
        title="A word from two sources",
        minutes=5,
        test=test_mixed_probability,
        hints=(
            "From the vocabulary: 0.8 x 0.25. From the copy: 0.2 x all attention on the word.",
            "The word stands at two places with the weights 0.5 and 0.2.",
        ),
        solution=0.34,
        wrong_answers={
            "one place only": 0.3,
            "gate swapped": 0.61,
            "no gate": 0.95,
            "vocabulary only": 0.2,
            "copy only": 0.14,
            "the other place only": 0.24,
            "percent": 34,
            "something else": 0.5,
            "not a number": np.nan,
        },
        explanation="0.8 x 0.25 + 0.2 x (0.5 + 0.2). A word that stands in both lists, or often in the source, collects from all.",
    ),
    Exercise(
        key="405-2",
        title="How much of a summary is new",
        minutes=10,
        test=test_new_bigrams,
        hints=(
            "zip(text, text[1:]) gives the bigrams of a list of words.",
            "Put those of the source into a set, count those of the summary that are not in it, divide by their number.",
        ),
        solution=new_bigrams,
        wrong_answers={
            "the old ones": _old_bigrams,
            "words in place of bigrams": _new_words,
            "order ignored": _any_order,
            "both words somewhere": _both_words,
            "each pair used up": _counted_once,
            "each pair once": _distinct,
            "searched in the joined text": _inside_the_text,
            "the source as a ring": _in_a_ring,
            "divided by the words": _of_the_words,
            "not divided": _count_of_new,
        },
        also_right={
            "one less the old ones": _ones_minus_old,
            "with counters": _with_counters,
            "an array": lambda written, source: np.array([new_bigrams(written, source)]),
        },
        explanation="See, Liu and Manning (2017, figure 6) measure abstraction like this. Their model, too, copied far more than people do.",
    ),
    Exercise(
        key="405-3",
        title="Game the measure",
        minutes=10,
        test=test_gamed,
        hints=(
            "Counter(tuple(target[:2]) for target in targets).most_common(5) shows how training summaries begin.",
            "rouge([[*beginning, *name_words(name)] for name in test.names], test_targets)[:, 2].mean() is the second number.",
        ),
        solution=FINDING,
        program=GAMING_PROGRAM,
        wrong_answers={
            "a key is missing": {"name": 0.27},
            "per cent": {"name": 27, "gamed": 30},
            "nothing gained": {"name": 0.27, "gamed": 0.27},
            "ROUGE-1": {"name": 0.291, "gamed": 0.325},
            "one text's scores in place of a column": {"name": 0.12, "gamed": 0.17},
            "the truth was used": {"name": 0.27, "gamed": 0.6},
            "a beginning that costs": {"name": 0.273, "gamed": 0.231},
            "not a number": {"name": 0.273, "gamed": np.nan},
        },
        also_right={"rounded": {"name": 0.27, "gamed": 0.3}, "returns the": {"name": 0.2733, "gamed": 0.3273}},
        explanation="Two words that say nothing raise the score, because many summaries hold a word such as `the`. "
        "ROUGE rewards the form; only a reader, or a question about the content, notices that nothing was added. "
        "Compare with the trained model: this rule, which reads no body and learns one pair of words, is no worse.",
    ),
    Exercise(
        key="405-4",
        title="Is more training the cure?",
        minutes=15,
        test=test_longer_training,
        hints=(
            'models["with copying"].compile(keras.optimizers.Adam(1e-3, clipnorm=1.0), loss=loss), then '
            "fit([train_source, shift_right(train_target, START)], train_target, batch_size=32, epochs=5, verbose=2).",
            "summarize(model, test_source[:asked], steps), decode each row, then facts(...)[1].",
        ),
        solution=LONGER,
        program=TRAINING_PROGRAM,
        wrong_answers={
            "a key is missing": {"longer": 0.25},
            "per cent": {"once": 26.4, "longer": 25},
            "the other model": {"once": 0.15, "longer": 0.16},
            "measured on training": {"once": 0.27, "longer": 0.4},
            "broken by the learning rate": {"once": 0.27, "longer": 0.1},
            "not written anew": {"once": 0.259, "longer": 0.259},
            "not a number": {"once": 0.27, "longer": np.nan},
        },
        also_right={
            "a little better": {"once": 0.2592, "longer": 0.2711},
            "rounded": {"once": 0.27, "longer": 0.27},
            "hardly another number": {"once": 0.259, "longer": 0.26},
        },
        explanation="The training loss goes on falling. If ROUGE-L on unseen packages hardly moves, or falls, the model learns the ten packages "
        "rather than the task. More time is then no cure; other texts may be: lesson 408 takes that way.",
    ),
]
