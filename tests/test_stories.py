"""Stories and questions: an independent reader of the texts finds the same answers and the same supporting facts."""

from collections import Counter

import numpy as np
import pytest

from course_utils.datasets.stories import LENGTHS, PLACES, THINGS, VERBS, load_stories

ACTIONS = {verb: action for action, verbs in VERBS.items() for verb in verbs}
TASKS = pytest.mark.parametrize("task", [1, 2, 3])


@pytest.fixture(scope="module")
def loaded():
    return {task: load_stories(task) for task in LENGTHS}


def all_parts(dataset):
    return (dataset.train, dataset.validation, dataset.test)


def some_of(dataset):
    """Story, question, answer and facts of the first 2000 of each part: enough, and quick."""
    return [entry for part in all_parts(dataset) for entry in list(zip(*part))[:2000]]


def read_sentence(sentence):
    """Person, action and place or thing of a sentence of a story."""
    person, rest = sentence.removesuffix(".").split(" ", 1)
    verb, what = rest.split(" the ")
    return person, ACTIONS[verb], what


def histories(story):
    """Where each person was after each sentence, and where each thing was known to be, from the texts alone."""
    person_at, thing_at, holder = {}, {}, {}
    persons, things = [], []
    for sentence in story:
        person, action, what = read_sentence(sentence)
        if action == "go":
            assert person_at.get(person) != what, "nobody goes where he is"
            person_at[person] = what
        elif action == "take":
            assert what not in holder, "a thing in somebody's hands cannot be taken"
            assert thing_at.get(what, person_at.get(person)) == person_at.get(person), "it must lie where the person is"
            holder[what] = person
        else:
            assert holder.pop(what) == person, "only who holds a thing can drop it"
        for thing, carrier in holder.items():
            thing_at[thing] = person_at.get(carrier)
        persons.append(dict(person_at))
        things.append(dict(thing_at))
    return persons, things


def answers_of(story, question):
    """All answers that fit the question: the last place, or every place from which the thing came to the named place."""
    words = question.removesuffix("?").split()
    persons, things = histories(story)
    if words[1] == "is":
        return {things[-1][words[-1]] if words[-1] in THINGS else persons[-1][words[-1]]}
    route = [place for place in (now.get(words[3]) for now in things) if place]
    return {before for before, after in zip(route, route[1:]) if after == words[-1] != before}


@TASKS
def test_a_second_reader_finds_the_same_single_answer(loaded, task):
    for story, question, answer, _ in some_of(loaded[task]):
        assert answers_of(story, question) == {answer}


@TASKS
def test_the_supporting_facts_suffice(loaded, task):
    """Read alone, in the order of the story, the facts give the answer; and they are the sentences they should be."""
    for story, question, answer, facts in some_of(loaded[task]):
        assert len(set(facts)) == task and 0 <= min(facts) <= max(facts) < len(story)
        told = [read_sentence(story[place]) for place in facts]
        assert told[-1][1:] == ("go", answer) and len({person for person, *_ in told}) == 1
        if told[0][1] != "drop":
            assert answers_of([story[place] for place in sorted(facts)], question) == {answer}
        if task > 1:
            assert told[0][2] in question and told[0][1] in ("take", "drop")
        if task == 3:
            assert question.endswith(f"before the {told[1][2]}?") and facts[2] < facts[1] and facts[0] < facts[1]


def test_without_the_last_fact_the_answer_is_another_one(loaded):
    """Task 1: the fact is needed. Without it the person is somewhere else, or was never seen."""
    for story, question, answer, facts in zip(*loaded[1].test):
        person = question.removesuffix("?").split()[-1]
        rest = [sentence for place, sentence in enumerate(story) if place != facts[0]]
        before = [what for who, _, what in map(read_sentence, rest) if who == person]
        assert not before or before[-1] != answer


def test_task_3_cannot_be_answered_without_the_thing(loaded):
    for story, question, _, _ in zip(*loaded[3].test):
        place = question.removesuffix("?").split()[-1]
        assert (
            len({person for person, action, what in map(read_sentence, story) if (action, what) == ("go", place)}) > 1
        )


@TASKS
def test_sizes_lengths_and_balance(loaded, task):
    dataset = loaded[task]
    assert [len(part.stories) for part in all_parts(dataset)] == [20_000, 500, 1000]
    lengths = Counter(map(len, dataset.train.stories))
    assert (min(lengths), max(lengths)) == LENGTHS[task] and len(lengths) == 7
    shares = np.array([dataset.train.answers.count(place) for place in PLACES]) / 20_000
    assert abs(shares - 1 / 6).max() < 0.02
    assert "20000 stories" in str(dataset.card) and "1502.05698" in str(dataset.card)


@TASKS
def test_parts_share_no_story(loaded, task):
    stories = [tuple(story) for part in all_parts(loaded[task]) for story in part.stories]
    assert len(set(stories)) == len(stories)


def test_dropped_and_held_things_are_both_asked_for(loaded):
    part = loaded[2].train
    dropped = [read_sentence(story[facts[0]])[1] == "drop" for story, facts in zip(part.stories, part.facts)]
    moved_on = [facts[1] > facts[0] for facts in part.facts]
    assert 0.1 < np.mean(dropped) < 0.5 and 0.25 < np.mean(moved_on) < 0.6


@TASKS
def test_no_short_way(loaded, task):
    """The last place of the story, and the answer that is most frequent, are right in far less than half of the cases."""
    part = loaded[task].train
    last = [[what for _, action, what in map(read_sentence, story) if action == "go"][-1] for story in part.stories]
    assert np.mean([one == answer for one, answer in zip(last, part.answers)]) < 0.45


def test_the_same_at_each_call_and_other_tasks_are_refused(loaded):
    np.random.seed(7)
    again = load_stories(2)
    assert all(first == second for first, second in zip(all_parts(loaded[2]), all_parts(again)))
    with pytest.raises(ValueError, match="1, 2 or 3"):
        load_stories(4)
