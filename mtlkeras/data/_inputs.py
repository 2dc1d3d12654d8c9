"""What preprocessing hands to the builders: one description a feature and one a task."""

from dataclasses import dataclass

# Ids that every table of ids keeps free: padding, out of vocabulary, missing.
PADDING, UNSEEN, MISSING = 0, 1, 2
FIRST_ID = 3


@dataclass(frozen=True)
class FeatureInput:
    """One preprocessed feature, as the network receives it.

    Ids are 0 padding, 1 out of vocabulary, 2 missing, 3 and up the values, in every kind
    that has ids (category, category_sequence, text, bins, timestamp).

    | kind              | tensor                   | shape       | size            |
    |-------------------|--------------------------|-------------|-----------------|
    | number            | float32 `(B, 1)`/`(B, 2)`| `(1,)/(2,)` | none            |
    | bins              | int32 `(B,)`             | `()`        | ids             |
    | category          | int32 `(B,)`             | `()`        | ids             |
    | category_sequence | int32 `(B, L)`           | `(None,)`   | ids             |
    | number_sequence   | float32 `(B, L, 2)`      | `(None, 2)` | none            |
    | text              | int32 `(B, L)`           | `(None,)`   | ids             |
    | image             | uint8 `(B, H, W, C)`     | `(H, W, C)` | none            |
    | timestamp         | int32 `(B, parts)`       | `(parts,)`  | `sizes` a part  |

    Args:
        name: Name of the feature and key in the features dict.
        kind: See the table.
        shape: Shape without the batch axis; `None` is a length that varies from batch to batch.
        dtype: `"float32"`, `"int32"` or `"uint8"`.
        size: Number of ids, the reserved ones included: rows of the embedding table.
        sizes: For a timestamp, the number of ids of each part.
        table: Key of the embedding table: the spec's `table`, else the feature's own name.
            Features with equal `table` share one vocabulary and one size.
        dim: Embedding dimension that the spec asks for.
        parts: For a timestamp, the names of its calendar parts.

    Example:

    >>> FeatureInput("channel", "category", (), "int32", size=6, table="channel").size
    6
    """

    name: str
    kind: str
    shape: tuple[int | None, ...]
    dtype: str
    size: int | None = None
    sizes: tuple[int, ...] | None = None
    table: str | None = None
    dim: int | None = None
    parts: tuple[str, ...] | None = None


@dataclass(frozen=True)
class TaskTarget:
    """One task's labels, as counted on the valid rows of the training split.

    Args:
        name: Name of the task and key in the label and weight dicts.
        kind: Task type of the spec, e.g. `"binary"`.
        classes: Classes in the order of their ids; `None` where the task has none.
        mean: Mean label: share of positives (binary), of `log1p(label)` for a regression with
            `transform: log1p`, share of positive amounts (amount), class id (classes).
        std: Standard deviation of the same; 1 where all labels are equal.
        rows: Training rows with a valid label.
        counts: Rows of each class (binary: negative, positive; multilabel: rows with the class).
        class_weights: Factor of each class in training (multilabel: of rows with each class
            beside those without).
        log_mean: For an amount, mean of `log(amount)` over positive amounts.
        log_std: For an amount, standard deviation of the same; 1 where all are equal.

    Example:

    >>> target = TaskTarget("click", "binary", None, 0.25, 0.433, 8, counts=(6, 2))
    >>> target.counts[1] / target.rows
    0.25
    """

    name: str
    kind: str
    classes: tuple[str | int, ...] | None
    mean: float
    std: float
    rows: int
    counts: tuple[int, ...] | None = None
    class_weights: tuple[float, ...] | None = None
    log_mean: float = 0.0
    log_std: float = 1.0
