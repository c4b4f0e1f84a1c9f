"""Results as tables."""

from collections.abc import Mapping

import pandas as pd


def table(rows: Mapping[str, Mapping[str, object]], *, digits: int = 2, row_name: str = "") -> pd.DataFrame:
    """Rows by name, each a mapping of column names to values, as a table to look at.

    Floats are rounded to `digits`, whole numbers stay whole; `row_name` stands above the names of the rows.
    `pd.DataFrame(rows)` would lay the rows as columns and fill gaps with NaN. Raises ValueError if there is no row
    or the rows differ in their columns.
    """
    if not rows:
        raise ValueError("A table needs at least one row.")
    first = next(iter(rows))
    for name, row in rows.items():
        if set(row) != set(rows[first]):
            raise ValueError(
                f"The rows {first!r} and {name!r} differ in the columns {sorted(set(row) ^ set(rows[first]))}."
            )
    made = pd.DataFrame.from_dict(rows, orient="index", columns=None)
    return made[list(rows[first])].round(digits).rename_axis(columns=row_name)
