"""Dates as five languages write them, one to three in a sentence, beside their ISO 8601 form.

Babel writes the texts with the formats of the Unicode Common Locale Data Repository (CLDR), so no file is needed.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from course_utils.datasets.dataset import Card, Dataset
from course_utils.scale import scale

LOCALES = ("en_US", "en_GB", "de", "fr", "es", "hu")
STYLES = ("full", "long", "medium", "short")
LEFT_OUT = ("en_US", "short")  # 3/4/98 is 4 March there and 3 April in Spain: no reader can know
UNSEEN = ("es", "full")  # kept from training, to ask for a format that the model never saw
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2029, 12, 31)  # under a hundred years, so that 98 can only be 1998
LONGEST = 40
MOST_DATES = 3


class DateSentences(NamedTuple):
    """`sources[i]` is a text such as "4. März 1998 und 1. Mai 2004", `targets[i]` its answer "1998-03-04 2004-05-01".

    `locales[i]` and `styles[i]` name the language and the format of CLDR; `counts` (n,) int64 is 1 to 3: how many dates.
    """

    sources: list[str]
    targets: list[str]
    locales: list[str]
    styles: list[str]
    counts: np.ndarray


def load_dates() -> Dataset:
    """Sentences of one to three dates in one language and format, at most 40 letters long; the same at each call.

    Every calendar day from 1970 to 2029 belongs to one part, so the parts share no date. Each combination of locale and
    style is about equally frequent. Where three dates do not fit into 40 letters, the sentence has two or one. The short
    style of the United States is left out: its order, month before day, cannot be told from the Spanish one.
    `details["unseen"]` holds sentences of test days in a combination that no part contains, full Spanish dates;
    `details["combinations"]` lists those in use. Quick: 17,920 / 500 / 1500 sentences and 300 of the unseen combination;
    full: four times as many.
    """
    random = np.random.default_rng(26)
    days = random.permutation((LAST_DAY - FIRST_DAY).days + 1)
    edges = np.cumsum([int(0.8 * len(days)), int(0.05 * len(days))])
    parts = dict(zip(("train", "validation", "test"), np.split(days, edges)))
    seen = [(locale, style) for locale in LOCALES for style in STYLES if (locale, style) not in (LEFT_OUT, UNSEEN)]
    factor = scale(quick=1, full=4)
    sizes = {"train": 17_920, "validation": 500, "test": 1500}
    split = {name: _write_part(parts[name], factor * size, seen, random) for name, size in sizes.items()}
    unseen = _write_part(parts["test"], factor * 300, [UNSEEN], random)
    what = f"{factor * sizes['train']} sentences to train on: one to three dates from 1970 to 2029 in {len(LOCALES)} locales, and their ISO 8601 form"
    card = Card(
        name="dates", file="", what=what, origin="written by Babel with the formats of the Unicode CLDR",
        licence="CLDR: Unicode-3.0; Babel: BSD-3-Clause", bytes=0, sha256="", rebuild="course_utils.datasets.dates.load_dates()",
    )  # fmt: skip
    return Dataset(card, **split, details={"combinations": seen, "unseen": unseen})


def write_dates(days: Sequence[date], locale: str, style: str) -> str:
    """The dates in the given CLDR style (full, long, medium, short), joined as the language joins a list."""
    from babel.dates import format_date
    from babel.lists import format_list

    return format_list([format_date(day, style, locale=locale) for day in days], locale=locale)


def _write_part(days: np.ndarray, size: int, combinations: list, random: np.random.Generator) -> DateSentences:
    sources, targets, locales, styles, counts = [], [], [], [], []
    for number in range(size):
        count = 1 + number % MOST_DATES
        locale, style = combinations[random.integers(len(combinations))]
        chosen = [FIRST_DAY + timedelta(days=int(day)) for day in random.choice(days, count, replace=False)]
        while len(text := write_dates(chosen, locale, style)) > LONGEST:
            chosen.pop()
        sources.append(text)
        targets.append(" ".join(day.isoformat() for day in chosen))
        locales.append(locale)
        styles.append(style)
        counts.append(len(chosen))
    order = random.permutation(size)
    texts = ([column[place] for place in order] for column in (sources, targets, locales, styles))
    return DateSentences(*texts, np.array(counts)[order])
