"""What a machine can see in a project's notebook: `course check-project FILE`, and on the page of lesson 530."""

import ast
import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from course_utils.claims import read_claims
from course_utils.command.lessons import printed_text
from course_utils.projects.briefs import numbers_of_brief
from course_utils.projects.numbers_in_text import numbers_of, printed_outputs, unsupported

if TYPE_CHECKING:
    import pandas as pd

SEEDS = 3  # so many stand behind a headline number
START = "from course_utils.projects.recorder import start as _start\n_start({!r})\ndel _start"
NOT_SEEN = (
    "whether the question is answered, and whether it was worth asking (A)",
    "a leak by typeface, tune, voice, day or place; only whole rows that stand in both parts are found (B)",
    "a number chosen by eye after a look at the test part, in this run or one before it (B)",
    "whether the baseline got as much care as the network, if it is not the brief's own (C)",
    "whether two arms differ in one thing, and whether a cause was taken away to see its effect go (D)",
    "whether a claim can fail, and whether the text says what the table says (E)",
)


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, the verdict (None where it could not be judged), what was found."""

    what: str
    holds: bool | None
    found: str

    @property
    def sign(self) -> str:
        return {True: "✔", False: "✘", None: "?"}[self.holds]


@dataclass(frozen=True, repr=False)
class Report:
    """The findings on one notebook, and the notebook as it ran (with the outputs of this run). A page shows it as a table."""

    path: Path
    findings: list[Finding]
    notebook: nbformat.NotebookNode
    seconds: float

    @property
    def passed(self) -> bool:
        return all(finding.holds for finding in self.findings)

    @property
    def faults(self) -> list[str]:
        """What was looked at where the verdict is ✘."""
        return [finding.what for finding in self.findings if finding.holds is False]

    def table(self) -> "pd.DataFrame":
        """The findings as a table: what, verdict, found."""
        import pandas as pd

        rows = [(finding.what, finding.sign, finding.found) for finding in self.findings]
        return pd.DataFrame(rows, columns=["looked at", "", "found"]).set_index("looked at")

    def __repr__(self) -> str:
        return "\n".join(f"{finding.sign} {finding.what}: {finding.found}" for finding in self.findings)

    def _repr_html_(self) -> str:
        import pandas as pd

        with pd.option_context("display.max_colwidth", None):
            return self.table().to_html()


class Run:
    """A project's notebook after its execution: the events that were noted, and the error if a cell stopped it."""

    def __init__(self, notebook: nbformat.NotebookNode, events: list[dict[str, Any]], error: str) -> None:
        self.notebook, self.events, self.error = notebook, events, error
        self.sources = [cell.source for cell in _executed(notebook)]

    def of(self, *kinds: str) -> list[dict[str, Any]]:
        """The events of these kinds, in order, with their place in the whole as "order"."""
        return [{**event, "order": order} for order, event in enumerate(self.events) if event["kind"] in kinds]

    @property
    def networks(self) -> list[dict[str, Any]]:
        """The trainings of networks."""
        return [event for event in self.of("trained") if event["network"]]


def check_project(path: Path | str, minutes: float = 20.0) -> Report:
    """Execute a notebook in a fresh kernel, without a network, and say what can be seen. The file is not changed.

    It works in the folder of the notebook. Raises FileNotFoundError or ValueError, with one sentence, for what is no
    notebook, is damaged, is written for another language than Python or holds no code.
    """
    path = Path(path)
    notebook = read_project(path)
    started = time.perf_counter()
    run = _execute(notebook, path, minutes)
    findings = [_runs(run)]
    findings += [_judge(look, run) for look in LOOKS]
    return Report(path, findings, run.notebook, time.perf_counter() - started)


def read_project(path: Path) -> nbformat.NotebookNode:
    """The notebook in a file. Raises FileNotFoundError or ValueError, each with a sentence that says what helps."""
    if not path.exists():
        raise FileNotFoundError(f"There is no file {path}.")
    if path.is_dir() or path.suffix != ".ipynb":
        raise ValueError(f"{path} is no notebook: its name should end in .ipynb.")
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(stored, dict) or "cells" not in stored:
            raise ValueError("no cells")
        notebook = nbformat.reads(json.dumps(stored), as_version=4)
        nbformat.validate(notebook)
    except (ValueError, KeyError, TypeError, AttributeError, nbformat.ValidationError) as error:
        reason = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise ValueError(f"{path} is damaged: it cannot be read as a notebook ({reason}).") from error
    about = notebook.metadata
    language = about.get("kernelspec", {}).get("language") or about.get("language_info", {}).get("name") or "python"
    if language.lower() not in ("python", "ipython"):
        raise ValueError(f"{path} is written for {language}; the check can run Python alone.")
    if not _executed(notebook):
        raise ValueError(f"{path} holds no code: there is nothing to run.")
    return notebook


def _executed(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The code cells that nbclient executes, in order: their places are the numbers that Jupyter shows."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    return [cell for cell in cells if "skip-execution" not in cell.metadata.get("tags", [])]


def _execute(notebook: nbformat.NotebookNode, path: Path, minutes: float) -> Run:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    end = time.monotonic() + 60 * minutes
    error = ""
    for cell in _executed(notebook):
        cell.outputs, cell.execution_count = [], None
    cells = list(notebook.cells)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        events = Path(folder) / "events.jsonl"
        events.touch()
        notebook.cells.insert(0, nbformat.v4.new_code_cell(START.format(str(events))))
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout_func=lambda cell: max(0.1, end - time.monotonic()),
            coalesce_streams=True,
            resources={"metadata": {"path": str(path.parent.resolve())}},
        )
        own = {"COURSE_HOME": folder, "JUPYTER_PREFER_ENV_PATH": "1", "JPY_SESSION_NAME": path.name}
        try:
            client.execute(env={**os.environ, **own}, stderr=subprocess.DEVNULL)
        except Exception as problem:
            if hasattr(client, "_async_cleanup_kernel_future") and not isinstance(
                problem, (CellExecutionError, CellTimeoutError, DeadKernelError)
            ):
                raise KeyboardInterrupt from None  # as in `execute`: nbclient stumbles after Ctrl-C
            if not isinstance(problem, (CellExecutionError, CellTimeoutError, DeadKernelError)):
                raise
            error = type(problem).__name__
        noted = [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]
    notebook.cells = cells
    return Run(notebook, noted, _what_stopped(notebook, error, minutes))


def _what_stopped(notebook: nbformat.NotebookNode, error: str, minutes: float) -> str:
    """Which cell stopped the run, and why; "" if none did."""
    if not error:
        return ""
    executed = _executed(notebook)
    for number, cell in enumerate(executed, start=1):
        for output in cell.outputs:
            if output.output_type == "error" and error == "CellExecutionError":
                reason = output.evalue.splitlines()[0] if output.evalue else "no message"
                return f"{_place(number, cell.source)} stops with {output.ename}: {reason}"
    begun = [number for number, cell in enumerate(executed, start=1) if cell.metadata.get("execution", {})]
    number = begun[-1] if begun else 1
    place = _place(number, executed[number - 1].source)
    if error == "CellTimeoutError":
        return f"{place} was still running when {minutes:g} minutes were over; give more with --minutes"
    return f"the kernel died in {place}; one reason may be too little memory"


def _place(number: int, source: str) -> str:
    first = next((line.strip() for line in source.splitlines() if line.strip()), "")
    return f"cell [{number}] ({first[:40]}{'...' if len(first) > 40 else ''})"


def _cells(events: list[dict[str, Any]]) -> str:
    """The cells of some events: "cell [4]", "cells [4], [7]"."""
    numbers = sorted({event["cell"] for event in events})
    return f"cell{'s' if len(numbers) > 1 else ''} " + ", ".join(f"[{number}]" for number in numbers)


def _runs(run: Run) -> Finding:
    return Finding("runs from top to bottom", not run.error, run.error or f"{len(run.sources)} code cells")


def _judge(look: Callable[[Run], Finding], run: Run) -> Finding:
    """What a look finds; after a run that stopped, only faults are told: what is missing may stand below."""
    finding = look(run)
    if run.error and not (finding.holds is False and finding.what in SEEN_AT_ONCE):
        return Finding(finding.what, None, "not judged: the run stopped before the end")
    return finding


def _offline(run: Run) -> Finding:
    asked = run.of("network")
    hosts = ", ".join(sorted({event["host"] for event in asked}))
    return Finding("needs no network", not asked, f"{_cells(asked)}: {hosts}" if asked else "nothing asked for")


def _test_once(run: Run) -> Finding:
    what = "test part opened once, after all training"
    direct, opened, trained = run.of("read"), run.of("opened"), run.of("trained")
    named = _trained_on_names_with_test(run.sources)
    if direct:
        return Finding(what, False, f"{_cells(direct)}: `.test` of a loader is read past the seal")
    if named:
        return Finding(what, False, f"cell [{named[0][0]}]: `{named[0][1]}` is handed to fit")
    if not opened:
        return Finding(what, False, "it is never opened: nothing is judged, or on examples that only you know")
    if len(opened) > 1:
        return Finding(
            what, False, f"opened {len(opened)} times, in {_cells(opened)}: open it once and keep it in a name"
        )
    later = [event for event in trained if event["order"] > opened[0]["order"]]
    if later:
        kinds = ", ".join(sorted({event["what"] for event in later}))
        return Finding(what, False, f"opened in {_cells(opened)}, then trained in {_cells(later)} ({kinds})")
    return Finding(what, True, f"opened in {_cells(opened)}")


def _trained_on_names_with_test(sources: list[str]) -> list[tuple[int, str]]:
    """Names with "test" in them that stand among the arguments of a call of fit: the cell and the name."""
    found = []
    for number, source in enumerate(sources, start=1):
        for call in (node for node in ast.walk(_parsed(source)) if isinstance(node, ast.Call)):
            if getattr(call.func, "attr", "") in ("fit", "fit_transform", "train_on_batch"):
                given = [*call.args, *(word.value for word in call.keywords)]
                names = [
                    node for part in given for node in ast.walk(part) if isinstance(node, (ast.Name, ast.Attribute))
                ]
                words = [getattr(node, "id", getattr(node, "attr", "")) for node in names]
                found += [(number, word) for word in words if re.search(r"(^|_)test(_|$|ing)", word, re.IGNORECASE)]
    return found


def _parsed(source: str) -> ast.AST:
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:
        return ast.Module([], [])


def _no_leak(run: Run) -> Finding:
    what = "no test row was trained on"
    leaks = run.of("leaked")
    if leaks:
        most = max(leaks, key=lambda event: event["count"])
        numbers = sorted({event["trained"] for event in leaks})
        places = ", ".join(f"[{number}]" for number in numbers)
        return Finding(
            what, False, f"{most['count']} of {most['of']} test rows were handed to the training in cell {places}"
        )
    if not run.of("opened"):
        return Finding(what, None, "not judged: the sealed test part was never opened")
    return Finding(what, True, "none of the sealed rows; rows that were changed on the way are not recognised")


def _baseline(run: Run) -> Finding:
    what = "a baseline beside the result"
    brief = _brief_of(run)
    called = run.of("baseline")
    if brief and not called:
        return Finding(what, False, f"the baseline of the brief was not asked: {brief}.baseline(project)")
    lines = [line for line in printed_outputs(run.notebook).splitlines() if "baseline" in line.lower()]
    numbered = any(re.search(r"\d", line) for line in lines) or bool(_baseline_row(run.notebook))
    if not numbered:
        return Finding(what, False, "no output shows the word baseline beside a number")
    return Finding(what, True, f"asked in {_cells(called)}" if called else "an output names one; judge its strength")


def _baseline_row(notebook: nbformat.NotebookNode) -> list[str]:
    """The rows or columns of shown tables that are named baseline."""
    pages = [
        output.get("data", {}).get("text/html", "") for cell in notebook.cells for output in cell.get("outputs", [])
    ]
    return [name for page in pages for name in re.findall(r"<th[^>]*>([^<]*baseline[^<]*)</th>", page, re.IGNORECASE)]


def _brief_of(run: Run) -> str:
    """The brief whose data the notebook loads, "" if none."""
    found = re.search(r"\bcourse_utils\.projects(?: import |\.)(rain|typefaces|tunes)\b", "\n".join(run.sources))
    return found[1] if found else ""


def _measure(run: Run) -> Finding:
    what = "the measure of the brief"
    brief, measured = _brief_of(run), run.of("measured")
    if not brief:
        return Finding(what, True, "no brief of the course: judge the measure yourself")
    opened = run.of("opened")
    after = [event for event in measured if opened and event["order"] > opened[0]["order"]]
    if not after:
        return Finding(what, False, f"{brief}.score was not computed on the opened test part")
    return Finding(what, True, f"computed on the test part in {_cells(after)}")


def _seeds(run: Run) -> Finding:
    what = f"at least {SEEDS} seeds behind the result"
    trainings = run.networks
    if not trainings:
        return Finding(what, False, "no training of a Keras network was seen")
    without = [event for event in trainings if event["seed"] is None]
    if without:
        return Finding(what, False, f"{_cells(without)}: trained before a seed was set")
    seeds = sorted({event["seed"] for event in trainings})
    shown = ", ".join(map(str, seeds))
    if len(seeds) < SEEDS:
        return Finding(what, False, f"networks were trained with seed{'s' if len(seeds) > 1 else ''} {shown} only")
    return Finding(what, True, f"networks were trained with the seeds {shown}")


def _claims(run: Run) -> Finding:
    what = "claims, and all hold"
    claims = read_claims(printed_text(run.notebook))
    false = [sentence for sentence, holds in claims if not holds]
    if not claims:
        return Finding(what, False, "there is none: claim(sentence, condition)")
    return Finding(what, not false, f"✘ {false[0]}" if false else f"{len(claims)} of {len(claims)}")


def _numbers(run: Run) -> Finding:
    what = "each number of the text stands in an output"
    text = "\n\n".join(cell.source for cell in run.notebook.cells if cell.cell_type == "markdown")
    numbers = numbers_of(text)
    settings = [*_literals(run.sources), *numbers_of_brief(_brief_of(run))]
    missing = unsupported(numbers, printed_outputs(run.notebook), settings)
    if missing:
        shown = ", ".join(dict.fromkeys(one.text for one in missing))
        return Finding(what, False, f"not found in any output or setting: {shown}")
    return Finding(what, True, f"{len(numbers)} numbers looked up")


def _literals(sources: list[str]) -> list[float]:
    """The numbers written in the code: settings, and the bounds of claims."""
    constants = [
        node.value for source in sources for node in ast.walk(_parsed(source)) if isinstance(node, ast.Constant)
    ]
    return [float(value) for value in constants if isinstance(value, (int, float)) and not isinstance(value, bool)]


def _labels(run: Run) -> Finding:
    what = "plots carry labels on both axes"
    drawn = run.of("drawn")
    bare = [event for event in drawn if event["missing"]]
    if bare:
        axes = " and ".join(sorted({letter for event in bare for letter in event["missing"]}))
        return Finding(what, False, f"{_cells(bare)}: no label on {axes}")
    return Finding(what, True, f"{len(drawn)} pictures looked at")


LOOKS = (_offline, _test_once, _no_leak, _baseline, _measure, _seeds, _claims, _numbers, _labels)
SEEN_AT_ONCE = ("needs no network", "no test row was trained on", "plots carry labels on both axes")
