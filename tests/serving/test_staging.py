"""Files and folders appear whole or not at all."""

import pytest

from mtlkeras.serving._staging import staged_file, staged_folder


def anything(path):
    return True


def marked(path):
    return (path / "mark").exists()


def test_folder_appears_with_its_parents(tmp_path):
    target = tmp_path / "a" / "b"
    with staged_folder(target, False, anything) as folder:
        (folder / "x").write_text("1")
        assert folder.name.startswith(".")
        assert folder.parent == target.parent
        assert not target.exists()
    assert (target / "x").read_text() == "1"
    assert [p.name for p in target.parent.iterdir()] == ["b"]


def test_folder_that_fails_leaves_the_old_one_and_nothing_else(tmp_path):
    target = tmp_path / "shop"
    target.mkdir()
    (target / "mark").write_text("old")

    def interrupted():
        with staged_folder(target, True, anything) as folder:
            (folder / "mark").write_text("new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (target / "mark").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["shop"]


def test_folder_is_replaced_whole(tmp_path):
    target = tmp_path / "shop"
    target.mkdir()
    (target / "mark").write_text("old")
    (target / "gone").write_text("old")
    with staged_folder(target, True, marked) as folder:
        (folder / "mark").write_text("new")
    assert [p.name for p in target.iterdir()] == ["mark"]
    assert (target / "mark").read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["shop"]


def test_existing_folder_is_refused(tmp_path):
    (tmp_path / "x").write_text("1")
    with (
        pytest.raises(FileExistsError, match=r"exists already.*--overwrite"),
        staged_folder(tmp_path, False, anything),
    ):
        pass


def test_foreign_folder_is_refused_even_with_overwrite(tmp_path):
    (tmp_path / "thesis.txt").write_text("1")
    with (
        pytest.raises(FileExistsError, match=r"not an exported model.*remove it yourself"),
        staged_folder(tmp_path, True, marked),
    ):
        pass
    assert (tmp_path / "thesis.txt").exists()


def test_folder_that_appears_meanwhile_is_not_overwritten(tmp_path):
    target = tmp_path / "shop"

    def overtaken():
        with staged_folder(target, False, anything) as folder:
            (folder / "x").write_text("mine")
            target.mkdir()
            (target / "x").write_text("theirs")

    with pytest.raises(FileExistsError, match="exists already"):
        overtaken()
    assert (target / "x").read_text() == "theirs"


def test_empty_folder_may_be_filled(tmp_path):
    target = tmp_path / "shop"
    target.mkdir()
    with staged_folder(target, False, marked) as folder:
        (folder / "x").write_text("1")
    assert (target / "x").exists()


def test_file_appears_and_replaces(tmp_path):
    target = tmp_path / "a" / "x.parquet"
    for text in ("1", "2"):
        with staged_file(target, overwrite=True) as file:
            file.write_text(text)
        assert target.read_text() == text
    assert [p.name for p in target.parent.iterdir()] == ["x.parquet"]


def test_file_that_fails_leaves_nothing(tmp_path):
    target = tmp_path / "x.parquet"

    def terminated():
        with staged_file(target, overwrite=False) as file:
            file.write_text("half")
            raise SystemExit(143)

    with pytest.raises(SystemExit):
        terminated()
    assert list(tmp_path.iterdir()) == []


def test_existing_file_is_refused(tmp_path):
    target = tmp_path / "x.parquet"
    target.write_text("old")
    with (
        pytest.raises(FileExistsError, match="exists already"),
        staged_file(target, overwrite=False) as file,
    ):
        file.write_text("new")
    assert target.read_text() == "old"


def test_folder_in_place_of_a_file_is_refused(tmp_path):
    with (
        pytest.raises(FileExistsError, match="is a folder, but a file is to be written"),
        staged_file(tmp_path, overwrite=True),
    ):
        pass
