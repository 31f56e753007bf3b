"""The schema in the repository is the one that the code reads by."""

from __future__ import annotations

import json

import pytest

from eval.golden import FOLDER
from eval.schema import FILE, schema_text

LINES = sorted(FOLDER.glob("*.jsonl"))


def test_file_is_not_stale():
    assert FILE.read_text(encoding="utf-8") == schema_text(), "run: python -m eval.schema"


@pytest.mark.parametrize("file", LINES, ids=lambda file: file.name)
def test_every_golden_line_fits_by_an_independent_validator(file):
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    for line in file.read_text(encoding="utf-8").splitlines():
        faults = [fault.message for fault in validator.iter_errors(json.loads(line))]
        assert not faults, line[:60]


@pytest.mark.parametrize(
    "change",
    [
        {"expect": "guess"},
        {"facts": [{"fact": "f", "any": []}]},
        {"colour": "red"},
        {"question": " "},
    ],
)
def test_schema_refuses_what_the_loader_refuses(change):
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    first = json.loads((FOLDER / "dev.answerable.jsonl").read_text("utf-8").splitlines()[0])
    assert validator.is_valid(first)
    assert not validator.is_valid({**first, **change})
