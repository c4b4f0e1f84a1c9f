"""The `course` command."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from course_utils.claims import allow_words_for_signs

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Deep learning, four architectures: the course's own command."
)
console = Console()

AnyLesson = Annotated[str, typer.Argument(help="A lesson's number, 201 for instance; nothing means all of them.")]
OneLesson = Annotated[str, typer.Argument(help="A lesson's number, 201 for instance.")]


def main() -> None:
    """Entry point: an expected mistake ends in one sentence, not in a traceback."""
    allow_words_for_signs(sys.stdout)
    allow_words_for_signs(sys.stderr)
    try:
        app()
    except (OSError, KeyError, ValueError) as error:
        sentence = error.args[0] if isinstance(error, KeyError) else error
        console.print(str(sentence), style="red", markup=False, highlight=False, soft_wrap=True)
        raise SystemExit(2) from error


@app.command()
def check(
    room: Annotated[bool, typer.Option("--room", help="One line to read aloud in a room of many machines.")] = False,
) -> None:
    """Say whether this machine is ready for the course, and if not, what helps."""
    from course_utils.command.machine import check_machine, room_line

    findings = check_machine()
    if room:
        console.print(room_line(findings), markup=False, highlight=False, soft_wrap=True)
        if any(finding.cure for finding in findings):
            raise typer.Exit(1)
        return
    table = Table("", "what", "found")
    for finding in findings:
        table.add_row("[red]FAIL[/red]" if finding.cure else "OK", finding.what, finding.found)
    console.print(table)
    for finding in findings:
        if finding.cure:
            console.print(f"[red]{finding.what}:[/red] {finding.cure}", soft_wrap=True)
    if any(finding.cure for finding in findings):
        raise typer.Exit(1)
    console.print("This machine is ready.")


@app.command("list")
def list_lessons() -> None:
    """The lessons, their measured times, and how many of their exercises you have solved."""
    from course_utils.command.lessons import exercise_minutes, find_lessons, reading_minutes
    from course_utils.exercises import load_exercises
    from course_utils.exercises.progress import read_progress

    progress = read_progress()
    table = Table("lesson", "title", "to read", "exercises", "to run", "exercises solved")
    for lesson in find_lessons():
        exercises = load_exercises(lesson.number)
        keys = list(exercises)
        solved = sum(progress.get(key, {}).get("solved", False) for key in keys)
        reading, solving = reading_minutes(lesson.read()), exercise_minutes(exercises.values())
        times = (f"{reading} min", f"{solving} min", f"{lesson.seconds} s")
        table.add_row(lesson.number, lesson.title, *times, f"{solved} of {len(keys)}")
    console.print(table)


@app.command()
def start(lesson: OneLesson) -> None:
    """Make a copy of a lesson in my/, without outputs, to work in. A copy that is there stays as it is."""
    from course_utils.command.copies import start_copy
    from course_utils.command.lessons import checkout_folder, find_lessons

    checkout = checkout_folder()
    path = start_copy(find_lessons(lesson)[0], checkout)
    console.print(f"Your copy: {path.relative_to(checkout).as_posix()}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def lab(lesson: Annotated[str, typer.Argument(help="A lesson's number.")] = "001") -> None:
    """Open your copy of a lesson in JupyterLab, made first if there is none. Ctrl-C ends it."""
    from course_utils.command.copies import copy_of, open_lab, start_copy
    from course_utils.command.lessons import checkout_folder, find_lessons

    checkout, chosen = checkout_folder(), find_lessons(lesson)[0]
    path = copy_of(chosen, checkout)
    if not path.exists():
        start_copy(chosen, checkout)
    open_lab(path, checkout)


@app.command()
def run(
    lesson: AnyLesson = "",
    scale: Annotated[str, typer.Option(help="quick or full; without it COURSE_SCALE, or else quick.")] = "",
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Lessons at a time, a thread each; else half the cores, at least two.")
    ] = None,
) -> None:
    """Execute lessons, write them as pages to runs/, and show all claims. Fails if a lesson or a claim does."""
    from course_utils.command.lessons import find_lessons
    from course_utils.command.run import run_lessons
    from course_utils.command.side_by_side import default_jobs
    from course_utils.nvidia import usable_gpus
    from course_utils.scale import checked_scale, current_scale, full_time_of_all

    chosen, lessons = checked_scale(scale, "The scale") if scale else current_scale(), find_lessons(lesson or None)
    if jobs and jobs > 1 and (gpus := usable_gpus()):
        console.print(f"{', '.join(gpus)}: one lesson at a time uses a GPU, not {jobs}.", soft_wrap=True)
        jobs = 1
    if chosen == "full":
        expected = full_time_of_all([one.number for one in lessons])
        console.print(f"full: {expected}, on a T4 GPU (counted, not timed), and much longer on a CPU.", soft_wrap=True)
    if not run_lessons(lessons, chosen, jobs or default_jobs(), console):
        raise typer.Exit(1)


@app.command()
def progress(
    export: Annotated[
        Path | None, typer.Option(help="Write it into this new file instead, to hand over. Nothing is sent.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="A name to put into the file; without it there is none.")] = None,
) -> None:
    """Your exercises: tried, solved, and where this is kept."""
    if name is not None and export is None:
        raise ValueError("--name goes into the file of --export: give both, or neither.")
    if export is not None:
        _export(export, name)
        return
    from course_utils.command.lessons import find_lessons
    from course_utils.exercises import load_exercises
    from course_utils.exercises.progress import progress_file, read_progress, why_not_kept

    tried = read_progress()
    table = Table("exercise", "title", "attempts", "")
    for lesson in find_lessons():
        for key, exercise in load_exercises(lesson.number).items():
            entry = tried.get(key, {"attempts": 0, "solved": False})
            table.add_row(key, exercise.title, str(entry["attempts"]), "✔ solved" if entry["solved"] else "")
    console.print(table)
    trouble = why_not_kept()
    console.print(f"Not kept: {trouble}." if trouble else f"Kept in {progress_file()}", markup=False, soft_wrap=True)


@app.command("next")
def next_command() -> None:
    """What to do now: an exercise that is left in a lesson begun, or the next lesson whose needs are done."""
    from course_utils.command.next_step import next_step
    from course_utils.command.plan import room_lessons
    from course_utils.exercises.progress import read_progress

    console.print(next_step(room_lessons(), read_progress()), markup=False, highlight=False, soft_wrap=True)


@app.command("solution")
def solution_command(
    key: Annotated[str, typer.Argument(help="An exercise, 201-2 for instance.")],
    anyway: Annotated[bool, typer.Option("--anyway", help="Show it although the exercise was never tried.")] = False,
) -> None:
    """The solution of an exercise, with its text. Who has not tried is asked to try first."""
    from course_utils.command.lessons import exercise_text, find_lessons
    from course_utils.exercises.exercise import find_exercise
    from course_utils.exercises.progress import read_progress
    from course_utils.exercises.session import solution

    exercise = find_exercise(key)
    lesson = find_lessons(key.split("-")[0])[0]
    if not anyway and key not in read_progress():
        console.print(
            f"Exercise {key}, {exercise.title}, is not tried yet. Try first: `course lab {lesson.number}` opens its lesson, "
            f'and hint("{key}") helps there. `course solution {key} --anyway` shows the solution now.',
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        raise typer.Exit(1)
    console.print(f"{exercise_text(lesson, key)}\n", markup=False, highlight=False, soft_wrap=True)
    solution(key)


@app.command()
def plan(
    hours: Annotated[float, typer.Option(help="Hours in the room, short breaks included, lunch not.")],
    days: Annotated[
        int | None, typer.Option(help="Days or sessions to spread them over; else eight hours a day.")
    ] = None,
    topics: Annotated[
        str, typer.Option(help="start, cnn, rnn, gan, transformer, choosing, with commas; else the four architectures.")
    ] = "",
    lessons: Annotated[str, typer.Option(help="Lessons in place of topics: 101,201 with all that they need.")] = "",
    known: Annotated[str, typer.Option(help="Topics or lessons that the room knows before, with commas.")] = "",
) -> None:
    """A path to teach: lessons that fit into some hours, in order, with minutes, what to cut and what to give as homework."""
    from course_utils.command.plan import ARCHITECTURES, make_plan, room_lessons, words_of
    from course_utils.command.plan_words import clock, remarks
    from course_utils.command.room_time import room_time

    if topics and lessons:
        raise ValueError("--topics and --lessons both say what to teach: give one of them.")
    time = room_time(hours, days)
    chosen = make_plan(
        time,
        room_lessons(),
        words_of(topics, "--topics") or ARCHITECTURES,
        words_of(lessons, "--lessons"),
        words_of(known, "--known"),
    )
    table = Table("", "day", "lesson", "", "teaching", "exercises", "sum with breaks")
    for place, (lesson, day, passed) in enumerate(chosen.rows(), 1):
        minutes = (f"{lesson.teaching} min", f"{lesson.exercises} min", clock(passed))
        table.add_row(str(place), day, lesson.number, escape(lesson.title), *minutes)
    console.print(table)
    for heading, text in remarks(chosen):
        console.print(f"[bold]{heading}:[/bold] {escape(text)}", highlight=False, soft_wrap=True)


def _export(path: Path, name: str | None) -> None:
    """Write the progress into a new file and say what is in it."""
    from course_utils.command.room import checked_name, export_progress

    name = "" if name is None else checked_name(name)
    exercises = export_progress(path, name)
    console.print(
        f"{path} holds {exercises} exercise{'' if exercises == 1 else 's'}: attempts, solved or not, and what met wrong answers; "
        f"{f'the name {name}' if name else 'no name'}. It was sent nowhere: hand it over yourself.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


@app.command()
def room(folder: Annotated[Path, typer.Argument(help="A folder with files of `course progress --export`.")]) -> None:
    """Where a room stands: of each exercise how many tried and solved it, and the commonest wrong answer."""
    from course_utils.command.room import read_room, room_rows
    from course_utils.command.room_time import and_list

    handed_over, skipped = read_room(folder)
    table = Table("exercise", "title", "tried", "solved", "commonest wrong answer was met by", "learners")
    for row in room_rows(handed_over):
        counts = (str(row.tried), str(row.solved), escape(row.commonest), str(row.learners or ""))
        table.add_row(escape(row.key), escape(row.title), *counts)
    console.print(table)
    names = [one.name for one in handed_over if one.name]
    nameless = len(handed_over) - len(names)
    who = and_list([*names, *([f"{nameless} without a name"] if nameless else [])])
    for line in (
        f"{len(handed_over)} of {len(handed_over) + len(skipped)} files count: {who}.",
        *(f"Skipped: {reason}" for reason in skipped),
    ):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


@app.command()
def questions(
    lesson: OneLesson,
    format: Annotated[
        str, typer.Option(help="text to print; gift or moodle-xml for Moodle; jupyterquiz for a notebook.")
    ] = "text",
    file: Annotated[Path | None, typer.Option(help="Write them into this new file instead.")] = None,
) -> None:
    """A lesson's questions to choose from, with the misconception behind each wrong answer."""
    from course_utils.command.lessons import find_lessons
    from course_utils.command.new_file import write_new_file
    from course_utils.command.questions import checked_format, read_questions

    write = checked_format(format)
    chosen = find_lessons(lesson)[0]
    found = read_questions(chosen.number)
    text = write(found, chosen.number, chosen.title)
    if file is None:
        typer.echo(text, nl=False)  # as it is: rich would fold lines and replace some words between colons
        return
    write_new_file(file, text)
    console.print(f"{file} holds {len(found)} questions.", markup=False, highlight=False, soft_wrap=True)


@app.command()
def handout(
    lessons: Annotated[list[str], typer.Argument(help="The numbers of lessons, 201 203 for instance.")],
    reader: Annotated[str, typer.Option("--for", help="students: without results; teacher: with solutions.")] = "",
    nbgrader: Annotated[bool, typer.Option("--nbgrader", help="Assignments for nbgrader, with points.")] = False,
    folder: Annotated[
        Path | None, typer.Option(help="Where they go; with --nbgrader the course's folder. Else handouts/ here.")
    ] = None,
) -> None:
    """Copies of lessons for a room: without what tells the results, or with solutions. A file that is there stays."""
    from course_utils.command.assignment import own_settings
    from course_utils.command.handouts import lessons_of, write_assignments, write_handouts
    from course_utils.command.lessons import checkout_folder

    if nbgrader == bool(reader):
        raise ValueError("For whom? Give --for students, --for teacher or --nbgrader, one of the three.")
    checkout, chosen = checkout_folder(), lessons_of(lessons)
    if nbgrader:
        place = (folder or checkout / "handouts" / "nbgrader").absolute()
        lines = [*map(str, write_assignments(chosen, place)), *own_settings(place)]
    else:
        place = (folder or checkout / "handouts").absolute()
        lines = list(map(str, write_handouts(chosen, reader, place, checkout)))
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


@app.command()
def refresh(lesson: AnyLesson = "") -> None:
    """Execute lessons at the quick scale and store their outputs and times in the notebooks."""
    from course_utils.command.lessons import execute, find_lessons, store

    passed = True
    for chosen in find_lessons(lesson or None):
        console.print(f"{chosen.name} ...")
        execution = execute(chosen, "quick")
        passed = passed and execution.passed
        held = sum(holds for _, holds in execution.claims)
        console.print(
            f"  {execution.seconds:.0f} s, {execution.peak_megabytes:.0f} MB, {held} of {len(execution.claims)} claims hold"
        )
        for failure in execution.failures:
            console.print(f"  [red]✘ {failure}[/red]", soft_wrap=True)
        if execution.error:
            console.print("  [red]Not stored: the notebook is as it was.[/red]")
        else:
            store(execution)
    if not passed:
        raise typer.Exit(1)


@app.command()
def seeds(lesson: OneLesson, count: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 3) -> None:
    """Execute a lesson with the seeds 1, 2, 3, ... and show which claims hold with each. Nothing is stored."""
    from course_utils.command.lessons import execute, find_lessons

    chosen = find_lessons(lesson)[0]
    columns = []
    for seed in range(1, count + 1):
        execution = execute(chosen, "quick", seed=seed)
        if execution.error:
            raise ValueError(f"Seed {seed} stopped at {execution.error}")
        columns.append(execution.claims)
    table = Table("claim", *(f"seed {seed}" for seed in range(1, count + 1)), title=chosen.name)
    for row in zip(*columns):
        table.add_row(row[0][0], *("✔" if holds else "[red]✘[/red]" for _, holds in row))
    console.print(table)
    if not all(holds for column in columns for _, holds in column):
        raise typer.Exit(1)


@app.command("new-project")
def new_project_command(
    brief: Annotated[str, typer.Argument(help="rain, typefaces or tunes; nothing lists them.")] = "",
) -> None:
    """Make a copy of a brief's starter notebook in my/, to work in. A copy that is there stays as it is."""
    from course_utils.command.copies import start_project
    from course_utils.command.lessons import checkout_folder
    from course_utils.projects.briefs import NAMES, find_brief

    if not brief:
        table = Table("brief", "question")
        for name in NAMES:
            table.add_row(name, find_brief(name).title)
        console.print(table)
        return
    try:
        folder = checkout_folder()
    except FileNotFoundError:  # the installed package brings the briefs too
        folder = Path.cwd()
    path = start_project(find_brief(brief), folder)
    console.print(f"Your copy: {path.relative_to(folder).as_posix()}", markup=False, highlight=False, soft_wrap=True)


@app.command("check-project")
def check_project_command(
    file: Annotated[Path, typer.Argument(help="A notebook.")],
    minutes: Annotated[float, typer.Option(min=0.05, help="How long it may run.")] = 20.0,
) -> None:
    """Run a project's notebook and say what a machine can see: baseline, test part, seeds, claims, numbers, labels."""
    from course_utils.projects.check import NOT_SEEN, check_project

    report = check_project(file, minutes)
    table = Table("looked at", "", "found")
    for finding in report.findings:
        sign = "[red]✘[/red]" if finding.holds is False else finding.sign
        table.add_row(finding.what, sign, escape(finding.found))
    console.print(table)
    console.print(
        f"It ran for {report.seconds:.0f} s. [3] is the third code cell, as Jupyter numbers it after Restart and Run All; "
        "– says that there was nothing to look at. What no machine sees is for a reader, by the lines of the rubric:",
        markup=False,
    )
    for line in NOT_SEEN:
        console.print(f"- {line}", soft_wrap=True, highlight=False)
    if not report.passed:
        raise typer.Exit(1)


@app.command("renumber")
def renumber_command(
    old: OneLesson, new: Annotated[str, typer.Argument(help="Its new number, 203 for instance.")]
) -> None:
    """Give a lesson another number: file, links, badge, exercises, tests, and the stored progress of learners."""
    from course_utils.command.lessons import checkout_folder
    from course_utils.command.renumber import renumber

    checkout = checkout_folder()
    for path in renumber(checkout, {old: new}):
        console.print(str(path.relative_to(checkout)))


@app.command("set-repository")
def set_repository_command(
    owner_name: Annotated[str, typer.Argument(metavar="OWNER/NAME")],
    contact: Annotated[str, typer.Option(help="An e-mail address for the code of conduct.")] = "",
) -> None:
    """Write the repository's address into pyproject.toml, every lesson and every page."""
    from course_utils.command.lessons import checkout_folder
    from course_utils.command.repository import check_contact, contact_is_set, set_contact, set_repository

    checkout = checkout_folder()
    if contact:
        check_contact(contact)  # before anything is written
    changed = set_repository(checkout, owner_name)
    if contact:
        changed.append(set_contact(checkout, contact))
    for path in changed:
        console.print(str(path.relative_to(checkout)))
    if not contact_is_set(checkout):
        console.print("CODE_OF_CONDUCT.md names nobody yet: add --contact ADDRESS.", highlight=False, soft_wrap=True)
