"""Go on training Tesseract's network of one language on the lines of lines.py, and write its .traineddata beside this file.

    python models/tesseract/tune.py my FOLDER [--base FILE.traineddata] [--iterations 6000]

Characters of the lines that the network has no output for (Burmese ။ and ၊, all Latin letters, Lao figures) are added to it.
Dictionaries are left out: they changed nothing that was measured. Published networks hold whole numbers, from which
lstmtraining cannot go on: they are first written as floats again (number × scale), which is what they compute with anyway.
Needs Tesseract's training tools, which Debian's tesseract-ocr has.
"""

import argparse
import shutil
import string
import struct
import subprocess
import sys
from collections import Counter
from pathlib import Path

from evidex.read.tesseract import CODES

HERE = Path(__file__).parent
SYSTEM = Path("/usr/share/tesseract-ocr/5/tessdata")
GROUPS = {"Series", "Parallel", "RTLReversed", "XYTranspose", "Reversed", "TTBReversed", "Replicated", "ParBidiLSTM"}
INT, DOUBLE, LAYER_RATES = 1, 128, 64


class Copier:
    """Reads a serialised network and writes it again, piece by piece."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place, self.out = data, 0, bytearray()

    def take(self, size: int) -> bytes:
        piece = self.data[self.place : self.place + size]
        if len(piece) != size:
            raise ValueError("the network ends too early")
        self.place += size
        return piece

    def copy(self, size: int) -> bytes:
        piece = self.take(size)
        self.out += piece
        return piece

    def number(self) -> int:
        return int(struct.unpack("<i", self.copy(4))[0])

    def text(self) -> str:
        return self.copy(self.number()).decode()


def copy_weights(copier: Copier) -> None:
    """One matrix: rows of int8 and a scale a row, written as doubles."""
    mode = copier.take(1)[0]
    if not mode & INT or not mode & DOUBLE:
        raise ValueError("not an integer network of Tesseract 4 or 5")
    rows, columns = struct.unpack("<II", copier.take(8))
    copier.take(1)
    values = struct.unpack(f"<{rows * columns}b", copier.take(rows * columns))
    (count,) = struct.unpack("<I", copier.take(4))
    scales = struct.unpack(f"<{count}d", copier.take(8 * count))
    copier.out += bytes([mode & ~INT]) + struct.pack("<IId", rows, columns, 0.0)
    floats = (values[row * columns + k] * scales[row] for row in range(rows) for k in range(columns))
    copier.out += struct.pack(f"<{rows * columns}d", *floats)


def copy_layer(copier: Copier) -> None:
    """A layer and all below it."""
    if copier.copy(1) != b"\0":
        raise ValueError("a layer of unknown form")
    kind = copier.text()
    copier.copy(2)
    flags, inputs, outputs, _ = (copier.number() for _ in range(4))
    copier.text()
    if kind in GROUPS:
        for _ in range(copier.number()):
            copy_layer(copier)
        if flags & LAYER_RATES:
            copier.copy(4 * copier.number())
    elif kind == "Input":
        copier.copy(20)
    elif kind in {"Convolve", "Maxpool", "Reconfig"}:
        copier.copy(8)
    elif kind in {"LSTM", "SummLSTM"}:
        two_dimensional = copier.number() == inputs + 2 * outputs
        for _ in range(5 if two_dimensional else 4):
            copy_weights(copier)
    else:
        copy_weights(copier)


def as_floats(network: bytes) -> bytes:
    """An integer network as a float one."""
    copier = Copier(network)
    copy_layer(copier)
    copier.text()
    (flags,) = struct.unpack("<i", copier.take(4))
    copier.out += struct.pack("<i", flags & ~INT)
    copier.copy(len(copier.data) - copier.place)
    return bytes(copier.out)


def run(*command: str | Path) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command[0]} failed:\n{done.stderr[-2000:]}")
    return done.stdout + done.stderr


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", type=Path, help="the .traineddata to begin from; by default the installed one")
    parser.add_argument("--iterations", type=int, default=6000)
    parser.add_argument("--rate", type=float, default=0.0005)
    options = parser.parse_args()
    code, work = CODES[options.language], options.folder / "network"
    work.mkdir(exist_ok=True)
    base = options.base or SYSTEM / f"{code}.traineddata"
    shutil.copy(base, work / "old.traineddata")
    run("combine_tessdata", "-u", work / "old.traineddata", work / "old.")
    (work / "begin.lstm").write_bytes(as_floats((work / "old.lstm").read_bytes()))
    widen(code, options.folder, work)
    sheets = sorted(options.folder.glob("*.lstmf"))
    (work / "train.txt").write_text("".join(f"{sheet.resolve()}\n" for n, sheet in enumerate(sheets) if n % 10))
    (work / "test.txt").write_text("".join(f"{sheet.resolve()}\n" for n, sheet in enumerate(sheets) if n % 10 == 0))
    command = [
        "lstmtraining", "--continue_from", work / "begin.lstm", "--old_traineddata", work / "old.traineddata",
        "--traineddata", work / code / f"{code}.traineddata", "--model_output", work / "step",
        "--train_listfile", work / "train.txt", "--eval_listfile", work / "test.txt", "--learning_rate", options.rate,
        "--reset_learning_rate",
        "--max_iterations", options.iterations, "--target_error_rate", 0.001,
    ]  # fmt: skip
    with (work / "log.txt").open("w") as log:
        subprocess.run([str(word) for word in command], stdout=log, stderr=log, check=False)
    finish(code, work)


def widen(code: str, folder: Path, work: Path) -> None:
    """A traineddata without a network, whose characters are the old ones and those that the lines have besides."""
    old = "".join(row.split(" ")[0] for row in (work / "old.lstm-unicharset").read_text(encoding="utf-8").splitlines()[4:])
    rows = (
        row for path in folder.glob("*.box") for row in path.read_text(encoding="utf-8").splitlines() if row.startswith("WordStr")
    )
    seen = Counter(character for row in rows for character in set(row.split("#", 1)[1]) if not character.isspace())
    common = {character for character, lines in seen.items() if lines >= 5}
    new = sorted((common | set(string.ascii_letters + string.digits)) - set(old))
    (work / "new.txt").write_text(" ".join(new) + "\n", encoding="utf-8")
    run("unicharset_extractor", "--norm_mode", "3", "--output_unicharset", work / "new.unicharset", work / "new.txt")
    run("merge_unicharsets", work / "old.lstm-unicharset", work / "new.unicharset", work / "all.unicharset")
    (work / "langdata").mkdir(exist_ok=True)
    (work / "langdata" / "radical-stroke.txt").write_text("\n")
    run(
        "combine_lang_model", "--input_unicharset", work / "all.unicharset", "--script_dir", work / "langdata", "--lang", code,
        "--output_dir", work, "--pass_through_recoder",
    )  # fmt: skip
    print(f"{len(new)} characters added: {''.join(new)}", flush=True)


def finish(code: str, work: Path) -> None:
    """Turn the best state into whole numbers and keep it."""
    states = work.glob("step_*_*.checkpoint")
    best = min(states, key=lambda path: float(path.stem.split("_")[1]))
    run(
        "lstmtraining", "--stop_training", "--convert_to_int", "--continue_from", best,
        "--traineddata", work / code / f"{code}.traineddata", "--model_output", HERE / f"{code}.traineddata",
    )  # fmt: skip
    print(f"wrote {HERE / code}.traineddata from {best.name}")


if __name__ == "__main__":
    main()
