"""Exercises of lesson 406: a span on paper, a reader without a network, and heads against blocks."""

import functools

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, measured_numbers, some_numbers
from course_utils.scale import current_scale


def test_span_on_paper(answer):
    if isinstance(answer, (set, dict)):
        raise Wrong("The order matters: first word, last word. Give a pair, (0, 3) for instance.")
    given = tuple(some_numbers(answer, (2,), "The span").tolist())
    named = {
        (1, 0): "This is the best start and the best end, each for itself, and the end stands before the start.",
        (0, 0): "You kept the best end, so the start could only be word 0. Compare the sums: another has more than 5.",
        (3, 1): "The order is first word, then last word, counted from 0.",
        (2, 4): "You counted from 1. The first word has the number 0.",
        (4, 3): "These are the scores of the span. Its first and its last word were asked for.",
        (1, 1): "The best start alone, as a span of one word, has 4 + 0. Another has more.",
    }
    if given in named:
        raise Wrong(named[given])
    if given != (1, 3):
        span = " to ".join(f"{word:g}" for word in given)
        raise Wrong(
            f"The best span is not {span}. Write down start + end for the ten spans whose first word is not behind their "
            "last, and take the largest."
        )


def where_is(story, thing):
    taken, dropped = ("took", "picked", "grabbed", "got"), ("dropped", "put", "left", "discarded")
    place_of, place, holder = {}, None, None
    for sentence in story:
        words = sentence.rstrip(".").split()
        person, verb, what = words[0], words[1], words[-1]
        if what == thing:
            holder, place = (person if verb in taken else None), place_of[person]
        elif verb not in taken + dropped:
            place_of[person] = what
            place = what if person == holder else place
    return place


def _moves(story):
    """(person, place) of each move, in their order."""
    split = [sentence.rstrip(".").split() for sentence in story]
    return [(words[0], words[-1]) for words in split if words[1] in ("went", "moved", "travelled", "journeyed")]


def _never_dropped(story, thing):
    holder = _person(story, thing)
    return [place for person, place in _moves(story) if person == holder][-1]


def _where_it_was_taken(story, thing):
    last = max(number for number, sentence in enumerate(story) if sentence.endswith(f" {thing}."))
    return where_is(story[: last + 1], thing)


def _last_place(story, thing):
    return _moves(story)[-1][1]


def _person(story, thing):
    return [sentence.split()[0] for sentence in story if sentence.endswith(f" {thing}.")][-1]


def _from_the_end(story, thing):
    sentences = [sentence.rstrip(".").split() for sentence in story]
    handled = max(number for number, words in enumerate(sentences) if words[-1] == thing)
    person, verb, *_ = sentences[handled]
    lies = verb in ("dropped", "put", "left", "discarded")
    known = sentences[:handled] if lies else sentences
    return [
        words[-1] for words in known if words[0] == person and words[1] in ("went", "moved", "travelled", "journeyed")
    ][-1]


def _first_move(story, thing):
    return next(place for person, place in _moves(story) if person == _person(story, thing))


@functools.cache
def _asked():
    """(story, thing, its place) of the 500 validation stories of task 2."""
    from course_utils.datasets import load_stories

    part = load_stories(2).validation
    return [(story, question.rstrip("?").split()[-1], truth) for story, question, truth, _ in zip(*part)]


def test_where_is(answer):
    asked = _asked()
    given = [answer(story, thing) for story, thing, _ in asked]
    if not all(isinstance(place, str) for place in given):
        raise Wrong("Return the place as a text, 'kitchen' for instance, for every story.")
    mistakes = {
        "You follow the last person for ever. A thing that was dropped stays where it lies.": _never_dropped,
        "The thing stays where it was taken, in your program. It moves with the person who holds it.": _where_it_was_taken,
        "This is the last place of the story. Who has the thing?": _last_place,
        "You return the person. The place was asked for.": _person,
        "This is the first place of the person. Persons walk on.": _first_move,
    }
    for message, mistake in mistakes.items():
        if given == [mistake(story, thing) for story, thing, _ in asked]:
            raise Wrong(message)
    missed = [(story, thing, truth, place) for (story, thing, truth), place in zip(asked, given) if place != truth]
    if missed:
        story, thing, truth, place = min(missed, key=lambda case: len(case[0]))  # the shortest shows the mistake best
        raise Wrong(f"In {' '.join(story)} your program finds the {thing} in {place!r}; it is in {truth!r}.")


FINDING = {"4 heads": 0.39, "2 blocks": 0.98}


def test_more_heads(answer):
    heads, blocks = measured_numbers(answer, "4 heads", "2 blocks", shares=("4 heads", "2 blocks"))
    if blocks < 0.75:
        raise Wrong('"2 blocks" is the test accuracy of the lesson\'s own reader on task 2: accuracy["2 blocks", 2].')
    if heads > blocks - 0.1 and current_scale() == "quick":  # after a long training four heads may catch up
        raise Wrong("This is as good as two blocks. Did you build two blocks, or measure on task 1?")
    if heads < 0.25:
        raise Wrong(
            "This is hardly more than a guess among six places. Was the reader trained for three epochs, on codes[2, 'train']?"
        )


PROGRAM = """
reader = build_reader(1, heads=4)
for task, epochs in ((1, 1), (2, 3)):
    epochs *= scale(quick=1, full=4)
    prepare(reader, epochs * len(labels[task, "train"]) // 64)
    reader.fit(codes[task, "train"], labels[task, "train"], epochs=epochs, batch_size=64)
_, four_heads = reader.evaluate(codes[2, "test"], labels[2, "test"], verbose=0)
finding = {"4 heads": four_heads, "2 blocks": accuracy["2 blocks", 2]}
"""

EXERCISES = [
    Exercise(
        key="406-1",
        title="The best span on paper",
        minutes=5,
        test=test_span_on_paper,
        hints=(
            "A span (first, last) scores start[first] + end[last], and first may not be greater than last.",
            "With the first word 1 the last may be 1, 2 or 3. Which of the sums is the largest?",
        ),
        solution=(1, 3),
        wrong_answers={
            "each for itself": (1, 0),
            "the best end kept": (0, 0),
            "last word first": (3, 1),
            "counted from 1": (2, 4),
            "the scores": (4, 3),
            "the best start alone": (1, 1),
            "something else": (2, 3),
            "one word": 1,
            "three words": (1, 2, 3),
            "a text": "13",
            "a set": {1, 3},
            "between the words": (1.9, 3.2),
            "not a number": (1, np.nan),
        },
        also_right={"a list": [1, 3], "an array": np.array([1, 3])},
        explanation="4 + 3 = 7. The two best pointers alone would give 8, but no span: the end stands before the start.",
    ),
    Exercise(
        key="406-2",
        title="A reader without a network",
        minutes=10,
        test=test_where_is,
        hints=(
            "Go through the story once. Keep the place of each person, and who holds the thing.",
            "words[0] is the person, words[1] the verb, words[-1] the place or the thing, without the full stop.",
            "A move changes the place of the thing only while that person holds it. After a drop nobody does.",
        ),
        solution=where_is,
        wrong_answers={
            "drops ignored": _never_dropped,
            "where it was taken": _where_it_was_taken,
            "last place": _last_place,
            "the person": _person,
            "first place": _first_move,
            "always one place": lambda story, thing: "kitchen",
            "an array of texts": lambda story, thing: np.array([where_is(story, thing), thing]),
        },
        also_right={"from the end": _from_the_end},
        explanation="A program wrote the stories, so a program can read them without a mistake. The stories are a test for models, "
        "not a use of them.",
    ),
    Exercise(
        key="406-3",
        title="More heads, or another block?",
        minutes=15,
        test=test_more_heads,
        hints=(
            "reader = build_reader(1, heads=4), then for task, epochs in ((1, 1), (2, 3)): prepare(reader, epochs * len(labels[task, "
            "'train']) // 64) and fit with codes[task, 'train'] and labels[task, 'train'], in batches of 64.",
            "reader.evaluate(codes[2, 'test'], labels[2, 'test'], verbose=0)[1] is the accuracy on the test stories.",
        ),
        solution=FINDING,
        program=PROGRAM,
        wrong_answers={
            "a key is missing": {"2 blocks": 0.97},
            "per cent": {"4 heads": 40, "2 blocks": 97},
            "two blocks": {"4 heads": 0.96, "2 blocks": 0.97},
            "not the lesson's reader": {"4 heads": 0.4, "2 blocks": 0.5},
            "not trained": {"4 heads": 0.17, "2 blocks": 0.97},
            "not a number": {"4 heads": np.nan, "2 blocks": 0.98},
        },
        explanation="Four heads look at four things, but at the same moment: none can ask for what another has found. They "
        "could fetch everybody's place in advance, but that takes a head for each person and one for the thing.",
    ),
]
