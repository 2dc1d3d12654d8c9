import json
import multiprocessing
import os

import pytest

from mtlkeras.training import RunError
from mtlkeras.training._folder import claimed_folder, clear


def make_run(path):
    path.mkdir()
    (path / "manifest.json").write_text(json.dumps({"format": "mtlkeras-run"}))
    (path / "model.keras").write_text("precious")


def test_a_new_folder_is_made_with_its_parents(tmp_path):
    with claimed_folder(tmp_path / "runs" / "shop", overwrite=False) as folder:
        (folder / "a.txt").write_text("a")
    assert [p.name for p in (tmp_path / "runs" / "shop").iterdir()] == ["a.txt"]


def test_a_folder_that_stays_empty_is_removed(tmp_path):
    with pytest.raises(RuntimeError), claimed_folder(tmp_path / "shop", overwrite=False):
        raise RuntimeError
    assert not (tmp_path / "shop").exists()


def test_what_exists_is_not_overwritten(tmp_path):
    make_run(tmp_path / "shop")
    text = r"output .*shop exists already. Choose another folder, or pass overwrite=True"
    with pytest.raises(FileExistsError, match=text), claimed_folder(tmp_path / "shop", False):
        pass
    assert (tmp_path / "shop" / "model.keras").read_text() == "precious"


def test_only_run_folders_are_overwritten(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mine.txt").write_text("precious")
    with (
        pytest.raises(FileExistsError, match="is no run folder, so it is not replaced even with"),
        claimed_folder(tmp_path / "letters", overwrite=True),
    ):
        pass
    (tmp_path / "file").write_text("precious")
    with (
        pytest.raises(FileExistsError, match="is no run folder"),
        claimed_folder(tmp_path / "file", overwrite=True),
    ):
        pass


def test_the_run_before_stays_until_it_is_cleared(tmp_path):
    make_run(tmp_path / "shop")
    with (
        pytest.raises(RuntimeError),
        claimed_folder(tmp_path / "shop", overwrite=True),
    ):
        raise RuntimeError("no data")
    assert (tmp_path / "shop" / "model.keras").read_text() == "precious"
    with claimed_folder(tmp_path / "shop", overwrite=True) as folder:
        (folder / "checkpoints").mkdir()
        clear(folder)
        assert [p.name for p in folder.iterdir()] == [".lock"]


def test_an_empty_folder_may_be_used(tmp_path):
    with claimed_folder(tmp_path, overwrite=False) as folder:
        assert folder == tmp_path
    assert tmp_path.exists()


def claim(path, ready, done):
    with claimed_folder(path, overwrite=True):
        ready.set()
        done.wait(30)


def test_two_trainings_cannot_write_to_one_folder(tmp_path):
    context = multiprocessing.get_context("fork")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=claim, args=(tmp_path, ready, done))
    other.start()
    assert ready.wait(30)
    text = rf"Another training \(process {other.pid}\) writes to .* at this moment"
    with pytest.raises(RunError, match=text), claimed_folder(tmp_path, overwrite=True):
        pass
    done.set()
    other.join()
    with claimed_folder(tmp_path, overwrite=True):
        assert (tmp_path / ".lock").read_text() == str(os.getpid())
    assert not (tmp_path / ".lock").exists()


def test_a_killed_training_leaves_no_lock(tmp_path):
    context = multiprocessing.get_context("fork")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=claim, args=(tmp_path, ready, done))
    other.start()
    assert ready.wait(30)
    other.kill()
    other.join()
    assert (tmp_path / ".lock").exists()
    with claimed_folder(tmp_path, overwrite=False):
        pass
