"""Homes that hold documents of a learner's own beside the curriculum."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from index.version import current_version
from tutor.settings import Settings, load_settings
from tutor.sources import open_library, read_and_index

# A document's file name: its bytes, and the station that it is filed under.
Own = Mapping[str, tuple[bytes, int | None]]


@pytest.fixture(scope="session")
def home_with(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Own], Settings]:
    """Makes homes with documents of one's own, read and indexed beside the curriculum."""

    def make(documents: Own) -> Settings:
        folder = tmp_path_factory.mktemp("own")
        (folder / "models").symlink_to(settings.models)
        # The session's version to begin with: what a build does not change it does not write.
        version = current_version(settings.index)
        (folder / "index" / version.name).mkdir(parents=True)
        (folder / "index" / "current").write_text(version.name)
        for file in version.iterdir():
            (folder / "index" / version.name / file.name).symlink_to(file)
        own = load_settings(home=folder)
        library = open_library(own)
        for name, (data, station) in documents.items():
            (folder / name).write_bytes(data)
            library.add_file(folder / name, station)
        library.close()
        assert {e.state for e in read_and_index(own).entries} == {"added"}
        return own

    return make
