"""The order in which the web app is installed.

Covers app.web.context and app.web.rendering.site_settings.
"""

import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Map, MapAdapter, Rule

from app.config import Config
from app.web.context import app_context
from app.web.middleware.request_log import RequestLog
from tests.abuse.hostile_requests.values import PATH_ARGUMENTS
from tests.backends import Backend, local_backend
from tests.compiled_once import RuleCompiledOnce


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return local_backend(tmp_path)


def test_request_log_is_the_outermost_middleware(app: Flask) -> None:
    """Its time and its request id include everything else."""
    assert isinstance(app.wsgi_app, RequestLog)


def test_body_is_received_before_the_deadline_starts(app: Flask) -> None:
    """The timeout applies to the CSRF check, which reads the form; then the deadline starts."""
    modules = [hook.__module__.rpartition(".")[2] for hook in app.before_request_funcs[None]]
    order = [modules.index(name) for name in ("slow_uploads", "csrf", "request_deadline")]
    assert order == sorted(order)


def test_context_holds_what_the_app_was_created_with(app: Flask, config: Config) -> None:
    """Each app has a context of its own."""
    with app.app_context():
        assert app_context().config is config


def url_of(rule: Rule, urls: MapAdapter) -> str:
    """Return an address that the rule matches."""
    words = re.search(r"any\((\w+)", rule.rule)
    values = PATH_ARGUMENTS | ({"verb": words[1]} if words else {})
    return urls.build(rule.endpoint, {name: values[name] for name in rule.arguments})


def test_a_rule_that_was_compiled_for_another_app_does_the_same(app: Flask) -> None:
    """Its URLs and arguments are those of Werkzeug's own rules: most tests share rules."""
    rules = list(app.url_map.iter_rules())
    answers = []
    for kind in (Rule, RuleCompiledOnce, RuleCompiledOnce):
        copies = [kind(rule.rule, endpoint=str(index)) for index, rule in enumerate(rules)]
        found = Map(copies, converters=app.url_map.converters, merge_slashes=False)
        urls = found.bind("localhost")
        paths = [url_of(rule, urls) for rule in copies]
        answers.append([(path, urls.match(path)) for path in paths])
        assert [rule.arguments for rule in copies] == [rule.arguments for rule in rules]
    assert answers[0] == answers[1] == answers[2]
