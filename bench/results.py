"""Puts what a benchmark measured into its place in bench/RESULTS.md."""

import re
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"


def write(name: str, table: str) -> None:
    """Replace the block between ``<!-- name -->`` and ``<!-- end -->``, and print it."""
    print(table, flush=True)
    block = f"<!-- {name} -->\n```\n{table.strip()}\n```\n<!-- end -->"
    text = RESULTS.read_text(encoding="utf-8")
    changed, count = re.subn(rf"<!-- {name} -->.*?<!-- end -->", lambda _: block, text, flags=re.DOTALL)
    if not count:
        raise SystemExit(f"{RESULTS.name} has no place for {name}")
    RESULTS.write_text(changed, encoding="utf-8")
