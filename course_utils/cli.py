"""The `course` command."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Deep learning, four architectures: the course's own command.")
console = Console()

LessonArgument = Annotated[str, typer.Argument(help="A lesson's number, 21 for instance; nothing means all of them.")]


def main() -> None:
    """Entry point: an expected mistake ends in one sentence, not in a traceback."""
    try:
        app()
    except (FileNotFoundError, KeyError, ValueError) as error:
        console.print(f"[red]{error.args[0]}[/red]", soft_wrap=True)
        raise SystemExit(2) from error


@app.command()
def refresh(lesson: LessonArgument = "") -> None:
    """Execute lessons at the quick scale and store their outputs and minutes in the notebooks."""
    from course_utils.lessons import execute, find_lessons, store

    failed = []
    for chosen in find_lessons(lesson or None):
        console.print(f"{chosen.name} ...")
        execution = execute(chosen, "quick")
        if execution.error:
            failed.append(chosen.name)
            console.print(f"  [red]not stored: {execution.error}[/red]", soft_wrap=True)
            continue
        store(execution)
        held = sum(holds for _, holds in execution.claims)
        console.print(f"  {execution.seconds:.0f} s, {execution.peak_megabytes:.0f} MB, {held} of {len(execution.claims)} claims hold")
        for failure in execution.failures:
            console.print(f"  [red]✘ {failure}[/red]", soft_wrap=True)
    if failed:
        raise typer.Exit(1)


@app.command()
def seeds(lesson: Annotated[str, typer.Argument(help="A lesson's number.")], count: int = 3) -> None:
    """Execute a lesson with the seeds 1, 2, 3, ... and show which claims hold with each. Nothing is stored."""
    from course_utils.lessons import execute, find_lessons

    chosen = find_lessons(lesson)[0]
    table = Table("claim", *(f"seed {seed}" for seed in range(1, count + 1)), title=chosen.name)
    columns = []
    for seed in range(1, count + 1):
        execution = execute(chosen, "quick", seed=seed)
        if execution.error:
            raise ValueError(f"Seed {seed} stopped at {execution.error}")
        columns.append(execution.claims)
    for row in zip(*columns):
        table.add_row(row[0][0], *("✔" if holds else "[red]✘[/red]" for _, holds in row))
    console.print(table)
