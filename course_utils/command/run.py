"""`course run`: execute lessons with a live display, write their pages, and tell what failed."""

import shutil
import time
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from course_utils.command.lessons import Execution, Lesson, checkout_folder
from course_utils.command.side_by_side import execute_side_by_side
from course_utils.scale import FULL_MINUTES, full_minutes


def run_lessons(lessons: list[Lesson], scale: str, jobs: int, console: Console) -> bool:
    """Execute the lessons, `jobs` at a time; whether all passed. Pages appear in runs/TIME only when they are whole."""
    from course_utils.command.report import write_index, write_lesson

    folder = checkout_folder() / "runs" / datetime.now().strftime("%Y-%m-%d-%H%M%S")
    draft = folder.with_name(f".{folder.name}")
    draft.mkdir(parents=True)
    executions: list[Execution] = []
    interrupted = False
    try:
        with LiveDisplay(lessons, scale, jobs, console) as display:
            for execution in execute_side_by_side(lessons, scale, jobs, display.start, display.on_cell):
                write_lesson(execution, draft)
                executions.append(execution)
                display.finish(execution)
    except KeyboardInterrupt:
        interrupted = True
    except BaseException:
        shutil.rmtree(draft)
        raise
    executions.sort(key=lambda execution: execution.lesson.name)
    if executions:
        write_index(executions, draft, scale, interrupted)
        draft.rename(folder)
    else:
        shutil.rmtree(draft)
    _show_results(executions, folder, console)
    if interrupted:
        console.print(f"[red]Interrupted: {len(executions)} of {len(lessons)} lessons were run.[/red]")
    return not interrupted and all(execution.passed for execution in executions)


def expected_seconds(lesson: Lesson, scale: str) -> int:
    """As measured at quick; at full as counted for a T4 GPU, or the most that a lesson may take there."""
    return 60 * full_minutes().get(lesson.number, FULL_MINUTES) if scale == "full" else lesson.seconds


class LiveDisplay:
    """One line that moves: lessons, cells, elapsed time, estimate of what is left. Each finished lesson leaves a line."""

    def __init__(self, lessons: list[Lesson], scale: str, jobs: int, console: Console) -> None:
        self.console, self.jobs = console, jobs
        self.expected = {lesson.number: expected_seconds(lesson, scale) for lesson in lessons}
        columns = (
            TextColumn("{task.description}"),
            BarColumn(20),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
        )
        self.progress = Progress(*columns, console=console, transient=True)
        self.started = time.perf_counter()
        self.done = 0.0  # expected seconds of what is finished
        self.running: dict[str, tuple[int, int]] = {}  # the cell that each lesson is at, and how many it has

    def __enter__(self) -> "LiveDisplay":
        self.progress.start()
        self.task = self.progress.add_task("starting", total=sum(self.expected.values()), left="")
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def start(self, lesson: Lesson) -> None:
        if not self.console.is_terminal:
            self.console.print(f"{lesson.name} ...")

    def on_cell(self, lesson: Lesson, cell: int, cells: int) -> None:
        self.running[lesson.number] = (cell, cells)
        running = sorted(self.running.items())  # a copy: other lessons write here too
        now = self.done + sum(self.expected[number] * cell / cells for number, (cell, cells) in running)
        left = (sum(self.expected.values()) - now) / self.jobs
        if now > 20:  # by then the speed of this machine shows
            left *= (time.perf_counter() - self.started) * self.jobs / now
        text = f"about {left / 60:.0f} min left" if left > 90 else f"about {left:.0f} s left"
        places = ", ".join(f"{number}: cell {cell + 1} of {cells}" for number, (cell, cells) in running)
        self.progress.update(self.task, description=places, completed=now, left=text)

    def finish(self, execution: Execution) -> None:
        self.running.pop(execution.lesson.number, None)
        self.done += self.expected[execution.lesson.number]
        held = sum(holds for _, holds in execution.claims)
        mark = "✔" if execution.passed else "[red]✘[/red]"
        claims = f"{held} of {len(execution.claims)} claims hold"
        self.console.print(
            f"{mark} {execution.lesson.name}  {execution.seconds:.0f} s, {execution.peak_megabytes:.0f} MB, {claims}"
        )


def _show_results(executions: list[Execution], folder: Path, console: Console) -> None:
    claims = Table("lesson", "claim", "", title="All claims")
    times = Table("lesson", "minutes", "peak memory", title="Time")
    for execution in executions:
        for sentence, holds in execution.claims:
            claims.add_row(execution.lesson.number, sentence, "✔" if holds else "[red]✘[/red]")
        times.add_row(execution.lesson.name, f"{execution.seconds / 60:.1f}", f"{execution.peak_megabytes:.0f} MB")
    if not executions:
        return
    console.print(claims, times)
    console.print(f"The lessons as pages: {folder / 'index.html'}", soft_wrap=True)
    failed = [execution for execution in executions if not execution.passed]
    for execution in failed:
        for failure in execution.failures:
            console.print(f"[red]✘ {execution.lesson.name}: {failure}[/red]", soft_wrap=True, highlight=False)
    if not failed:
        console.print("All lessons ran and all claims hold.")
