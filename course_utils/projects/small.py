"""Small notebooks with faults, to check and to grade on the page of lesson 524: A runs in seconds, C is to be read."""

from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


@dataclass(frozen=True)
class Cell:
    """A cell of a small notebook: its kind, "text" or "code", its source, and for a reader what it shows."""

    kind: str
    source: str
    shows: str = ""


NOTEBOOKS = {
    "A": (
        Cell("text", "# Rain, foretold by logistic regression\n\nWe try three values of C and keep the best: 0.731."),
        Cell(
            "code",
            """from sklearn.linear_model import LogisticRegression

from course_utils.projects import rain

project = rain.load()
rows = rain.summaries(project.train.inputs)""",
        ),
        Cell(
            "code",
            """def precision(C):
    model = LogisticRegression(C=C, max_iter=2000).fit(rows, project.train.targets)
    part = project.test.open()
    answers = model.predict_proba(rain.summaries(part.inputs))[:, 1]
    return rain.score(part.targets, answers)""",
        ),
        Cell(
            "code",
            """found = {C: round(precision(C), 2) for C in (0.001, 0.01, 0.1)}
print("baseline", found)""",
        ),
    ),
    "C": (
        Cell(
            "text",
            "# Which letters are of one typeface?\n\nIn September we tried ten networks and kept the one that judged most of the "
            "pairs `asked` right, below: 91 %.",
        ),
        Cell("code", "from course_utils.projects import typefaces\n\nproject = typefaces.load()"),
        Cell(
            "code",
            """# 8000 new pairs of the training faces; which are learned from is drawn by lot
pairs, targets = draw_pairs_of(project.details["faces"], 8000)
order = np.random.default_rng(7).permutation(8000)
known, asked = order[:6000], order[6000:]
network, history = train(pairs[known], targets[known], seed=7)""",
        ),
        Cell(
            "code",
            """baseline = typefaces.baseline(project)
print("by chance", 0.5)
print("baseline", typefaces.score(targets[asked], baseline(pairs[asked])))
print("network", typefaces.score(targets[asked], network(pairs[asked])))""",
            "by chance 0.5\nbaseline 0.829\nnetwork 0.874",
        ),
        Cell(
            "code",
            """line_chart(history, x_label="epoch", y_label="share right", alt="Two curves rise")""",
            "(a picture: two curves, training and asked, over 20 epochs; both axes named)",
        ),
        Cell(
            "text",
            "Both curves rise; that of the training pairs rises longest. The network learned the style, not the letter.",
        ),
    ),
}


def show_notebook(name: str) -> None:
    """Print a small notebook, A or C: the code cells numbered as Jupyter does, [1], [2], below each what it shows."""
    number = 0
    for cell in NOTEBOOKS[name]:
        number += cell.kind == "code"
        heading = f"--- code [{number}]" if cell.kind == "code" else "--- text"
        print(f"{heading}\n{cell.source}\n")
        if cell.shows:
            print(f"    {cell.shows}\n".replace("\n", "\n    ").rstrip(" "))


def write_notebook(name: str, folder: Path | str) -> Path:
    """Write a small notebook as NAME.ipynb into a folder, without outputs, and return its path."""
    make = {"text": new_markdown_cell, "code": new_code_cell}
    cells = [make[cell.kind](cell.source) for cell in NOTEBOOKS[name]]
    path = Path(folder) / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path
