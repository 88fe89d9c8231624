import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
VERBS = sorted(
    {verb for code in re.findall(r"```console\n(.*?)```", README, re.DOTALL) for verb in re.findall(r"^evidex (\w+)", code, re.M)}
)


def test_the_library_lines_run_as_they_stand(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    code = code.replace('"report.html"', repr(str(tmp_path / "report.html")))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "document_retention" in done.stdout
    assert (tmp_path / "report.html").stat().st_size > 100_000


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_of_the_readme_is_there(verb: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "evidex", verb, "--help"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0
    assert f"evidex {verb}" in done.stdout


def test_every_file_that_a_document_links_to_is_there() -> None:
    for page in (README, *((ROOT / "docs").glob("*.md"))):
        text, home = (page, ROOT) if isinstance(page, str) else (page.read_text(encoding="utf-8"), page.parent)
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (home / target).exists(), target


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    targets = re.findall(r"^([a-z-]+):(.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"setup", "demo", "test", "check", "bench", "help"} <= {name for name, _ in targets}
    assert all("##" in rest for _, rest in targets)
