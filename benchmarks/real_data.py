"""Real data sets from a folder: rows, a data spec, what is raced on them.

The folder holds a folder for each data set, named as below. Nothing is downloaded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

DIM = 8


@dataclass(frozen=True)
class RealData:
    """A data set.

    Args:
        name: Name of its folder.
        files: Files that must be there.
        read: Folder to its rows, with a column `split` that tells training, validation and test.
        categories: Category features; ids seen fewer than five times in training are one.
        numbers: Number features, to their transform.
        tasks: Task to its part of a spec; the first ones are binary and raced.
        raced: Binary tasks that everybody learns.
        amounts: Amount tasks that trunks and funnels learn besides, which peers cannot.
        scenario: The category feature that tells scenarios apart.
        prior: Features that gates read.
        funnel: Whether a task's parent is the one before.
    """

    name: str
    files: tuple[str, ...]
    read: Callable[[Path], pd.DataFrame]
    categories: tuple[str, ...]
    numbers: Mapping[str, str | None]
    tasks: Mapping[str, dict]
    raced: tuple[str, ...]
    scenario: str
    prior: tuple[str, ...]
    funnel: bool = False
    amounts: tuple[str, ...] = ()

    def spec(self, source: str, tasks: tuple[str, ...]) -> dict:
        """The data spec as plain data.

        Args:
            source: Parquet file of the rows.
            tasks: Names of tasks.
        """
        features: dict[str, dict] = {
            name: {"type": "category", "min_count": 5, "dim": DIM} for name in self.categories
        }
        for name, transform in self.numbers.items():
            more = {"transform": transform} if transform else {}
            features[name] = {"type": "number", "missing": "median", **more}
        return {
            "spec_version": 1,
            "name": self.name,
            "source": {"format": "parquet", "train": source},
            "split": {"by": "column", "column": "split"},
            "scenario": self.scenario,
            "features": features,
            "tasks": {name: dict(self.tasks[name]) for name in tasks},
        }

    def missing(self, folder: Path) -> list[str]:
        """Files that are not there.

        Args:
            folder: The folder of all data sets.
        """
        return [name for name in self.files if not (folder / self.name / name).is_file()]


def read_kuairand(folder: Path) -> pd.DataFrame:
    """Exposures of a feed of short videos, 25 to 30 April 2022, with their users and videos.

    The last day tests, the day before validates. What the user did with the video is a label or
    left out; the features were known before.

    Args:
        folder: Where its files are.
    """
    rows = pd.read_csv(folder / "log_standard_val.csv.gz")
    users = pd.read_csv(folder / "user_features_pure.csv.gz")
    videos = pd.read_csv(folder / "video_features_basic_pure.csv.gz")
    rows = rows.merge(users, on="user_id", how="left").merge(videos, on="video_id", how="left")
    rows["hour"] = rows["hourmin"] // 100
    rows["tag"] = rows["tag"].astype("string").str.partition(",")[0]
    rows["duration"] = rows["duration_ms"] / 1000
    rows["upload_age"] = (
        pd.to_datetime(rows["date"].astype(str)) - pd.to_datetime(rows["upload_dt"])
    ).dt.days.clip(lower=0)
    days = np.sort(rows["date"].unique())
    return _with_split(rows, rows["date"] == days[-2], rows["date"] == days[-1])


def read_hillstrom(folder: Path) -> pd.DataFrame:
    """Customers of a retailer in an e-mail test: a fifth tests, a tenth validates, at random.

    Args:
        folder: Where its file is.
    """
    rows = pd.read_csv(folder / "hillstrom_email.csv.gz")
    place = np.random.default_rng(0).random(len(rows))
    return _with_split(rows, (place >= 0.7) & (place < 0.8), place >= 0.8)


def _with_split(rows: pd.DataFrame, validation, test) -> pd.DataFrame:
    split = np.where(test, "test", np.where(validation, "validation", "train"))
    return rows.assign(split=split)


_USER = (
    *("user_id", "user_active_degree", "is_live_streamer", "is_video_author"),
    *("follow_user_num_range", "fans_user_num_range", "friend_user_num_range"),
    *("register_days_range", *(f"onehot_feat{k}" for k in range(12))),
)
_VIDEO = ("video_id", "author_id", "video_type", "upload_type", "music_type", "tag")

DATA = (
    RealData(
        "kuairand_pure",
        (
            "log_standard_val.csv.gz",
            "user_features_pure.csv.gz",
            "video_features_basic_pure.csv.gz",
        ),
        read_kuairand,
        categories=("tab", "hour", *_USER, *_VIDEO),
        numbers={
            "duration": "log1p",
            "upload_age": "log1p",
            "fans_user_num": "log1p",
            "follow_user_num": "log1p",
            "register_days": "log1p",
        },
        tasks={
            name: {"type": "binary"}
            for name in ("is_click", "long_view", "is_like", "is_profile_enter")
        },
        raced=("is_click", "long_view", "is_like", "is_profile_enter"),
        scenario="tab",
        prior=("user_id", "video_id", "author_id"),
    ),
    RealData(
        "hillstrom_email",
        ("hillstrom_email.csv.gz",),
        read_hillstrom,
        categories=(
            *("recency", "history_segment", "mens", "womens", "zip_code", "newbie"),
            *("channel", "segment"),
        ),
        numbers={"history": "log1p"},
        tasks={
            "visit": {"type": "binary"},
            "conversion": {"type": "binary", "parent": "visit"},
            "spend": {"type": "amount", "parent": "conversion"},
        },
        raced=("visit", "conversion"),
        scenario="channel",
        prior=("segment", "history_segment"),
        funnel=True,
        amounts=("spend",),
    ),
)
