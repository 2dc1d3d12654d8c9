"""Task types of a data spec: one label column, one question."""

from typing import Annotated, Literal

from pydantic import Field

from ._features import Strict


class Task(Strict):
    """What all tasks share. A missing label (null, NaN) trains nothing.

    Args:
        column: Name of the label column. Defaults to the task's own name.
        weight: Factor of the task's loss in the sum.
        parent: The task that comes before in a funnel (click before purchase).
        observed: Name of the binary task without whose label 1 this label means nothing
            (spend is observed only where purchase is 1); other rows count as missing.

    Example:

    >>> BinaryTask(column="buy", parent="click", weight=2.0).parent
    'click'
    """

    column: str | None = None
    weight: float = Field(1.0, ge=0)
    parent: str | None = None
    observed: str | None = None


class ClassWeights(Strict):
    """Class weights of a classification task.

    Args:
        class_weights: Factor of each class's rows in training, one a class in the order of
            `classes` (for binary: negative, positive), or `"balanced"` for
            `rows / (classes * rows of the class)` counted on the training split. For multilabel:
            factor of the rows with each class beside those without, or `"balanced"` for
            `rows without / rows with`.
    """

    class_weights: Literal["balanced"] | list[float] | None = None


class Imbalance(ClassWeights):
    """What else helps where classes are rare.

    Args:
        calibrated: Take off the answers what class weights add to the odds in training (the prior
            correction of King and Zeng, 2001), in validation and serving.
        focal_gamma: Weigh what is answered well less, by `(1 - p of the right answer) ** gamma`
            (focal loss, Lin et al., 2017: 2); its alpha are `class_weights`.
    """

    calibrated: bool = False
    focal_gamma: float = Field(0.0, ge=0)


class BinaryTask(Task, Imbalance):
    """Yes or no; 0/1, true/false, or strings told apart by `positive`.

    Args:
        positive: Values that mean yes; every other value present means no.
        label_smoothing: Moves targets from 0 and 1 towards 0.5 by this share.
        keep_negatives: Train on this share of the rows without, drawn anew each epoch; answers
            are corrected for it in validation and serving (He et al., "Practical Lessons from
            Predicting Clicks on Ads at Facebook", 2014).

    Example:

    >>> BinaryTask(column="income", positive=[">50K"]).positive
    ['>50K']
    """

    type: Literal["binary"] = "binary"
    positive: list[str | int | float] | None = Field(None, min_length=1)
    label_smoothing: float = Field(0.0, ge=0, lt=1)
    keep_negatives: float = Field(1.0, gt=0, le=1)


class MulticlassTask(Task, Imbalance):
    """One of several classes.

    Args:
        classes: The classes; learned from the training split where left out.
        label_smoothing: Moves one-hot targets towards uniform by this share.

    Example:

    >>> MulticlassTask(classes=["negative", "neutral", "positive"]).label_smoothing
    0.0
    """

    type: Literal["multiclass"] = "multiclass"
    classes: list[str | int] | None = Field(None, min_length=2)
    label_smoothing: float = Field(0.0, ge=0, lt=1)


class MultilabelTask(Task, Imbalance):
    """Any number of several classes at once.

    Args:
        classes: The classes; learned from the training split where left out.
        separator: Splits a string column; `None` where the column holds lists.
        label_smoothing: Moves targets towards 0.5 by this share.

    Example:

    >>> MultilabelTask(column="tags", separator="|").separator
    '|'
    """

    type: Literal["multilabel"] = "multilabel"
    classes: list[str | int] | None = Field(None, min_length=2)
    separator: str | None = Field(None, min_length=1)
    label_smoothing: float = Field(0.0, ge=0, lt=1)


class OrdinalTask(Task, ClassWeights):
    """One of several ordered classes, lowest first.

    Args:
        classes: The classes in order.

    Example:

    >>> OrdinalTask(column="stars", classes=[1, 2, 3, 4, 5]).classes
    [1, 2, 3, 4, 5]
    """

    type: Literal["ordinal"] = "ordinal"
    classes: list[str | int] = Field(min_length=2)


class RegressionTask(Task):
    """A real number.

    Args:
        loss: Loss of the standardised label.
        standardize: Fit mean and deviation of the label on the training split; the model
            still answers in the label's own unit.
        transform: `"log1p"` fits on the log scale (labels above -1).
        minimum: Smallest label that is not a data error.
        maximum: Largest label that is not a data error.

    Example:

    >>> RegressionTask(transform="log1p", minimum=0, loss="huber").standardize
    True
    """

    type: Literal["regression"] = "regression"
    loss: Literal["mse", "mae", "huber"] = "mse"
    standardize: bool = True
    transform: Literal["none", "log1p"] = "none"
    minimum: float | None = None
    maximum: float | None = None


class CountTask(Task):
    """How many: 0, 1, 2, ... with a Poisson loss.

    Args:
        maximum: Larger labels are data errors.
        clip: Larger labels count as this.

    Example:

    >>> CountTask(column="qty", clip=20).clip
    20.0
    """

    type: Literal["count"] = "count"
    maximum: float | None = None
    clip: float | None = Field(None, gt=0)


class AmountTask(Task):
    """For how much: zero or a positive amount, zero-inflated log-normal.

    Args:
        maximum: Larger labels are data errors.

    Example:

    >>> AmountTask(column="spend_eur", observed="purchase").observed
    'purchase'
    """

    type: Literal["amount"] = "amount"
    maximum: float | None = None


AnyTask = Annotated[
    BinaryTask
    | MulticlassTask
    | MultilabelTask
    | OrdinalTask
    | RegressionTask
    | CountTask
    | AmountTask,
    Field(discriminator="type"),
]
