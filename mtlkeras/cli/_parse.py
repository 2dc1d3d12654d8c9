"""Options that are written as lists of texts."""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Owner(NamedTuple):
    """What is named by a key and has arguments.

    Args:
        option: Name of the option, for errors, as are the others.
        key: What the key is.
        name: A key and a name.
        such_as: A key and an argument.
    """

    option: str
    key: str
    name: str
    such_as: str


ENCODER = Owner("encoder", "FEATURE", "hist_items=din", "hist_items.units=36,18")
HEAD = Owner("head", "TASK", "rating=two_tower", "rating.user=user_id")


def parse_options(
    texts: list[str], what: str = "trunk", such_as: str = "num_experts=4"
) -> dict[str, Any]:
    """Returns `KEY=VALUE` texts as arguments: numbers, true/false/null, lists as tuples, text.

    Args:
        texts: Such as `["num_experts=4", "units=64,32", "activation=relu"]`; a dict is written
            as JSON, `relations={"purchase": ["like"]}`.
        what: What they are options of, for the error.
        such_as: One of them, for the error.
    """
    options = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            article = "An" if what[0] in "aeiou" else "A"
            raise ValueError(
                f"{article} {what} option is written KEY=VALUE, such as {such_as}. "
                f"Received: {text!r}."
            )
        options[key.strip()] = _value(value.strip())
    return options


def parse_names(texts: list[str], owner: Owner = ENCODER) -> dict[str, str]:
    """Returns `FEATURE=NAME` texts as feature to name of its encoder, or of another owner.

    Args:
        texts: Such as `["hist_items=din", "item=low_rank"]`.
        owner: What they name.
    """
    found = {}
    for text in texts:
        key, _, name = (part.strip() for part in text.partition("="))
        if not key or not name:
            raise ValueError(
                f"--{owner.option} is written {owner.key}=NAME, such as {owner.name}. Received: "
                f"{text!r}."
            )
        found[key] = name
    return found


def parse_options_of(texts: list[str], owner: Owner = ENCODER) -> dict[str, dict[str, Any]]:
    """Returns `FEATURE.KEY=VALUE` texts as feature to arguments of its encoder, or another owner.

    Args:
        texts: Such as `["hist_items.units=36,18", "hist_items.gaps=days"]`.
        owner: What has the arguments.
    """
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        whole, equals, _ = text.partition("=")
        key, _, option = whole.strip().rpartition(".")
        if not key or not option or not equals:
            raise ValueError(
                f"--{owner.option}-option is written {owner.key}.KEY=VALUE, such as "
                f"{owner.such_as}. Received: {text!r}."
            )
        found.setdefault(key, {})[option] = parse_options([text])[whole.strip()]
    return found


def parse_ramps(texts: list[str]) -> dict[str, tuple[int, int]]:
    """Returns `TASK=FROM:FULL` texts as task to two epochs.

    Args:
        texts: Such as `["purchase=2:4"]`.
    """
    found = {}
    for text in texts:
        task, _, times = (part.strip() for part in text.partition("="))
        first, _, full = (part.strip() for part in times.partition(":"))
        if not task or not first.isdecimal() or not full.isdecimal():
            raise ValueError(
                "--introduce is written TASK=FROM:FULL, the epoch from which the task counts and "
                f"that from which it counts wholly, such as purchase=2:4. Received: {text!r}."
            )
        found[task] = (int(first), int(full))
    return found


def _value(text: str) -> Any:
    if text.startswith("{"):
        try:
            return json.loads(text)
        except ValueError as error:
            raise ValueError(
                'An option that is a dict is written as JSON, such as {"purchase": ["like"]}. '
                f"Received: {text!r} ({error})."
            ) from error
    inner = text.strip("[]()")
    if inner != text or "," in text:
        return tuple(_value(part.strip()) for part in inner.split(",") if part.strip())
    words = {"true": True, "false": False, "null": None, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text


def parse_widths(text: str) -> tuple[int, ...]:
    """Returns `"64,32"` as `(64, 32)`; `"none"` is no hidden layer."""
    if text.strip().lower() == "none":
        return ()
    try:
        widths = tuple(int(part) for part in text.split(","))
    except ValueError:
        widths = (0,)
    if min(widths) < 1:
        raise ValueError(
            f"--tower takes widths separated by commas, such as 64,32, or none. Received: {text!r}."
        )
    return widths
