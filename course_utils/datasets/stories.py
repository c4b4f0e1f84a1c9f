"""Short stories and questions about them, in the manner of the first three tasks of Weston et al. (2015, arXiv:1502.05698).

A small simulation moves persons and things between places and writes down what happens, so no file is needed: the
answer and the sentences that support it are known for every question.
"""

import random
from typing import NamedTuple

from course_utils.datasets.dataset import Card, Dataset
from course_utils.scale import scale

PERSONS = ("Mary", "John", "Sandra", "Daniel")
PLACES = ("kitchen", "garden", "office", "bedroom", "hallway", "bathroom")
THINGS = ("football", "apple", "milk")
VERBS = {
    "go": ("went to", "moved to", "travelled to", "journeyed to", "went back to"),
    "take": ("took", "picked up", "grabbed", "got"),
    "drop": ("dropped", "put down", "left", "discarded"),
}
LENGTHS = {1: (4, 10), 2: (6, 12), 3: (8, 14)}  # fewest and most sentences of a story


class Stories(NamedTuple):
    """`stories[i]` is a list of sentences; `questions[i]` asks about it, `answers[i]` is the place that answers.

    `facts[i]` holds the places in the story (from 0) of the sentences that are needed, in the order in which a reader
    finds them: one for task 1, two for task 2, three for task 3.
    """

    stories: list[list[str]]
    questions: list[str]
    answers: list[str]
    facts: list[tuple[int, ...]]


class Event(NamedTuple):
    """What happens in one sentence: `action` is go, take or drop; `what` is the place or the thing."""

    person: str
    action: str
    what: str


def load_stories(task: int) -> Dataset:
    """Stories with one question each; the parts share no story, and it is the same at each call.

    Task 1, one supporting fact: persons move, "Where is Mary?". Task 2, two facts: they also take and drop things, "Where
    is the football?". Task 3, three facts: "Where was the football before the kitchen?". Each of the six places is the
    answer about equally often. Quick: 20,000 / 500 / 1000 questions; full: five times as many to train on.
    Raises ValueError for any other task.
    """
    if task not in LENGTHS:
        raise ValueError(f"task must be 1, 2 or 3 (how many facts a question needs), not {task!r}.")
    generator, seen = random.Random(45 + task), set()
    sizes = {"test": 1000, "validation": 500, "train": scale(quick=20_000, full=100_000)}
    parts = {name: _write_part(task, size, generator, seen) for name, size in sizes.items()}
    card = Card(
        name=f"stories, task {task}", file="", what=f"{sizes['train']} stories to train on, a question each, whose answer needs {task} of {LENGTHS[task][0]} to {LENGTHS[task][1]} sentences",
        origin="simulated after the description of Weston et al. (2015, arXiv:1502.05698)", licence="that of the course",
        bytes=0, sha256="", rebuild=f"course_utils.datasets.load_stories({task})",
    )  # fmt: skip
    return Dataset(card, **parts, details={"places": PLACES, "persons": PERSONS, "things": THINGS})


def _write_part(task: int, size: int, generator: random.Random, seen: set[tuple[str, ...]]) -> Stories:
    """`size` stories that are not among those `seen`; adds them there."""
    ask = {1: _ask_person, 2: _ask_thing, 3: _ask_before}[task]
    part = Stories([], [], [], [])
    while len(part.stories) < size:
        events = _simulate(generator.randint(*LENGTHS[task]), with_things=task > 1, generator=generator)
        asked = ask(events, generator)
        sentences = [_sentence(event, generator) for event in events]
        if asked is None or tuple(sentences) in seen:
            continue
        seen.add(tuple(sentences))
        for column, entry in zip(part, (sentences, *asked)):
            column.append(entry)
    return part


def _simulate(length: int, with_things: bool, generator: random.Random) -> list[Event]:
    """What happens, event by event. Who takes a thing has moved before, so that a reader can know where it happens."""
    place_of, lies_at, held_by, events = {}, {}, {}, []
    while len(events) < length:
        person = generator.choice(PERSONS)
        here = place_of.get(person)
        action, what = "go", generator.choice([place for place in PLACES if place != here])
        if with_things and here and generator.random() < 0.4:
            held = [thing for thing, holder in held_by.items() if holder == person]
            free = [thing for thing in THINGS if thing not in held_by and lies_at.get(thing, here) == here]
            if held and generator.random() < 0.5:
                action, what = "drop", generator.choice(held)
                lies_at[what] = here
                del held_by[what]
            elif free:
                action, what = "take", generator.choice(free)
                held_by[what] = person
        if action == "go":
            place_of[person] = what
        events.append(Event(person, action, what))
    return events


def _sentence(event: Event, generator: random.Random) -> str:
    return f"{event.person} {generator.choice(VERBS[event.action])} the {event.what}."


def _last(events: list[Event], before: int, person: str = "", action: str = "", what: str = "") -> int:
    """The place of the last event before place `before` with the fields that are given, -1 if there is none."""
    for place in range(before - 1, -1, -1):
        event = events[place]
        if person in ("", event.person) and action in ("", event.action) and what in ("", event.what):
            return place
    return -1


def _ask_person(events: list[Event], generator: random.Random) -> tuple[str, str, tuple[int, ...]]:
    person = generator.choice(sorted({event.person for event in events}))
    move = _last(events, len(events), person=person, action="go")
    return f"Where is {person}?", events[move].what, (move,)


def _ask_thing(events: list[Event], generator: random.Random) -> tuple[str, str, tuple[int, ...]] | None:
    """The last event of a thing says who has it, or who dropped it; the second fact is that person's move."""
    things = sorted({event.what for event in events if event.action == "take"})
    if not things:
        return None
    thing = generator.choice(things)
    handled = _last(events, len(events), what=thing)
    person, action, _ = events[handled]
    move = _last(events, handled if action == "drop" else len(events), person=person, action="go")
    return f"Where is the {thing}?", events[move].what, (handled, move)


def _ask_before(events: list[Event], generator: random.Random) -> tuple[str, str, tuple[int, ...]] | None:
    """About a move of a thing in somebody's hands: facts (taken, moved there, moved before).

    The thing came to the place only once, and another person went there too: without the thing nobody can tell who is meant.
    """
    journeys = []
    for thing in THINGS:
        visits = []
        for place, (person, action, _) in enumerate(events):
            taken = _last(events, place, what=thing)
            if action == "go" and taken >= 0 and events[taken][:2] == (person, "take"):
                visits.append((taken, place, _last(events, place, person=person, action="go")))
        reached = [events[moved].what for _, moved, _ in visits] + [events[before].what for *_, before in visits[:1]]
        for facts in visits:
            place = events[facts[1]].what
            others = {event.person for event in events if event.what == place} - {events[facts[1]].person}
            if others and reached.count(place) == 1:
                journeys.append((thing, facts))
    if not journeys:
        return None
    thing, facts = generator.choice(journeys)
    return f"Where was the {thing} before the {events[facts[1]].what}?", events[facts[2]].what, facts
