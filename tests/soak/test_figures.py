"""Measured figures reach their place in the document."""

import pytest

from tests.soak.figures import DOCUMENT, with_figures


def test_only_the_figures_of_one_part_change() -> None:
    text = "a\n<!-- measured: one -->\nold\n<!-- end -->\nb\n<!-- measured: two --><!-- end -->\n"
    changed = with_figures(text, "one", "new \\1\n")
    assert changed == text.replace("old", "```text\nnew \\1\n```")
    with pytest.raises(ValueError, match="three"):
        with_figures(text, "three", "")


@pytest.mark.parametrize("part", ["kills", "quitting", "fuzz", "machine", "monkey", "soak"])
def test_the_document_has_a_place_for_each_part(part: str) -> None:
    with_figures(DOCUMENT.read_text("utf-8"), part, "")
