"""Execute the worked examples of the projects and store their outputs: `python tools/refresh_projects.py`."""

from course_utils.command.lessons import Lesson, checkout_folder, execute, store


def main() -> None:
    for path in sorted((checkout_folder() / "projects").glob("*/worked_*.ipynb")):
        execution = execute(Lesson("project", path), "quick")
        if execution.error:
            raise SystemExit(f"{path.name} stopped at {execution.error}. Not stored: the notebook is as it was.")
        store(execution)
        print(f"{path.parent.name}/{path.name}: {execution.seconds:.0f} s, {len(execution.claims)} claims")


if __name__ == "__main__":
    main()
