"""Train the network that tells the script of a line from its picture, and write script.onnx beside this file.

    pip install torch onnx onnxscript pillow numpy opencv-python-headless      # and the Noto fonts
    python models/script/train.py [--steps 3000]

Lines are drawn from the words of src/evidex/law/keywords in Noto fonts, mixed with figures and foreign words, then bent, blurred,
lit and soiled like lines cut from photographs. The script of a language is its label; Vietnamese counts as one of its own.
"""

import argparse
import random
import tomllib
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import nn

HERE = Path(__file__).parent
KEYWORDS = HERE.parents[1] / "src" / "evidex" / "law" / "keywords"
SCRIPTS = {
    "Han": ["ja", "zh"],
    "Latin": ["en", "id", "tl"],
    "Vietnamese": ["vi"],
    "Thai": ["th"],
    "Lao": ["lo"],
    "Khmer": ["km"],
    "Myanmar": ["my"],
    "Devanagari": ["ne"],
    "Bengali": ["bn"],
    "Sinhala": ["si"],
    "Cyrillic": ["mn"],
}
FONTS = {
    "Han": ["*CJK-*.ttc"],
    "Thai": ["NotoS*Thai-*", "NotoLoopedThai-*"],
    "Lao": ["NotoS*Lao-*", "NotoLoopedLao-*"],
    **{name: [f"NotoS*{name}-*"] for name in ("Khmer", "Myanmar", "Devanagari", "Bengali", "Sinhala")},
}
PLAIN = ["NotoSans-*.ttf", "NotoSerif-*.ttf"]
SPACED = {"Latin", "Vietnamese", "Devanagari", "Bengali", "Sinhala", "Cyrillic"}
FOREIGN = (
    "1.",
    "(2)",
    "3",
    "50,000",
    "2024",
    "12.500",
    "100",
    "A",
    "SIM",
    "OTIT",
    "-",
    "%",
    "1,000,000",
    "TITP",
    "25",
    "Co., Ltd.",
)
HEIGHT, WIDTH = 32, 320


def words_of(language: str) -> list[str]:
    rows = tomllib.loads((KEYWORDS / f"{language}.toml").read_text(encoding="utf-8"))
    patterns = [*rows["words"].values(), *(p for row in rows.values() if isinstance(row, dict) for p in row.get("keywords", []))]
    terms = {t.strip() for p in patterns for g in p.replace(" + ", "|").replace(" … ", "|").split("|") for t in [g]}
    return sorted(t for t in terms if len(t) > 1 and "<" not in t and "*" not in t)


def fonts_of(script: str) -> list[str]:
    folders = [Path("/usr/share/fonts/truetype/noto"), Path("/usr/share/fonts/opentype/noto")]
    found = [str(p) for pattern in FONTS.get(script, PLAIN) for folder in folders for p in folder.glob(pattern)]
    return sorted(p for p in found if not any(odd in p for odd in ("Display", "Mono", "UI", "Condensed")))


class Painter:
    """Draws random lines; every call another one."""

    def __init__(self, seed: int) -> None:
        self.random, self.noise = random.Random(seed), np.random.default_rng(seed)
        self.words = {script: [words_of(tag) for tag in tags] for script, tags in SCRIPTS.items()}
        self.fonts = {script: fonts_of(script) for script in SCRIPTS}
        self.names = list(SCRIPTS)

    def line(self) -> tuple[np.ndarray, int]:
        pick = self.random
        label = pick.randrange(len(self.names))
        script = self.names[label]
        size = pick.randint(20, 44)
        own, plain = (
            ImageFont.truetype(pick.choice(self.fonts[name]), size, layout_engine=ImageFont.Layout.RAQM)
            for name in (script, "Latin")
        )
        runs = [(text, plain if text.isascii() else own) for text in self.parts(script)]
        widths = [font.getlength(text) for text, font in runs]
        boxes = [font.getbbox(text, anchor="ls") for text, font in runs]
        top, bottom = min(box[1] for box in boxes), max(box[3] for box in boxes)
        margin = pick.uniform(0.05, 0.6) * (bottom - top)
        canvas = Image.new("L", (int(sum(widths) + 2 * margin + 12), int(bottom - top + 2 * margin)), 255)
        pen, x, ink = ImageDraw.Draw(canvas), margin, pick.randint(0, 110)
        for (text, font), width in zip(runs, widths, strict=True):
            pen.text((x, margin - top), text, font=font, fill=ink, anchor="ls")
            x += width
        return self.soiled(np.asarray(canvas)), label

    def parts(self, script: str) -> list[str]:
        """The runs of a line, with figures and foreign words among them."""
        pick, bag = self.random, self.random.choice(self.words[script])
        parts = [pick.choice(bag) for _ in range(pick.randint(1, 8))]
        if script in {"Latin", "Vietnamese", "Cyrillic"} and pick.random() < 0.1:
            parts = [part.upper() for part in parts]
        for _ in range(pick.choice((0, 0, 1, 1, 2))):
            parts.insert(pick.choice((0, pick.randint(0, len(parts)))), pick.choice(FOREIGN))
        space = " " if script in SPACED or pick.random() < 0.15 else ""
        return [part + space for part in parts]

    def soiled(self, line: np.ndarray) -> np.ndarray:
        pick = self.random
        height, width = line.shape
        shift = pick.uniform(0, 0.12) * height * np.sin(np.arange(width) / pick.uniform(40, 400) + pick.uniform(0, 6))
        grid = np.mgrid[0:height, 0:width].astype(np.float32)
        line = cv2.remap(line, grid[1], grid[0] + shift.astype(np.float32), cv2.INTER_LINEAR, borderValue=255)
        scale = HEIGHT / height
        line = cv2.resize(line, (max(4, round(width * scale * pick.uniform(0.85, 1.15))), HEIGHT), interpolation=cv2.INTER_AREA)
        if pick.random() < 0.6:
            line = cv2.GaussianBlur(line, (0, 0), pick.uniform(0.2, 1.1))
        out = np.full((HEIGHT, WIDTH), 255, np.float32)
        start = pick.randint(0, max(0, line.shape[1] - WIDTH))
        piece = line[:, start : start + WIDTH]
        out[:, : piece.shape[1]] = piece
        if pick.random() < 0.15:
            out[: pick.randint(1, 4)] = pick.randint(60, 200)
        out = 255 - (255 - out) * pick.uniform(0.6, 1.2)
        return np.clip(out + self.noise.normal(0, pick.uniform(0, 14), out.shape), 0, 255)


class Net(nn.Sequential):
    """Four small convolutions and the mean over the line."""

    def __init__(self) -> None:
        def block(a: int, b: int, stride: tuple[int, int]) -> list[nn.Module]:
            return [nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]

        super().__init__(
            *block(1, 24, (2, 2)),
            *block(24, 48, (2, 2)),
            *block(48, 64, (1, 1)),
            *block(64, 96, (2, 2)),
            *block(96, 128, (2, 1)),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(128, len(SCRIPTS)),
        )


class Lines(torch.utils.data.IterableDataset):
    """An endless stream of drawn lines."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        painter = Painter(self.seed + 1000 * (worker.id if worker else 0))
        while True:
            picture, label = painter.line()
            yield (torch.from_numpy(1 - picture.astype(np.float32) / 255)[None], label)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=3000)
    steps = parser.parse_args().steps
    torch.manual_seed(1)
    torch.set_num_threads(1)
    net = Net()
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.01)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
    batches = iter(torch.utils.data.DataLoader(Lines(1), batch_size=96, num_workers=2))
    right = 0.5
    for step in range(1, steps + 1):
        pictures, labels = next(batches)
        scores = net(pictures)
        loss = nn.functional.cross_entropy(scores, labels, label_smoothing=0.03)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        plan.step()
        right = 0.98 * right + 0.02 * float((scores.argmax(1) == labels).float().mean())
        if step % 100 == 0:
            print(f"step {step}  loss {loss.item():.3f}  right {right:.4f}", flush=True)
            if step % 500 == 0 or step == steps:
                save(net)
    save(net)


def save(net: nn.Module) -> None:
    net.eval()
    whole = nn.Sequential(net, nn.Softmax(dim=1))
    path = HERE / "script.onnx"
    example = torch.zeros(2, 1, HEIGHT, WIDTH)
    axes = {"lines": {0: "n"}, "scripts": {0: "n"}}
    torch.onnx.export(
        whole, (example,), str(path), input_names=["lines"], output_names=["scripts"], dynamic_axes=axes, dynamo=False
    )
    import onnx

    model = onnx.load(path)
    entry = model.metadata_props.add()
    entry.key, entry.value = "scripts", ",".join(SCRIPTS)
    onnx.save(model, path)
    net.train()


if __name__ == "__main__":
    main()
