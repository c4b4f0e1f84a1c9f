"""What a host shows beside the course: forms, workflows, conduct, changes, containers. Each keeps its schema or linter."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from clones import ROOT, call_course, make_clone

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
    for address in ("first@school.example", "second+course@school.example"):
        assert call_course(clone, ["set-repository", "school/course", "--contact", address], monkeypatch) == 0
        assert conduct.read_text(encoding="utf-8").count(f"\nContact: {address}\n") == 1
    assert capsys.readouterr().out.splitlines().count("CODE_OF_CONDUCT.md") == 2
    assert conduct.read_text(encoding="utf-8").replace(address, "CONTACT_NOT_SET") == before


# Versions


def test_one_version_in_the_package_the_citation_and_the_changes():
    newest = re.search(r"^## (\d+\.\d+\.\d+) \((\S+)\)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert newest.groups() == (PROJECT["version"], citation["date-released"])
    assert citation["version"] == PROJECT["version"]
    assert schema_errors("vendor.citation-file-format", ROOT / "CITATION.cff") == ""
