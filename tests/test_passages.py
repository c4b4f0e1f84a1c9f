"""Passages with a span as answer: the span stands where it is said, and the unseen names are unseen."""

import numpy as np
import pytest

from course_utils.datasets.passages import ADJECTIVES, LONGEST, NOUNS, PERSONS, is_held_out, load_passages


@pytest.fixture(scope="module")
def passages():
    return load_passages()


def all_parts(passages):
    return {name: getattr(passages, name) for name in ("train", "validation", "test")} | passages.details


def described(text):
    """All pairs of an adjective and the noun after it."""
    words = text.split()
    return {pair for pair in zip(words, words[1:]) if pair[0] in ADJECTIVES and pair[1] in NOUNS}


def described_in(part):
    return set().union(*map(described, part.contexts))


def test_each_answer_is_its_span(passages):
    for part in all_parts(passages).values():
        for context, _, answer, start, end in zip(*part):
            assert context.split()[start : end + 1] == answer.split() and len(context.split()) <= LONGEST


def test_the_answer_is_about_the_person_of_the_question(passages):
    """It stands in the one sentence that names the person; it is where the person is, or where the person was before."""
    before = ("walked from ", "left ", "after an hour in ", "after a visit to ", " from ")
    for part in all_parts(passages).values():
        for context, question, answer, start, _ in zip(*part):
            sentences = [sentence for sentence in context.split(" .") if sentence]
            (person,) = [name for name in PERSONS if name in question.split()]
            (sentence,) = [sentence for sentence in sentences if person in sentence.split()]
            lead = " ".join(context.split()[:start]).rsplit(".", 1)[-1] + " "
            assert answer in sentence and sum(name in context.split() for name in PERSONS) == 2
            assert lead.endswith(before) == question.endswith("come from ?"), (lead, question)


def test_unseen_names_are_of_known_words_never_seen_together(passages):
    parts = all_parts(passages)
    unseen, longer = parts.pop("unseen"), parts.pop("longer")
    seen = set().union(*map(described_in, parts.values()))
    assert all(len(answer.split()) == 11 and described(answer) <= seen for answer in longer.answers)
    assert len(seen) == len(ADJECTIVES) * len(NOUNS) * 4 / 5 and not any(is_held_out(*pair) for pair in seen)
    assert all(described(answer) and not described(answer) & seen for answer in unseen.answers)
    words = set(" ".join(parts["train"].contexts + parts["train"].questions).split())
    assert set(" ".join(unseen.contexts + unseen.questions).split()) <= words
    assert set(ADJECTIVES) | set(NOUNS) == {word for pair in seen for word in pair}


def test_sizes_and_variety(passages):
    parts = all_parts(passages)
    sizes = {"train": 10_000, "validation": 500, "test": 1000, "unseen": 500, "longer": 500}
    assert all(len(column) == sizes[name] for name, part in parts.items() for column in part)
    starts, ends = np.array(passages.train.starts), np.array(passages.train.ends)
    assert len(np.unique(starts)) > 25 and set(ends - starts + 1) == {3, 5, 6, 7}
    assert 0.1 < np.mean([question.endswith("from ?") for question in passages.train.questions]) < 0.4
    assert "10000 passages" in str(passages.card)


def test_parts_share_no_passage_and_are_the_same_at_each_call(passages):
    contexts = [context for part in all_parts(passages).values() for context in part.contexts]
    assert len(set(contexts)) == len(contexts)
    assert all(
        first == second for first, second in zip(all_parts(passages).values(), all_parts(load_passages()).values())
    )
