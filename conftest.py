"""For all tests, the lessons under nbval included: the quick scale, no trace in the user's own files, a table of times."""

import os
import tempfile

import pytest

from course_utils.command.side_by_side import ONE_THREAD, default_jobs

os.environ["COURSE_SCALE"] = "quick"
os.environ["COURSE_HOME"] = tempfile.mkdtemp(prefix="course-test-")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ.pop("COLUMNS", None)  # a width that the shell exports would win over the one that a test sets
os.environ.update(ONE_THREAD)  # two files at a time do not fight for the cores, and sums are added up in one order
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as in the lessons, also where a test imports TensorFlow first

_lesson_seconds: dict[str, float] = {}


def pytest_xdist_auto_num_workers() -> int:
    """What `-n auto` means: as many files at a time as `course run` takes lessons."""
    return default_jobs()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    path = report.nodeid.split("::")[0]
    if path.endswith(".ipynb"):
        _lesson_seconds[path] = _lesson_seconds.get(path, 0.0) + report.duration


def pytest_terminal_summary(terminalreporter) -> None:
    if _lesson_seconds:
        terminalreporter.section("seconds of each lesson, slowest first")
        for path, seconds in sorted(_lesson_seconds.items(), key=lambda item: -item[1]):
            terminalreporter.line(f"{seconds:6.1f}  {path}")
