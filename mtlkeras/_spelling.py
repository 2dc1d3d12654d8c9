"""Names that were probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint at the known name that is spelled most alike, or nothing.

    Args:
        name: What was written.
        known: What could have been meant.

    Example:
        >>> nearest("clik", ["click", "buy"])
        " Did you mean 'click'?"
    """
    by_spelling = {key.lower(): key for key in known}
    found = get_close_matches(name.lower(), by_spelling, n=1)
    return f" Did you mean {by_spelling[found[0]]!r}?" if found else ""


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
        listed = "; ".join(f"{name!r}.{nearest(str(name), known)}" for name in unknown)
        raise ValueError(
            f"{owner} must name {what} among {', '.join(map(repr, known))}. Received: {listed}"
        )
