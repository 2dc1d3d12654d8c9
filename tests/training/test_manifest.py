import json

import pytest

from mtlkeras.training import RunError
from mtlkeras.training._files import digest
from mtlkeras.training._manifest import check_files, is_run, read_manifest, write_manifest


@pytest.fixture
def run(tmp_path):
    (tmp_path / "spec.yaml").write_text("name: shop\n")
    (tmp_path / "preprocessing").mkdir()
    (tmp_path / "preprocessing" / "state.json").write_text("{}")
    (tmp_path / "events.out.tfevents.1").write_text("grows")
    (tmp_path / ".lock").write_text("1")
    write_manifest(tmp_path, "finished", epochs=3)
    return tmp_path


def test_a_manifest_says_what_is_there(run):
    manifest = read_manifest(run)
    assert manifest["format"] == "mtlkeras-run"
    assert manifest["status"] == "finished"
    assert manifest["epochs"] == 3
    assert set(manifest["versions"]) == {"mtlkeras", "keras", "tensorflow", "numpy"}
    assert set(manifest["files"]) == {"spec.yaml", "preprocessing/state.json"}
    assert manifest["files"]["spec.yaml"] == {"bytes": 11, "sha256": digest(run / "spec.yaml")}


def test_a_running_run_hashes_nothing(run):
    assert write_manifest(run, "running")["files"] == {}


def test_whole_files_pass(run):
    check_files(run, read_manifest(run), ["spec.yaml", "preprocessing/"])


def test_all_damage_is_named_at_once(run):
    manifest = read_manifest(run)
    (run / "spec.yaml").write_text("name: shep\n")
    (run / "preprocessing" / "state.json").write_text("{} ")
    with pytest.raises(RunError, match="is damaged") as error:
        check_files(run, manifest, ["spec.yaml", "preprocessing/", "model.keras"])
    assert "spec.yaml was changed (its SHA-256 differs from manifest.json)" in str(error.value)
    assert "preprocessing/state.json has 3 bytes instead of 2" in str(error.value)
    assert "model.keras is missing" in str(error.value)
    (run / "spec.yaml").unlink()
    with pytest.raises(RunError, match=r"spec.yaml is missing"):
        check_files(run, manifest, ["spec.yaml"])


def test_damage_elsewhere_does_not_matter(run):
    manifest = read_manifest(run)
    (run / "preprocessing" / "state.json").write_text("x")
    check_files(run, manifest, ["spec.yaml"])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "shop"}', "null"])
def test_other_folders_are_no_runs(tmp_path, text):
    assert not is_run(tmp_path)
    (tmp_path / "manifest.json").write_text(text)
    assert not is_run(tmp_path)
    with pytest.raises(RunError, match=r"is no run folder: its manifest.json is missing or cannot"):
        read_manifest(tmp_path)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"There is no run folder .*nowhere. Check the path"
    ):
        read_manifest(tmp_path / "nowhere")


def test_newer_runs_ask_for_an_update(run):
    manifest = json.loads((run / "manifest.json").read_text())
    (run / "manifest.json").write_text(json.dumps(manifest | {"version": 2}))
    with pytest.raises(RunError, match=r"newer mtlkeras \(run format 2; this one reads up to 1\)"):
        read_manifest(run)
