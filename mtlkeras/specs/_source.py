"""Where rows come from and which split each belongs to."""

from typing import Annotated, Literal

from pydantic import Field

from ._features import Strict

Paths = str | list[str]


class FileSource(Strict):
    """Files; `train`, `validation` and `test` take a path, a glob pattern or a list of them.

    Relative paths are relative to the spec file. Where `validation` or `test` is left out,
    the spec's `split` takes them from `train`.

    Example:

    >>> ParquetSource(train=["shop/2026-*.parquet"], test="shop/test.parquet").test
    'shop/test.parquet'
    """

    train: Paths
    validation: Paths | None = None
    test: Paths | None = None


class CsvSource(FileSource):
    """Comma-separated values, UTF-8, plain or gzip.

    Args:
        separator: Column separator.
        columns: Column names where the files have no header line.
        comment: Lines that begin with this are skipped.

    Example:

    >>> CsvSource(train="shop.csv.gz", separator=";").format
    'csv'
    """

    format: Literal["csv"] = "csv"
    separator: str = Field(",", min_length=1, max_length=1)
    columns: list[str] | None = None
    comment: str | None = Field(None, min_length=1)


class ParquetSource(FileSource):
    """Parquet files.

    Example:

    >>> ParquetSource(train="shop/train-*.parquet").format
    'parquet'
    """

    format: Literal["parquet"] = "parquet"


class TFRecordSource(FileSource):
    """TFRecord files of tf.Example, plain or gzip (`.gz`).

    Example:

    >>> TFRecordSource(train="shop/train-*.tfrecord.gz").format
    'tfrecord'
    """

    format: Literal["tfrecord"] = "tfrecord"


class TfdsSource(Strict):
    """A tensorflow-datasets data set; `train`, `validation`, `test` are its split names.

    Args:
        name: For example `"complete_journey/sample"`.
        data_dir: Where it is prepared; defaults to the tensorflow-datasets folder.

    Example:

    >>> TfdsSource(name="complete_journey/sample", test="test").train
    'train'
    """

    format: Literal["tfds"] = "tfds"
    name: str
    train: str = "train"
    validation: str | None = None
    test: str | None = None
    data_dir: str | None = None


class DataFrameSource(Strict):
    """A pandas DataFrame handed to `load_data(spec, frame)`.

    Example:

    >>> DataFrameSource().format
    'dataframe'
    """

    format: Literal["dataframe"] = "dataframe"


AnySource = Annotated[
    CsvSource | ParquetSource | TFRecordSource | TfdsSource | DataFrameSource,
    Field(discriminator="format"),
]


class RandomSplit(Strict):
    """Each row by chance; fractions of `train` that become validation and test.

    Example:

    >>> RandomSplit(validation=0.05, test=0.2, seed=1).by
    'random'
    """

    by: Literal["random"] = "random"
    validation: float = Field(0.1, ge=0, lt=1)
    test: float = Field(0.1, ge=0, lt=1)
    seed: int = Field(0, ge=0, lt=2**32)


class GroupSplit(Strict):
    """All rows of one value of `column` (a user) on the same side, by a hash of it.

    Example:

    >>> GroupSplit(column="user_id").validation
    0.1
    """

    by: Literal["group"] = "group"
    column: str
    validation: float = Field(0.1, ge=0, lt=1)
    test: float = Field(0.1, ge=0, lt=1)
    seed: int = Field(0, ge=0, lt=2**32)


class TimeSplit(Strict):
    """Training before `validation_from`, validation before `test_from`, test from then on.

    Example:

    >>> TimeSplit(column="ts", validation_from="2026-09-01", test_from="2026-09-15").by
    'time'
    """

    by: Literal["time"] = "time"
    column: str
    validation_from: str | int | float | None = None
    test_from: str | int | float | None = None


class ColumnSplit(Strict):
    """A column says where each row belongs; values not listed are an error.

    Example:

    >>> ColumnSplit(column="split", validation=["dev"]).train
    ['train']
    """

    by: Literal["column"] = "column"
    column: str
    train: list[str | int] = ["train"]
    validation: list[str | int] = ["validation"]
    test: list[str | int] = ["test"]
    ignore: list[str | int] = []


AnySplit = Annotated[RandomSplit | GroupSplit | TimeSplit | ColumnSplit, Field(discriminator="by")]


class SampleWeight(Strict):
    """A column whose value multiplies the row's weight in every task.

    Example:

    >>> SampleWeight(column="weight").default
    1.0
    """

    column: str
    default: float = Field(1.0, ge=0)


class Policy(Strict):
    """What happens to doubtful data.

    Args:
        bad_rows: `"error"` stops at the first file with bad rows; `"drop"` leaves them out and
            reports how many and which.
        max_bad_fraction: With `"drop"`, more than this share of a split is an error.
        leakage: What happens where a feature equals a label.
        unseen_warning: Share of out-of-vocabulary values in validation or test above which
            a feature is named in a warning.

    Example:

    >>> Policy(bad_rows="drop").max_bad_fraction
    0.001
    """

    bad_rows: Literal["error", "drop"] = "error"
    max_bad_fraction: float = Field(0.001, ge=0, le=1)
    leakage: Literal["error", "warn"] = "error"
    unseen_warning: float = Field(0.2, ge=0, le=1)
