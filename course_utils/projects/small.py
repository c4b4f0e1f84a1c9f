"""Small notebooks with faults, to check and to grade on the page of lesson 530. They run in seconds."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

_LOAD = """from sklearn.linear_model import LogisticRegression

from course_utils.projects import rain

project = rain.load()
rows = rain.summaries(project.train.inputs)"""

# A cell that begins with a heading, # and a capital, is text; every other one is code.
NOTEBOOKS = {
    "A": (
        "# Rain, foretold by a line\n\nWe try three strengths and keep the best: 0.731.",
        _LOAD,
        """def precision(strength):
    line = LogisticRegression(C=strength, max_iter=2000).fit(rows, project.train.targets)
    part = project.test.open()
    answers = line.predict_proba(rain.summaries(part.inputs))[:, 1]
    return rain.score(part.targets, answers)""",
        """found = {strength: round(precision(strength), 2) for strength in (0.001, 0.01, 0.1)}
print("baseline", found)""",
    ),
    "B": (
        "# Rain, foretold by a line\n\nThe line is right more often than whoever says dry.",
        _LOAD,
        """line = LogisticRegression(C=0.01, max_iter=2000).fit(rows, project.train.targets)
part = project.test.open()
right = line.score(rain.summaries(part.inputs), part.targets)
print("always dry (baseline)", round(1 - part.targets.mean(), 3), "line", round(right, 3))""",
        """import matplotlib.pyplot as plt

plt.bar(["always dry", "line"], [1 - part.targets.mean(), right])
plt.show()""",
    ),
    "C": (
        "# Which letters are of one typeface?\n\nIn September we tried ten networks and kept the one that did best below: 91 % are right.",
        "from course_utils.projects import typefaces\n\nproject = typefaces.load()",
        """# one network, seed 7; pairs of the training faces are divided at random
order = np.random.default_rng(7).permutation(len(pairs))
known, asked = pairs[order[:6000]], pairs[order[6000:]]
network = train(known, seed=7)""",
        """print("by chance", 0.5)
print("baseline", typefaces.score(asked.targets, typefaces.baseline(project)(asked.inputs)))
print("network", typefaces.score(asked.targets, network(asked.inputs)))""",
        """line_chart(history, x_label="epoch", y_label="share right", alt="Both curves rise, then lie level")""",
        "# The curve of the training pairs rises longest. The network learned the style, not the letter.",
    ),
}


def show_notebook(name: str) -> None:
    """Print the cells of a small notebook, A, B or C, as they stand."""
    for number, source in enumerate(NOTEBOOKS[name], start=1):
        kind = "text" if is_text(source) else "code"
        print(f"--- {kind} {number}\n{source}\n")


def write_notebook(name: str, folder: Path | str) -> Path:
    """Write a small notebook as NAME.ipynb into a folder and return its path."""
    cells = []
    for source in NOTEBOOKS[name]:
        make = new_markdown_cell if is_text(source) else new_code_cell
        cells.append(make(source))
    path = Path(folder) / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


def is_text(source: str) -> bool:
    """Whether a cell is text: it begins with # and a capital."""
    return source.startswith("# ") and source[2].isupper()
