"""Brief "typefaces": are two letters of the same typeface?"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from course_utils.datasets import Dataset, Split, load_letters
from course_utils.projects.events import aside, tell
from course_utils.projects.sealed import Project, Sealed

PAIRS = {"train": 8000, "validation": 2000, "test": 4000}


class Pairs(NamedTuple):
    """Pairs of different letters: `images` (n, 2, 28, 28, 1), float32 from 0 to 1, and `letters` (n, 2) from 0 (A) to 25."""

    images: np.ndarray
    letters: np.ndarray


def load() -> Project:
    """Pairs of letters, inputs `Pairs`, and whether they are of one face, targets (n,) 0 or 1, half of them 1.

    The two letters of a pair differ always, and are of one face or of two different families. No family stands in two
    parts. `details` holds `faces` (238, 26, 28, 28, 1), the training part as whole alphabets, to draw pairs of your own
    from; their `families` (238,); `letters`, A to Z; and `test_families` (n, 2), of the pairs in the test part.
    """
    letters = load_letters()
    parts = {}
    details = {"letters": letters.details["letters"]}
    for seed, (name, count) in enumerate(PAIRS.items()):
        faces, families = _alphabets(letters, name)
        places, codes, targets = draw_pairs(families, count, seed)
        part = Sealed if name == "test" else Split
        parts[name] = part(Pairs(faces[places, codes], codes), targets)
        if name == "train":
            details |= {"faces": faces, "families": families}
        if name == "test":
            details["test_families"] = families[places]
    tell("loaded", brief="typefaces")
    return Project(**parts, details=details)


def draw_pairs(families: np.ndarray, count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The places of two faces (count, 2), of two different letters (count, 2), and targets (count,): 1 for one face.

    `families` (faces,) names the family of each face. Every second pair is of one face, the others of two families.
    """
    random = np.random.default_rng(seed)
    first = random.integers(len(families), size=count)
    second = random.integers(len(families), size=count)
    while (same := families[first] == families[second]).any():
        second[same] = random.integers(len(families), size=same.sum())
    targets = np.arange(count) % 2
    second[targets == 1] = first[targets == 1]
    one = random.integers(26, size=count)
    other = (one + random.integers(1, 26, size=count)) % 26
    order = random.permutation(count)
    return np.stack([first, second], 1)[order], np.stack([one, other], 1)[order], targets[order]


def measures(images: np.ndarray) -> np.ndarray:
    """Ten numbers of each image (n, 28, 28, 1) that a typographer would look at: (n, 10).

    Ink, edges in four directions, width, height, grey, the weight of a stroke, the darkest pixel.
    """
    ink = images[..., 0]
    edges = [
        np.abs(difference).sum(axis=(1, 2))
        for difference in (
            np.diff(ink, axis=2),
            np.diff(ink, axis=1),
            ink[:, 1:, 1:] - ink[:, :-1, :-1],
            ink[:, 1:, :-1] - ink[:, :-1, 1:],
        )
    ]
    width, height = (ink.max(axis=axis) > 0.3 for axis in (1, 2))
    grey = ((ink > 0.1) & (ink < 0.9)).mean(axis=(1, 2))
    stroke = ink.sum(axis=(1, 2)) / (edges[0] + edges[1] + 1e-3)
    found = [ink.mean(axis=(1, 2)), *edges, width.sum(axis=1), height.sum(axis=1), grey, stroke, ink.max(axis=(1, 2))]
    return np.stack(found, axis=1)


def baseline(project: Project) -> Callable[[Pairs], np.ndarray]:
    """Logistic regression on how far the `measures` of two letters lie apart, each compared with what is usual for its letter.

    Its `C` is chosen on validation. Returns a function from `Pairs` to probabilities (n,) of one face.
    """
    from sklearn.linear_model import LogisticRegression

    faces = project.details["faces"]
    of_letter = np.stack([measures(faces[:, letter]) for letter in range(26)])  # (26, faces, 10)
    usual, spread = of_letter.mean(axis=1), of_letter.std(axis=1) + 1e-6

    def apart(pairs: Pairs) -> np.ndarray:
        first, second = (
            (measures(pairs.images[:, side]) - usual[pairs.letters[:, side]]) / spread[pairs.letters[:, side]]
            for side in (0, 1)
        )
        return np.abs(first - second)

    rows = apart(project.train.inputs)
    scale = rows.std(axis=0)
    strengths = (0.01, 0.1, 1.0)
    with aside():
        candidates = [
            LogisticRegression(C=one, max_iter=500).fit(rows / scale, project.train.targets) for one in strengths
        ]
    validation_rows = apart(project.validation.inputs) / scale
    best = max(candidates, key=lambda candidate: candidate.score(validation_rows, project.validation.targets))

    def answer(pairs: Pairs) -> np.ndarray:
        tell("baseline", brief="typefaces", asked=pairs)
        return best.predict_proba(apart(pairs) / scale)[:, 1]

    return answer


def score(targets: np.ndarray, answers: np.ndarray) -> float:
    """The share of pairs judged right by answers (n,), probabilities of one face, for targets (n,) 0 or 1.

    Half of all pairs are of one face, so guessing gives 0.5. Raises ValueError for another number of answers.
    """
    if np.shape(targets) != np.shape(answers):
        raise ValueError(f"The answers have the shape {np.shape(answers)}; {np.shape(targets)} was expected.")
    tell("measured", brief="typefaces", targets=targets, answers=answers)
    return float(np.mean((np.asarray(answers) > 0.5) == (np.asarray(targets) == 1)))


def _alphabets(letters: Dataset, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The faces (faces, 26, 28, 28, 1) of one part and the family (faces,) of each."""
    images = getattr(letters, name).inputs.reshape(-1, 26, 28, 28, 1)
    return images, letters.details["families"][name].reshape(-1, 26)[:, 0]
