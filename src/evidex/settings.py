"""All a user may choose. Read from nowhere by itself: the caller or the command line fills it in.

A field's description is the help of its command-line flag.
"""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field, field_validator

LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


class Settings(BaseModel):
    """How documents are examined. Frozen: part of every record's id, so the same file and settings give the same record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    languages: tuple[str, ...] = Field(
        default=(), description="Languages on the papers, BCP 47, by comma: ja,vi. Default: found from the photo."
    )
    country: str = Field(default="JP", description="Country whose law applies, ISO 3166.")
    region: str | None = Field(default=None, description="Prefecture of the workplace, e.g. 岐阜県 (for wages).")
    model: str | None = Field(
        default=None, description="What judges clauses: a model directory, or the word keywords. Default: evidex's own model."
    )
    max_megabytes: int = Field(default=100, gt=0, description="Largest file that is opened, MiB.")
    max_megapixels: int = Field(default=80, gt=0, description="Largest picture that is decoded, million pixels.")
    max_pages: int = Field(default=500, gt=0, description="Most pages of one file.")

    @field_validator("languages", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        parts = [value] if isinstance(value, str) else value
        if not isinstance(parts, list | tuple):
            return value
        return tuple(tag.strip() for part in parts for tag in str(part).split(",") if tag.strip())

    @field_validator("languages")
    @classmethod
    def _are_tags(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for tag in value:
            if not LANGUAGE_TAG.fullmatch(tag):
                raise ValueError(f"{tag!r} is not a BCP 47 language tag such as ja, vi or zh-TW")
        return value
