"""Write the ready plans: `python tools/paths.py` makes docs/teaching/paths.md anew from what `course plan` chooses.

It also writes the hours of the whole course into the README.
"""

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from course_utils.command.lessons import checkout_folder, exercise_minutes
from course_utils.command.needs import with_all_needs
from course_utils.command.plan import ARCHITECTURES, Plan, RoomLesson, make_plan, room_lessons, words_of
from course_utils.command.plan_words import clock, remarks
from course_utils.command.room_time import room_time

WRITTEN = checkout_folder() / "docs" / "teaching" / "paths.md"
README = checkout_folder() / "README.md"
TIME_ROW = re.compile(r"^\| \*\*Time\*\* \|.*$", re.MULTILINE)


@dataclass(frozen=True)
class TeachingPath:
    """One ready plan: the options of `course plan`, and what no command can say."""

    title: str
    options: str
    audience: str
    prerequisites: str
    outcomes: tuple[str, ...]
    advice: str

    @property
    def command(self) -> str:
        return f"course plan {self.options}"

    def plan(self, course: Mapping[str, RoomLesson]) -> Plan:
        """What the command chooses, by its own functions."""
        words = shlex.split(self.options)
        given = dict(zip(words[::2], words[1::2], strict=True))
        days = int(given["--days"]) if "--days" in given else None
        return make_plan(
            room_time(float(given["--hours"]), days),
            course,
            words_of(given.get("--topics", ""), "--topics") or ARCHITECTURES,
            (),
            words_of(given.get("--known", ""), "--known"),
        )


PATHS = (
    TeachingPath(
        "Two hours: one architecture",
        "--hours 2 --topics cnn --known start",
        "a guest lecture, or a laboratory in a course on something else",
        "a network trained in Keras once: gradient descent, Adam, `fit`. The lessons of the start teach it at home",
        (
            "compute a convolution by hand and say what stride, padding and channels do to its shape;",
            "check their own NumPy against the Keras layer.",
        ),
        "With `--topics rnn`, `gan` or `transformer` the same two hours hold another architecture, by hand too.",
    ),
    TeachingPath(
        "One day: two architectures",
        "--hours 7 --topics cnn,transformer --known start",
        "people who train networks already and want to see inside the two that read most images and texts",
        "as for the two hours",
        (
            "write a convolution and one attention head in NumPy, equal to Keras;",
            "say what weight sharing buys, and show it by taking it away;",
            "hide the future with a mask, and read what a head looks at.",
        ),
        "The hour that is left is for questions and late starts; do not fill it.",
    ),
    TeachingPath(
        "Two days: all four architectures",
        "--hours 14 --days 2 --known 001",
        "a workshop for people who program and have not trained a network",
        "some Python and NumPy, the chain rule from school, and lesson 001 at home: it shows whether the laptop is ready",
        (
            "compute a gradient by hand and train a network in NumPy and in Keras;",
            "write the core of all four architectures by hand: convolution, recurrence, the adversarial game, attention;",
            "judge a result beside a baseline.",
        ),
        "Four architectures by hand and none in depth: whoever wants a full application takes the week.",
    ),
    TeachingPath(
        "A week: all four, and which one when",
        "--hours 30 --days 5 --topics cnn,rnn,gan,transformer,choosing",
        "a summer school, or a company's training",
        "some Python and NumPy, and the chain rule from school; nothing of deep learning",
        (
            "build and train one network of each architecture on real data, and compare it with strong baselines;",
            "say what gates, blocks and shared weights bring, each measured by taking it away;",
            "choose among the architectures for a task, and say what the choice rests on.",
        ),
        "The evenings are for the homework; a [project](../../projects/README.md) can follow in the week after.",
    ),
    TeachingPath(
        "A term of ten sessions",
        "--hours 20 --days 10 --topics cnn,rnn,gan,transformer,choosing --known 001",
        "a university course with a laboratory of two hours each week",
        "some Python and NumPy, the chain rule, and lesson 001 before the first session",
        (
            "write the core of each architecture by hand and train it in Keras;",
            "compare networks fairly: equal data, equal care, a baseline beside them;",
            "choose among the architectures for a task, and say what the choice rests on.",
        ),
        "A lesson runs on into the next session where the column of days says so: stop at a heading, and begin there. The "
        "[project](../../projects/README.md), with its rubric, makes the grade: about eight hours at home, from the seventh "
        "session on.",
    ),
)

HEAD = """# Paths through the course, for a room

Five ready plans, from two hours to a term. `course plan` makes others: for your hours, topics, and what your room knows
already. This page is made by `python tools/paths.py` from the same choice; do not edit it by hand.

**What the minutes mean.** *Teaching* is the time to read the page, 1.7 times over, as a room needs it, and the running of its
cells. *Exercises* are those done in the room; those that take a program of one's own are homework. After each hour of work
there are ten minutes of break, counted in the *sum with breaks*; lunch is not. A plan is an estimate: note where yours differs.

**When late**, each plan says what to cut, in order. **In the room** learners work in copies (`course start 201`), so that
nothing of theirs is lost.

**To see where the room stands**, let each learner call `course progress --export FILE` (`--name Ada` adds a name, only if they
want that) and hand the file over as they like: nothing leaves a machine by itself. `course room FOLDER` makes one table of the
files: of each exercise how many tried and solved it, and the commonest wrong answer. Begin the next morning with that.
"""


def table(plan: Plan) -> str:
    """The rows of a plan as Markdown, with links to the lessons."""
    lines = ["| | day | lesson | teaching | exercises | sum with breaks |", "|---|---|---|---|---|---|"]
    for place, (lesson, day, passed) in enumerate(plan.rows(), 1):
        address = Path(os.path.relpath(checkout_folder() / lesson.place, WRITTEN.parent)).as_posix()
        name = f"[{lesson.number} {lesson.title}]({address})"
        minutes = f"{lesson.teaching} min | {lesson.exercises} min | {clock(passed)}"
        lines.append(f"| {place} | {day} | {name} | {minutes} |")
    return "\n".join(lines)


def section(path: TeachingPath, course: Mapping[str, RoomLesson]) -> str:
    """One path: for whom, outcomes, the command, and what it prints."""
    plan = path.plan(course)
    outcomes = "\n".join(f"- {outcome}" for outcome in path.outcomes)
    notes = "\n".join(f"- **{heading}.** {text}" for heading, text in remarks(plan))
    return f"""## {path.title}

**For** {path.audience}. **Prerequisites:** {path.prerequisites}. {path.advice}

**Afterwards** they can

{outcomes}

```
{path.command}
```

{table(plan)}

{notes}
"""


def page(course: Mapping[str, RoomLesson]) -> str:
    """The whole page."""
    return "\n".join([HEAD, *(section(path, course) for path in PATHS)])


def time_row(course: Mapping[str, RoomLesson]) -> str:
    """The row of the README that says how long the course takes, and how long its shortest path."""

    def exercises(lesson: RoomLesson) -> int:
        return exercise_minutes(lesson.all_exercises)

    reading = sum(lesson.reading for lesson in course.values())
    solving = sum(map(exercises, course.values()))
    shortest = make_plan(room_time(1000), course, ARCHITECTURES).asked
    needs = {number: lesson.needs for number, lesson in course.items()}
    path = sum(course[number].reading + exercises(course[number]) for number in with_all_needs(sorted(shortest), needs))
    return (
        f"| **Time** | {len(course)} lessons: about {reading / 60:.0f} hours to read and {solving / 60:.0f} of exercises. "
        f"The first lesson of each architecture, with all that it needs: about {path / 60:.0f} hours |"
    )


def readme(course: Mapping[str, RoomLesson]) -> str:
    """The README with today's hours."""
    return TIME_ROW.sub(lambda _: time_row(course), README.read_text(encoding="utf-8"))


if __name__ == "__main__":
    lessons = room_lessons()
    WRITTEN.write_text(page(lessons), encoding="utf-8")
    README.write_text(readme(lessons), encoding="utf-8")
    print(f"{WRITTEN} is written, and the hours in {README}.")
