"""The docstrings: whole packages are held out, nothing stands twice, and no body gives its summary away."""

import io
import re
import zipfile

import pytest
from data_builders import builder

from course_utils.datasets import load_docstrings


@pytest.fixture(scope="module")
def docstrings():
    return load_docstrings()


@pytest.fixture(scope="module")
def build():
    return builder("docstrings")


def words(text: str) -> str:
    return " ".join(re.findall("[a-z0-9]+", text.lower()))


def test_sizes_and_packages(docstrings):
    parts = {"train": docstrings.train, "validation": docstrings.validation, "test": docstrings.test}
    assert [len(part.bodies) for part in parts.values()] == [11991, 359, 1421]
    for name, part in parts.items():
        assert len(part.bodies) == len(part.summaries) == len(part.names) == len(part.packages)
        assert set(part.packages) == set(docstrings.details["packages"][name])
        assert all(text.isascii() and "\n" not in text for text in part.bodies + part.summaries + part.names)
        assert max(len(body.split()) for body in part.bodies) <= 60
        assert {len(words(summary).split()) for summary in part.summaries} == set(range(4, 13))


def test_no_package_stands_in_two_parts(docstrings):
    train, validation, test = (
        set(part.packages) for part in (docstrings.train, docstrings.validation, docstrings.test)
    )
    assert test == {"networkx", "scikit-image"} and validation == {"xarray"} and len(train) == 10
    assert not train & test and not train & validation and not test & validation


def test_nothing_stands_twice_and_no_body_holds_its_summary(docstrings):
    parts = (docstrings.train, docstrings.validation, docstrings.test)
    summaries = [words(summary) for part in parts for summary in part.summaries]
    assert len(set(summaries)) == len(summaries)
    beginnings = [" ".join(words(body).split()[:25]) for part in parts for body in part.bodies]
    assert len(set(beginnings)) == len(beginnings)
    for part in parts:
        for body, summary in zip(part.bodies, part.summaries):
            assert f" {words(summary)} " not in f" {words(body)} "


def test_a_known_function_keeps_its_text(docstrings):
    place = docstrings.test.names.index("is_k_regular")
    assert docstrings.test.packages[place] == "networkx"
    assert docstrings.test.summaries[place] == "Determines whether the graph G is a k-regular graph."
    assert docstrings.test.bodies[place].startswith("A k-regular graph is a graph where each vertex has degree k.")


def test_each_package_brings_its_licence(docstrings):
    packages = {package for names in docstrings.details["packages"].values() for package in names}
    assert set(docstrings.details["licences"]) == packages
    apache = {package for package, text in docstrings.details["licences"].items() if "Apache License" in text[:200]}
    assert apache == {"keras", "xarray"}
    assert all(f"{package} " in docstrings.card.origin for package in packages)


def test_order_is_the_same_at_each_call_and_mixed(docstrings):
    assert load_docstrings().train == docstrings.train
    assert len(set(docstrings.train.packages[:60])) >= 7


def test_the_builder_reads_docstrings_without_running_them(build):
    source = '''raise SystemExit("this file must not run")


class Walk:
    """Walk over the nodes of a tree.

    The walk starts at :class:`~trees.Root` and ends at a ``leaf`` [1]_.

    .. versionadded:: 2.0
       Not of interest.

    Parameters
    ----------
    tree : Tree
        Where to *walk*.

    Examples
    --------
    >>> Walk(tree)
    """

    def silent(self): ...
'''
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("trees/walk.py", source)
        package.writestr("trees/tests/test_walk.py", source)
    found = build.docstrings_of(zipfile.ZipFile(buffer))
    body = "The walk starts at trees.Root and ends at a leaf . Parameters: tree : Tree Where to walk."
    assert found == [("Walk", "Walk over the nodes of a tree.", body)]
