"""What a machine can see in a project's notebook: `course check-project FILE`, and on the page of lesson 524."""

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
from course_utils.projects.numbers_in_text import NumberInText, numbers_of, printed_outputs, unsupported

if TYPE_CHECKING:
    import pandas as pd

SEEDS = 3  # so many stand behind a headline number
PLACES = 6  # of numbers that the report names
NOWHERE = {  # for programs that a cell starts: no way to another machine
    **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9"),
    **dict.fromkeys(("no_proxy", "NO_PROXY"), "localhost,127.0.0.1"),
    "PIP_NO_INDEX": "1",
}
START = "from course_utils.projects.recorder import start as _start\n_start({!r})\ndel _start"
NOT_SEEN = (
    "whether the question is answered, and whether it was worth asking (A)",
    "a leak by typeface, tune, voice, day or place; only whole rows that stand in both parts are found (B)",
    "a network or a number chosen after one opening of the test part, by eye or by code, in this run or one before it (B)",
    "whether the baseline got as much care as the network, if it is not the brief's own (C)",
    "whether two arms differ in one thing, and whether a cause was taken away to see its effect go (D)",
    "whether a claim can fail, and whether the text says what the table says (E)",
)


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, the verdict (None where it could not be judged), what was found.

    `empty` if there was nothing to look at: no fault, and no merit.
    """

    what: str
    holds: bool | None
    found: str
    empty: bool = False

    @property
    def sign(self) -> str:
        return "–" if self.empty else {True: "✔", False: "✘", None: "?"}[self.holds]


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

    @property
    def brief(self) -> str:
        """The brief whose data the notebook loaded, "" if none."""
        loaded = self.of("loaded")
        return loaded[-1]["brief"] if loaded else ""

    def place(self, number: int) -> str:
        """A cell as Jupyter numbers it after a run from the top, with its first line: [3] (test = project.test.open())."""
        source = self.sources[number - 1] if 0 < number <= len(self.sources) else ""
        return f"[{number}] ({_first_line(source)})"

    def cells(self, events: list[dict[str, Any]]) -> str:
        """The cells of some events, their first lines with them as long as they are two at most."""
        numbers = sorted({event["cell"] for event in events})
        if len(numbers) > 2:
            return "cells " + ", ".join(f"[{number}]" for number in numbers)
        return f"cell{'s' if len(numbers) > 1 else ''} " + " and ".join(map(self.place, numbers))


def check_project(path: Path | str, minutes: float = 20.0) -> Report:
    """Execute a notebook in a fresh kernel, without the internet, and say what can be seen. The file is not changed.

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
        own = {"COURSE_HOME": folder, "JUPYTER_PREFER_ENV_PATH": "1", "JPY_SESSION_NAME": path.name, **NOWHERE}
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
    begun = max([event["cell"] for event in noted if event["kind"] == "began"], default=1)
    return Run(notebook, noted, _what_stopped(notebook, error, minutes, begun))


def _what_stopped(notebook: nbformat.NotebookNode, error: str, minutes: float, begun: int) -> str:
    """Which cell stopped the run, the last that has begun, and why; "" if none did."""
    if not error:
        return ""
    executed = _executed(notebook)
    for number, cell in enumerate(executed, start=1):
        for output in cell.outputs:
            if output.output_type == "error" and error == "CellExecutionError":
                reason = output.evalue.splitlines()[0] if output.evalue else "no message"
                return f"{_place(number, cell.source)} stops with {output.ename}: {reason}"
    place = _place(begun, executed[begun - 1].source)
    if error == "CellTimeoutError":
        return f"{place} was still running when {minutes:g} minutes were over; give more with --minutes"
    return f"the kernel died in {place}; one reason may be too little memory"


def _place(number: int, source: str) -> str:
    return f"cell [{number}] ({_first_line(source)})"


def _first_line(source: str) -> str:
    first = next((line.strip() for line in source.splitlines() if line.strip()), "")
    return f"{first[:40]}{'...' if len(first) > 40 else ''}"


def _runs(run: Run) -> Finding:
    return Finding("runs from top to bottom", not run.error, run.error or f"{len(run.sources)} code cells")


def _judge(look: Callable[[Run], Finding], run: Run) -> Finding:
    """What a look finds; after a run that stopped, only faults are told: what is missing may stand below."""
    finding = look(run)
    if run.error and not (finding.holds is False and finding.what in SEEN_AT_ONCE):
        return Finding(finding.what, None, "not judged: the run stopped before the end")
    return finding


def _offline(run: Run) -> Finding:
    what = "needs no internet"
    asked = run.of("network")
    hosts = ", ".join(sorted({event["host"] for event in asked}))
    if asked:
        return Finding(what, False, f"{run.cells(asked)}: {hosts}")
    for number, source in enumerate(run.sources, start=1):
        if command := _fetches(_parsed(source)):
            return Finding(what, False, f"cell {run.place(number)}: {command}")
    return Finding(what, True, "nothing asked for")


def _fetches(tree: ast.AST) -> str:
    """The first line for a shell that fetches something, outside `if "google.colab" in ...`; "" if there is none."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "google.colab" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("get_ipython()."):
            line = " ".join(str(word.value) for word in node.args if isinstance(word, ast.Constant))
            if re.search(r"\b(pip|conda|uv|wget|curl|git|apt|apt-get)\b", line):
                return line
        if line := _fetches(node):
            return line
    return ""


def _test_once(run: Run) -> Finding:
    what = "test part opened once, after all training"
    direct, opened, trained = run.of("read"), run.of("opened"), run.of("trained")
    named = _trained_on_names_with_test(run.sources)
    if direct:
        return Finding(what, False, f"{run.cells(direct)}: `.test` of a loader is read past the seal: Sealed.of(data)")
    if named:
        return Finding(what, False, f"cell {run.place(named[0][0])}: `{named[0][1]}` is handed to fit")
    if not opened:
        return Finding(what, False, "it is never opened: nothing is judged, or on examples that only you know")
    if len(opened) > 1:
        return Finding(
            what, False, f"opened {len(opened)} times, in {run.cells(opened)}: open it once and keep it in a name"
        )
    later = [event for event in trained if event["order"] > opened[0]["order"]]
    if later:
        kinds = ", ".join(sorted({event["what"] for event in later}))
        return Finding(what, False, f"opened in {run.cells(opened)}, then trained in {run.cells(later)} ({kinds})")
    scored = {event["answers"] for event in run.of("measured") if event["on_test"]}
    told = f"; {len(scored)} answers were scored on it: was one of them chosen?" if len(scored) > 1 else ""
    return Finding(what, True, f"opened in {run.cells(opened)}{told}")


def _trained_on_names_with_test(sources: list[str]) -> list[tuple[int, str]]:
    """Names with "test" in them that stand among the data of a call of fit: the cell and the name."""
    found = []
    for number, source in enumerate(sources, start=1):
        for call in (node for node in ast.walk(_parsed(source)) if isinstance(node, ast.Call)):
            if getattr(call.func, "attr", "") in ("fit", "fit_transform", "train_on_batch"):
                data = ("x", "y", "X", "validation_data")
                given = [*call.args[:2], *(word.value for word in call.keywords if word.arg in data)]
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
        places = run.cells([{"cell": event["trained"]} for event in leaks])
        return Finding(
            what, False, f"{most['count']} of {most['of']} test rows were handed to the training in {places}"
        )
    opened = run.of("opened")
    if not opened:
        return Finding(what, None, "not judged: the sealed test part was never opened")
    widths = {str(width) for event in opened for width in event["widths"]}
    trained = [event["widths"] for event in run.of("trained")]
    comparable = sum(rows for one in trained for width, rows in one.items() if width in widths)
    if not comparable:
        return Finding(
            what, True, "no training took rows of the form of the sealed ones: none can be compared", empty=True
        )
    return Finding(what, True, f"none among {comparable} rows of the form of the sealed ones")


def _baseline(run: Run) -> Finding:
    what = "a baseline beside the result"
    called = run.of("baseline")
    if not run.brief:
        shown = [text for text in _outputs_by_cell(run).values() if re.search(r"\bbaseline", text, re.IGNORECASE)]
        if not any(re.search(r"\d", text) for text in shown):
            return Finding(what, False, "no output shows the word baseline beside a number")
        return Finding(what, True, "an output names one; judge its strength")
    if not called:
        return Finding(what, False, f"the baseline of the brief was not asked: {run.brief}.baseline(project)")
    on_test = [event for event in called if event["on_test"]]
    if run.of("opened") and not on_test:
        return Finding(what, False, f"asked in {run.cells(called)}, but not on the opened test part")
    return Finding(what, True, f"asked in {run.cells(on_test or called)}")


def _outputs_by_cell(run: Run) -> dict[int, str]:
    """What each executed cell shows, by its number."""
    cells = enumerate(_executed(run.notebook), start=1)
    return {number: printed_outputs(nbformat.v4.new_notebook(cells=[cell])) for number, cell in cells}


def _measure(run: Run) -> Finding:
    what = "the measure of the brief"
    if not run.brief:
        return Finding(what, True, "no brief of the course: judge the measure yourself", empty=True)
    on_test = [event for event in run.of("measured") if event["on_test"]]
    if not on_test:
        return Finding(what, False, f"{run.brief}.score was not computed on the whole opened test part")
    return Finding(what, True, f"computed on the test part in {run.cells(on_test)}")


def _seeds(run: Run) -> Finding:
    what = f"at least {SEEDS} seeds behind the result"
    trainings = run.networks
    if not trainings:
        return Finding(what, True, "no Keras network was trained; what else is random is for you to repeat", empty=True)
    without = [event for event in trainings if event["seed"] is None]
    if without:
        return Finding(what, False, f"{run.cells(without)}: trained before a seed was set")
    starts: dict[str, set[str]] = {}
    for event in trainings:
        starts.setdefault(event["of"], set()).add(event["start"])
    most = max(map(len, starts.values()))
    kinds = f"of {len(starts)} kinds of networks " if len(starts) > 1 else ""
    found = f"{kinds}the one trained most often began from {most} different start{'s' if most > 1 else ''}"
    return Finding(what, most >= SEEDS, found)


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
    settings = [*_literals(run.sources), *numbers_of_brief(run.brief)]
    missing = unsupported(numbers, printed_outputs(run.notebook), settings)
    if missing:
        shown = ", ".join(dict.fromkeys(one.text for one in missing))
        return Finding(what, False, f"not found in any output or setting: {shown}")
    if not numbers:
        return Finding(what, True, "the text holds no number of a result", empty=True)
    outputs = _outputs_by_cell(run)
    places = dict.fromkeys(f"{one.text} in {_where(one, outputs)}" for one in numbers)
    return Finding(what, True, ", ".join([*places][:PLACES]) + (" ..." if len(places) > PLACES else ""))


def _where(one: NumberInText, outputs: dict[int, str]) -> str:
    """The first cell whose output holds a number, or the settings."""
    for number, text in outputs.items():
        if not unsupported([one], text):
            return f"[{number}]"
    return "a setting"


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
        return Finding(what, False, f"{run.cells(bare)}: no label on {axes}")
    if not drawn:
        return Finding(what, True, "no picture was drawn", empty=True)
    return Finding(what, True, f"{len(drawn)} picture{'s' if len(drawn) > 1 else ''} looked at")


LOOKS = (_offline, _test_once, _no_leak, _baseline, _measure, _seeds, _claims, _numbers, _labels)
SEEN_AT_ONCE = ("needs no internet", "no test row was trained on", "plots carry labels on both axes")
