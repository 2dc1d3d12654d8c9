"""What features that share an embedding table say about it."""

from collections.abc import Iterator

from ._draft import Draft, given
from ._errors import Finding
from ._words import show

# What features of one table have in common.
SHARED = ("dim", "vocabulary", "hash", "min_count", "max_size", "max_tokens", "lowercase")

# Ids come from one place: a given vocabulary, a hash, or a vocabulary that is learned.
_EXCLUDES = {
    "vocabulary": ("hash", "min_count", "max_size"),
    "hash": ("vocabulary", "min_count", "max_size"),
    "min_count": ("vocabulary", "hash"),
    "max_size": ("vocabulary", "hash"),
}


def given_of_table(feature: object, key: str) -> bool:
    """Whether a feature says this about its table."""
    return key in type(feature).model_fields and given(feature, key)


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
            rival = next((k for k in _EXCLUDES.get(key, ()) if said.get(k, name) != name), None)
            if rival is not None:
                wanted = f"no `{key}`: table '{table}' has a `{rival}`, as '{said[rival]}' says"
                received = show(getattr(feature, key))
                yield Finding(("features", name, key), wanted, received, "remove one of them")
                continue
            other = said.setdefault(key, name)
            here, there = getattr(feature, key), getattr(draft.features[other], key)
            if here != there:
                wanted = f"{show(there)} as in '{other}', which shares table '{table}'"
                yield Finding(("features", name, key), wanted, show(here), "give it once")
