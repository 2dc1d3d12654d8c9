"""Real data sets: how files become rows and specs. The files here are made up."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.__main__ import main
from benchmarks.real_data import DATA
from mtlkeras import DataSpec

KUAIRAND, HILLSTROM = DATA


@pytest.fixture
def folder(tmp_path):
    (tmp_path / KUAIRAND.name).mkdir()
    days = [20220425] * 4 + [20220429] * 2 + [20220430] * 2
    log = pd.DataFrame(
        {
            "user_id": range(8),
            "video_id": [1, 2] * 4,
            "date": days,
            "hourmin": [0, 130, 2359, 1200, 0, 0, 0, 0],
            "duration_ms": 2000,
            "tab": 1,
            **{task: [0, 1] * 4 for task in KUAIRAND.tasks},
        }
    )
    user = {name: 0 for name in KUAIRAND.categories if name not in log and name != "hour"}
    user |= dict.fromkeys(KUAIRAND.numbers, 1.0)
    video = {name: user.pop(name) for name in ("author_id", "video_type", "upload_type")}
    video |= {"music_type": user.pop("music_type"), "tag": "3,4", "upload_dt": "2022-04-24"}
    for name in ("tag", "duration", "upload_age"):
        user.pop(name, None)
    files = (
        log,
        pd.DataFrame({"user_id": range(8), **user}),
        pd.DataFrame({"video_id": [1, 2], **video}),
    )
    for name, rows in zip(KUAIRAND.files, files, strict=True):
        rows.to_csv(tmp_path / KUAIRAND.name / name, index=False)
    return tmp_path


def test_exposures_are_split_by_time(folder):
    rows = KUAIRAND.read(folder / KUAIRAND.name)
    assert list(rows["split"]) == ["train"] * 4 + ["validation"] * 2 + ["test"] * 2
    assert list(rows["hour"][:4]) == [0, 1, 23, 12]
    assert list(rows["upload_age"][[0, 7]]) == [1, 6]
    assert set(rows["tag"]) == {"3"}
    assert set(rows["duration"]) == {2.0}
    named = {*KUAIRAND.categories, *KUAIRAND.numbers, *KUAIRAND.tasks}
    assert named <= set(rows.columns)


def test_no_label_is_a_feature():
    for data in DATA:
        labels = {"play_time_ms", "is_follow", "is_comment", "is_hate", *data.tasks}
        assert not labels & {*data.categories, *data.numbers}


@pytest.mark.parametrize("data", DATA, ids=lambda data: data.name)
def test_specs_are_valid(data):
    spec = DataSpec.from_dict(data.spec("rows.parquet", data.raced))
    assert tuple(spec.tasks) == data.raced
    assert spec.scenario in data.categories
    assert set(data.prior) <= set(data.categories)


def test_customers_are_split_at_random_and_alike_each_time(tmp_path):
    pd.DataFrame({"visit": np.zeros(1000)}).to_csv(tmp_path / HILLSTROM.files[0], index=False)
    first, second = HILLSTROM.read(tmp_path), HILLSTROM.read(tmp_path)
    assert first["split"].equals(second["split"])
    shares = first["split"].value_counts(normalize=True)
    assert shares["train"] == pytest.approx(0.7, abs=0.05)
    assert shares["test"] == pytest.approx(0.2, abs=0.04)


def test_what_is_missing_is_told(folder):
    assert KUAIRAND.missing(folder) == []
    assert HILLSTROM.missing(folder) == ["hillstrom_email.csv.gz"]


def test_without_data_the_suite_is_skipped(tmp_path, capsys):
    main(["real", "--no-peers", "--output", str(tmp_path)])
    printed = " ".join(capsys.readouterr().out.split())
    assert "real was skipped: it needs real data. Name the folder that holds kuairand_pure/" in (
        printed
    )
    main(["real", "--no-peers", "--output", str(tmp_path), "--data", str(tmp_path)])
    printed = " ".join(capsys.readouterr().out.split())
    assert "kuairand_pure is left out" in printed
    assert "holds neither kuairand_pure nor hillstrom_email" in printed
    assert list(tmp_path.iterdir()) == []
