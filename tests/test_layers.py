"""Imports point down: see the layers in docs/architecture.md."""

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

APP = Path(__file__).parent.parent / "app"
LAYERS = {
    "app.capacity": 0,
    "app.config": 0,
    "app.config_validators": 0,
    "app.footer_links": 0,
    "app.operator_settings": 0,
    "app.remote_users": 0,
    "app.setting_contradictions": 0,
    "app.domain": 0,
    "app.os_errors": 1,
    "app.services": 1,
    "app.imaging": 2,
    "app.maintenance": 2,
    "app.provisioning": 2,
    "app.storage": 2,
    "app.web": 3,
    "app.cli": 4,
    "app.http_server": 4,
    "app.__main__": 4,
    "app.wsgi": 4,
    "app": 4,
}

TOP_LAYER = 4
CLIENT_FACTORY = "app.storage.aws.client_factory"


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
    """Return all imports, those in functions and for type checkers included."""
    return list(_imports(module, ast.walk(parse(module))))


def imports_at_start(module: str) -> list[str]:
    """Return the modules that Python imports with `module`."""
    return list(_imports(module, parse(module).body))


@cache
def parse(module: str) -> ast.Module:
    return ast.parse(path_of(module).read_text(encoding="utf-8"))


def _imports(module: str, nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
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


def forbidden_imports(
    importers: Iterable[str], is_forbidden: Callable[[str, str], bool]
) -> dict[str, list[str]]:
    """Return the imports of each module for which `is_forbidden(module, imported)` holds."""
    found = {
        module: [name for name in imports(module) if is_forbidden(module, name)]
        for module in importers
    }
    return {module: names for module, names in found.items() if names}


def modules_that_contain(text: str) -> set[str]:
    return {module for module in modules() if text in path_of(module).read_text("utf-8")}


def top_level(module: str) -> str:
    return module.partition(".")[0]


def test_imports_point_down_or_sideways() -> None:
    """No module imports from a layer above its own."""

    def points_up(module: str, imported: str) -> bool:
        return top_level(imported) == "app" and layer(imported) > layer(module)

    assert forbidden_imports(modules(), points_up) == {}


def packages_of(module: str) -> set[str]:
    parts = module.split(".")
    return {".".join(parts[:length]) for length in range(1, len(parts))}


def needed_modules(module: str) -> set[str]:
    """Return the modules and packages that have to be complete before `module` is."""
    imported = imports_at_start(module)
    packages = set().union(*map(packages_of, imported))
    other_packages = packages - packages_of(module) - {module}
    return {*imported, *other_packages} & set(modules())


def test_every_module_can_be_imported_first() -> None:
    """No modules import each other: the order in which a program imports them is free."""
    graph = {module: needed_modules(module) for module in modules()}
    TopologicalSorter(graph).prepare()  # raises CycleError with the modules


def test_domain_imports_the_standard_library_only() -> None:
    """The domain imports itself, the standard library and python-ulid."""
    allowed = {*sys.stdlib_module_names, "ulid"}

    def is_forbidden(_module: str, imported: str) -> bool:
        return not imported.startswith("app.domain") and top_level(imported) not in allowed

    assert forbidden_imports(modules_in("app.domain"), is_forbidden) == {}


def test_services_import_no_framework() -> None:
    """Services and maintenance import neither a framework nor an AWS or image library."""
    allowed = {*sys.stdlib_module_names, "app"}

    def is_forbidden(_module: str, imported: str) -> bool:
        return top_level(imported) not in allowed

    assert forbidden_imports(modules_in("app.services", "app.maintenance"), is_forbidden) == {}


def test_web_imports_no_storage_and_no_imaging() -> None:
    """Views call services, never a storage backend, an AWS library or Pillow."""
    adapters = ("app.storage", "app.imaging", "app.provisioning", "boto", "PIL")

    def is_forbidden(_module: str, imported: str) -> bool:
        return imported.startswith(adapters)

    assert forbidden_imports(modules_in("app.web"), is_forbidden) == {}


def test_adapters_get_settings_as_arguments() -> None:
    """Storage, imaging and provisioning import neither Config nor Flask."""

    def is_forbidden(_module: str, imported: str) -> bool:
        return imported.startswith(("app.config", "flask"))

    adapters = modules_in("app.storage", "app.imaging", "app.provisioning")
    assert forbidden_imports(adapters, is_forbidden) == {}


def test_one_module_reads_the_environment() -> None:
    """Only app.config reads the environment, with environs."""
    assert modules_that_contain("os.environ") | modules_that_contain("getenv") == set()
    assert modules_that_contain("import Env") == {"app.config"}


def test_one_module_imports_boto3() -> None:
    """Only the client factory creates AWS clients."""
    assert modules_that_contain("import boto3") == {CLIENT_FACTORY}


def test_only_the_top_layer_creates_clients() -> None:
    """No module below app, app.cli and app.backends calls the client factory."""
    callers = modules_that_contain("client_factory.create_clients(")
    assert {module for module in callers if layer(module) < TOP_LAYER} == set()
