"""Jupyter notebooks into blocks."""

import json
import time

import pytest

from corpus.reading.blocks import Raw, UnreadableError
from corpus.reading.notebook import read_notebook


def markdown(*lines, **more):
    return {"cell_type": "markdown", "metadata": {}, "source": list(lines), **more}


def code(source, **more):
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], **more}


def read(*cells, metadata=None, **more):
    book = {"cells": cells, "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5, **more}
    return read_notebook(Raw(json.dumps(book).encode()))


def test_cells_come_in_order_and_outputs_are_cut():
    picture = {"output_type": "display_data", "data": {"image/png": "A" * 1000}}
    reading = read(
        markdown("# Attention\n", "\n", "All you *need*."),
        code("x = 1\n\nprint(x)\n", outputs=[picture, {"output_type": "stream", "text": "1"}]),
        markdown("![plot](attachment:a.png)", attachments={"a.png": {"image/png": "A" * 1000}}),
        code(""),
    )
    assert reading.title == "Attention"
    assert [(b.kind, b.text, b.language) for b in reading.blocks] == [
        ("heading", "Attention", ""),
        ("paragraph", "All you need.", ""),
        ("code", "x = 1\n\nprint(x)", "python"),
    ]


def test_anchors_are_counted_over_all_cells():
    reading = read(markdown("# Use"), markdown("# Use"))
    assert [block.anchor for block in reading.blocks] == ["use", "use-1"]


@pytest.mark.parametrize(
    ("metadata", "language"),
    [({"language_info": {"name": "R"}}, "r"), ({"kernelspec": {"language": "julia"}}, "julia"),
     ({"language_info": {"name": "ipython"}}, "python"), ({"kernelspec": None}, "python")],
)  # fmt: skip
def test_language_is_the_kernel_s(metadata, language):
    assert read(code("x"), metadata=metadata).blocks[0].language == language


def test_cell_magic_is_above_the_kernel():
    assert read(code("%%bash\nls")).blocks[0].language == "bash"


def test_title_may_come_from_metadata_or_front_matter():
    raw = {"cell_type": "raw", "source": "---\ntitle: Named\n---"}
    assert read(markdown("# Other"), metadata={"title": "Named"}).title == "Named"
    assert read(raw, markdown("# Other")).title == "Named"
    assert [b.text for b in read(raw, markdown("# Other")).blocks] == ["Other"]


def test_hidden_cells_and_options_of_quarto_are_left_out():
    hidden = code("secret", metadata={"tags": ["remove-cell"]})
    reading = read(hidden, code("# | echo: false\n#| output: false\nx = 1"), code("#| echo: false"))
    assert [block.text for block in reading.blocks] == ["x = 1"]


def test_mdx_of_a_documentation_site_is_read_as_such():
    reading = read(
        markdown('import Tabs from "@theme/Tabs";'),
        markdown("<Tabs groupId={`a`}>\n\nText {x}.\n\n</Tabs>"),
        markdown("```{=mdx}\n<Tabs />\n```"),
    )
    assert [block.text for block in reading.blocks] == ["Text ."]


def test_version_3_is_read():
    cells = [
        {"cell_type": "heading", "level": 2, "source": "Old"},
        {"cell_type": "code", "input": ["x = 1"], "language": "python", "outputs": []},
    ]
    book = {"worksheets": [{"cells": cells}], "nbformat": 3, "metadata": {"name": ""}}
    blocks = read_notebook(Raw(json.dumps(book).encode())).blocks
    assert [(b.kind, b.text, b.level) for b in blocks] == [
        ("heading", "Old", 2),
        ("code", "x = 1", 0),
    ]


def test_slightly_invalid_notebooks_are_read():
    reading = read(
        {"cell_type": "markdown", "source": "No *metadata*."}, {"source": None}, None, [], "x",
        {"cell_type": "code", "source": ["y", 3, None]}, metadata=[],
    )  # fmt: skip
    assert [block.text for block in reading.blocks] == ["No metadata.", "y"]


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b'{"cells": 3}', b'{"a": 1}', b"null", b"\x00\xff", b"[" * 100_000,
     b'{"cells": [{"cell_type": "markdown", "source": "cut'],
    ids=lambda data: data[:12].decode("latin-1"),
)  # fmt: skip
def test_damage_is_said(data):
    with pytest.raises(UnreadableError, match="damaged") as caught:
        read_notebook(Raw(data))
    assert caught.value.fault == "damaged"


def test_notebook_without_text_is_said():
    with pytest.raises(UnreadableError, match="no text") as caught:
        read(code(" \n"), markdown("![x](y.png)"))
    assert caught.value.fault == "empty"


def test_three_megabytes_of_outputs_are_read_in_a_moment():
    picture = {"output_type": "display_data", "data": {"image/png": "A" * 100_000}}
    cells = [code("x = 1", outputs=[picture]) for _ in range(30)]
    read(markdown("warm up"))
    started = time.perf_counter()
    assert len(read(*cells).blocks) == 30
    assert time.perf_counter() - started < 1
