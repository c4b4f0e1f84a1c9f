"""Short passages whose answer is a span: a place named by several words, somewhere in the text.

A question such as "where is Mary ?" is answered by copying "the small garden behind the school". The part `unseen`
holds names whose adjective and noun never stand together in training, so that only a reader who copies can answer.
"""

import random
from typing import NamedTuple

from course_utils.datasets.dataset import Card, Dataset
from course_utils.scale import scale

PERSONS = ("Mary", "John", "Sandra", "Daniel", "Alice", "Peter", "Emma", "Thomas")
ADJECTIVES = ("small", "old", "quiet", "green", "empty", "famous", "narrow", "sunny")
NOUNS = ("garden", "school", "station", "library", "market", "bridge", "bakery", "church", "museum", "harbour")
RELATIONS = ("behind", "near", "beside", "opposite")
STAYS = (
    "{person} is in {there}",
    "in {there} we met {person}",
    "{person} waits in {there} since noon",
    "this morning {person} was seen in {there}",
    "you will find {person} in {there} today",
)
TRAVELS = (
    "{person} walked from {origin} to {there}",
    "{person} left {origin} and went to {there}",
    "after an hour in {origin} {person} drove to {there}",
    "{person} reached {there} after a visit to {origin}",
    "to {there} came {person} from {origin} last night",
)
SENTENCES = 2
LONGEST = 44  # words of a passage


class Passages(NamedTuple):
    """`contexts[i]` and `questions[i]` are texts with spaces between all words; `answers[i]` is a span of the context.

    It begins at word `starts[i]` and ends with word `ends[i]`, both counted from 0.
    """

    contexts: list[str]
    questions: list[str]
    answers: list[str]
    starts: list[int]
    ends: list[int]


def load_passages() -> Dataset:
    """Passages of two sentences about two persons, at most 44 words, a question each; the parts share no passage.

    Two kinds of question, "where is Mary ?" and "where did Mary come from ?"; answers of three to seven words, in sentences
    of ten wordings. In `details["unseen"]` each answer has an adjective before a noun that no other part holds in
    this order; in `details["longer"]` it has eleven words. Quick: 10,000 / 500 / 1000 passages and 500 unseen and longer
    ones each; full: five times as many to train on.
    """
    generator, taken = random.Random(1606), set()
    sizes = {"test": 1000, "validation": 500, "train": scale(quick=10_000, full=50_000)}
    parts = {name: _write_part(size, "usual", generator, taken) for name, size in sizes.items()}
    details = {kind: _write_part(500, kind, generator, taken) for kind in ("unseen", "longer")}
    card = Card(
        name="passages", file="", what=f"{sizes['train']} passages to train on, a question each, whose answer is a span of three to seven words",
        origin="written by a program of the course, in the form of SQuAD (Rajpurkar et al., 2016, arXiv:1606.05250)",
        licence="that of the course", bytes=0, sha256="", rebuild="course_utils.datasets.load_passages()",
    )  # fmt: skip
    return Dataset(card, **parts, details=details)


def is_held_out(adjective: str, noun: str) -> bool:
    """Whether this pair is kept for `details["unseen"]`: two of the ten nouns for each adjective."""
    return (ADJECTIVES.index(adjective) + NOUNS.index(noun)) % 5 == 0


def _described(held_out: bool, generator: random.Random) -> str:
    """An adjective and a noun, of the held-out pairs or of the others."""
    while True:
        adjective, noun = generator.choice(ADJECTIVES), generator.choice(NOUNS)
        if is_held_out(adjective, noun) == held_out:
            return f"the {adjective} {noun}"


def _place(kind: str, generator: random.Random) -> str:
    """A name of three to seven words; every unseen name begins with a held-out pair, a longer one has eleven words."""
    first, second, third = (_described(kind == "unseen", generator) for _ in range(3))
    while second.split()[-1] == first.split()[-1]:
        second = _described(kind == "unseen", generator)
    relation, plain, plain_second = generator.choice(RELATIONS), f"the {first.split()[-1]}", f"the {second.split()[-1]}"
    if kind == "longer":
        return f"{first} {relation} {second} {generator.choice(RELATIONS)} {third}"
    forms = [first, f"{first} {relation} {plain_second}", f"{first} {relation} {second}"]
    return generator.choice(forms if kind == "unseen" else [*forms, f"{plain} {relation} {plain_second}"])


def _write_part(size: int, kind: str, generator: random.Random, taken: set[str]) -> Passages:
    """`size` passages that are not among those `taken`; adds them there."""
    part = Passages([], [], [], [], [])
    while len(part.contexts) < size:
        sentences, asked = [], []
        for person in generator.sample(PERSONS, SENTENCES):
            words = {"person": person, "origin": _place(kind, generator), "there": _place(kind, generator)}
            wording = generator.choice(STAYS + TRAVELS)
            kinds = {"there": f"where is {person} ?"}
            if wording in TRAVELS:
                kinds["origin"] = f"where did {person} come from ?"
            asked_for = generator.choice(sorted(kinds))
            before = " ".join(
                [*(f"{sentence} ." for sentence in sentences), wording.split(f"{{{asked_for}}}")[0].format(**words)]
            )
            asked.append((kinds[asked_for], words[asked_for], len(before.split())))
            sentences.append(wording.format(**words))
        context = " ".join(f"{sentence} ." for sentence in sentences)
        if context in taken or len(context.split()) > LONGEST:
            continue
        taken.add(context)
        question, answer, start = generator.choice(asked)
        for column, entry in zip(part, (context, question, answer, start, start + len(answer.split()) - 1)):
            column.append(entry)
    return part
