"""What a column's name says about it."""

import re

_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[a-z]*|[A-Z]")


def _list(text: str) -> list[str]:
    return text.split()


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What a row may lead to. Forms are listed, for cutting endings would take "rating" for "rate".
EVENTS = _set("""
    buy bought purchase purchased convert converted conversion click clicked clk cart addtocart
    atc like liked dislike disliked follow followed share shared comment commented forward
    forwarded subscribe subscribed unsubscribe unsubscribed churn churned return returned refund
    refunded cancel cancelled canceled install installed signup visit visited view viewed open
    opened finish finished complete completed skip skipped hate hated report reported save saved
    favorite favorited favourite favourited collect collected pay paid redeem redeemed recommend
    recommended respond responded response fraud default defaulted reorder reordered
""")
GENERIC = _set("label labels target targets y outcome result income")
CLASSES = _set("sentiment intent emotion polarity")
RATINGS = _set("rating ratings stars star")
AMOUNTS = _set("amount amt revenue sales spend spent gmv turnover")
COUNTS = _set("quantity qty units orders purchases clicks conversions")
WHOLE_COUNTS = _set("count cnt")
DURATIONS = _set("dwell watch watched play played stay")
_OF_DURATION = _set("duration time ms sec secs seconds minutes length")
# A history or an average of events is known before the row's own event.
_KNOWN_BEFORE = _set("""
    last prev previous prior past before old avg average mean median num n nb number hist history
    historical days day since max min std rate rates ratio ctr cvr first recent sum freq frequency
    id ids type category cat name range bin bucket date ts timestamp at segment lag
""")
# About an event, and known before it, or no answer to whether it happens.
_ABOUT = WHOLE_COUNTS | _set("reason channel source method page position rank device order")
_FLAG_STARTS, _FLAG_ENDS = _set("is did was"), _set("flag ind indicator yn")
# A flag with one of these words describes the row rather than what it led to.
_DESCRIBES = _set("""
    weekend weekday weekdays holiday workday workingday business new newbie member vip rand random
    test first mobile active lowactive live author streamer male female adult prime premium
    registered gift promo promotion display mailer night peak valid deleted available stock video
    image ad ads organic loyal loyalty married student employee
""")

IDS = _set("id ids no nr code key sku uuid guid ean upc asin zip zipcode postcode hash uid iid pid")
_WHOLE_IDS = IDS | _set("user item product customer member household session store")
USERS = _set("user customer client member household visitor account buyer shopper uid session")
QUANTITIES = _set("""
    age days day count cnt num n nb price cost amount amt qty quantity size length duration
    recency frequency history hours minutes seconds years income score distance weight height
    width temp rate ratio percent share ms sec total sum avg mean max min
""")
TIMES = _set("time ts timestamp date datetime at epoch unix dt ds created updated")
# Times of something other than the row.
NOT_OF_ROW = _set("birth dob birthday signup register registered upload expire expiry")
# The best name for a scenario first.
SCENARIOS = _list("""
    channel scenario scene platform tab surface placement device app terminal traffic medium
    source site market country locale region
""")


def words(name: str) -> list[str]:
    """Lower-case words of a name: `"is_click"` and `"IsClick"` give `["is", "click"]`."""
    return [piece.lower() for piece in _PIECES.findall(name)]


def says(name: str, vocabulary: frozenset[str]) -> bool:
    """Whether one of a name's words is in a vocabulary."""
    return bool(vocabulary.intersection(words(name)))


def is_id(name: str) -> bool:
    """Whether a name sounds like an identifier."""
    parts = words(name)
    return bool(parts) and (parts[-1] in IDS or (len(parts) == 1 and parts[0] in _WHOLE_IDS))


def label_family(name: str) -> str | None:
    """What kind of label a name sounds like.

    Returns:
        `"event"`, `"label"`, `"classes"`, `"rating"`, `"amount"`, `"count"`, `"duration"`,
        `"flag"` (only perhaps a label), or `None`.
    """
    parts = words(name)
    said = set(parts)
    if not parts or said & _KNOWN_BEFORE or any(re.fullmatch(r"\d+[dhwmy]", p) for p in parts):
        return None
    if len(parts) == 1 and parts[0] in WHOLE_COUNTS:
        return "count"
    families = (
        ("rating", RATINGS),
        ("amount", AMOUNTS),
        ("count", COUNTS),
        ("duration", DURATIONS),
        ("event", EVENTS),
        ("classes", CLASSES),
        ("label", GENERIC),
    )
    family = next((family for family, vocabulary in families if said & vocabulary), None)
    if family == "event":
        if said & _ABOUT:
            return None
        return "duration" if said & _OF_DURATION else family
    if family is not None:
        return family
    is_flag = parts[0] in _FLAG_STARTS or parts[-1] in _FLAG_ENDS
    return "flag" if is_flag and not said & _DESCRIBES else None
