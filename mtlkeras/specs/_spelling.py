"""The nearest right spelling of a wrong key or value."""

from collections.abc import Iterable
from difflib import SequenceMatcher

# Words of other tools for the same thing; far from ours by letters, near by meaning.
SYNONYMS = {
    "bucket": ("hash", "bins"),
    "buckets": ("hash", "bins"),
    "cap": ("max_size",),
    "categorical": ("category",),
    "classification": ("multiclass", "binary"),
    "cutoff": ("validation_from", "test_from"),
    "date": ("timestamp",),
    "datetime": ("timestamp",),
    "delimiter": ("separator",),
    "dev": ("validation",),
    "dimension": ("dim",),
    "embedding": ("table", "dim"),
    "encoding": ("type",),
    "field": ("column",),
    "float": ("number",),
    "frame": ("dataframe",),
    "hash_bucket_size": ("hash",),
    "inputs": ("features",),
    "int": ("number", "category"),
    "integer": ("number", "category"),
    "kind": ("type", "of"),
    "labels": ("tasks", "classes"),
    "list": ("sequence",),
    "loss_weight": ("weight",),
    "max": ("maximum",),
    "max_len": ("max_length",),
    "min": ("minimum",),
    "na_values": ("missing_values",),
    "normalize": ("standardize", "transform"),
    "numeric": ("number",),
    "numerical": ("number",),
    "outputs": ("tasks",),
    "pandas": ("dataframe",),
    "path": ("train",),
    "poisson": ("count",),
    "sep": ("separator",),
    "string": ("category", "text"),
    "targets": ("tasks",),
    "val": ("validation",),
    "valid": ("validation",),
    "valid_from": ("validation_from",),
    "values": ("vocabulary", "classes"),
    "vocab": ("vocabulary",),
    "vocab_size": ("max_size", "max_tokens"),
    "weights": ("class_weights", "weight"),
}
# Comparing takes about a microsecond a letter.
_MANY = 1000


def nearest(word: object, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` was probably meant to be, or `None`.

    Args:
        word: What was written.
        candidates: The right spellings.

    Example:

    >>> nearest("transfrom", ["type", "transform"])
    'transform'
    """
    candidates = list(candidates)
    if not isinstance(word, str) or not word or len(word) > 100:
        return None
    plain = word.strip().lower().replace("-", "_").replace(" ", "_")
    for synonym in SYNONYMS.get(plain, ()):
        if synonym in candidates:
            return synonym
    if len(candidates) > _MANY:
        return next((name for name in candidates if name.lower() == plain), None)
    best, found = 0.0, None
    for candidate in candidates:
        # One wrong letter of two or three halves the likeness, so short words get a lower bar.
        bar = max(best, 0.5 if min(len(plain), len(candidate)) <= 3 else 0.6)
        likeness = _likeness(plain, candidate.lower(), bar)
        if likeness >= bar and likeness > best:
            best, found = likeness, candidate
    return found


def did_you_mean(word: object, candidates: Iterable[str]) -> str:
    """A hint such as `did you mean 'transform'?`, or an empty string."""
    found = nearest(word, candidates)
    return f"did you mean '{found}'?" if found is not None else ""


def _likeness(word: str, candidate: str, bar: float) -> float:
    matcher = SequenceMatcher(None, candidate, word)
    # The two upper bounds are cheap, and most candidates are far off.
    if matcher.real_quick_ratio() < bar or matcher.quick_ratio() < bar:
        return 0.0
    # The ratio is not symmetric.
    return max(matcher.ratio(), SequenceMatcher(None, word, candidate).ratio())
