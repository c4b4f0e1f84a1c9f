"""The project as a whole: one address, clean requirements, a set-up that explains itself, a lesson alone on Colab."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

from course_utils.command.lessons import checkout_folder, find_lessons, printed_text
from course_utils.command.repository import files_with_address, repository, set_repository

ROOT = checkout_folder()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_set_repository_rewrites_everything_and_only_that(tmp_path):
    for path in files_with_address(ROOT):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    old = repository(tmp_path)
    changed = set_repository(tmp_path, "some-school/a.course_2")
    assert repository(tmp_path) == "some-school/a.course_2"
    assert {path.name for path in changed} >= {"pyproject.toml"} | {lesson.path.name for lesson in find_lessons()}
    assert not [path for path in files_with_address(tmp_path) if old in path.read_text(encoding="utf-8")]
    for path in changed:
        original = (ROOT / path.relative_to(tmp_path)).read_text(encoding="utf-8")
        assert path.read_text(encoding="utf-8") == original.replace(old, "some-school/a.course_2")


@pytest.mark.parametrize("wrong", ["", "name", "a/b/c", "owner/name with space", "https://github.com/a/b", "-a/b"])
def test_set_repository_refuses_what_is_no_address(tmp_path, wrong):
    with pytest.raises(ValueError, match="is not OWNER/NAME"):
        set_repository(tmp_path, wrong)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-colab.txt", "requirements-gpu.txt"])
def test_requirements_are_pinned_without_addresses(name):
    lines = [
        line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]
    assert all(re.match(r"[A-Za-z0-9._\[\]-]+==[^;]+", line) for line in lines) and "://" not in "".join(lines)


def test_requirements_agree_with_the_ranges():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins: dict[str, list[str]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            name, version = re.match(r"([A-Za-z0-9._-]+)==([^ ;]+)", line).groups()
            pins.setdefault(name.lower(), []).append(version)
    groups = ("tensorflow", "lessons", "test")
    ranges = PROJECT["dependencies"] + [item for group in groups for item in PROJECT["optional-dependencies"][group]]
    for requirement in map(Requirement, ranges):
        versions = pins[requirement.name.lower()]
        assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_tensorflow_is_only_an_extra():
    assert not any(re.match(r"(tensorflow|keras)\b", item) for item in PROJECT["dependencies"])


def test_no_file_names_a_machine_or_a_registry():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    # Outside a git checkout (an unpacked archive) the sources are looked at directly.
    tracked = tracked or [str(path.relative_to(ROOT)) for path in ROOT.glob("[a-z]*/**/*.*") if path.is_file()]
    general = {"//", "/tmp/", "/home/"}  # these say nothing of a machine
    places = {str(ROOT.parent) + "/", str(Path.home()) + "/"} - general
    for name in tracked:
        path = ROOT / name
        if path.suffix in {".npz", ".xz", ".png", ".gz"} or not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        assert not any(place in text for place in places), name
        assert not re.search(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian", text) or path == Path(__file__), (
            name
        )


def run_set_up(*arguments, python=sys.executable, **environment):
    command = [python, str(ROOT / "tools" / "set_up.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, **environment})


def test_set_up_explains_a_missing_registry_in_one_sentence(tmp_path):
    (tmp_path / "requirements.txt").write_text("no-such-package==0.0.1\n")
    environment = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    result = run_set_up(str(tmp_path / "venv"), str(tmp_path / "requirements.txt"), **environment)
    assert result.returncode == 1 and "Traceback" not in result.stderr
    assert result.stderr.startswith("Set-up stopped: ") and result.stderr.count("\n") == 1
    assert not (tmp_path / "venv" / "ready").exists()


@pytest.mark.parametrize(
    ("patch", "sentence"),
    [
        ("sys.version_info = (3, 9)", "needs Python 3.11, 3.12 or 3.13, not 3.9."),
        (
            "shutil.disk_usage = lambda path: type('Usage', (), {'free': 1e9})",
            "GB of disk are needed here and 1.0 GB are free",
        ),
        ("sys.modules['ensurepip'] = None", "apt install python3-venv"),
    ],
)
def test_set_up_explains_what_is_wrong_in_one_sentence(tmp_path, patch, sentence):
    code = f"import sys, shutil; {patch}; sys.path.insert(0, {str(ROOT / 'tools')!r}); import set_up; set_up.main({str(tmp_path / 'venv')!r}, 'none')"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.returncode == 1 and sentence in result.stderr and result.stderr.count("\n") == 1


def test_make_without_a_suitable_python_says_so(tmp_path):
    for name in ("Makefile", "requirements.txt", "requirements-gpu.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    if shutil.which("make") is None:
        pytest.skip("no make here")
    result = subprocess.run(["make", "run", "PYTHONS=no-such-python"], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode != 0 and "needs Python 3.11, 3.12 or 3.13, and none was found" in result.stdout


@pytest.fixture
def make(tmp_path):
    """`make` in a folder with the Makefile and stand-ins for Python and the course; what they were called with."""
    if shutil.which("make") is None or os.name == "nt":
        pytest.skip("no make here, or no shell for the stand-ins")
    for name in ("Makefile", "requirements.txt", "requirements-gpu.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "python").write_text(
        """#!/bin/sh
[ "$1" = -c ] && exit 0
echo "python $*, GPU: $GPU"
mkdir -p .venv/bin && printf '#!/bin/sh\\necho "course $*"\\n' > .venv/bin/course && chmod +x .venv/bin/course
touch .venv/ready
"""
    )
    (tmp_path / "python").chmod(0o755)
    unset = ("GPU", "LESSON", "PYTHONS", "MAKEFLAGS", "MAKELEVEL")
    environment = {name: value for name, value in os.environ.items() if name not in unset}

    def called(*words):
        command = ["make", "--no-print-directory", "PYTHON=./python", *words]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        ).stdout.splitlines()

    return called


SET_UP = "python tools/set_up.py .venv requirements.txt, GPU: "


def test_make_hands_gpu_0_to_the_set_up(make):
    assert make("run", "GPU=0") == [f"{SET_UP}0", "course run"]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-gpu.txt", "pyproject.toml"])
def test_make_sets_up_anew_when_a_file_that_lists_packages_is_newer(make, tmp_path, name):
    assert make("run") == [SET_UP, "course run"] and make("run") == ["course run"]
    ready = (tmp_path / ".venv" / "ready").stat().st_mtime
    os.utime(tmp_path / name, (ready + 5, ready + 5))
    assert make("run") == [SET_UP, "course run"]


@pytest.mark.parametrize("command", ["run", "lab"])
def test_make_hands_the_lesson_on(make, command):
    assert make(command, "LESSON=201")[-1] == f"course {command} 201"


def test_a_lesson_runs_alone_on_colab(tmp_path):
    """An empty folder, one notebook, google.colab there, an environment without the course: its first cell brings it all."""
    from nbclient import NotebookClient

    environment = tmp_path / "colab"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True, capture_output=True)
    python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    where = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    site = Path(subprocess.run([python, "-c", where], capture_output=True, text=True, check=True).stdout.strip())
    # Colab's own packages: those of this environment. A .pth file in a folder named by a .pth file is not read, so the
    # editable installation of the course is not among them.
    import sysconfig

    (site / "packages_of_colab.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    (site / "google" / "colab").mkdir(parents=True)
    (site / "google" / "colab" / "__init__.py").write_text("")
    (site / "start_colab.pth").write_text("import google.colab\n")
    absent = subprocess.run([python, "-c", "import course_utils"], cwd=tmp_path, capture_output=True, text=True)
    assert "No module named 'course_utils'" in absent.stderr

    notebook = find_lessons("001")[0].read()
    address = f"git+https://github.com/{repository(ROOT)}"
    assert address in notebook.cells[2].source
    notebook.cells[2].source = notebook.cells[2].source.replace(address, str(ROOT))
    alone = tmp_path / "alone"
    alone.mkdir()
    nbformat.write(notebook, alone / "lesson.ipynb")
    kernels = tmp_path / "jupyter" / "kernels" / "colab"
    kernels.mkdir(parents=True)
    (kernels / "kernel.json").write_text(
        f'{{"argv": ["{python.as_posix()}", "-m", "ipykernel_launcher", "-f", "{{connection_file}}"], "display_name": "Colab", "language": "python"}}'
    )
    settings = {
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "COURSE_SCALE": "quick",
    }
    client = NotebookClient(notebook, kernel_name="colab", timeout=300, resources={"metadata": {"path": str(alone)}})
    client.create_kernel_manager()
    client.km.kernel_spec_manager.kernel_dirs.insert(0, str(kernels.parent))
    client.execute(env={**os.environ, **settings, "PYTHONPATH": ""}, stderr=subprocess.DEVNULL)
    assert "✘" not in printed_text(notebook) and printed_text(notebook).count("✔") >= 5
    report = subprocess.run(
        [python, "-c", "import course_utils; print(course_utils.__file__)"], cwd=alone, capture_output=True, text=True
    )
    assert str(site) in report.stdout and (site / "course_utils" / "data" / "digits.npz").exists()
