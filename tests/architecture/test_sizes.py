"""Small enough to be read: files, functions, parameter lists, and the chassis as a whole."""

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("chassis", "services", "gateway", "deploy", "tests")
LONGEST_FILE, LONGEST_FUNCTION, MOST_PARAMETERS = 250, 40, 6
# What carries every service may not grow into a framework. Statements are counted, not lines of text, so that
# neither docstrings nor the formatter's line breaks are discouraged.
CHASSIS_MODULES, CHASSIS_STATEMENTS = 14, 1500
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "base.py", "common.py", "misc.py"}


def sources() -> list[Path]:
    """Every Python file of ours but migrations, which are a record of what once was."""
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return [path for path in found if "migrations/versions" not in str(path)]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def statements(path: Path) -> int:
    """How many logical lines a file has, docstrings and comments not counted."""
    text = path.read_text()
    ends = [token for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.NEWLINE]
    docstrings = sum(
        ast.get_docstring(node) is not None
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return len(ends) - docstrings


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    assert path.name not in FORBIDDEN_NAMES, "a name that says what is inside, please"
    assert len(path.read_text().splitlines()) <= LONGEST_FILE, "this wants to be two nouns"
    for function in functions(path):
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= LONGEST_FUNCTION, f"{function.name} wants a name for its middle ({length} lines)"
        positional = [one for one in function.args.args if one.arg not in ("self", "cls")]
        assert len(positional) <= MOST_PARAMETERS, f"the parameters of {function.name} want a dataclass"


def test_the_chassis_stays_small() -> None:
    modules = [path for path in (ROOT / "chassis").rglob("*.py") if path.name != "__init__.py"]

    assert len(modules) <= CHASSIS_MODULES
    assert sum(statements(path) for path in modules) <= CHASSIS_STATEMENTS
