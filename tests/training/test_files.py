import hashlib
import json

import pytest

from mtlkeras.training._files import digest, replacing, write_json


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def write_half():
        with replacing(path) as temporary:
            temporary.write_text("half of the n")
            raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk"):
        write_half()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_the_temporary_name_keeps_the_suffix(tmp_path):
    with replacing(tmp_path / "model.keras") as temporary:
        temporary.write_bytes(b"")
        assert temporary.suffix == ".keras"
        assert temporary.name.startswith(".")


def test_json_and_digest(tmp_path):
    write_json(tmp_path / "a.json", {"name": "Käse"})
    text = (tmp_path / "a.json").read_bytes()
    assert json.loads(text) == {"name": "Käse"}
    assert digest(tmp_path / "a.json") == hashlib.sha256(text).hexdigest()
