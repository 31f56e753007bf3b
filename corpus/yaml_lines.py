"""YAML that remembers its lines, so that a fault in the curriculum can be named by line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from corpus.errors import CurriculumError

Model = TypeVar("Model", bound=BaseModel)
# libyaml reads the reference list about ten times faster; the wheel carries it on all platforms,
# and the plain loader is the same language where it is missing.
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlText:
    """A piece of YAML inside a file.

    Args:
        text: the YAML itself.
        file: where it stands, for messages.
        first_line: the 1-based line of the file on which ``text`` begins.

    Raises:
        CurriculumError: the text is no YAML.
    """

    def __init__(self, text: str, file: Path, first_line: int = 1) -> None:
        self.file, self._first = file, first_line
        try:
            self._root = yaml.compose(text, Loader=_Loader)
            self.data: Any = yaml.load(text, Loader=_Loader)  # a safe loader, see above
        except yaml.MarkedYAMLError as fault:
            line = fault.problem_mark.line if fault.problem_mark else 0
            raise CurriculumError(file, first_line + line, f"no YAML: {fault.problem}") from fault
        except yaml.YAMLError as fault:
            line = text.count("\n", 0, getattr(fault, "position", 0))
            reason = " ".join(str(fault).split())
            raise CurriculumError(file, first_line + line, f"no YAML: {reason}") from fault

    def line_of(self, *location: str | int) -> int:
        """The 1-based line of the node at ``location``; of its nearest parent if it is absent."""
        node = self._root
        for step in location:
            child = _child(node, step)
            if child is None:
                break
            node = child
        return self._first + (node.start_mark.line if node is not None else 0)

    def validated(self, model: type[Model]) -> Model:
        """The data as ``model``; a mismatch is a CurriculumError with its line."""
        try:
            return model.model_validate(self.data)
        except ValidationError as fault:
            first = fault.errors()[0]
            where = ".".join(str(step) for step in first["loc"]) or "front matter"
            line = self.line_of(*first["loc"])
            raise CurriculumError(self.file, line, f"{where}: {first['msg']}") from fault


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    return None
