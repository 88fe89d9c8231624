"""Lines of a payslip → the deductions it lists: labels over figures, which a classifier of sentences does not see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evidex import law
from evidex.find.classifier import finding
from evidex.find.patterns import Pattern, compile_pattern, normalise
from evidex.languages import LANGUAGES
from evidex.schema import Finding, PageText, Span

LISTED = 0.8
"""Score of a finding that rests on a label of the slip."""
_LONGEST_LABEL = 30
"""A line longer than this is a sentence, which the classifier has judged."""


def listed_deductions(pages: Sequence[PageText], found: Sequence[Finding], countries: Sequence[str]) -> tuple[Finding, ...]:
    """The findings with one more for each category whose labels (寮費, sewa apartemen …) head an item of the slip."""
    findings = list(found)
    for category in law.categories().values():
        labels = [label for tag in LANGUAGES for label in category.payslip_labels.get(tag, ())]
        spans = list(_spans(pages, compile_pattern("|".join(labels)))) if labels else []
        if spans:
            findings.append(finding(f"f{len(findings) + 1}", category.id, LISTED, "rule", spans, countries))
    return tuple(findings)


def _spans(pages: Sequence[PageText], labels: Pattern) -> Iterator[Span]:
    for page in pages:
        for line in page.lines:
            text = normalise(line.text)
            if len(text) <= _LONGEST_LABEL and labels.match(text, exactly=True):
                yield Span(page=page.number, quote=line.text, quads=(line.quad,))
