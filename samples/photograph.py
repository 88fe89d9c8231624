"""Turn a page of HTML into a photograph of that page lying on a table.

The page is drawn by Chromium, bent into a softly curled sheet, seen through a camera held at an angle,
lit unevenly, and given the blur, noise and compression of a phone. Nothing is random but what the
caller's generator decides, and the geometry is one analytic map, so the place of every page point in
the photograph is known exactly:

    rng = np.random.default_rng(7)
    page = draw_page("<p>…</p>")
    pose = arrange(page_size(page), rng, LOOKS["photo"])
    photo = photograph(page, rng, LOOKS["photo"], pose)
    grid = page_to_photo_map(pose)          # grid[y, x] is the photo pixel (u, v) of page pixel (x, y)
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Field = NDArray[np.float32]


@dataclass(frozen=True)
class Look:
    """How a photograph was taken; strengths here, directions and places from the generator.

    Attributes:
        perspective: Tilt of the camera away from straight above, degrees.
        rotation: Largest turn of the page in the frame, degrees.
        curl: Height of the paper's waves as a share of the page's width.
        folds: Creases across the page, as left by an envelope.
        shadow: Darkness of the shadow of the hand or phone, 0 to 1.
        light: Unevenness of the light over the frame, 0 to 1.
        blur: Lens blur, standard deviation in photo pixels.
        motion: Length of the camera's shake in photo pixels.
        noise: Sensor noise, standard deviation in grey levels.
        jpeg: JPEG quality of the camera, 1 to 100.
        table: What the page lies on: a name in TABLES, or "none" for a scanner's white lid.
        warmth: White balance, from -1 (bluish) to 1 (yellowish).
        fill: Share of the frame's width or height that the page takes, whichever is larger.
        frame: Short and long side of the photograph in pixels.
    """

    perspective: float = 9.0
    rotation: float = 2.0
    curl: float = 0.045
    folds: int = 0
    shadow: float = 0.3
    light: float = 0.3
    blur: float = 0.7
    motion: float = 0.0
    noise: float = 3.0
    jpeg: int = 78
    table: str = "wood"
    warmth: float = 0.2
    fill: float = 0.93
    frame: tuple[int, int] = (1500, 2000)


LOOKS = MappingProxyType(
    {
        "scan": Look(
            perspective=0.6,
            rotation=0.4,
            curl=0.006,
            shadow=0.0,
            light=0.08,
            blur=0.5,
            noise=1.2,
            jpeg=84,
            table="none",
            warmth=0.0,
            fill=1.0,
            frame=(1414, 2000),
        ),
        "photo": Look(),
        "hard": Look(
            perspective=17.0,
            rotation=4.5,
            curl=0.1,
            folds=2,
            shadow=0.5,
            light=0.55,
            blur=1.1,
            motion=2.5,
            noise=6.0,
            jpeg=66,
            warmth=0.5,
            fill=0.95,
        ),
    }
)


@dataclass(frozen=True)
class Wave:
    """One sine wave of the paper: its height, its periods across and down the page, its phase."""

    height: float
    across: float
    down: float
    phase: float


@dataclass(frozen=True)
class Pose:
    """Where the page is and how it bends: all the geometry of one photograph.

    Attributes:
        size: Width and height of the page image.
        frame: Width and height of the photograph.
        to_photo: Homography from the flat page to the photograph.
        eye: The camera's place in page pixels: foot point x, y and height above the page.
        waves: The curl of the paper.
        folds: Creases across the page.
        fold_height: Height of a crease in page pixels.
    """

    size: tuple[int, int]
    frame: tuple[int, int]
    to_photo: NDArray[np.float64]
    eye: tuple[float, float, float]
    waves: tuple[Wave, ...]
    folds: int
    fold_height: float


# --- the page -------------------------------------------------------------------------------------------


def draw_page(html: str, size: tuple[int, int] = (1240, 1754), scale: float = 1.5, browser: str = "chromium") -> Image:
    """Draw HTML as one page.

    Args:
        html: A whole HTML document.
        size: Width and height of the page in CSS pixels; 1240 by 1754 is A4 at 150 dots an inch.
        scale: Image pixels per CSS pixel.
        browser: The Chromium program.

    Returns:
        The page as an RGB image of `size` times `scale`.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "page.html"), Path(folder, "page.png")
        source.write_text(html, encoding="utf-8")
        subprocess.run(
            [
                browser,
                *_browser_options(folder),
                f"--force-device-scale-factor={scale}",
                "--hide-scrollbars",
                f"--window-size={size[0]},{size[1]}",
                f"--screenshot={target}",
                source.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        drawn = cv2.imread(str(target), cv2.IMREAD_COLOR)
    return cv2.cvtColor(drawn, cv2.COLOR_BGR2RGB)


def print_page(html: str, target: Path, browser: str = "chromium") -> None:
    """Print HTML to a PDF that keeps its text."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "page.html")
        source.write_text(html, encoding="utf-8")
        subprocess.run(
            [browser, *_browser_options(folder), "--no-pdf-header-footer", f"--print-to-pdf={target}", source.as_uri()],
            check=True,
            capture_output=True,
            timeout=120,
        )


def _browser_options(folder: str) -> list[str]:
    return [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--allow-file-access-from-files",
        f"--user-data-dir={folder}/profile",
    ]


def page_size(page: Image) -> tuple[int, int]:
    """Width and height of an image."""
    return page.shape[1], page.shape[0]


# --- geometry -------------------------------------------------------------------------------------------


def arrange(size: tuple[int, int], rng: np.random.Generator, look: Look) -> Pose:
    """Place a page of `size` before the camera as `look` asks."""
    width, height = size
    short, long = look.frame
    frame = (short, long) if height >= width else (long, short)
    to_camera, eye = _camera(size, rng, look)
    pose = Pose(size, frame, to_camera, eye, _waves(width, rng, look.curl), look.folds, 0.011 * height if look.folds else 0.0)
    return replace(pose, to_photo=_fit(pose, look.fill, rng) @ to_camera)


def page_to_photo_map(pose: Pose, step: int = 1) -> Field:
    """The photo pixel of every page point.

    Args:
        pose: The geometry of the photograph.
        step: Take every step-th page pixel only.

    Returns:
        Array of shape (rows, columns, 2): the photo's (u, v) for page point (column * step, row * step).
    """
    x, y = np.meshgrid(np.arange(0, pose.size[0], step, dtype=np.float64), np.arange(0, pose.size[1], step, dtype=np.float64))
    return np.stack(_to_photo(pose, x, y), axis=-1).astype(np.float32)


def photo_to_page_map(pose: Pose) -> Field:
    """The page point of every photo pixel, of shape (height, width, 2); outside the page it runs on."""
    return np.stack(_unbend(pose, *_flat_grid(pose)), axis=-1).astype(np.float32)


def _camera(
    size: tuple[int, int], rng: np.random.Generator, look: Look
) -> tuple[NDArray[np.float64], tuple[float, float, float]]:
    """A homography into camera units and the camera's place, from a tilt in a random, mostly lengthwise direction."""
    width, height = size
    distance = 1.4 * max(size)
    direction = rng.choice([-1, 1]) * np.pi / 2 + rng.uniform(-0.7, 0.7)
    tilt = look.perspective * rng.uniform(0.75, 1.1)
    turn = _rotation(
        tilt * np.sin(direction), tilt * np.cos(direction), rng.choice([-1, 1]) * look.rotation * rng.uniform(0.4, 1.0)
    )
    centre = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1.0]])
    place = np.column_stack([turn[:, 0], turn[:, 1], [0, 0, distance]])
    foot = -turn.T @ np.array([0, 0, distance])
    return place @ centre, (foot[0] + width / 2, foot[1] + height / 2, -foot[2])


def _rotation(pitch: float, yaw: float, roll: float) -> NDArray[np.float64]:
    """Rotation matrix of three angles in degrees."""
    x, y, z = np.eye(3)
    return _about(z, roll) @ _about(x, pitch) @ _about(y, yaw)


def _about(axis: NDArray[np.float64], degrees: float) -> NDArray[np.float64]:
    return cv2.Rodrigues(np.deg2rad(degrees) * axis)[0]


def _waves(width: int, rng: np.random.Generator, curl: float) -> tuple[Wave, ...]:
    """A long bow, a shorter ripple and a slow twist."""
    shapes = ((0.62, (0.35, 0.7), (0.05, 0.35)), (0.26, (0.7, 1.2), (-0.5, 0.5)), (0.3, (0.1, 0.3), (0.4, 0.8)))
    return tuple(
        Wave(share * curl * width, rng.uniform(*across), rng.uniform(*down), rng.uniform(0, 2 * np.pi))
        for share, across, down in shapes
    )


def _fit(pose: Pose, fill: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Scale and shift camera units so that the page takes `fill` of the frame, not quite in its middle."""
    low, high = _outline(pose)
    room = np.array(pose.frame, dtype=float)
    scale = fill * np.min(room / (high - low))
    spare = room - scale * (high - low)
    corner = spare * (0.5 + rng.uniform(-0.22, 0.22, 2)) - scale * low
    return np.array([[scale, 0, corner[0]], [0, scale, corner[1]], [0, 0, 1.0]])


def _outline(pose: Pose) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest photo coordinates of the page's edge."""
    width, height = pose.size
    run = np.linspace(0, 1, 60)
    x = np.concatenate([run, run, 0 * run, 0 * run + 1]) * width
    y = np.concatenate([0 * run, 0 * run + 1, run, run]) * height
    edge = np.stack(_to_photo(pose, x, y), axis=-1)
    return edge.min(axis=0), edge.max(axis=0)


def _project(matrix: NDArray[np.float64], x: Field, y: Field) -> tuple[Field, Field]:
    """Apply a homography."""
    u, v, w = (row[0] * x + row[1] * y + row[2] for row in matrix)
    return u / w, v / w


def _flat_grid(pose: Pose) -> tuple[Field, Field]:
    """For every photo pixel the point of the table plane behind it, in page pixels."""
    u, v = np.meshgrid(np.arange(pose.frame[0], dtype=np.float32), np.arange(pose.frame[1], dtype=np.float32))
    return _project(np.linalg.inv(pose.to_photo), u, v)


def _unbend(pose: Pose, x: Field, y: Field) -> tuple[Field, Field]:
    """Page point that covers a point of the table plane: the sight line meets the raised paper nearer the eye."""
    eye_x, eye_y, eye_height = pose.eye
    lift = _height(pose, x, y) / eye_height
    return x + (eye_x - x) * lift, y + (eye_y - y) * lift


def _to_photo(pose: Pose, x: Field, y: Field) -> tuple[Field, Field]:
    """Photo pixels of page points: the inverse of _unbend by iteration, then the homography."""
    flat_x, flat_y = x, y
    for _ in range(14):
        bent_x, bent_y = _unbend(pose, flat_x, flat_y)
        flat_x, flat_y = flat_x + x - bent_x, flat_y + y - bent_y
    return _project(pose.to_photo, flat_x, flat_y)


def _height(pose: Pose, x: Field, y: Field) -> Field:
    """Height of the paper above the table."""
    s, t = x / pose.size[0], y / pose.size[1]
    height = sum(wave.height * (1 + np.sin(2 * np.pi * (wave.across * s + wave.down * t) + wave.phase)) for wave in pose.waves)
    if pose.folds:
        height = height + pose.fold_height * _zigzag(t * (pose.folds + 1))
    return height


def _zigzag(t: Field) -> Field:
    """Triangle wave with rounded tips, 0 at even and 1 at odd numbers."""
    return np.arccos(0.9985 * np.cos(np.pi * t)) / np.pi


# --- tables ---------------------------------------------------------------------------------------------


def _wood(shape: tuple[int, int], rng: np.random.Generator) -> Field:
    dark, light = np.array([[92, 60, 38], [156, 112, 74]]) * rng.uniform(0.85, 1.25)
    y = np.arange(shape[0])[:, None]
    wander = _clouds(shape, rng, 3, 4) * 90
    rings = 0.5 + 0.5 * np.sin((y + wander) * 2 * np.pi / rng.uniform(45, 80))
    grain = cv2.resize(rng.random((shape[0], 12), dtype=np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC)
    fine = cv2.GaussianBlur(rng.normal(0, 1, shape).astype(np.float32), (0, 0), sigmaX=14, sigmaY=0.8)
    seam = 1 - 0.55 * np.exp(-((((y + 130) % 620 - 310) / 3.0) ** 2))
    mix = np.clip(0.3 + 0.22 * rings + 0.38 * (grain - 0.4) + 0.5 * fine, 0, 1)
    return (dark + (light - dark) * mix[..., None]) * seam[..., None]


def _cloth(shape: tuple[int, int], rng: np.random.Generator) -> Field:
    colour = np.array(((126, 132, 142), (168, 158, 140), (96, 112, 134), (150, 120, 112))[rng.integers(4)])
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    weave = np.sin(x * 2 * np.pi / 7) * np.sin(y * 2 * np.pi / 7)
    checks = ((x // 170).astype(int) % 2 + (y // 170).astype(int) % 2) * rng.uniform(0, 0.09)
    rumple = 0.18 * (_clouds(shape, rng, 5, 7) - 0.5)
    speck = cv2.GaussianBlur(rng.normal(0, 1, shape).astype(np.float32), (0, 0), 1.2)
    return colour * (1 + 0.07 * weave + rumple - checks + 0.06 * speck)[..., None]


def _metal(shape: tuple[int, int], rng: np.random.Generator) -> Field:
    colour = np.array([136, 143, 148]) * rng.uniform(0.8, 1.1)
    brushed = cv2.GaussianBlur(rng.normal(0, 1, shape).astype(np.float32), (0, 0), sigmaX=30, sigmaY=0.7)
    sheen = 0.3 * (_clouds(shape, rng, 3, 3) - 0.5)
    dents = (cv2.GaussianBlur((rng.random(shape) > 0.99995).astype(np.float32), (0, 0), 2.2) * 9).clip(0, 0.3)
    return colour * (1 + 0.25 * brushed + sheen - dents)[..., None]


def _tatami(shape: tuple[int, int], rng: np.random.Generator) -> Field:
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    rush = np.cos((y % 9 - 4.5) / 9 * np.pi)
    knot = 0.5 + 0.5 * np.sin(x * 2 * np.pi / 52 + np.pi * (y // 9 % 2))
    stalk = cv2.resize(rng.random((shape[0] // 9 + 1, 40), dtype=np.float32), shape[::-1], interpolation=cv2.INTER_NEAREST)
    mat = np.array([176, 164, 112]) * (0.68 + 0.26 * rush + 0.07 * knot + 0.16 * (stalk - 0.5))[..., None]
    thread = rng.normal(0, 5, shape)[..., None] + 6 * np.sin(x * 2 * np.pi / 5)[..., None]
    left = rng.uniform(0.02, 0.08) * shape[1]
    border = ((x > left) & (x < left + 0.09 * shape[1])).astype(np.float32)[..., None]
    return mat * (1 - border) + (np.array([44, 62, 50]) + thread) * border


def _none(shape: tuple[int, int], rng: np.random.Generator) -> Field:
    return np.full((*shape, 3), 238 + rng.uniform(-4, 4))


TABLES: MappingProxyType[str, Callable[[tuple[int, int], np.random.Generator], Field]] = MappingProxyType(
    {"wood": _wood, "cloth": _cloth, "metal": _metal, "tatami": _tatami, "none": _none}
)


def _clouds(shape: tuple[int, int], rng: np.random.Generator, rows: int, columns: int) -> Field:
    """Smooth noise between 0 and 1 that changes about `rows` and `columns` times over the image."""
    coarse = rng.random((rows + 1, columns + 1), dtype=np.float32)
    return cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)


# --- light ----------------------------------------------------------------------------------------------


def _relief(pose: Pose, x: Field, y: Field, sun: tuple[float, float]) -> Field:
    """Brightness of the bent paper under light from one side, with its creases."""
    height = _height(pose, x, y)
    slope_x = _height(pose, x + 1, y) - height
    slope_y = _height(pose, x, y + 1) - height
    lambert = (1 - sun[0] * slope_x - sun[1] * slope_y) / np.sqrt(1 + slope_x**2 + slope_y**2)
    if pose.folds:
        crease = np.abs((y / pose.size[1] * (pose.folds + 1) + 0.5) % 1 - 0.5) * pose.size[1] / (pose.folds + 1)
        inner = (y > pose.size[1] * 0.1) & (y < pose.size[1] * 0.9)
        lambert = lambert * (1 - 0.13 * inner * np.exp(-((crease / 3.2) ** 2)))
    return lambert.astype(np.float32)


def _lamp(frame: tuple[int, int], rng: np.random.Generator, strength: float, sun: tuple[float, float]) -> Field:
    """Light that falls off over the frame, away from the lamp and towards the lens's corners."""
    x, y = np.meshgrid(np.linspace(-1, 1, frame[0], dtype=np.float32), np.linspace(-1, 1, frame[1], dtype=np.float32))
    slope = (sun[0] * x + sun[1] * y) / (abs(sun[0]) + abs(sun[1]))
    blotch = cv2.resize(rng.random((4, 4), dtype=np.float32), frame, interpolation=cv2.INTER_CUBIC) - 0.5
    return 1 + strength * (0.42 * slope + 0.22 * blotch) - 0.3 * strength * (x**2 + y**2) / 2


def _hand(frame: tuple[int, int], rng: np.random.Generator, strength: float) -> Field:
    """The soft shadow of a phone held above and of the arm that holds it."""
    scale = 8
    small = np.zeros((frame[1] // scale, frame[0] // scale), np.float32)
    height, width = small.shape
    side = rng.choice([0.12, 0.88])
    middle = (side * width, rng.uniform(0.55, 0.8) * height)
    turn = rng.uniform(-25, 25)
    phone = cv2.boxPoints((middle, (0.5 * width, 0.46 * height), turn))
    cv2.fillConvexPoly(small, phone.astype(np.int32), 1.0)
    arm = cv2.boxPoints(((middle[0], height), (0.3 * width, 0.5 * height), turn / 2))
    cv2.fillConvexPoly(small, arm.astype(np.int32), 1.0)
    soft = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.04, 0.07) * width)
    return 1 - strength * 0.75 * cv2.resize(soft, frame, interpolation=cv2.INTER_CUBIC)


# --- the camera -----------------------------------------------------------------------------------------


def photograph(page: Image, rng: np.random.Generator, look: Look, pose: Pose | None = None) -> Image:
    """Photograph a page.

    Args:
        page: RGB image of the flat page.
        rng: Source of everything random.
        look: How the photograph is taken.
        pose: The geometry, when the caller needs to know it; arranged here otherwise.

    Returns:
        RGB photograph of the look's frame.
    """
    pose = pose or arrange(page_size(page), rng, look)
    angle = rng.uniform(0, 2 * np.pi)
    sun = (float(np.cos(angle)), float(np.sin(angle)))
    scene = _scene(page, rng, look, pose, sun)
    light = _lamp(pose.frame, rng, look.light, sun) * _hand(pose.frame, rng, look.shadow)
    return _develop(scene * light[..., None] * _white(look.warmth), rng, look)


def _scene(page: Image, rng: np.random.Generator, look: Look, pose: Pose, sun: tuple[float, float]) -> Field:
    """The bent page on its table, before uneven light: one remap for the page, one for the table."""
    flat_x, flat_y = _flat_grid(pose)
    x, y = (axis.astype(np.float32) for axis in _unbend(pose, flat_x, flat_y))
    paper = cv2.remap(_paper(page, rng), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    paper = paper * _relief(pose, flat_x, flat_y, (0.55 * sun[0], 0.55 * sun[1]))[..., None]
    inside = np.minimum(np.minimum(x, pose.size[0] - 1 - x), np.minimum(y, pose.size[1] - 1 - y))
    cover = np.clip(inside + 0.5, 0, 1)[..., None]
    return paper * cover + _ground(rng, look, pose, cover[..., 0], sun, flat_x, flat_y) * (1 - cover)


def _paper(page: Image, rng: np.random.Generator) -> Field:
    """Ink that is not quite black on paper that is not quite white, with fibres."""
    shape = page.shape[:2]
    fibre = cv2.GaussianBlur(rng.normal(0, 1, shape).astype(np.float32), (0, 0), 2.5) * 4
    tint = np.array([1.0, 0.993, 0.975], np.float32)
    drawn = cv2.GaussianBlur(page, (0, 0), 0.6).astype(np.float32)
    return (34 + drawn * (214 / 255) + fibre[..., None]) * tint


def _ground(
    rng: np.random.Generator, look: Look, pose: Pose, cover: Field, sun: tuple[float, float], flat_x: Field, flat_y: Field
) -> Field:
    """The table in perspective with the shadow that the page throws on it."""
    width, height = pose.size
    canvas = TABLES[look.table]((int(0.8 * height), int(0.8 * width)), rng).astype(np.float32)
    table = cv2.remap(
        canvas,
        ((flat_x / width + 0.3) / 1.6 * canvas.shape[1]).astype(np.float32),
        ((flat_y / height + 0.3) / 1.6 * canvas.shape[0]).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    reach = 10 + 160 * look.curl
    shift = np.float32([[1, 0, -sun[0] * reach], [0, 1, -sun[1] * reach]])
    thrown = cv2.GaussianBlur(cv2.warpAffine(cover, shift, pose.frame), (0, 0), 6 + 0.6 * reach)
    return table * (1 - 0.55 * thrown)[..., None]


def _white(warmth: float) -> Field:
    return np.array([1 + 0.07 * warmth, 1 + 0.01 * warmth, 1 - 0.12 * warmth], np.float32)


def _develop(scene: Field, rng: np.random.Generator, look: Look) -> Image:
    """Lens, shake, sensor, the phone's own sharpening, and JPEG."""
    seen = cv2.GaussianBlur(scene.astype(np.float32), (0, 0), look.blur)
    if look.motion > 1:
        seen = cv2.filter2D(seen, -1, _shake(look.motion, rng.uniform(0, np.pi)))
    grain = rng.normal(0, 1, seen.shape).astype(np.float32) * 0.5 + rng.normal(0, 1, seen.shape[:2]).astype(np.float32)[..., None]
    seen += cv2.GaussianBlur(grain, (0, 0), 0.7) * look.noise * np.sqrt(seen.clip(8, 255) / 150)
    seen += 0.45 * (seen - cv2.GaussianBlur(seen, (0, 0), 1.6))
    pixels = np.ascontiguousarray(seen.clip(0, 255).astype(np.uint8)[..., ::-1])
    _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, look.jpeg])
    return cv2.cvtColor(cv2.imdecode(packed, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def _shake(length: float, angle: float) -> Field:
    """Blur kernel of a short straight movement."""
    half = int(np.ceil(length / 2)) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    for step in np.linspace(-length / 2, length / 2, 25):
        kernel[round(half + step * np.sin(angle)), round(half + step * np.cos(angle))] += 1
    return kernel / kernel.sum()
