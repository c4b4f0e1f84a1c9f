"""The briefs, their starters and the worked examples: each runs, and the check finds what was planted and nothing else."""

import functools
import json
import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from clones import ROOT, call_course, make_clone

from course_utils.claims import read_claims
from course_utils.command.lessons import printed_text
from course_utils.projects import lead_by_groups, rain, tunes, typefaces
from course_utils.projects.briefs import NAMES, find_brief, projects_folder
from course_utils.projects.check import check_project

BRIEFS = {"rain": rain, "typefaces": typefaces, "tunes": tunes}


loaded = functools.cache(lambda name: BRIEFS[name].load())
asked = functools.cache(lambda name: BRIEFS[name].baseline(loaded(name)))


@pytest.fixture(scope="module", params=NAMES)
def brief(request):
    return request.param, BRIEFS[request.param], loaded(request.param)


@pytest.fixture
def copied(tmp_path):
    """Copies a notebook of projects/ into an empty folder: nothing that lies beside it may be needed."""

    def copy(place, replace="", by=""):
        path = Path(shutil.copy(ROOT / "projects" / place, tmp_path))
        text = path.read_text(encoding="utf-8")
        assert not replace or text.count(replace) == 1, replace
        path.write_text(text.replace(replace, by) if replace else text, encoding="utf-8")
        return path

    return copy


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_that_says_finished_runs_to_its_end_without_a_fault(copied, name):
    report = check_project(copied(f"{name}/starter.ipynb", '"finished = False"', '"finished = True"'))
    assert report.passed, report.table().to_string()


def test_the_good_example_raises_no_alarm(copied):
    report = check_project(copied("rain/worked_good.ipynb"))
    assert report.passed, report.table().to_string()


def test_each_fault_of_the_faulty_example_that_a_machine_can_see_is_found(copied):
    # what is found does not hang on how long it was trained
    report = check_project(copied("rain/worked_faulty.ipynb", "epochs=20,", "epochs=1,"))
    table = {finding.what: finding for finding in report.findings}
    assert [what for what, finding in table.items() if finding.holds] == [
        "runs from top to bottom",
        "needs no internet",
    ]
    assert len(report.faults) == len(table) - 2
    assert "98.6" in table["each number of the text stands in an output"].found
    assert "2694 of 2694 test rows" in table["no test row was trained on"].found
    assert "x_test" in table["test part opened once, after all training"].found


@pytest.mark.parametrize("name", ["worked_good", "worked_faulty"])
def test_the_grading_adds_up_and_has_each_line_of_the_rubric(name):
    rubric = (ROOT / "projects" / "RUBRIC.md").read_text(encoding="utf-8")
    lines = dict(re.findall(r"^\| ([A-F]\d) \| (\d) \|", rubric, re.MULTILINE))
    assert sum(map(int, lines.values())) == 20
    graded = (ROOT / "projects" / "rain" / f"graded_{name.split('_')[1]}.md").read_text(encoding="utf-8")
    given = re.findall(r"^\| ([A-F]\d) \| (\d) of (\d) \|", graded, re.MULTILINE)
    assert {line: most for line, _, most in given} == lines
    assert all(points in ("0", most) for _, points, most in given)
    total = sum(int(points) for _, points, _ in given)
    assert f"**{total} of 20**" in graded
    assert f"[{total} of 20](rain/graded_{name.split('_')[1]}.md)" in (ROOT / "projects" / "README.md").read_text(
        encoding="utf-8"
    )


def test_parts_share_no_row_and_the_inputs_are_finite(brief):
    name, module, project = brief
    rows = {}
    for part, split in (("train", project.train), ("validation", project.validation), ("test", project.test.open())):
        images = split.inputs.images if name == "typefaces" else split.inputs
        assert np.isfinite(images).all() and len(images) == len(split.targets)
        rows[part] = {row.tobytes() for row in np.ascontiguousarray(images).reshape(len(images), -1)}
    assert not rows["train"] & rows["test"] and not rows["validation"] & rows["test"]
    assert len(project.test) == len(project.test.open().targets) and "sealed" in repr(project.test)


def test_the_baseline_is_as_good_as_the_brief_says_and_beats_guessing(brief):
    name, module, project = brief
    answer = asked(name)
    known = project.validation
    score = module.score(known.targets, answer(known.inputs))
    stated = {float(number) for number in re.findall(r"(?<![\d.])\d\.\d{3}", find_brief(name).text)}
    assert min(abs(score - number) for number in stated) < 2e-3, (score, stated)
    guess = {"rain": 0.07, "typefaces": 0.5, "tunes": np.log2(30)}[name]
    assert score < 0.5 * guess if name == "tunes" else score > 1.5 * guess


def test_a_score_refuses_answers_of_another_shape(brief):
    name, module, project = brief
    with pytest.raises(ValueError, match="was expected"):
        module.score(project.validation.targets, np.zeros(3))


def test_guessing_scores_what_the_briefs_say():
    targets = loaded("rain").validation.targets
    assert rain.score(targets, np.zeros(len(targets))) == pytest.approx(targets.mean())
    codes = loaded("tunes").validation.targets
    even = np.full((*codes.shape, tunes.CODES), 1 / tunes.CODES)
    assert tunes.score(codes, even) == pytest.approx(np.log2(tunes.CODES))
    with pytest.raises(ValueError, match="softmax"):
        tunes.score(codes, 2 * even)
    pairs = loaded("typefaces").validation
    assert pairs.targets.mean() == 0.5 and (pairs.inputs.letters[:, 0] != pairs.inputs.letters[:, 1]).all()


def test_rain_is_what_the_gauge_says_within_six_hours_after_the_window():
    from course_utils.datasets import load_weather

    project, weather = loaded("rain"), load_weather()
    hours, airports = (project.details[name]["train"] for name in ("hours", "airports"))
    for place in (0, 4321, 8000):
        now = int(np.searchsorted(weather.train.hours, hours[place]))
        fallen = weather.train.values[airports[place], now + 1 : now + 7, 5]
        assert project.train.targets[place] == (fallen >= 0.1).any()
    assert project.train.inputs.mean() == pytest.approx(0, abs=1e-3)


def test_pairs_are_of_one_face_or_of_two_families():
    families = np.array(["a", "a", "b", "c", "d"])
    places, letters, targets = typefaces.draw_pairs(families, 400, seed=3)
    same = places[:, 0] == places[:, 1]
    assert (same == (targets == 1)).all() and targets.mean() == 0.5
    assert (families[places[~same, 0]] != families[places[~same, 1]]).all()
    assert (letters[:, 0] != letters[:, 1]).all() and letters.max() == 25


def test_counts_look_at_no_later_note_and_a_cheat_is_found():
    some = loaded("tunes").validation.inputs[:10]
    assert not tunes.looks_ahead(asked("tunes"), some)
    assert tunes.looks_ahead(lambda codes: np.eye(tunes.CODES)[codes], some)
    assert tunes.looks_ahead(lambda codes: np.eye(tunes.CODES)[codes[:, ::-1]], some)


def test_probabilities_of_the_counts_add_up_to_one():
    answers = asked("tunes")(loaded("tunes").validation.inputs[:5])
    assert answers.shape == (5, 32, 30) and np.allclose(answers.sum(axis=-1), 1) and (answers > 0).all()


def test_a_lead_is_drawn_by_whole_groups():
    groups = np.repeat(np.arange(20), 5)
    targets = np.arange(100) % 2
    wrong_in_one = np.where(groups == 3, 1 - targets, targets)  # the baseline fails in one group of twenty
    leads = lead_by_groups(targets, targets, wrong_in_one, groups, typefaces.score, draws=400)
    assert leads.shape == (400,) and set(np.round(leads * 20, 6)) <= set(range(8))
    assert abs(np.mean(leads > 0) - (1 - 0.95**20)) < 0.08  # the group is drawn at least once
    assert leads.mean() == pytest.approx(0.05, abs=0.01)
    by_tune = lead_by_groups(
        targets, targets, wrong_in_one, [f"tune {group}" for group in groups], typefaces.score, 400
    )
    assert (by_tune == 0).any() and by_tune.max() >= 0.1


def test_a_pair_of_two_families_comes_as_often_as_both_were_drawn():
    families = np.array([["a", "a"], ["a", "b"], ["b", "b"]])
    sizes = set()

    def score(targets, answers):
        sizes.add(tuple(np.bincount(targets, minlength=3)))
        return 0.0

    lead_by_groups(np.arange(3), np.zeros(3), np.zeros(3), families, score, draws=50)
    assert sizes == {(2, 0, 0), (1, 1, 1), (0, 0, 2)}
    with pytest.raises(ValueError, match="do not belong together"):
        lead_by_groups(np.arange(3), np.zeros(2), np.zeros(3), families, score)


def test_measured_attempts_beat_the_baselines_of_the_briefs():
    stored = json.loads((ROOT / "projects" / "attempts.json").read_text(encoding="utf-8"))
    assert min(stored["typefaces"]["attempt on test, by seed"].values()) > stored["typefaces"]["baseline"]["test"]
    assert max(stored["tunes"]["attempt on test, by seed"].values()) < stored["tunes"]["baseline"]["test"]
    assert min(stored["tunes"]["network alone on test, by seed"].values()) > stored["tunes"]["baseline"]["test"]


def test_a_sealed_part_says_when_it_is_opened_again(capsys):
    sealed = tunes.load().test  # a fresh one
    first = sealed.open()
    assert capsys.readouterr().out == ""
    assert sealed.open() is first and "opened for time 2" in capsys.readouterr().out


def test_new_project_makes_a_copy_once_and_never_overwrites_it(tmp_path, monkeypatch, capsys):
    clone = make_clone(tmp_path / "clone", "0_start/001*.ipynb")
    assert call_course(clone, ["new-project", "rain"], monkeypatch) == 0
    copy = clone / "my" / "project_rain.ipynb"
    assert capsys.readouterr().out == "Your copy: my/project_rain.ipynb\n"
    cells = nbformat.read(copy, as_version=4).cells
    links = re.findall(r"\]\((?!http)([^)#]+)", "\n".join(cell.source for cell in cells))
    assert links and all((copy.parent / link).resolve().exists() for link in links)
    copy.write_text("my work")
    assert call_course(clone, ["new-project", "rain"], monkeypatch) == 2
    assert "stays as it is" in capsys.readouterr().out and copy.read_text() == "my work"
    assert call_course(clone, ["new-project", "snow"], monkeypatch) == 2
    assert "There is no brief snow. The briefs: rain, typefaces, tunes." in capsys.readouterr().out
    assert call_course(clone, ["new-project"], monkeypatch) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in NAMES)


def test_outside_a_clone_the_copy_goes_into_the_present_folder(tmp_path, monkeypatch, capsys):
    assert call_course(tmp_path, ["new-project", "tunes"], monkeypatch) == 0
    assert (tmp_path / "my" / "project_tunes.ipynb").exists()


def test_starters_hold_no_outputs_and_links_of_all_pages_lead_somewhere():
    folder = projects_folder()
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".ipynb":
            cells = nbformat.read(path, as_version=4).cells
            text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
            if path.name == "starter.ipynb":
                assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
        elif path.suffix == ".md":
            text = path.read_text(encoding="utf-8")
        else:
            continue
        for link in re.findall(r"\]\((?!http)([^)#]+)", text):
            assert (path.parent / link).exists(), (path, link)


def test_the_wheel_holds_the_briefs():
    import tomllib

    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    assert "projects" in wheel["only-include"] and wheel["sources"]["projects"] == "course_utils/projects/files"


def test_worked_examples_are_stored_as_they_ran():
    for path in sorted((ROOT / "projects").glob("*/worked_*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
        assert counts == list(range(1, len(counts) + 1)), f"{path.name}: python tools/refresh_projects.py"
        assert all(holds for _, holds in read_claims(printed_text(notebook)))
        assert str(ROOT) not in path.read_text(encoding="utf-8")
        assert not [
            output for cell in notebook.cells for output in cell.get("outputs", []) if output.get("name") == "stderr"
        ]
