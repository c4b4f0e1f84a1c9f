"""Write the decision guide of lesson 504 as one page to print: `python tools/guide.py` makes docs/which_architecture.html anew.

The sentences are the claims that the executed lesson printed with ✔; the table is made from data/bout.json.
"""

import html
import re
from pathlib import Path

import nbformat

from course_utils.command.lessons import find_lessons
from course_utils.datasets.bout import load_bout, matrix

LEVEL = 0.02  # as in lesson 504
PRINTED = Path(__file__).parents[1] / "docs" / "which_architecture.html"
STYLE = """
@page { size: A4; margin: 14mm 16mm; }
body { font: 9.5pt/1.3 system-ui, sans-serif; color: #111; max-width: 178mm; margin: 0 auto; padding: 4mm; }
h1 { font-size: 16pt; margin: 0 0 1mm; }
h2 { font-size: 10.5pt; margin: 2mm 0 .5mm; break-after: avoid; }
p { margin: 0 0 2mm; }
ul { margin: 0; padding-left: 5mm; }
table { border-collapse: collapse; margin: 1mm 0; }
th, td { padding: .6mm 3mm; text-align: right; border-bottom: .2mm solid #999; }
th:first-child { text-align: left; }
td.level { font-weight: bold; text-decoration: underline; }
footer { margin-top: 3mm; font-size: 8.5pt; color: #444; }
@media print { body { padding: 0; } }
"""


def sentences(notebook: nbformat.NotebookNode) -> dict[str, list[str]]:
    """The claims below "## The guide" and those quoted from other lessons, by their heading. Raises ValueError where one is not ✔ or there is none."""
    found = {}
    heading = None
    inside = False
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for level, title in re.findall(r"^(##|###) (.+)$", cell.source, flags=re.MULTILINE):
                if level == "##":
                    inside = title == "The guide"
                elif inside:
                    heading = title
                    found[heading] = re.findall(r'^- (Lesson \d{3}: ".+".*)$', cell.source, flags=re.MULTILINE)
        elif inside and heading:
            printed = "".join(output.get("text", "") for output in cell.outputs)
            for mark, sentence in re.findall(r"^([✔✘]) (.+)$", printed, flags=re.MULTILINE):
                if mark == "✘":
                    raise ValueError(f"The lesson does not confirm this sentence of the guide: {sentence}")
                found[heading].append(sentence)
    if not any(found.values()):
        raise ValueError('The lesson has no claim below "## The guide". Was it executed?')
    return found


def page() -> str:
    notebook = nbformat.read(find_lessons("504")[0].path, as_version=4)
    results = load_bout()
    parts = ["<h1>Which architecture?</h1>"]
    parts.append(
        "<p>Start with the rival in which no network is trained: a linear layer behind random filters or, for sentences, "
        "behind counted words. Each sentence was measured in the bout and checked in lesson 504, or in the lesson named, at "
        "the size of a course: 4000 signals, 3500 digits, 1020 spoken digits of a speech synthesiser, 6116 sentences; "
        "20,000 weights (without the vectors of words), about ten seconds of training on one processor core. More of each "
        "may turn it round. <i>Level</i> is 2 of 100 or less.</p>"
    )
    for heading, claims in sentences(notebook).items():
        items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in claims)
        parts.append(f"<h2>{html.escape(heading)}</h2><ul>{items}</ul>")
    parts.append("<h2>Right answers of 100 on new examples</h2>")
    parts.append(
        "<p>Means of five trainings; rival: of three draws of filters. Bold: level with the best row, rival too.</p>"
    )
    parts.append(as_table(matrix(results)))
    how = results.how
    parts.append(f"<footer>{html.escape(how['command'])}, {how['date']}; {html.escape(how['machine'])}</footer>")
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Which architecture?</title>'
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}<style>{STYLE}</style></head>\n<body>\n'
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def as_table(shares) -> str:
    """The matrix in hundredths; what is level with the best of its column in bold and underlined."""
    is_level = shares.max() - shares <= LEVEL
    rows = ["<tr><th></th>" + "".join(f"<th>{task}</th>" for task in shares.columns) + "</tr>"]
    for network, row in shares.iterrows():
        cells = []
        for task, share in row.items():
            mark = ' class="level"' if is_level.loc[network, task] else ""
            cells.append(f"<td{mark}>{100 * share:.1f}</td>")
        rows.append(f"<tr><th>{network}</th>{''.join(cells)}</tr>")
    return f"<table>{''.join(rows)}</table>"


if __name__ == "__main__":
    PRINTED.write_text(page(), encoding="utf-8")
    print(f"{PRINTED} is written. A browser prints it on one page.")
