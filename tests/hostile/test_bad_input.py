import io
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image, ImageOps

import evidex
from evidex import errors
from evidex.batch import find_files
from evidex.photo import describe_source, open_photo

SECRET = "Nguyen Van Secret"


def picture(size: tuple[int, int] = (160, 120), mode: str = "RGB") -> Image.Image:
    """Red above left, green above right, blue below left, white below right: no turn of it looks like another."""
    image = Image.new("RGB", size, "white")
    w, h = size[0] // 2, size[1] // 2
    for place, colour in {(0, 0, w, h): "red", (w, 0, 2 * w, h): "lime", (0, h, w, 2 * h): "blue"}.items():
        image.paste(colour, place)
    return image.convert(mode)


def encoded(image: Image.Image, file_format: str, **more: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, file_format, **more)
    return stream.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of_size(width: int, height: int) -> bytes:
    """A few bytes that claim to be a huge picture."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def pdf(pages: int = 1, **more: object) -> bytes:
    with pymupdf.open() as document:
        for _ in range(pages):
            document.new_page().insert_text((50, 100), SECRET)
        return document.tobytes(**more)


NO_PAGES = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n"
)
GREAT_PAGE = NO_PAGES.replace(
    b"Kids[]/Count 0>>", b"Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200000 200000]>>"
)
LOOP = NO_PAGES.replace(b"Kids[]/Count 0", b"Kids[2 0 R]/Count 1")
LOCKED = {"encryption": pymupdf.PDF_ENCRYPT_AES_256, "owner_pw": "owner"}
JPEG, PNG = encoded(picture(), "JPEG"), encoded(picture(), "PNG")
PHONE = encoded(Image.effect_noise((800, 600), 90), "JPEG")


BAD_FILES = {
    "empty.jpg": (b"", errors.EmptyFile),
    "one_byte.jpg": (b"\xff", errors.UnsupportedFile),
    "three_bytes.jpg": (b"\x07\x5a\xc3", errors.UnsupportedFile),
    "text.jpg": (f"This is a letter by {SECRET}.\n".encode(), errors.UnsupportedFile),
    "page.png": (f"<html><script>alert('{SECRET}')</script></html>".encode(), errors.UnsupportedFile),
    "drawing.png": (b"%!PS-Adobe-3.0 EPSF-3.0\n(" + SECRET.encode() + b") show", errors.UnsupportedFile),
    "vector.jpg": (f"<svg xmlns='http://www.w3.org/2000/svg'><text>{SECRET}</text></svg>".encode(), errors.UnsupportedFile),
    "layers.png": (b"8BPS\0\1" + bytes(40), errors.UnsupportedFile),
    "cut.jpg": (PHONE[: len(PHONE) // 2], errors.DamagedFile),
    "head_only.jpg": (JPEG[:20], errors.DamagedFile),
    "cut.png": (PNG[: len(PNG) // 2], errors.DamagedFile),
    "bad_checksum.png": (PNG[:-20] + bytes(8) + PNG[-12:], errors.DamagedFile),
    "junk.gif": (b"GIF89a" + bytes(30), errors.DamagedFile),
    "junk.tif": (b"II*\x00" + b"\xff" * 60, errors.DamagedFile),
    "junk.webp": (b"RIFF\x40\0\0\0WEBPVP8 " + bytes(60), errors.DamagedFile),
    "junk.heic": (b"\0\0\0\x18ftypheic" + bytes(60), errors.DamagedFile),
    "junk.bmp": (b"BM" + bytes(60), errors.DamagedFile),
    "junk.pdf": (b"%PDF-1.7\n" + SECRET.encode() + bytes(range(256)) * 4, errors.DamagedFile),
    "no_pages.pdf": (NO_PAGES, errors.EmptyFile),
    "locked.pdf": (pdf(user_pw="secret", **LOCKED), errors.EncryptedFile),
    "great_page.pdf": (GREAT_PAGE, errors.LimitExceeded),
    "bomb.png": (png_of_size(30_000, 30_000), errors.LimitExceeded),
    "large.png": (png_of_size(11_000, 10_000), errors.LimitExceeded),
    "ribbon.png": (png_of_size(1_100_000, 2), errors.LimitExceeded),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_a_typed_error_that_tells_what_to_do(tmp_path: Path, name: str) -> None:
    content, expected = BAD_FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(errors.DocumentError) as caught:
        evidex.examine(path)
    assert type(caught.value) is expected
    assert caught.value.message
    assert caught.value.remedy
    said = f"{caught.value.message} {caught.value.remedy}"
    assert "Secret" not in said
    assert str(tmp_path) not in said


def test_a_page_tree_that_bites_its_tail_ends(tmp_path: Path) -> None:
    (tmp_path / "loop.pdf").write_bytes(LOOP)
    with pytest.raises(errors.DocumentError):
        evidex.examine(tmp_path / "loop.pdf")


@pytest.mark.parametrize(
    ("content", "settings", "limit"),
    [
        (JPEG + bytes(2 * 2**20), {"max_megabytes": 1}, "max_megabytes"),
        (encoded(picture((2000, 1000)), "PNG"), {"max_megapixels": 1}, "max_megapixels"),
        (pdf(3), {"max_pages": 2}, "max_pages"),
        (encoded(picture(), "TIFF", save_all=True, append_images=[picture()] * 2), {"max_pages": 2}, "max_pages"),
    ],
    ids=["megabytes", "megapixels", "pages of a PDF", "pages of a TIFF"],
)
def test_a_file_over_a_limit_is_told_which_one(tmp_path: Path, content: bytes, settings: dict[str, int], limit: str) -> None:
    (tmp_path / "large").write_bytes(content)
    with pytest.raises(errors.LimitExceeded, match=limit):
        evidex.examine(tmp_path / "large", evidex.Settings(**settings))


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.jpg", tmp_path):
        with pytest.raises(errors.UnreadableFile) as caught:
            evidex.examine(path)
        assert caught.value.remedy


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(errors.UsageError):
        list(find_files([tmp_path / "gone"]))


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the superuser's right to read everything."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
    else:
        yield


@pytest.fixture
def open_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that every user may look into."""
    folder = tmp_path_factory.mktemp("open")
    for path in (folder, folder.parent, folder.parent.parent):
        path.chmod(path.stat().st_mode | 0o055)
    return folder


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the rights of files are those of POSIX here")
def test_a_file_that_may_not_be_read_is_unreadable(open_folder: Path) -> None:
    (open_folder / "closed.jpg").write_bytes(JPEG)
    (open_folder / "closed.jpg").chmod(0)
    with as_nobody(), pytest.raises(errors.UnreadableFile):
        describe_source(open_folder / "closed.jpg")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the rights of files are those of POSIX here")
def test_a_folder_that_may_not_be_read_is_not_passed_over_in_silence(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir()
    (closed / "a.jpg").write_bytes(JPEG)
    closed.chmod(0)
    try:
        with as_nobody():
            found = list(find_files([open_folder]))
    except errors.EvidexError as error:
        assert error.remedy
    else:
        assert any(closed in (path, *path.parents) for path, _ in found)
    finally:
        closed.chmod(0o700)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    code = f"import evidex; evidex.examine({str(tmp_path / 'pipe.jpg')!r})"
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=10, check=False)
    except subprocess.TimeoutExpired:
        pytest.fail("evidex waits for ever")
    assert "evidex.errors." in done.stderr


def pages_of(path: Path) -> list[np.ndarray]:
    settings = evidex.Settings()
    return [photo.pixels for photo in open_photo(path, describe_source(path), settings)]


def colours(pixels: np.ndarray) -> list[tuple[int, ...]]:
    """The colours in the middles of the four quarters, rounded to black or full."""
    height, width = pixels.shape[:2]
    middles = [(height // 4, width // 4), (height // 4, 3 * width // 4), (3 * height // 4, width // 4)]
    return [tuple((pixels[place] > 127).astype(int) * 255) for place in middles]


RED_LIME_BLUE = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF", "WEBP", "HEIF"])
@pytest.mark.parametrize("orientation", TURNS)
def test_a_photo_is_seen_upright_however_the_phone_was_held(tmp_path: Path, orientation: int, file_format: str) -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
    turn = TURNS[orientation]
    stored = picture() if turn is None else picture().transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    (tmp_path / "turned").write_bytes(encoded(stored, file_format, exif=exif.tobytes()))
    (pixels,) = pages_of(tmp_path / "turned")
    assert pixels.shape == (120, 160, 3)
    assert colours(pixels) == RED_LIME_BLUE


@pytest.mark.parametrize(
    ("file_format", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("PNG", "RGB"),
        ("PNG", "P"),
        ("PNG", "RGBA"),
        ("GIF", "P"),
        ("BMP", "RGB"),
        ("WEBP", "RGB"),
        ("TIFF", "RGB"),
        ("TIFF", "CMYK"),
        ("TIFF", "LAB"),
    ],
)
def test_colours_survive_every_way_of_storing_them(tmp_path: Path, file_format: str, mode: str) -> None:
    if mode == "LAB":
        from PIL import ImageCms

        transform = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
        image = ImageCms.applyTransform(picture(), transform)
    else:
        image = picture(mode=mode)
    (tmp_path / "coloured").write_bytes(encoded(image, file_format))
    (pixels,) = pages_of(tmp_path / "coloured")
    assert pixels.dtype == np.uint8
    assert colours(pixels) == RED_LIME_BLUE


def test_sixteen_bits_keep_ink_dark_and_paper_light(tmp_path: Path) -> None:
    values = np.full((60, 80), 60_000, np.uint16)
    values[20:40, 20:60] = 3_000
    for name in ("deep.png", "deep.tif"):
        Image.fromarray(values).save(tmp_path / name)
        (pixels,) = pages_of(tmp_path / name)
        assert pixels[5, 5].min() > 220
        assert pixels[30, 40].max() < 40


def test_floating_point_pixels_are_read(tmp_path: Path) -> None:
    values = np.full((60, 80), 0.9, np.float32)
    values[20:40, 20:60] = 0.1
    Image.fromarray(values).save(tmp_path / "float.tif")
    (pixels,) = pages_of(tmp_path / "float.tif")
    assert pixels[5, 5].min() > pixels[30, 40].max() + 150


def test_one_bit_is_black_and_white(tmp_path: Path) -> None:
    image = Image.new("1", (80, 60), 1)
    image.paste(0, (20, 20, 60, 40))
    image.save(tmp_path / "fax.tif", compression="group4")
    (pixels,) = pages_of(tmp_path / "fax.tif")
    assert set(np.unique(pixels)) == {0, 255}
    assert pixels[30, 40].max() == 0


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_see_through_paper_is_white(tmp_path: Path, mode: str) -> None:
    image = Image.new("RGBA", (80, 60), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (20, 20, 60, 40))
    if mode == "P":
        image = image.quantize(8)
    image.convert(mode).save(tmp_path / "clear.png")
    (pixels,) = pages_of(tmp_path / "clear.png")
    assert pixels[5, 5].min() == 255
    assert pixels[30, 40].max() == 0


def test_a_tiff_of_several_pages_gives_them_all(tmp_path: Path) -> None:
    images = [picture(), ImageOps.mirror(picture()), ImageOps.flip(picture((80, 60)))]
    images[0].save(tmp_path / "fax.tif", save_all=True, append_images=images[1:])
    pages = pages_of(tmp_path / "fax.tif")
    assert [page.shape for page in pages] == [(120, 160, 3), (120, 160, 3), (60, 80, 3)]
    assert [(page == np.asarray(image)).all() for page, image in zip(pages, images, strict=True)] == [True] * 3


@pytest.mark.parametrize("name", ["moving.gif", "moving.webp", "moving.png", "twin.mpo"])
def test_of_a_moving_picture_or_a_twin_photo_the_first_frame_is_the_page(tmp_path: Path, name: str) -> None:
    picture().save(tmp_path / name, save_all=True, append_images=[ImageOps.mirror(picture())] * 5)
    (pixels,) = pages_of(tmp_path / name)
    assert colours(pixels) == RED_LIME_BLUE


def test_a_pdf_locked_only_against_change_is_read(tmp_path: Path) -> None:
    (tmp_path / "locked.pdf").write_bytes(pdf(**LOCKED))
    assert len(pages_of(tmp_path / "locked.pdf")) == 1


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_turned_pdf_page_has_its_text_layer_where_the_letters_are(tmp_path: Path, turned: int) -> None:
    with pymupdf.open() as document:
        sheet = document.new_page(width=400, height=300)
        sheet.insert_text((50, 100), "Penalty", fontsize=30)
        sheet.set_rotation(turned)
        document.save(tmp_path / "turned.pdf")
    path = tmp_path / "turned.pdf"
    (photo,) = open_photo(path, describe_source(path), evidex.Settings())
    (row,) = photo.text_layer
    xs, ys = zip(*row.quad, strict=True)
    rows, columns = np.nonzero(photo.pixels[..., 0] < 128)
    assert min(xs) - 3 <= columns.min() <= columns.max() <= max(xs) + 3
    assert min(ys) - 3 <= rows.min() <= rows.max() <= max(ys) + 3


def test_what_a_file_is_its_bytes_decide(tmp_path: Path) -> None:
    (tmp_path / "photo.pdf").write_bytes(JPEG)
    (tmp_path / "scan.jpg").write_bytes(pdf())
    assert describe_source(tmp_path / "photo.pdf").media_type == "image/jpeg"
    assert describe_source(tmp_path / "scan.jpg").media_type == "application/pdf"
    assert len(pages_of(tmp_path / "photo.pdf")) == len(pages_of(tmp_path / "scan.jpg")) == 1


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (7, 5)])
def test_a_picture_too_small_for_text_is_examined_and_found_unreadable(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("L", size, 128).save(tmp_path / "tiny.png")
    record = evidex.examine(tmp_path / "tiny.png")
    assert record.status == "complete"
    assert record.pages[0].quality.grade == "unreadable"
    assert record.findings == ()


@pytest.mark.parametrize("shade", [0, 255])
def test_a_picture_of_nothing_has_no_text(tmp_path: Path, shade: int) -> None:
    Image.new("RGB", (900, 700), (shade,) * 3).save(tmp_path / "plain.png")
    record = evidex.examine(tmp_path / "plain.png")
    assert (record.pages[0].lines, record.findings) == ((), ())
    assert record.pages[0].quality.advice


def test_nothing_is_made_out_of_noise(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (700, 900, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    record = evidex.examine(tmp_path / "noise.png")
    assert record.findings == ()
    assert sum(len(line.text) for line in record.pages[0].lines) < 5


@pytest.mark.parametrize(
    "name", ["=cmd.jpg", "写真 ガ.jpg", "a\nb.jpg", "contract\u202egpj.exe", "emoji😀.png", "x" * 250, "-o.jpg", "'; rm -rf.jpg"]
)
def test_a_photo_may_be_called_anything(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(encoded(Image.new("L", (40, 30), 255), "JPEG"))
    record = evidex.examine(tmp_path / name)
    assert (record.status, record.source.file_name) == ("complete", name)
    assert evidex.EvidenceRecord.model_validate_json(record.model_dump_json()) == record


def test_a_name_that_is_not_unicode_is_recorded(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb5\xff.jpg"))
    path.write_bytes(encoded(Image.new("L", (40, 30), 255), "JPEG"))
    (record,) = evidex.examine_all([path])
    assert record.status == "complete"
    assert evidex.EvidenceRecord.model_validate_json(record.model_dump_json()) == record


def test_the_original_is_only_read(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(JPEG)
    path.chmod(0o400)
    before = path.stat()
    evidex.examine(path)
    after = path.stat()
    assert path.read_bytes() == JPEG
    assert (before.st_mtime_ns, before.st_mode, before.st_ino) == (after.st_mtime_ns, after.st_mode, after.st_ino)
    assert [entry.name for entry in tmp_path.iterdir()] == ["photo.jpg"]
