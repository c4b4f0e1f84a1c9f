"""Execute the worked examples of the projects and store their outputs: `python tools/refresh_projects.py`."""

from nbformat import NotebookNode

from course_utils.command.lessons import Lesson, checkout_folder, execute, store


def without_log_lines(notebook: NotebookNode) -> NotebookNode:
    """What libraries log to stderr differs between machines and is nobody's result: it is not stored."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


def main() -> None:
    for path in sorted((checkout_folder() / "projects").glob("*/worked_*.ipynb")):
        execution = execute(Lesson("project", path), "quick")
        if execution.error:
            raise SystemExit(f"{path.name} stopped at {execution.error}. Not stored: the notebook is as it was.")
        without_log_lines(execution.notebook)
        store(execution)
        print(f"{path.parent.name}/{path.name}: {execution.seconds:.0f} s, {len(execution.claims)} claims")


if __name__ == "__main__":
    main()
