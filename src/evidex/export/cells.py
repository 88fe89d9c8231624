"""Cells of spreadsheets that no spreadsheet takes for a formula."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "'")
"""What a spreadsheet may take for a formula, and the guard itself, so that taking the guard off always gives the text back."""


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, without control characters."""
    clean = "".join(character for character in text if character.isprintable() or character == "\n")
    return f"'{clean}" if clean.lstrip().startswith(_FORMULA) else clean


def cell_text(cell: str) -> str:
    """What `safe_cell` guarded."""
    return cell.removeprefix("'")
