"""The JSON Schema of the golden files: ``python -m eval.schema`` writes it anew.

It is for editors and other programs; the loader checks more (that patterns compile, that no id
stands twice).
"""

from __future__ import annotations

import json

from pydantic.json_schema import models_json_schema

from eval.golden import FOLDER, Question
from eval.pairs import Pair

FILE = FOLDER / "schema.json"


def schema_text() -> str:
    """The schema of one line: a question or a pair (JSON Schema 2020-12)."""
    lines = (Question, Pair)
    _, found = models_json_schema([(line, "validation") for line in lines], title="Golden line")
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": found["title"],
        "oneOf": [{"$ref": f"#/$defs/{line.__name__}"} for line in lines],
        "$defs": found["$defs"],
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the file."""
    FILE.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
