"""Reads exported CSV with Python's csv module: the same number of cells in each row, and none that a spreadsheet would run."""

import csv
import sys

COLUMNS = 26


def check(path):
    with open(path, newline="", encoding="utf-8") as file:
        text = file.read()
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", ""), f"{path}: lines end with CR LF"
    rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
    assert len(rows) > 1, f"{path}: no rows"
    for number, row in enumerate(rows):
        assert len(row) == COLUMNS, f"{path}: row {number} has {len(row)} cells"
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")), f"{path}: row {number} runs {cell!r}"
    print(f"{path}: {len(rows) - 1} rows of {COLUMNS} cells")


for path in sys.argv[1:]:
    check(path)
