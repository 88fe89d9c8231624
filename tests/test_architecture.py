import ast
import importlib.util
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import evidex

PACKAGE = Path(evidex.__file__).parent
TAUGHT = {"training/network.py", "training/fit.py", "training/directory.py"}
"""They need torch, which only evidex[train] brings along."""
QUANTISER = {"training/network.py": {"onnxruntime"}}
"""Writing a network needs onnxruntime's tools; running one is models.py's alone."""
HEAVY = {"cv2", "torch", "transformers", "onnxruntime", "dask", "pymupdf", "numpy", "PIL", "pytesseract", "pydantic", "jinja2"}


def modules() -> dict[str, ast.Module]:
    return {str(path.relative_to(PACKAGE)): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def imported(tree: ast.Module) -> set[str]:
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return {name.split(".")[0] for name in names}


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout


def test_arrows_point_only_downwards(root: Path) -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=root, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


def test_the_catalogue_is_sorted_and_every_name_in_it_is_there() -> None:
    assert evidex.__all__ == sorted(evidex.__all__)
    assert all(getattr(evidex, name) is not None for name in evidex.__all__)
    assert set(evidex.__all__) <= set(dir(evidex))


def test_a_name_that_is_not_in_the_catalogue_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'exmaine'"):
        evidex.exmaine  # noqa: B018


def test_no_public_name_hides_a_module() -> None:
    inside = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path.is_dir() and path.name[0] != "_")}
    assert not inside & set(evidex.__all__)


def test_importing_evidex_loads_nothing_heavy() -> None:
    loaded = python("import sys, evidex; print(*sys.modules)").split()
    assert HEAVY.isdisjoint(name.split(".")[0] for name in loaded)


def test_importing_evidex_takes_under_a_third_of_a_second() -> None:
    code = "from time import perf_counter as now; start = now(); import evidex; print(now() - start)"
    assert min(float(python(code)) for _ in range(3)) < 0.3


def test_the_command_line_loads_no_engine_to_print_its_help() -> None:
    loaded = python("import sys, evidex.cli; print(*sys.modules)").split()
    assert {"cv2", "onnxruntime", "pymupdf", "torch", "dask"}.isdisjoint(name.split(".")[0] for name in loaded)


@pytest.mark.parametrize(
    ("tool", "home"),
    [("pytesseract", "read/tesseract.py"), ("pymupdf", "photo.py"), ("pebble", "workers.py")],
)
def test_a_foreign_tool_is_known_in_one_file_only(tool: str, home: str) -> None:
    assert [name for name, tree in modules().items() if tool in imported(tree) - QUANTISER.get(name, set())] == [home]


def test_only_the_command_line_prints() -> None:
    printing = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert printing == {"cli.py", "terminal.py"}


def test_no_module_can_reach_a_network_by_itself() -> None:
    nets = {"socket", "urllib", "http", "requests", "httpx", "aiohttp", "ftplib", "smtplib"}
    assert {name: found for name, tree in modules().items() if (found := imported(tree) & nets)} == {}


def test_no_module_loads_pickles_or_runs_text() -> None:
    assert {name for name, tree in modules().items() if imported(tree) & {"pickle", "shelve", "marshal"}} == set()
    calls = [node for tree in modules().values() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert not {call.func.id for call in calls if isinstance(call.func, ast.Name)} & {"eval", "exec", "__import__"}


def test_every_module_opens_with_what_it_holds() -> None:
    silent = [name for name, tree in modules().items() if tree.body and not ast.get_docstring(tree)]
    assert silent == []


def test_every_module_imports_by_itself() -> None:
    for name in modules():
        if name not in TAUGHT or importlib.util.find_spec("torch"):
            import_module("evidex." + name.removesuffix(".py").replace("/", ".").removesuffix(".__init__"))
