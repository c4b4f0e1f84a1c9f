"""Where the course is started and what lies there: the wrong kernel, JupyterLab's root, outputs in another encoding."""

import io
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest
from clones import ROOT, make_clone
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.command.cli import main
from course_utils.command.lessons import find_lessons

IN_CP1252 = {**os.environ, "PYTHONIOENCODING": "cp1252", "COLUMNS": "160"}
# The command as in a clone that the current folder is in, wherever the package lies.
HERE = (
    "import course_utils.command.lessons as lessons; lessons.__file__ = '/nowhere/course_utils/command/lessons.py'; "
    "from course_utils.command.cli import main; main()"
)


def test_a_kernel_without_the_package_is_told_what_to_choose():
    """IPython shows the lines around the one that failed, the comment above it among them."""
    code = """
import sys
from IPython.core.interactiveshell import InteractiveShell
sys.modules["course_utils"] = None  # the import then fails, as where it is not installed
shell = InteractiveShell.instance(colors="NoColor")
assert not shell.run_cell(sys.argv[1]).success
"""
    cell = next(cell for cell in find_lessons("001")[0].read().cells if cell.cell_type == "code")
    result = subprocess.run([sys.executable, "-c", code, cell.source], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    assert "ModuleNotFoundError" in result.stdout
    assert "Choose the course's kernel (.venv), or run the %pip line above by itself." in result.stdout


def printed_in_cp1252(code, *arguments, **options):
    """What a program prints into a pipe that cannot hold every sign."""
    command = [sys.executable, "-c", code, *arguments]
    result = subprocess.run(command, capture_output=True, timeout=120, env=IN_CP1252, **options)
    assert result.stderr == b""
    return result.returncode, result.stdout.decode("cp1252")


def test_claims_are_words_where_their_signs_cannot_be_shown():
    code = "from course_utils import claim; claim('a naïve claim', True); claim('1 → 2', False)"
    lines = "holds: a naïve claim\nFAILS: 1 ? 2 (not so in this run)\n"
    assert printed_in_cp1252(code) == (0, lines.replace("\n", os.linesep))


def test_progress_is_shown_where_its_sign_cannot_be(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    (tmp_path / "progress.json").write_text(json.dumps({"001-1": {"attempts": 2, "solved": True}}))
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp1252", write_through=True))
    monkeypatch.setattr(sys, "argv", ["course", "progress"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0 and re.search(r"001-1 .* 2 +\| holds: solved", written.getvalue().decode("cp1252"))


def test_run_reads_and_shows_the_claims_where_their_signs_cannot_be_shown(tmp_path):
    (tmp_path / "notebooks" / "0_start").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "docs" / "glossary.md").write_text("# Glossary\n")
    claims = "from course_utils import claim\nclaim('one is one', True)\nclaim('one is two', False)"
    notebook = new_notebook(cells=[new_markdown_cell("# Claims → signs"), new_code_cell(claims)])
    nbformat.write(notebook, tmp_path / "notebooks" / "0_start" / "001_claims.ipynb")
    status, printed = printed_in_cp1252(HERE, "run", cwd=tmp_path)
    assert status == 1 and "1 of 2 claims hold" in printed
    assert re.search(r"one is one +\| holds:", printed) and re.search(
        r"one is two \(not so in this run\) +\| FAILS:", printed
    )


@pytest.fixture
def small_clone(tmp_path):
    return make_clone(tmp_path, "0_start/00[12]_*.ipynb")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def lab(small_clone):
    """JupyterLab as `course lab` starts it, but for the browser; what its contents API says of a place."""
    port = free_port()
    settings = {"ip": "127.0.0.1", "port": port, "token": "", "open_browser": False, "allow_root": True}
    (small_clone / "settings").mkdir()
    (small_clone / "settings" / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": settings}))
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(small_clone / "settings"),
                   "JUPYTER_RUNTIME_DIR": str(small_clone / "runtime")}  # fmt: skip
    with open(small_clone / "log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", HERE, "lab"], cwd=small_clone / "docs", env=environment, stdout=log, stderr=log
        )

    def contents(place):
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/contents/{place}", timeout=20) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                return {"status": error.code}
            except OSError:
                time.sleep(0.25)  # it is still starting
        raise TimeoutError((small_clone / "log").read_text())

    yield contents
    server.terminate()
    server.wait(timeout=30)


def test_lab_has_the_checkout_as_its_root(lab):
    copy = lab("my/001_start_here.ipynb")
    assert copy["type"] == "notebook"
    text = "".join(cell["source"] for cell in copy["content"]["cells"])
    links = set(re.findall(r"\]\((\.\./[^)#]+)", text))
    assert {"../docs/glossary.md", "../notebooks/0_start/002_training_by_hand.ipynb"} <= links
    assert lab("docs/glossary.md")["type"] == "file"
    assert lab("notebooks/0_start/002_training_by_hand.ipynb")["type"] == "notebook"
    assert lab("docs/absent.md") == {"status": 404}


def test_make_and_the_readme_start_lab_by_the_command():
    made = subprocess.run(
        ["make", "--no-print-directory", "-n", "lab"], cwd=ROOT, capture_output=True, text=True, timeout=60
    ).stdout
    assert made.splitlines()[-1].strip() in (".venv/bin/course lab", ".venv/Scripts/course lab")
    assert r"`.venv\Scripts\course lab`" in (ROOT / "README.md").read_text(encoding="utf-8")
