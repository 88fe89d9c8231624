"""Every error evidex raises, each with its code, its exit code and the remedy.

    EvidexError
    ├── UsageError            2   what was asked for cannot be done as it was asked
    ├── ToolMissing           3   a program, a language pack or a model is not installed
    └── DocumentError         1   this document cannot be examined; others can
        ├── UnreadableFile        gone, or no permission
        ├── EmptyFile             nothing in the file
        ├── UnsupportedFile       not a photograph or a PDF
        ├── DamagedFile           cut off or corrupt
        ├── EncryptedFile         needs a password
        ├── LimitExceeded         larger than a limit in Settings allows
        └── ReadFailed            the reading engine gave up (crash, time limit)

In a batch a failure is a value: the error becomes ``record.error``. Messages and remedies never hold text of the document.
"""


class EvidexError(Exception):
    """Base of all evidex errors. ``str(error)`` is the message; ``remedy`` says what the user can do."""

    code = "error"
    exit_code = 1
    remedy = "Please report this with the error code; do not send the document."

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if remedy is not None:
            self.remedy = remedy

    def __reduce__(self) -> tuple[type["EvidexError"], tuple[str, str]]:
        """Worker processes send errors home: keep the remedy on the way."""
        return type(self), (self.message, self.remedy)


class UsageError(EvidexError):
    """The request itself cannot be carried out."""

    code = "usage"
    exit_code = 2
    remedy = "See `evidex --help`."


class ToolMissing(EvidexError):
    """A program, language pack or model that the request needs is not installed."""

    code = "tool_missing"
    exit_code = 3
    remedy = "Run `evidex doctor`: it names what is missing and the command that installs it."


class DocumentError(EvidexError):
    """One document cannot be examined; the others of the batch can."""

    code = "document_error"


class UnreadableFile(DocumentError):
    """The file is gone, or this user may not read it."""

    code = "unreadable_file"
    remedy = "Check that the file is still there and that you may read it."


class EmptyFile(DocumentError):
    """The file holds no bytes or no pages."""

    code = "empty_file"
    remedy = "The copy went wrong: fetch the photo or scan again from where it came from."


class UnsupportedFile(DocumentError):
    """The bytes are not those of a photograph or a PDF, whatever the name says."""

    code = "unsupported_file"
    remedy = "Give a photo (JPEG, PNG, TIFF, WebP, HEIC, GIF, BMP) or a PDF; print other files to PDF first."


class DamagedFile(DocumentError):
    """The file is cut off or corrupt."""

    code = "damaged_file"
    remedy = "Fetch the file again, as a file rather than a preview; or photograph the paper once more."


class EncryptedFile(DocumentError):
    """The PDF asks for a password."""

    code = "encrypted_file"
    remedy = "Open it with its password, print or save it to a new PDF without one, and examine that."


class LimitExceeded(DocumentError):
    """The file is larger than a limit allows; the message names the limit."""

    code = "limit_exceeded"
    remedy = "Raise the limit named here in the settings if you trust the file."


class ReadFailed(DocumentError):
    """The reading engine crashed or ran past its time."""

    code = "read_failed"
    remedy = "Try a smaller or clearer photo of the page, or a longer --timeout."
