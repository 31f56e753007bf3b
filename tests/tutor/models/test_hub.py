"""Pulling: whole, broken off, damaged, refused; against a hub on loopback."""

import hashlib
import json
import os
import shutil

import pytest
from filelock import FileLock
from huggingface_hub import constants

from corpus.errors import HomeError, ModelError
from index.encoder import bundled_folder
from tutor.models.catalogue import find, find_any
from tutor.models.hub import local_file, local_folder, pull

MODEL = find("qwen2.5-0.5b-instruct")
FILE = f"{MODEL.repository}/{MODEL.file}"
# Five pieces of a megabyte and a bit.
CONTENT = b"GGUF" + os.urandom(5_500_000)
EMBEDDING = find_any("bge-small-en-v1.5")


@pytest.fixture
def models(tmp_path):
    return tmp_path / "models"


@pytest.fixture
def served(hub):
    """A hub that has the model."""
    hub.put(FILE, CONTENT)
    return hub


def parts(models):
    return list(models.rglob("*.part"))


def test_a_model_is_pulled_whole_and_then_is_here(served, models):
    assert local_file(MODEL, models) is None
    pulled = pull(MODEL, models)
    assert pulled.transferred == len(CONTENT)
    assert local_file(MODEL, models).read_bytes() == CONTENT
    assert parts(models) == []


def test_it_is_written_down_what_was_pulled_from_where(served, models):
    folder = pull(MODEL, models).folder
    record = json.loads((folder / "pulled.json").read_text())
    assert record["repository"] == MODEL.repository
    assert record["endpoint"] == served.address
    assert record["commit"] == "1" * 40
    assert record["files"] == {MODEL.file: [len(CONTENT), hashlib.sha256(CONTENT).hexdigest()]}


def test_progress_is_told_up_to_the_end(served, models):
    told = []
    pull(MODEL, models, report=lambda *step: told.append(step))
    stages, done, totals = zip(*told, strict=True)
    assert list(done) == sorted(done)
    assert (done[0], done[-1], set(totals)) == (0, len(CONTENT), {len(CONTENT)})
    assert len(told) > 5
    assert f"checking {MODEL.name}" in stages


def test_a_second_pull_asks_nothing(served, models):
    pull(MODEL, models)
    asked = len(served.asked())
    assert pull(MODEL, models).transferred == 0
    assert len(served.asked()) == asked


def test_a_file_that_was_deleted_is_pulled_again(served, models):
    pull(MODEL, models)
    local_file(MODEL, models).unlink()
    assert local_file(MODEL, models) is None
    assert pull(MODEL, models).transferred == len(CONTENT)


def test_asked_again_it_transfers_only_what_is_new(served, models):
    pull(MODEL, models)
    assert pull(MODEL, models, again=True).transferred == 0
    assert len(served.asked("GET")) == 1


def test_only_the_pull_itself_is_online(served, models, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    pull(MODEL, models)
    assert constants.HF_HUB_OFFLINE
    assert os.environ["HF_HUB_OFFLINE"] == "1"


def test_nothing_is_asked_but_the_file(served, models):
    pull(MODEL, models)
    assert {one["path"] for one in served.asked()} == {
        f"/{MODEL.repository}/resolve/main/{MODEL.file}"
    }


def test_a_connection_that_breaks_is_taken_up_within_one_pull(served, models):
    served.fails(cut=2_500_000)
    pull(MODEL, models)
    assert local_file(MODEL, models).read_bytes() == CONTENT
    assert len(served.asked("GET")) == 3


def broken_off(hub, models):
    """Pull until a hub that has sent some megabytes is gone; what is left of it."""
    hub.fails(cut=2_500_000, only=1)
    with pytest.raises(ModelError, match=f"tutor models pull {MODEL.name}"):
        pull(MODEL, models)
    hub.fails()
    (part,) = parts(models)
    return part


def test_a_pull_that_broke_off_is_gone_on_with(served, models):
    part = broken_off(served, models)
    assert local_file(MODEL, models) is None
    begun = part.stat().st_size
    assert begun >= 2 << 20
    assert pull(MODEL, models).transferred == len(CONTENT) - begun
    assert served.asked("GET")[-1]["range"] == f"bytes={begun}-"
    assert local_file(MODEL, models).read_bytes() == CONTENT


def test_of_a_hub_without_ranges_all_is_taken_anew(served, models):
    broken_off(served, models)
    served.fails(no_ranges=True)
    pull(MODEL, models)
    assert local_file(MODEL, models).read_bytes() == CONTENT


def test_what_was_begun_of_an_older_version_is_not_mixed_with_the_new(served, models):
    old = broken_off(served, models)
    new = b"GGUF" + os.urandom(3_000_000)
    served.put(f"{MODEL.repository}/new", new)
    served.fails(checksum=hashlib.sha256(new).hexdigest(), size=len(new), instead="new")
    pull(MODEL, models)
    assert local_file(MODEL, models).read_bytes() == new
    assert not old.exists()


def test_a_part_that_was_damaged_is_found_out_and_fetched_anew(served, models):
    part = broken_off(served, models)
    part.write_bytes(os.urandom(part.stat().st_size))
    with pytest.raises(ModelError, match="wrong checksum"):
        pull(MODEL, models)
    assert parts(models) == []
    assert pull(MODEL, models).transferred == len(CONTENT)


def test_a_wrong_checksum_is_refused_and_the_file_removed(served, models):
    served.fails(checksum="0" * 64)
    with pytest.raises(ModelError, match=r"wrong checksum.*pull it again"):
        pull(MODEL, models)
    assert local_file(MODEL, models) is None
    assert parts(models) == []


def test_a_size_that_does_not_come_is_refused(served, models):
    served.fails(size=len(CONTENT) + 1)
    with pytest.raises(ModelError, match=f"ended early.*tutor models pull {MODEL.name}"):
        pull(MODEL, models)
    assert local_file(MODEL, models) is None


@pytest.mark.parametrize(
    ("faults", "what"),
    [
        ({"status": 401, "code": "GatedRepo"}, r"is gated: accept its terms at .* HF_TOKEN"),
        ({"status": 401}, f"no repository {MODEL.repository} .*HF_TOKEN"),
        ({"status": 404, "code": "RepoNotFound"}, f"no repository {MODEL.repository}"),
        ({"status": 404, "code": "EntryNotFound"}, f"has no {MODEL.file}"),
        ({"status": 503}, "answers with status 503; try again later"),
        ({"checksum": ""}, "no size and checksum.*HF_ENDPOINT"),
        ({"checksum": "W/abc"}, "no size and checksum.*HF_ENDPOINT"),
    ],
    ids=lambda given: "-".join(map(str, given.values())) if isinstance(given, dict) else "",
)
def test_what_a_hub_refuses_is_one_line(served, models, faults, what):
    served.fails(**faults)
    with pytest.raises(ModelError, match=what) as refused:
        pull(MODEL, models)
    assert "\n" not in str(refused.value)
    assert served.address in str(refused.value) or MODEL.repository in str(refused.value)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "nowhere"])
def test_a_hub_out_of_reach_is_one_line(models, monkeypatch, address):
    monkeypatch.setenv("HF_ENDPOINT", address)
    with pytest.raises(ModelError, match=f"connection to {address} fails.*HF_ENDPOINT"):
        pull(MODEL, models)


def test_what_does_not_fit_on_the_disk_is_not_begun(served, models):
    served.fails(size=10**16)
    with pytest.raises(HomeError, match=r"10000000\.1 GB are needed.*TUTOR_HOME"):
        pull(MODEL, models)
    assert served.asked("GET") == []


def test_a_disk_that_fills_up_meanwhile_is_told_and_gone_on_with(served, models, files_end_at):
    with files_end_at(3_000_000), pytest.raises(HomeError, match=r"cannot write .*free some space"):
        pull(MODEL, models)
    assert pull(MODEL, models).transferred < len(CONTENT)
    assert local_file(MODEL, models).read_bytes() == CONTENT


def test_a_folder_that_cannot_be_written_is_told(served, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeError, match="TUTOR_HOME"):
        pull(MODEL, tmp_path / "file")


def test_two_pulls_of_one_model_do_not_mix(served, models):
    (models / MODEL.name).mkdir(parents=True)
    with (
        FileLock(models / MODEL.name / ".lock"),
        pytest.raises(ModelError, match="another process"),
    ):
        pull(MODEL, models)


def test_the_bundled_model_is_not_pulled(models):
    with pytest.raises(ModelError, match="part of the tutor"):
        pull(find("bundled"), models)


def test_a_key_is_for_the_hub_and_not_for_its_store(served, models, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    served.fails(store=served.address.replace("127.0.0.1", "localhost"))
    pull(MODEL, models)
    assert {one["key"] for one in served.asked("HEAD")} == {"Bearer hf_secret"}
    assert {one["key"] for one in served.asked("GET")} == {None}


@pytest.fixture
def sentences(hub):
    """A hub that has an embedding model, with files for other libraries beside it."""
    shutil.copytree(bundled_folder(), hub.folder / EMBEDDING.repository)
    for name in ("pytorch_model.bin", "onnx/model.onnx", "onnx/config.json", "openvino/x.json"):
        hub.put(f"{EMBEDDING.repository}/{name}", b"not wanted")
    return hub


def test_of_a_sentence_transformer_only_its_own_files_are_pulled(sentences, models):
    folder = pull(EMBEDDING, models).folder
    assert folder == local_folder(EMBEDDING, models)
    here = {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and file.name not in (".lock", "pulled.json")
    }
    source = bundled_folder()
    assert here.keys() >= {"model.safetensors", "tokenizer.json", "1_Pooling/config.json"}
    assert all((source / name).read_bytes() == content for name, content in here.items())
    assert not any("onnx" in name or "openvino" in name or ".bin" in name for name in here)


def test_a_revision_is_asked_for_where_the_catalogue_names_one(hub, models):
    model = find_any("minicheck-deberta-v3-large")
    hub.put(f"{model.repository}/model.safetensors", CONTENT)
    pull(model, models)
    listed, *files = [one["path"] for one in hub.asked()]
    assert listed == f"/api/models/{model.repository}/revision/{model.revision}"
    assert set(files) == {f"/{model.repository}/resolve/{model.revision}/model.safetensors"}


def test_names_that_lead_out_of_the_folder_are_left_alone(sentences, models):
    sentences.fails(names=["../../evil.json", "/evil.json"])
    pull(EMBEDDING, models)
    assert not any("evil" in one["path"] for one in sentences.asked())


def test_weights_that_could_hold_code_are_refused(hub, models):
    hub.put(f"{EMBEDDING.repository}/pytorch_model.bin", b"pickle")
    hub.put(f"{EMBEDDING.repository}/config.json", b"{}")
    with pytest.raises(ModelError, match="safetensors"):
        pull(EMBEDDING, models)
    assert local_folder(EMBEDDING, models) is None
