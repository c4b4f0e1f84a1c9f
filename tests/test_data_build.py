"""One file a data set: each card names the command that rebuilds it, and the command refuses what it cannot build."""

import subprocess
import sys

import pytest
from data_builders import FOLDER, builder

from course_utils.datasets.dataset import read_cards


@pytest.mark.parametrize("name", sorted(read_cards()))
def test_each_set_has_its_builder(name):
    assert read_cards()[name].rebuild == f"python data/build {name}"
    assert callable(builder(name).build) and len((FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()) < 150


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["digits", "nothing"]], ids=str)
def test_what_cannot_be_built_is_named(arguments):
    result = subprocess.run([sys.executable, str(FOLDER), *arguments], capture_output=True, text=True, timeout=60)
    assert result.returncode == 2 and result.stdout.startswith("Say what to build: digits, docstrings, fiddle_tunes")


def test_a_difference_from_the_card_is_said(tmp_path):
    code = (
        f"import sys, pathlib; sys.path.insert(0, {str(FOLDER)!r}); import digits, runpy\n"
        f"other = pathlib.Path({str(tmp_path / 'other')!r}); other.write_bytes(b'other')\n"
        "digits.build = lambda: other; sys.argv = ['build', 'digits']\n"
        f"runpy.run_path({str(FOLDER)!r}, run_name='__main__')"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.returncode == 1 and "not as its card says" in result.stdout
