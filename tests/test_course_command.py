"""The course command: running lessons, pages, failures, bad input. The lessons here are small ones made on the spot."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from rich.console import Console
from typer.testing import CliRunner

from course_utils import nvidia
from course_utils.command import lessons as lessons_module
from course_utils.command import side_by_side
from course_utils.command.cli import app
from course_utils.command.lessons import checkout_folder, execute, find_lessons, store
from course_utils.command.run import LiveDisplay

THREADS = ["TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"]
COURSE = [sys.executable, "-c", "from course_utils.command.cli import main; main()"]
PICTURE = """
import matplotlib.pyplot as plt
from course_utils.viz import show
figure, axis = plt.subplots()
axis.plot([1, 2])
show(figure, alt="A line that rises from one to two")
"""


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder that looks like the course, with its three lessons: one good, one that raises, one with a false claim."""
    folder = tmp_path / "course"
    (folder / "docs").mkdir(parents=True)
    (folder / "pyproject.toml").write_text((checkout_folder() / "pyproject.toml").read_text())
    (folder / "docs" / "glossary.md").write_text("# Glossary\n\n## loss\n\nHow wrong, as one number.\n")
    times = "Reading: about 1 minutes. Running: about 10 seconds on two CPU cores."
    good = ["from course_utils import claim", "claim('two is two', 2 == 2)", PICTURE, "print('a'); print('b')"]
    write(
        folder,
        "0_start/001_good",
        [f"# A *good* lesson\n\n{times}\n\n$x^2$ and [loss](../../docs/glossary.md#loss)"],
        good,
    )
    write(folder, "0_start/002_raises", ["# A lesson that stops"], ["1 + 1", "1 / 0", "never = 1"])
    write(
        folder,
        "1_cnn/101_false",
        ["# A false claim"],
        ["from course_utils import claim", "claim('one is two', 1 == 2)"],
    )
    monkeypatch.setattr(lessons_module, "checkout_folder", lambda: folder)
    return folder


def write(folder: Path, name: str, texts: list[str], codes: list[str]) -> None:
    path = folder / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [new_markdown_cell(text) for text in texts] + [new_code_cell(code) for code in codes]
    nbformat.write(new_notebook(cells=cells), path)


def run_course(checkout, *arguments, **options):
    """Call the command as a user would, in the made-up checkout."""
    code = f"import course_utils.command.lessons as l, pathlib; l.checkout_folder = lambda: pathlib.Path({str(checkout)!r})\n"
    code += "import course_utils.command.run, course_utils.command.report\ncourse_utils.command.run.checkout_folder = course_utils.command.report.checkout_folder = l.checkout_folder\n"
    command = [sys.executable, "-c", code + "from course_utils.command.cli import main; main()", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=300, env={**os.environ, "COLUMNS": "200"}, **options
    )


def test_run_goes_on_after_a_failure_and_says_what_failed_and_where(checkout):
    result = run_course(checkout, "run")
    assert result.returncode == 1 and "Traceback" not in result.stdout + result.stderr
    last = result.stdout.splitlines()[-2:]
    assert last[0] == "✘ 002_raises: cell 3: ZeroDivisionError: division by zero"
    assert last[1] == "✘ 101_false: claim: one is two (not so in this run)"
    assert re.search(r"001\s+│ two is two\s+│ ✔", result.stdout) and re.search(
        r"101\s+│ one is two.*│ ✘", result.stdout
    )
    folder = next((checkout / "runs").iterdir())
    assert {path.name for path in folder.iterdir()} == {
        "index.html",
        "glossary.html",
        "001_good.html",
        "002_raises.html",
        "101_false.html",
    }
    assert str(folder / "index.html") in result.stdout


def test_pages_are_readable_offline(checkout):
    assert run_course(checkout, "run", "001").returncode == 0
    folder = next((checkout / "runs").iterdir())
    page = (folder / "001_good.html").read_text(encoding="utf-8")
    assert 'alt="A line that rises from one to two" src="data:image/png;base64,' in page
    assert "<math" in page and 'href="glossary.html#loss"' in page and 'href="index.html"' in page
    for path in folder.glob("*.html"):
        addresses = re.findall(r"(?:src|href)\s*=\s*[\"']?(https?://[^\"'>]+)", path.read_text(encoding="utf-8"))
        scripts = re.findall(r"<script[^>]*>", path.read_text(encoding="utf-8"))
        assert addresses == [] and scripts == [], path.name
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert 'href="001_good.html"' in index and "two is two" in index
    assert 'id="loss"' in (folder / "glossary.html").read_text(encoding="utf-8")


def test_interrupt_leaves_nothing_half_written(checkout):
    write(checkout, "1_cnn/102_slow", ["# Slow"], ["import time", "time.sleep(120)"])
    before = {path: path.read_bytes() for path in (checkout / "notebooks").glob("*/*.ipynb")}
    code = f"import course_utils.command.lessons as l, pathlib; l.checkout_folder = lambda: pathlib.Path({str(checkout)!r})\n"
    code += "import course_utils.command.run, course_utils.command.report\ncourse_utils.command.run.checkout_folder = course_utils.command.report.checkout_folder = l.checkout_folder\n"
    process = subprocess.Popen(
        [sys.executable, "-c", code + "from course_utils.command.cli import main; main()", "run"],
        stdout=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if line.startswith("102_slow"):
            break
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=300)[0]
    assert process.returncode == 1 and "Interrupted: 3 of 4 lessons were run." in rest
    folders = list((checkout / "runs").iterdir())
    assert len(folders) == 1 and not folders[0].name.startswith(".")
    assert (
        "Interrupted" in (folders[0] / "index.html").read_text(encoding="utf-8")
        and not (folders[0] / "102_slow.html").exists()
    )
    assert before == {path: path.read_bytes() for path in (checkout / "notebooks").glob("*/*.ipynb")}


def test_store_keeps_the_source_measures_and_coalesces(checkout):
    lesson = find_lessons("001")[0]
    sources = [cell.source for cell in lesson.read().cells]
    execution = execute(lesson, "quick")
    store(execution)
    cells = lesson.read().cells
    assert [cell.source for cell in cells][1:] == sources[1:]
    assert re.search(r"Running: about \d+0 seconds", cells[0].source)
    assert cells[4].outputs[0].text == "a\nb\n" and len(cells[4].outputs) == 1
    assert set(lesson.read().metadata) == {"kernelspec", "language_info", "course"}
    assert execution.passed and 30 < execution.peak_megabytes < 2000


def test_refresh_leaves_a_lesson_that_raises_as_it_was(checkout):
    path = find_lessons("002")[0].path
    before = path.read_bytes()
    result = run_course(checkout, "refresh", "002")
    assert result.returncode == 1 and "Not stored" in result.stdout and path.read_bytes() == before
    assert not list(path.parent.glob("*.tmp"))


def test_seeds_show_a_claim_that_depends_on_luck(checkout):
    write(
        checkout,
        "1_cnn/102_luck",
        ["# Luck"],
        [
            "def set_up(seed, scale): return seed",
            "luck = set_up(seed=1, scale='quick')",
            "from course_utils import claim\nclaim('lucky', luck != 2)",
            "import os\nclaim('named', os.environ['JPY_SESSION_NAME'] == '102_luck.ipynb')",
        ],
    )
    result = run_course(checkout, "seeds", "102")
    assert result.returncode == 1 and re.search(r"lucky\s+│ ✔\s+│ ✘\s+│ ✔", result.stdout)
    assert re.search(r"named\s+│ ✔\s+│ ✔\s+│ ✔", result.stdout)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "999"], "There is no lesson 999. The lessons: 001_good, 002_raises, 101_false."),
        (["run", "001", "--scale", "huge"], "The scale is 'huge'; it must be quick or full."),
        (["set-repository", "not an address"], "'not an address' is not OWNER/NAME"),
    ],
)
def test_bad_input_is_one_sentence(checkout, arguments, sentence):
    result = run_course(checkout, *arguments)
    assert result.returncode == 2 and sentence in result.stdout and "Traceback" not in result.stderr
    assert not (checkout / "runs").exists()


def test_outside_a_clone_the_command_says_so(tmp_path):
    code = "import course_utils.command.lessons as l; l.__file__ = '/nowhere/course_utils/command/lessons.py'; from course_utils.command.cli import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", code, "list"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 2 and "call `course` inside a clone" in result.stdout


def test_list_progress_and_check_on_the_real_course():
    listed = subprocess.run(
        [*COURSE, "list"], capture_output=True, text=True, timeout=60, env={**os.environ, "COLUMNS": "200"}
    )
    assert "Start here: train your first network" in listed.stdout and listed.returncode == 0
    progress = subprocess.run([*COURSE, "progress"], capture_output=True, text=True, timeout=300)
    assert "001-1" in progress.stdout and "progress.json" in progress.stdout
    checked = subprocess.run([*COURSE, "check"], capture_output=True, text=True, timeout=120)
    assert checked.returncode == 0 and "This machine is ready." in checked.stdout and checked.stdout.count("│ OK") == 8


def test_check_names_the_cure(monkeypatch):
    from course_utils.command import machine

    def damaged(card):
        raise ValueError("The data file digits.npz is damaged")

    monkeypatch.setattr("course_utils.datasets.dataset.embedded_file", damaged)
    assert "damaged" in machine.check_data().cure
    monkeypatch.setattr(machine.sys, "version_info", (3, 14))
    assert "3.11, 3.12 or 3.13" in machine.check_python().cure


def test_lessons_run_side_by_side_and_are_told_in_order(checkout):
    """The first lesson waits for the second one to begin: alone it would not end."""
    shared = checkout / "second_has_begun"
    wait = f"import pathlib, time\nwhile not pathlib.Path({str(shared)!r}).exists():\n    time.sleep(0.1)"
    write(checkout, "0_start/001_good", ["# Waits"], [wait])
    write(checkout, "0_start/002_raises", ["# Begins"], [f"open({str(shared)!r}, 'w').close()"])
    threads = "[os.environ.get(name) for name in " + repr(THREADS) + "]"
    one_each = f"import os\nfrom course_utils import claim\nclaim('one thread', {threads} == ['1'] * 4)"
    write(checkout, "1_cnn/101_false", ["# One thread"], [one_each])
    result = run_course(checkout, "run", "--jobs", "2")
    assert result.returncode == 0, result.stdout
    rows = re.findall(r"│ (\d{3}_\w+)\s+│", result.stdout)
    assert rows == ["001_good", "002_raises", "101_false"]
    folder = next((checkout / "runs").iterdir())
    assert len(list(folder.glob("*.html"))) == 5


@pytest.mark.parametrize(("jobs", "expected"), [(1, {}), (2, dict.fromkeys(THREADS, "1"))])
def test_only_lessons_side_by_side_get_one_thread_each(monkeypatch, jobs, expected):
    given = []

    def execute(lesson, scale, on_cell, environment):
        given.append(dict(environment))

    monkeypatch.setattr(side_by_side, "execute", execute)
    ignore = lambda *_: None  # noqa: E731
    assert list(side_by_side.execute_side_by_side(["001", "002"], "quick", jobs, ignore, ignore)) == [None, None]
    assert given == [expected, expected]


@pytest.fixture
def machine(monkeypatch):
    """Sets the cores, the free memory and the NVIDIA GPUs of a stand-in for this machine."""

    def choose(cores, free_gigabytes=100, gpus=(), libraries=True):
        memory = type("Memory", (), {"available": free_gigabytes * 1e9})
        monkeypatch.setattr(side_by_side.os, "cpu_count", lambda: cores)
        monkeypatch.setattr(side_by_side.psutil, "virtual_memory", lambda: memory)
        monkeypatch.setattr(nvidia, "nvidia_gpus", lambda: list(gpus))
        monkeypatch.setattr(nvidia.importlib.util, "find_spec", lambda name: name if libraries else None)
        monkeypatch.setattr(nvidia.ctypes.util, "find_library", lambda name: None)
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    return choose


def test_jobs_are_half_the_cores_and_fit_into_memory(machine):
    def jobs(*about):
        machine(*about)
        return side_by_side.default_jobs()

    assert [jobs(cores) for cores in (1, 2, 3, 4, 8, 16)] == [1, 2, 2, 2, 4, 8]
    assert [jobs(8, gigabytes) for gigabytes in (1, 4, 8, 11)] == [1, 1, 2, 3]
    assert jobs(8, 100, ["GPU 0"]) == 1


def test_a_gpu_that_tensorflow_cannot_use_cuts_no_jobs(machine, monkeypatch):
    machine(8, 100, ["GPU 0"], libraries=False)
    assert nvidia.usable_gpus() == [] and side_by_side.default_jobs() == 4
    monkeypatch.setattr(nvidia.ctypes.util, "find_library", lambda name: f"lib{name}.so.9")
    assert nvidia.usable_gpus() == ["GPU 0"] and side_by_side.default_jobs() == 1
    for hidden in ("", "-1"):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
        assert nvidia.usable_gpus() == [] and side_by_side.default_jobs() == 4


def test_cudnn_is_sought_among_pips_packages(monkeypatch, tmp_path):
    monkeypatch.setattr(nvidia.ctypes.util, "find_library", lambda name: None)
    monkeypatch.setattr(nvidia, "nvidia_gpus", lambda: ["GPU 0"])
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "nvidia", raising=False)
    assert nvidia.usable_gpus() == []
    (tmp_path / "nvidia" / "cudnn" / "lib").mkdir(parents=True)
    sys.path_importer_cache.pop(str(tmp_path), None)
    assert nvidia.usable_gpus() == ["GPU 0"]
    sys.modules.pop("nvidia", None)


def test_tests_take_as_many_files_at_a_time_as_run_takes_lessons(machine, pytestconfig):
    """`-n auto` of `make test`, by which pytest-xdist asks conftest.py; one lesson at a time where there is a GPU."""

    def workers(*about):
        machine(*about)
        return pytestconfig.hook.pytest_xdist_auto_num_workers(config=pytestconfig)

    assert [workers(2), workers(16), workers(16, 8), workers(16, 100, ["GPU 0"])] == [2, 8, 2, 1]


@pytest.fixture
def asked(monkeypatch):
    """What `course run` would execute: numbers of lessons, scale, jobs."""
    calls = []

    def run_lessons(lessons, scale, jobs, console):
        calls.append(([lesson.number for lesson in lessons], scale, jobs))
        return True

    monkeypatch.setattr("course_utils.command.run.run_lessons", run_lessons)
    return calls


def test_a_gpu_is_used_by_one_lesson_at_a_time(machine, checkout, asked):
    def run(*words):
        return CliRunner().invoke(app, ["run", "001", *words]).stdout

    machine(8, 100, ["GPU 0: Tesla T4"])
    assert run("--jobs", "4") == "GPU 0: Tesla T4: one lesson at a time uses a GPU, not 4.\n"
    assert run("--jobs", "1") == run() == ""
    machine(8, 100, ["GPU 0: Tesla T4"], False)
    assert run("--jobs", "4") == ""
    assert [jobs for *_, jobs in asked] == [1, 1, 1, 4]


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        ({"001": 3, "002": 8, "101": 1}, "full: 3 lessons: about 12 minutes, on a T4 GPU"),
        ({"101": 1}, "full: 1 lesson: about 1 minute; 2 lessons not counted yet: up to about 10 minutes each, on a T4"),
        ({}, "full: 3 lessons not counted yet: up to about 10 minutes each, on a T4 GPU"),
    ],
)
def test_run_says_how_long_all_lessons_take_at_full(checkout, asked, monkeypatch, tmp_path, counted, words):
    table = "\n".join(f"[{lesson}]\nminutes = {minutes}\n" for lesson, minutes in counted.items())
    (tmp_path / "full.toml").write_text(table)
    monkeypatch.setattr(sys.modules["course_utils.scale"], "FULL_TABLE", tmp_path / "full.toml")
    said = CliRunner().invoke(app, ["run", "--scale", "full"]).stdout
    assert said.startswith(words) and said.endswith("and much longer on a CPU.\n")
    monkeypatch.setenv("COURSE_SCALE", "full")  # as `COURSE_SCALE=full make run` does
    assert CliRunner().invoke(app, ["run"]).stdout == said
    assert CliRunner().invoke(app, ["run", "--scale", "quick"]).stdout == ""
    assert [scale for _, scale, _ in asked] == ["full", "full", "quick"]

    shown = {scale: LiveDisplay(find_lessons(), scale, 1, Console()).expected for scale in ("quick", "full")}
    assert shown["quick"] == {"001": 60, "002": 60, "101": 60}
    assert shown["full"] == {lesson: 60 * counted.get(lesson, 10) for lesson in shown["quick"]}
