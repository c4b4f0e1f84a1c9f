"""Dates in sentences: the answers are right, the parts share no day, and what cannot be known is left out."""

from datetime import date

import numpy as np
import pytest

from course_utils.datasets.dates import LEFT_OUT, LOCALES, LONGEST, STYLES, UNSEEN, load_dates, write_dates


@pytest.fixture(scope="module")
def dates():
    return load_dates()


def all_parts(dates):
    return {name: getattr(dates, name) for name in ("train", "validation", "test")} | {
        "unseen": dates.details["unseen"]
    }


def days_of(part):
    return {day for target in part.targets for day in target.split()}


def test_known_texts():
    day, other = date(1998, 3, 4), date(2004, 12, 24)
    assert write_dates([day], "fr", "full") == "mercredi 4 mars 1998"
    assert write_dates([day, other], "de", "long") == "4. März 1998 und 24. Dezember 2004"
    assert write_dates([day, other, day], "es", "short") == "4/3/98, 24/12/04 y 4/3/98"
    assert write_dates([day], "hu", "long") == "1998. március 4."


def test_sizes_lengths_and_counts(dates):
    sizes = {"train": 17_920, "validation": 500, "test": 1500, "unseen": 300}
    for name, part in all_parts(dates).items():
        assert all(len(column) == sizes[name] for column in part)
        assert max(map(len, part.sources)) <= LONGEST
        assert [len(target.split()) for target in part.targets] == part.counts.tolist()
    assert set(dates.train.counts) == set(dates.test.counts) == {1, 2, 3} and np.bincount(dates.test.counts)[3] > 100
    assert "17920 sentences" in str(dates.card) and "Unicode-3.0" in str(dates.card)


def test_each_text_says_its_answer(dates):
    for part in all_parts(dates).values():
        for source, target, locale, style in zip(*part[:4]):
            assert write_dates([date.fromisoformat(day) for day in target.split()], locale, style) == source


def test_parts_share_no_day(dates):
    parts = {name: days_of(part) for name, part in all_parts(dates).items()}
    assert not parts["train"] & parts["validation"] and not parts["train"] & parts["test"]
    assert not parts["validation"] & parts["test"] and not parts["train"] & parts["unseen"]


def test_every_combination_is_used_but_the_two_kept_out(dates):
    seen = set(zip(dates.train.locales, dates.train.styles))
    assert seen == {(locale, style) for locale in LOCALES for style in STYLES} - {LEFT_OUT, UNSEEN}
    assert seen == set(dates.details["combinations"])
    assert set(zip(dates.details["unseen"].locales, dates.details["unseen"].styles)) == {UNSEEN}
    counted = [list(zip(dates.train.locales, dates.train.styles)).count(combination) for combination in seen]
    assert min(counted) > 0.8 * max(counted)


def test_no_text_has_two_answers(dates):
    answers: dict[str, set[str]] = {}
    for part in all_parts(dates).values():
        for source, target in zip(part.sources, part.targets):
            answers.setdefault(source, set()).add(target)
    assert all(len(targets) == 1 for targets in answers.values())
    spanish = write_dates([date(1998, 4, 3)], "es", "short")
    assert write_dates([date(1998, 3, 4)], *LEFT_OUT) == spanish, "why this style is left out"


def test_unseen_sentences_have_no_new_letters(dates):
    assert set("".join(dates.test.sources + dates.details["unseen"].sources)) <= set("".join(dates.train.sources))


def test_the_same_at_each_call_whatever_the_global_seed(dates):
    np.random.seed(7)
    again = load_dates()
    for first, second in zip(all_parts(dates).values(), all_parts(again).values()):
        assert first.sources == second.sources and first.targets == second.targets
    assert again.train.sources[:300] != again.test.sources[:300]


def test_importing_the_loader_does_not_import_babel():
    import subprocess
    import sys

    code = "import sys, course_utils.datasets.dates; print('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
