"""What is installed and what is not, each with the command that installs it. Only looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from evidex.errors import ToolMissing
from evidex.languages import LANGUAGES
from evidex.read.rapidocr import model_path
from evidex.read.tesseract import TesseractEngine, debian_package


@dataclass(frozen=True)
class Check:
    """One thing that should be there."""

    name: str
    found: str
    """What was found, with its version; empty if nothing."""
    remedy: str
    needed: bool = True
    """Whether evidex cannot work without it."""


def checks() -> Iterator[Check]:
    """All checks, in the order in which a person would mend them."""
    tesseract = TesseractEngine()
    yield Check("Tesseract", tesseract.version, "sudo apt install tesseract-ocr   (macOS: brew install tesseract tesseract-lang)")
    for language in LANGUAGES:
        there = tesseract.reads(language)
        remedy = f"sudo apt install {debian_package(language)}"
        yield Check(f"Tesseract data, {language}", "installed" if there else "", remedy, needed=False)
    for part, name in (("det", "text detector"), ("rec", "recogniser for ja, zh, en")):
        yield Check(f"RapidOCR {name}", _network(part), "pip install --force-reinstall rapidocr")
    for package in ("pymupdf", "pillow", "pillow-heif", "opencv-python-headless", "onnxruntime", "langdetect"):
        yield Check(package, _package(package), f"pip install {package}")


def _network(part: str) -> str:
    try:
        return model_path(part).name
    except ToolMissing:
        return ""


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
