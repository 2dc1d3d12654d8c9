"""ISO 8601 strings in numpy: the host's side of what the graph does with timestamps."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Fractions of a second and UTC offsets are allowed and not applied: parts are as written.
ISO = (
    r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"([ T]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[-+]\d\d(:?\d\d)?)?)?$"
)
_FIELDS = (
    r"^(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:[ T](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?)?"
)
_MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def iso_parts(array: pa.Array) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Reads ISO 8601 times.

    Args:
        array: Strings `(rows,)`.

    Returns:
        Which rows are valid times, bool `(rows,)`, and int64 `(rows,)` of `days` since
        1970-01-01 and `seconds` of the day.
    """
    matched = pc.match_substring_regex(array, ISO).fill_null(False)
    fields = pc.extract_regex(pc.if_else(matched, array, "1970-01-01"), _FIELDS)

    def field(name: str) -> np.ndarray:
        text = pc.struct_field(fields, name)
        text = pc.if_else(pc.equal(text, ""), "0", text).fill_null("0")
        return text.cast(pa.int64()).to_numpy()

    year, month, day = field("year"), field("month"), field("day")
    leap = (month == 2) & (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    fine = matched.to_numpy(zero_copy_only=False) & (day <= _MONTH_DAYS[month - 1] + leap)
    months = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
    days = months.astype("datetime64[D]").astype(np.int64) + day - 1
    return fine, {
        "days": days,
        "seconds": field("hour") * 3600 + field("minute") * 60 + field("second"),
    }
