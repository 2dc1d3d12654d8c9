"""The nearest right spelling of what was written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

# Comparing takes about a microsecond a letter.
_MANY = 1000


def nearest(
    word: object,
    candidates: Iterable[str],
    synonyms: Mapping[str, Sequence[str]] | None = None,
) -> str | None:
    """The candidate that `word` was probably meant to be, or `None`.

    Args:
        word: What was written.
        candidates: The right spellings.
        synonyms: Word to candidates that mean the same, which no letter tells.

    Example:

    >>> nearest("transfrom", ["type", "transform"])
    'transform'
    """
    candidates = list(candidates)
    if not isinstance(word, str) or not word or len(word) > 100:
        return None
    plain = _plain(word)
    for synonym in (synonyms or {}).get(plain, ()):
        if synonym in candidates:
            return synonym
    if len(candidates) > _MANY:
        return next((name for name in candidates if _plain(name) == plain), None)
    best, found = 0.0, None
    for candidate in candidates:
        # One wrong letter of two or three halves the likeness, so short words get a lower bar.
        bar = max(best, 0.5 if min(len(plain), len(candidate)) <= 3 else 0.6)
        likeness = _likeness(plain, _plain(candidate), bar)
        if likeness >= bar and likeness > best:
            best, found = likeness, candidate
    return found


def did_you_mean(word: object, candidates: Iterable[str]) -> str:
    """A hint at the nearest candidate, or an empty string.

    Args:
        word: What was written.
        candidates: The right spellings.

    Example:

    >>> did_you_mean("clik", ["click", "buy"])
    "Did you mean 'click'?"
    """
    found = nearest(word, candidates)
    return f"Did you mean {found!r}?" if found is not None else ""


def hint(word: object, candidates: Iterable[str]) -> str:
    """As `did_you_mean`, with a space before it: to be put behind a full stop.

    Args:
        word: What was written.
        candidates: The right spellings.
    """
    return f" {did_you_mean(word, candidates)}".rstrip()


def check_names(owner: str, names: Iterable[str], known: Iterable[str], what: str) -> None:
    """Refuses names that are not known, all at once.

    Args:
        owner: What the names were written in, for the error.
        names: Names to check.
        known: Names there are.
        what: What the known names are, in the plural.

    Raises:
        ValueError: If there are unknown names.
    """
    known = list(known)
    unknown = [name for name in names if name not in known]
    if unknown:
        listed = "; ".join(f"{name!r}.{hint(name, known)}" for name in unknown)
        raise ValueError(
            f"{owner} must name {what} among {', '.join(map(repr, known))}. Received: {listed}"
        )


def meant(name: str, known: Iterable[str]) -> str | None:
    """The name there is that was meant, or `None`: case, `_` and `-` do not matter.

    Args:
        name: What was written.
        known: Names there are.

    Example:

    >>> meant("shared-bottom", ["MMoE", "SharedBottom"])
    'SharedBottom'
    """
    squeezed = str.maketrans("", "", "_-")
    spelled = {key.lower().translate(squeezed): key for key in known}
    return spelled.get(name.lower().translate(squeezed))


def named(what: str, name: str, known: Iterable[str]) -> str:
    """The name there is that was meant: case, `_` and `-` do not matter.

    Args:
        what: What it is a name of, for the error.
        name: What was written.
        known: Names there are.

    Raises:
        ValueError: If there is no such name.

    Example:

    >>> named("trunk", "SharedBottom", ["mmoe", "shared_bottom"])
    'shared_bottom'
    """
    known = sorted(known)
    found = meant(name, known)
    if found is None:
        raise ValueError(
            f"`{what}` should be one of {', '.join(known)}. Received {name!r}.{hint(name, known)}"
        )
    return found


def snake_case(name: str) -> str:
    """Returns `"lazy_adam"` for `"LazyAdam"` and `"mmoe"` for `"MMoE"`.

    Args:
        name: Name of a class.
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "_", name).lower()


def _plain(word: str) -> str:
    return word.strip().lower().replace("-", "_").replace(" ", "_")


def _likeness(word: str, candidate: str, bar: float) -> float:
    matcher = SequenceMatcher(None, candidate, word)
    # The two upper bounds are cheap, and most candidates are far off.
    if matcher.real_quick_ratio() < bar or matcher.quick_ratio() < bar:
        return 0.0
    # The ratio is not symmetric.
    return max(matcher.ratio(), SequenceMatcher(None, word, candidate).ratio())
