"""The hours of a room: how many minutes of work they hold, on how many days, with which breaks."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

BREAK = 10  # minutes, after each hour of work
HOURS_BEFORE_LUNCH = 4
LONGEST_DAY = 8  # hours in the room, where the number of days is not given


@dataclass(frozen=True)
class RoomTime:
    """The hours of a room, spread evenly over days: ten minutes of break after each hour of work, lunch on top."""

    hours: float
    days: int

    @property
    def minutes_a_day(self) -> float:
        return 60 * self.hours / self.days

    @cached_property
    def work_a_day(self) -> int:
        """The most minutes of work that leave room for their breaks."""
        return max(work for work in range(int(self.minutes_a_day) + 1) if work + breaks(work) <= self.minutes_a_day)

    @property
    def work(self) -> int:
        return self.days * self.work_a_day

    @property
    def has_lunch(self) -> bool:
        return self.minutes_a_day > 60 * HOURS_BEFORE_LUNCH

    def breaks_in(self, work: int) -> int:
        """The minutes of break in so much work: days are filled one after the other."""
        full, rest = divmod(work, self.work_a_day)
        return full * breaks(self.work_a_day) + breaks(rest)

    def days_of(self, before: int, after: int) -> str:
        """The day of a lesson that takes the work from one minute to another, or the first and the last: 2 or 2-3."""
        first, last = before // self.work_a_day + 1, (after - 1) // self.work_a_day + 1
        return str(first) if first == last else f"{first}-{last}"


def breaks(work: int) -> int:
    """Minutes of break in one day's work: none after the last hour."""
    return BREAK * max(0, math.ceil(work / 60) - 1)


def room_time(hours: float, days: int | None = None) -> RoomTime:
    """The hours checked and spread over days. Raises ValueError for hours that nobody can teach."""
    if not 0 < hours < math.inf:
        raise ValueError(
            f"--hours {hours:g} is no time to teach in: a number above 0 is needed, --hours 12 for instance."
        )
    if days is not None and days < 1:
        raise ValueError(f"--days {days} is no time to teach in: a whole number from 1 on is needed.")
    time = RoomTime(hours, days or math.ceil(hours / LONGEST_DAY))
    if time.minutes_a_day > 60 * 12:
        raise ValueError(
            f"{hours:g} hours {on_days(time.days)} are more than 12 a day: give more --days or fewer --hours."
        )
    if time.minutes_a_day < 30:
        raise ValueError(
            f"{in_hours(hours)} {on_days(time.days)} is less than half an hour a day: give fewer --days or more --hours."
        )
    return time


def in_hours(hours: float) -> str:
    """The hours as "1 hour" or "2.5 hours"."""
    return "1 hour" if hours == 1 else f"{hours:g} hours"


def on_days(days: int) -> str:
    """The days as "on one day" or "on 2 days"."""
    return f"on {days} days" if days > 1 else "on one day"


def and_list(words: Iterable[str]) -> str:
    """The words as "a", "a and b" or "a, b and c"."""
    words = list(words)
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
