"""Pages of an action on an album that takes several requests."""

import re

from tests.visitor import Visitor


def go_on(visitor: Visitor, page: str) -> dict[str, str]:
    """Return the hidden fields of the form of a progress page, and its address."""
    action = re.search(r'id="action" action="([^"]*)"', page)
    assert action
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    return fields | {"action": action[1].replace("&amp;", "&")}


def run_to_the_end(visitor: Visitor, page: str) -> int:
    """Continue an action until its last step, and return the number of further steps."""
    for number in range(1, 9):
        fields = go_on(visitor, page)
        answer = visitor.post(fields.pop("action"), fields)
        if answer.status_code == 303:
            return number
        assert answer.status_code == 200, answer.text
        page = answer.text
    raise AssertionError("the action does not end")
