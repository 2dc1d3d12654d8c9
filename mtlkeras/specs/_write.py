"""Writes a spec as YAML that a person would write."""

import json
import re
from typing import Any

import yaml

from ._document import plain_scalar

WIDTH = 100

# Sections of which each entry gets a line of its own.
_BLOCKS = ("features", "tasks")
_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./+ -]*(?<! )")
_ESCAPED = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def write_spec(data: dict[str, Any]) -> str:
    """YAML text of a spec.

    Args:
        data: The spec as plain data, keys in the order to write.
    """
    lines = []
    for key, value in data.items():
        if key in _BLOCKS:
            lines.append(f"{key}:")
            lines += [entry(name, item, indent=2) for name, item in value.items()]
        else:
            lines.append(entry(key, value))
    return "\n".join(lines) + "\n"


def entry(key: str, value: Any, indent: int = 0) -> str:
    """`key: value` on one line, or on several where it is too long.

    Example:

    >>> entry("price", {"type": "number", "clip": [0.01, 0.99]})
    'price: {type: number, clip: [0.01, 0.99]}'
    """
    start = f"{' ' * indent}{scalar(key)}:"
    line = f"{start} {flow(value)}"
    if len(line) <= WIDTH or not isinstance(value, (dict, list)) or not value:
        return line
    if isinstance(value, dict):
        return "\n".join([start, *(entry(k, item, indent + 2) for k, item in value.items())])
    lines = [f"{start} ["]
    for part in _parts(value):
        room = len(lines[-1]) + len(part) + 2 <= WIDTH
        if lines[-1].endswith("["):
            lines[-1] += part
        elif room:
            lines[-1] += f", {part}"
        else:
            lines[-1] += ","
            lines.append(" " * (indent + 2) + part)
    return "\n".join(lines) + "]"


def flow(value: Any) -> str:
    """A value in YAML's flow style."""
    if isinstance(value, dict):
        return "{" + ", ".join(_parts(value)) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_parts(value)) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    """A scalar, in quotes where it could be read as anything but itself.

    Example:

    >>> scalar("app"), scalar("no"), scalar("2026-09-01"), scalar(0.001)
    ('app', '"no"', '"2026-09-01"', '0.001')
    """
    if isinstance(value, float):
        return _with_point(repr(value))
    if not isinstance(value, str):
        return json.dumps(value)
    # Plain only if this package and every YAML 1.1 reader would take it for a string.
    tag = yaml.SafeLoader.yaml_implicit_resolvers.get(value[:1], [])
    is_other = any(regexp.match(value) for _, regexp in tag)
    if _PLAIN.fullmatch(value) and not is_other and isinstance(plain_scalar(value), str):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _parts(value: dict | list) -> list[str]:
    if isinstance(value, dict):
        return [f"{scalar(key)}: {flow(item)}" for key, item in value.items()]
    return [flow(item) for item in value]


def _with_point(text: str) -> str:
    # YAML 1.1 takes `1e-07` for a string.
    return text.replace("e", ".0e") if "e" in text and "." not in text else text
