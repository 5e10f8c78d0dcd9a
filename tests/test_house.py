"""The house: which module may import which."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parent.parent / "app"
FLOORS = {
    "app.domain": 0,
    "app.ports": 0,
    "app.config": 0,  # beside the house: anything may be told its settings' type, it knows nothing of the house
    "app.adapters": 1,
    "app.library": 2,
    "app.quotas": 2,
    "app.editing": 2,
    "app.shelf": 2,
    "app.trash": 2,
    "app.caretaker": 2,
    "app.web": 3,
    "app.cli": 4,
    "app.commands": 4,
    "app.__main__": 4,
    "app": 4,
}


def modules() -> list[str]:
    return sorted(
        ".".join(path.relative_to(APP.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in APP.rglob("*.py")
    )


def path_of(module: str) -> Path:
    path = APP.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imports(module: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(path_of(module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            source = node.module or ""
            within = [f"{source}.{alias.name}" for alias in node.names if f"{source}.{alias.name}" in modules()]
            yield from within or [source]


def room(module: str) -> str:
    return max((name for name in FLOORS if module == name or module.startswith(f"{name}.")), key=len)


@pytest.mark.parametrize("module", modules())
def test_imports_point_down_or_sideways(module: str) -> None:
    """No module imports from a floor above its own."""
    upward = [
        name for name in imports(module) if name.split(".")[0] == "app" and FLOORS[room(name)] > FLOORS[room(module)]
    ]
    assert upward == []


@pytest.mark.parametrize("module", [module for module in modules() if room(module) == "app.domain"])
def test_the_domain_stands_on_the_standard_library(module: str) -> None:
    """The domain imports itself and the standard library."""
    assert {name for name in imports(module) if not name.startswith("app.domain")} <= set(sys.stdlib_module_names) | {
        "collections.abc"
    }


@pytest.mark.parametrize("module", [module for module in modules() if FLOORS[room(module)] == 2] + ["app.ports"])
def test_use_cases_know_no_vendor(module: str) -> None:
    """Use cases import neither a framework nor a vendor's library nor an adapter."""
    assert {name.split(".")[0] for name in imports(module)} <= set(sys.stdlib_module_names) | {"app"}
    assert not [name for name in imports(module) if name.startswith("app.adapters")]


@pytest.mark.parametrize("module", [module for module in modules() if room(module) == "app.web"])
def test_the_web_never_touches_an_adapter(module: str) -> None:
    """Views speak to the library, never to an adapter or a vendor's library."""
    assert not [name for name in imports(module) if name.startswith(("app.adapters", "boto", "PIL"))]


@pytest.mark.parametrize("module", [module for module in modules() if room(module) == "app.adapters"])
def test_adapters_are_told_what_they_need(module: str) -> None:
    """Adapters get their settings as arguments: none imports Config or Flask."""
    assert not [name for name in imports(module) if name.startswith(("app.config", "flask"))]


@pytest.mark.parametrize("module", [module for module in modules() if module not in {"app.config", "app.adapters.aws"}])
def test_one_reader_of_the_environment_and_one_maker_of_clients(module: str) -> None:
    """Only Config reads the environment, and only adapters/aws.py makes AWS clients."""
    source = path_of(module).read_text(encoding="utf-8")
    assert "os.environ" not in source
    assert "getenv" not in source
    assert "import boto3" not in source


@pytest.mark.parametrize("module", [module for module in modules() if FLOORS[room(module)] < 4])
def test_only_the_roof_asks_for_clients(module: str) -> None:
    """Nothing below the roof calls aws.clients."""
    assert "aws.clients(" not in path_of(module).read_text(encoding="utf-8")
