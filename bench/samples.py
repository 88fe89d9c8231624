"""The whole way on the samples: recall and precision of findings, and the character error rate of what was read.

    python bench/samples.py [FOLDER] [-v]

A finding is right if an expected one has its category, its page, and a quote that overlaps. Each *.expected.json of the
folder says what its photograph holds.
"""

import json
import sys
import unicodedata
from pathlib import Path

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

import evidex

SAMPLES = Path(__file__).parent.parent / "samples"


def bare(text: str) -> str:
    kept = (c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and unicodedata.category(c) != "Cf")
    return "".join(kept)


def same(expected: dict, finding: "evidex.Finding") -> bool:
    if expected["category"] != finding.category:
        return False
    for span in finding.spans:
        if span.page == expected["page"] and fuzz.partial_ratio(bare(span.quote), bare(expected["quote"])) >= 70:
            return True
    return False


def main(folder: Path, verbose: bool) -> None:
    expected = {path.name.removesuffix(".expected.json"): json.loads(path.read_text()) for path in folder.glob("*.expected.json")}
    photos = [path for path in sorted(folder.iterdir()) if path.stem in expected and path.suffix != ".json"]
    found = right = wanted = hit = kinds = 0
    rates = []
    for record in evidex.examine_all(photos, jobs=2):
        want = expected[Path(record.source.file_name).stem]
        good = [finding for finding in record.findings if any(same(row, finding) for row in want["findings"])]
        got = [row for row in want["findings"] if any(same(row, finding) for finding in record.findings)]
        found, right, wanted, hit = (
            found + len(record.findings),
            right + len(good),
            wanted + len(want["findings"]),
            hit + len(got),
        )
        kinds += record.kind == want["kind"]
        read = bare("".join(line.text for page in record.pages for line in page.lines))
        truth = bare("".join(want["text"]))
        rates.append(Levenshtein.distance(read, truth) / len(truth))
        print(
            f"{record.source.file_name:32s} {record.kind:9s} {','.join(record.languages):8s} error rate {rates[-1]:.3f}  "
            f"found {len(got)}/{len(want['findings'])}  right {len(good)}/{len(record.findings)}"
            + (f"  {record.error.message}" if record.error else "")
        )
        for row in want["findings"] if verbose else ():
            if row not in got:
                print(f"    missed {row['category']}: {row['quote']}")
        for finding in record.findings if verbose else ():
            if finding not in good:
                print(f"    wrong {finding.category}: {' / '.join(span.quote for span in finding.spans)}")
    print(
        f"recall {hit}/{wanted} = {hit / wanted:.3f}  precision {right}/{found} = {right / max(1, found):.3f}  "
        f"kinds {kinds}/{len(photos)}  mean error rate {sum(rates) / len(rates):.3f}"
    )


if __name__ == "__main__":
    folders = [Path(word) for word in sys.argv[1:] if not word.startswith("-")]
    main(folders[0] if folders else SAMPLES, "-v" in sys.argv)
