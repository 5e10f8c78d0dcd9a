"""Imports point down: see the layers in docs/architecture.md."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

APP = Path(__file__).parent.parent / "app"
LAYERS = {
    "app.config": 0,
    "app.config_validators": 0,
    "app.domain": 0,
    "app.os_errors": 1,
    "app.services": 1,
    "app.imaging": 2,
    "app.maintenance": 2,
    "app.provisioning": 2,
    "app.storage": 2,
    "app.web": 3,
    "app.cli": 4,
    "app.__main__": 4,
    "app": 4,
}


@cache
def modules() -> list[str]:
    return sorted(
        ".".join(path.relative_to(APP.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in APP.rglob("*.py")
    )


def path_of(module: str) -> Path:
    path = APP.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def imports(module: str) -> list[str]:
    return list(_imports(module))


def _imports(module: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(path_of(module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} uses a relative import"
            source = node.module or ""
            submodules = [f"{source}.{alias.name}" for alias in node.names]
            known = [name for name in submodules if name in modules()]
            yield from known or [source]


def package(module: str) -> str:
    matches = [name for name in LAYERS if module == name or module.startswith(f"{name}.")]
    return max(matches, key=len)


def layer(module: str) -> int:
    return LAYERS[package(module)]


def modules_in(*packages: str) -> list[str]:
    return [module for module in modules() if package(module) in packages]


@pytest.mark.parametrize("module", modules())
def test_imports_point_down_or_sideways(module: str) -> None:
    """No module imports from a layer above its own."""
    own = [name for name in imports(module) if name.split(".")[0] == "app"]
    assert [name for name in own if layer(name) > layer(module)] == []


@pytest.mark.parametrize("module", modules_in("app.domain"))
def test_domain_imports_the_standard_library_only(module: str) -> None:
    """The domain imports itself, the standard library and python-ulid."""
    others = {name for name in imports(module) if not name.startswith("app.domain")}
    assert {name.split(".")[0] for name in others} <= set(sys.stdlib_module_names) | {"ulid"}


@pytest.mark.parametrize("module", modules_in("app.services", "app.maintenance"))
def test_services_import_no_framework(module: str) -> None:
    """Services and maintenance import neither a framework nor an AWS or image library."""
    packages = {name.split(".")[0] for name in imports(module)}
    assert packages <= set(sys.stdlib_module_names) | {"app"}


@pytest.mark.parametrize("module", modules_in("app.web"))
def test_web_imports_no_storage_and_no_imaging(module: str) -> None:
    """Views call services, never a storage backend, an AWS library or Pillow."""
    forbidden = ("app.storage", "app.imaging", "app.provisioning", "boto", "PIL")
    assert [name for name in imports(module) if name.startswith(forbidden)] == []


@pytest.mark.parametrize("module", modules_in("app.storage", "app.imaging", "app.provisioning"))
def test_adapters_get_settings_as_arguments(module: str) -> None:
    """Storage, imaging and provisioning import neither Config nor Flask."""
    assert [name for name in imports(module) if name.startswith(("app.config", "flask"))] == []


CLIENT_FACTORY = "app.storage.aws.client_factory"


@pytest.mark.parametrize(
    "module", [name for name in modules() if name not in {"app.config", CLIENT_FACTORY}]
)
def test_one_module_reads_the_environment_and_one_creates_clients(module: str) -> None:
    """Only app.config reads the environment, and only the client factory creates AWS clients."""
    source = path_of(module).read_text(encoding="utf-8")
    assert "os.environ" not in source
    assert "getenv" not in source
    assert "import boto3" not in source


@pytest.mark.parametrize("module", [module for module in modules() if layer(module) < 4])
def test_only_the_top_layer_creates_clients(module: str) -> None:
    """No module below app, app.cli and app.backends calls the client factory."""
    assert "client_factory.create_clients(" not in path_of(module).read_text(encoding="utf-8")
