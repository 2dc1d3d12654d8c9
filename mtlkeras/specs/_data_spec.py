"""The data spec: one description of columns and tasks, shared by every step."""

from pathlib import Path

from pydantic import Field, PrivateAttr

from ._features import AnyFeature, Strict
from ._source import AnySource, AnySplit, DataFrameSource, Policy, RandomSplit, SampleWeight
from ._tasks import AnyTask


class DataSpec(Strict):
    """What the columns and the tasks of one data set are.

    Args:
        spec_version: Version of this format, 1.
        name: Name of the data set.
        source: Files, a tensorflow-datasets name, or (the default) a DataFrame.
        missing_values: Strings that mean missing.
        split: How rows fall into training, validation and test.
        scenario: Name of the category feature that tells scenarios (app, web, ...) apart.
        sample_weight: Column of row weights.
        key: Columns that identify a row; kept beside predictions.
        features: Feature name to feature.
        tasks: Task name to task.
        policy: What happens to doubtful data.
    """

    spec_version: int = Field(1, ge=1, le=1)
    name: str
    source: AnySource = DataFrameSource()
    missing_values: list[str] = ["", "NA", "null"]
    split: AnySplit = RandomSplit()
    scenario: str | None = None
    sample_weight: SampleWeight | None = None
    key: list[str] = []
    features: dict[str, AnyFeature] = Field(min_length=1)
    tasks: dict[str, AnyTask] = Field(min_length=1)
    policy: Policy = Policy()

    _folder: Path | None = PrivateAttr(None)
