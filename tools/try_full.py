"""Execute lessons at the full scale with their trainings cut to a few steps: `python tools/try_full.py [--store] [101 ...]`.

Made-up files stand in place of the downloads. A lesson passes if every cell runs, its memory stays below 6 GB and its
estimate below ten minutes on a T4 (tools/full/kernel.py says how it is made). Claims do not count: nothing is trained.
With --store the estimates of lessons that pass go into course_utils/full_scale.toml, where `set_up` finds them.
"""

import json
import math
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from course_utils.command.lessons import Lesson, execute, find_lessons
from course_utils.scale import FULL_GIGABYTES as MOST_GIGABYTES
from course_utils.scale import FULL_MINUTES as MOST_MINUTES

TOOLS = Path(__file__).parent / "full"
STORED = Path(__file__).parents[1] / "course_utils" / "full_scale.toml"


@dataclass
class Trial:
    """What a lesson would cost at the full scale on a T4, as far as it can be told without one."""

    lesson: str
    seconds: float  # of this trial
    gigabytes: float
    steps: int
    minutes: float
    error: str
    account: dict

    @property
    def complaints(self) -> list[str]:
        found = [self.error] if self.error else []
        if self.gigabytes > MOST_GIGABYTES:
            found.append(f"takes {self.gigabytes:.1f} GB, more than {MOST_GIGABYTES}")
        if self.minutes > MOST_MINUTES:
            found.append(f"would take {self.minutes:.0f} minutes on a T4, more than {MOST_MINUTES}")
        return found

    def __str__(self) -> str:
        result = "; ".join(self.complaints) or "runs"
        return (
            f"{self.lesson}  {self.seconds:4.0f} s here  {self.gigabytes:4.1f} GB  {self.steps:7,} steps  "
            f"about {self.minutes:4.1f} min on a T4  {result}"
        )


def try_lesson(lesson: Lesson, downloads: Path) -> Trial:
    """Execute one lesson at full; the made-up files are kept in the folder `downloads`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        startup = folder / "profile_default" / "startup"
        startup.mkdir(parents=True)
        # An import, not a copy: a copy would share its names with the lesson, and a lesson may call a variable `time`.
        (startup / "full.py").write_text(
            f"import sys\nsys.path.insert(0, {str(TOOLS)!r})\nimport kernel\n", encoding="utf-8"
        )
        report = folder / "report.json"
        environment = {
            "IPYTHONDIR": str(folder),
            "KERAS_HOME": str(folder),
            "FULL_DOWNLOADS": str(downloads),
            "FULL_REPORT": str(report),
        }
        execution = execute(lesson, "full", environment=environment)
        account = json.loads(report.read_text(encoding="utf-8"))
    return Trial(
        lesson.number,
        execution.seconds,
        execution.peak_megabytes / 1000,
        account["steps"],
        account["minutes"],
        execution.error,
        account,
    )


def store(trial: Trial, path: Path = STORED) -> None:
    """Write a lesson's whole minutes and gigabytes into the table of all lessons."""
    table = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    table[trial.lesson] = {"minutes": math.ceil(trial.minutes), "gigabytes": round(trial.gigabytes, 1)}
    lines = [
        "# The lessons at the full scale: estimated minutes on a T4, main memory measured on a CPU.",
        "# Written by tools/try_full.py --store.",
    ]
    for lesson, row in sorted(table.items()):
        lines += ["", f"[{lesson}]", f"minutes = {row['minutes']}", f"gigabytes = {row['gigabytes']}"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Try the named lessons, or all of them; 1 if one does not pass."""
    numbers = [argument for argument in arguments if argument != "--store"]
    lessons = [lesson for number in numbers or [None] for lesson in find_lessons(number)]
    failed = 0
    with tempfile.TemporaryDirectory() as downloads:
        for lesson in lessons:
            trial = try_lesson(lesson, Path(downloads))
            failed += bool(trial.complaints)
            if "--store" in arguments and not trial.complaints:
                store(trial)
            print(trial, flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyError as error:
        sys.exit(error.args[0])
