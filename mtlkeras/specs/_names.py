"""Names of features, tasks and tables: they become names of layers, outputs and log entries."""

import re
from collections.abc import Iterator

from ._draft import Draft, given
from ._errors import Finding
from ._words import listed, show

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_DATA_SET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")

# A task's outputs and logs are its name and such an ending (`rating_class`, `click_log_loss`),
# so that another task of that very name would write to the same place.
_ENDINGS = ("class", "classes", "log", "median", "pr", "probability")


def slug(text: str) -> str:
    """The nearest valid name: `"Clothing ID"` gives `clothing_id`, a valid name itself."""
    if _NAME.fullmatch(text):
        return text
    words = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").lower()[:80]
    return words if words[:1].isalpha() else f"column_{words}".rstrip("_")


def data_set_name(text: str) -> str:
    """The nearest valid name of a data set."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", text).strip("_.-")[:100] or "data"


def check_names(draft: Draft) -> Iterator[Finding]:
    """Names that cannot be a layer's, or that would stand for two things."""
    rule = "a name of letters, digits and _ that begins with a letter"
    for section, items in (("features", draft.features), ("tasks", draft.tasks)):
        for name in items:
            if not _NAME.fullmatch(name):
                hint = f"write {slug(name)}: {{column: {show(name)}, ...}}"
                yield Finding((section, name), rule, show(name), hint)
    for path, _, item in draft.entries():
        table = getattr(item, "table", None)
        if table is not None and not _NAME.fullmatch(table):
            yield Finding((*path, "table"), rule, show(table), f"write {slug(table)}")
    name = draft.get("name")
    if name is not None and not _DATA_SET.fullmatch(name):
        wanted = "a name of letters, digits, _, - and ."
        yield Finding(("name",), wanted, show(name), f"write {data_set_name(name)}")
    for name in draft.tasks:
        if name in draft.features:
            hint = "rename the task and give its `column`"
            yield Finding(("tasks", name), "a name that no feature has", show(name), hint)
        yield from _check_endings(draft, name)


def _check_endings(draft: Draft, name: str) -> Iterator[Finding]:
    stems = [name.removesuffix(f"_{ending}") for ending in _ENDINGS] + [name.removeprefix("val_")]
    clashes = [stem for stem in stems if stem != name and stem in draft.tasks]
    if clashes:
        wanted = f"a name unlike the outputs and logs of task {listed(clashes)}"
        yield Finding(("tasks", name), wanted, show(name), "rename one of the two tasks")


def check_tables(draft: Draft) -> Iterator[Finding]:
    """Features that share an embedding table and do not agree on what is in it."""
    users: dict[str, list[str]] = {}
    for name, feature in draft.features.items():
        if feature is not None and getattr(feature, "table", None) is not None:
            users.setdefault(feature.table, []).append(name)
    for table, names in users.items():
        # A namesake that is not in the table would have one of its own, of the same name.
        if table not in names and hasattr(draft.features.get(table), "table"):
            hint = f"add `table: {table}` to the feature '{table}', or rename the table"
            wanted = "a table's name that is no name of another feature"
            yield Finding(("features", names[0], "table"), wanted, show(table), hint)
        yield from _check_shared(draft, table, names)


def _check_shared(draft: Draft, table: str, names: list[str]) -> Iterator[Finding]:
    first = draft.features[names[0]]
    said: dict[str, str] = {}
    for name in names:
        feature = draft.features[name]
        if (feature.type == "text") != (first.type == "text"):
            wanted = f"a table of {first.type} features like '{names[0]}'"
            hint = "words and categories cannot share ids; name another table"
            yield Finding(("features", name, "table"), wanted, f"a {feature.type} feature", hint)
            continue
        for key in SHARED:
            if not given_of_table(feature, key):
                continue  # It takes what another feature of the table says.
            other = said.setdefault(key, name)
            here, there = getattr(feature, key), getattr(draft.features[other], key)
            if here != there:
                wanted = f"{show(there)} as in '{other}', which shares table '{table}'"
                yield Finding(("features", name, key), wanted, show(here), "give it once")


# What features of one table have in common.
SHARED = ("dim", "vocabulary", "hash", "min_count", "max_size", "max_tokens", "lowercase")


def given_of_table(feature: object, key: str) -> bool:
    """Whether a feature says this about its table."""
    return key in type(feature).model_fields and given(feature, key)
