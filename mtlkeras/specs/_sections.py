"""Reads one section of a spec: its keys, its class, its values."""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from ._errors import MAX_FINDINGS, Finding
from ._explain import explain
from ._features import AnyFeature, Strict, readable
from ._source import AnySource, AnySplit
from ._spelling import did_you_mean, nearest
from ._tasks import AnyTask
from ._words import expected, listed, one_of, show

Path = tuple[str | int, ...]
Classes = Mapping[str, type[Strict]]
Result = tuple[Any, list[Finding]]


def _classes(union: Any, tag: str) -> dict[str, type[Strict]]:
    """The classes of a discriminated union by the value of their tag."""
    members = get_args(get_args(union)[0])
    return {member.model_fields[tag].default: member for member in members}


FEATURES = _classes(AnyFeature, "type")
TASKS = _classes(AnyTask, "type")
SOURCES = _classes(AnySource, "format")
SPLITS = _classes(AnySplit, "by")


def read_tagged(raw: Any, path: Path, tag: str, classes: Classes) -> Result:
    """Reads a section whose `tag` key tells its class.

    Args:
        raw: What was written.
        path: Where.
        tag: `"type"`, `"format"` or `"by"`.
        classes: Value of the tag to class.

    Returns:
        The section, or `None` where it is broken, and the findings. A misspelt tag is read as
        the nearest right one, so that mistakes in the other keys come out at once.
    """
    if isinstance(raw, tuple(classes.values())):
        return raw, []
    if not isinstance(raw, Mapping):
        example = f"write {{{tag}: {raw}}}" if isinstance(raw, str) and raw in classes else ""
        return None, [Finding(path, f"a mapping with the key `{tag}`", show(raw), example)]
    if tag not in raw:
        return _read_without_tag(raw, path, tag, classes)
    if isinstance(raw[tag], str) and raw[tag] in classes:
        return read_section(raw, path, classes[raw[tag]], classes)
    guess = nearest(raw[tag], classes)
    hint = did_you_mean(raw[tag], classes)
    findings = [Finding((*path, tag), one_of(classes), show(raw[tag]), hint)]
    if guess is not None:
        findings += read_section({**raw, tag: guess}, path, classes[guess], classes)[1]
    return None, findings


def read_section(
    raw: Any, path: Path, model: type[Strict], siblings: Classes | None = None
) -> Result:
    """Reads a section of a known class.

    Args:
        raw: What was written.
        path: Where.
        model: The class.
        siblings: Classes of the other tags, to say where a misplaced key belongs.

    Returns:
        The section, or `None` where it is broken, and the findings.
    """
    if isinstance(raw, model):
        return raw, []
    if not isinstance(raw, Mapping):
        return None, [Finding(path, "a mapping", show(raw))]
    known, findings = read_keys(raw, path, model.model_fields, siblings)
    try:
        section = model.model_validate(known)
    except ValidationError as error:
        return None, findings + explain(error, known, path, model.model_fields)
    return (None if findings else section), findings


def read_keys(
    raw: Mapping, path: Path, fields: Mapping[str, FieldInfo], siblings: Classes | None = None
) -> Result:
    """The mapping without its unknown keys, and findings for unknown and missing ones."""
    free = [name for name in fields if name not in raw]
    findings, meant = [], set()
    for key in raw:
        if len(findings) >= MAX_FINDINGS:
            break
        if key not in fields:
            meant.add(nearest(key, free))
            hint = did_you_mean(key, free) or _owners(key, siblings)
            where = (*path, key if isinstance(key, str) else show(key))
            findings.append(Finding(where, one_of(readable(fields)), "an unknown key", hint))
    for key in free:
        # A misspelt key is one mistake, not two.
        if fields[key].is_required() and key not in meant:
            findings.append(missing_key((*path, key), fields[key]))
    return {key: value for key, value in raw.items() if key in fields}, findings


def missing_key(path: Path, info: FieldInfo) -> Finding:
    """The finding for a required key that is not there."""
    is_mapping = path[-1] in ("features", "tasks")
    wanted = "a mapping" if is_mapping else expected(info.annotation, info.metadata)
    return Finding(path, wanted, "nothing", "this key is required")


def _read_without_tag(raw: Mapping, path: Path, tag: str, classes: Classes) -> Result:
    wrong = next((key for key in raw if nearest(key, [tag]) and nearest(raw[key], classes)), None)
    if wrong is None:
        finding = Finding((*path, tag), one_of(classes), "nothing", "this key is required")
        return None, [finding]
    hint = f"did you mean '{tag}'?"
    finding = Finding((*path, wrong), f"the key `{tag}`", "an unknown key", hint)
    rest = {tag if key == wrong else key: value for key, value in raw.items()}
    return None, [finding, *read_tagged(rest, path, tag, classes)[1]]


def _owners(key: Any, siblings: Classes | None) -> str:
    """Where a key that stands in the wrong place belongs."""
    owners = [tag for tag, model in (siblings or {}).items() if key in model.model_fields]
    return f"'{key}' belongs to {listed(owners)}" if owners else ""
