"""One file a data set: each card names the command that rebuilds it, the command refuses what it cannot build and overwrites nothing."""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from data_builders import FOLDER, builder

from course_utils.command.lessons import checkout_folder, find_lessons
from course_utils.datasets.dataset import read_cards

ROOT = checkout_folder()


@pytest.mark.parametrize("name", sorted(read_cards()))
def test_each_set_has_its_builder(name):
    assert read_cards()[name].rebuild == f"python data/build {name}"
    assert callable(builder(name).build) and len((FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()) < 150


def test_git_ignores_no_builder():
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("no git checkout here")
    paths = [f"data/build/{path.name}" for path in FOLDER.glob("*.py")]
    command = ["git", "check-ignore", "--no-index", *paths]  # --no-index: tracked files too, as a new one beside them
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (1, ""), "1: none of them is ignored"


def test_the_wheel_holds_the_data_and_no_builder():
    wheel = pytest.importorskip("hatchling.builders.wheel")
    files = [file.distribution_path for file in wheel.WheelBuilder(str(ROOT)).recurse_included_files()]
    assert {f"course_utils/data/{card.file}" for card in read_cards().values()} <= set(files)
    assert not [file for file in files if "build" in Path(file).parts]


@pytest.mark.parametrize(
    ("lesson", "values", "built_here", "needed"),
    [
        ("103", ("channels", "loss"), "", {"build", "channels", "loss"}),
        (
            "115",
            ("cell_size", "grid"),
            "course_utils.datasets.centres",
            {"build", "train", "detect", "focal_loss", "grid"},
        ),
        (
            "205",
            ("UNITS", "STREAMS", "plays", "alphabet"),
            "course_utils.datasets.readings",
            {"train_model", "bits_of", "alphabet"},
        ),
        ("505", ("before_attention", "others", "arms"), "", {"build", "prepared", "restart", "arms"}),
    ],
)
def test_a_builder_takes_from_the_page_what_it_trains_and_runs_nothing_else(lesson, values, built_here, needed):
    names = builder("stored_runs").definitions_of(lesson, values, built_here)
    assert needed <= set(names)
    assert "my_guess" not in names and "load_centres" not in names


def run_command(*arguments: str, folder: Path = FOLDER) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, str(folder), *arguments], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["digits", "nothing"]], ids=str)
def test_what_cannot_be_built_is_named(arguments):
    result = run_command(*arguments)
    assert result.returncode == 2 and result.stdout.startswith("Say what to build: bout, centres, depths, digits")


NEW = "from files import new_file\n\ndef build():\n    path = new_file('digits.npz')\n    path.write_bytes(b'{}')\n    return path\n"


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data folder whose card asks for the content `right`, and whose builder writes it."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # the new files go with the test
    shutil.copytree(FOLDER, tmp_path / "build", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "build" / "digits.py").write_text(NEW.format("right"))
    checksum = hashlib.sha256(b"right").hexdigest()
    (tmp_path / "cards.toml").write_text(f'[digits]\nfile = "digits.npz"\nbytes = 5\nsha256 = "{checksum}"\n')
    return tmp_path


def new_file_of(result: subprocess.CompletedProcess) -> Path:
    return Path(re.search(r"(\S+course-data-\S+digits\.npz)", result.stdout)[1])


def test_a_missing_file_takes_its_place_and_the_same_file_is_left(data):
    for said in ("It was missing", "as its card says.\n"):
        result = run_command("digits", folder=data / "build")
        assert result.returncode == 0 and "digits.npz is as its card says" in result.stdout and said in result.stdout
        assert (data / "digits.npz").read_bytes() == b"right"


def test_a_difference_from_the_card_is_said_and_changes_nothing(data):
    (data / "digits.npz").write_bytes(b"right")
    (data / "build" / "digits.py").write_text(NEW.format("other"))
    result = run_command("digits", folder=data / "build")
    assert (
        result.returncode == 1 and "digits.npz is not as its card says: bytes = 5, sha256 = d9298a10" in result.stdout
    )
    assert (data / "digits.npz").read_bytes() == b"right" and new_file_of(result).read_bytes() == b"other"


def test_a_stored_file_that_differs_is_said_and_stays(data):
    (data / "digits.npz").write_bytes(b"mine")
    result = run_command("all", folder=data / "build")
    assert result.returncode == 1 and "digits.npz is as its card says, but" in result.stdout
    assert (data / "digits.npz").read_bytes() == b"mine" and new_file_of(result).read_bytes() == b"right"


def test_what_a_builder_lacks_is_said_in_one_sentence(data):
    (data / "build" / "digits.py").write_text("import a_package_that_is_not_there\n")
    result = run_command("digits", folder=data / "build")
    assert result.returncode == 1 and result.stderr == ""
    assert result.stdout == "digits cannot be built: No module named 'a_package_that_is_not_there'\n"


def test_the_page_that_trains_the_filler_names_its_command():
    sources = "".join(cell.source for cell in find_lessons("408")[0].read().cells)
    assert f"`{read_cards()['pretrained_sentences'].rebuild}`" in sources


def test_the_functions_of_the_page_make_the_filler_and_what_it_is_trained_on(monkeypatch):
    module = builder("pretrained_sentences")
    given = []
    monkeypatch.setattr(module.keras.Model, "fit", lambda self, *data, **settings: given.append((self, *data)))
    passages = np.random.default_rng(0).integers(3, 200, size=(256, 32), dtype="int32")
    filler = module.trained_filler(passages, words=200)
    [(model, (inputs, places), targets)] = given
    assert model is filler and inputs.shape == (3 * 256, 32), "three passes"
    assert places.shape == targets.shape == (3 * 256, 5) and targets.max() < 200
    assert targets[targets > 0].min() > 102, "the page's settings: frequent words are never asked"
    vectors = filler.get_layer("encoder").get_layer("table").get_weights()[0]
    assert vectors.shape == (200, 64)
    np.testing.assert_allclose(
        np.linalg.norm(vectors[3:], axis=1), 1, atol=1e-5, err_msg="it starts at the counted vectors"
    )
