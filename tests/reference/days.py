"""Days and moments, as ruling 11 counts them: a moment is a number of milliseconds since 1970-01-01T00:00Z, a day is a
Dutch calendar day. The time zone is written out here (Directive 2000/84/EC), so that this model leans on no database."""

from calendar import monthrange
from datetime import date
from functools import lru_cache

HOUR = 3_600_000
DAY = 24 * HOUR
EPOCH = date(1970, 1, 1).toordinal()
FOREVER = 2**63 - 1


@lru_cache(maxsize=None)
def summer(year):
    """Summer time: from the last Sunday of March until the last Sunday of October, both at 01:00 UTC."""

    def last_sunday(month):
        last = date(year, month, 31)
        return (last.toordinal() - last.isoweekday() % 7 - EPOCH) * DAY + HOUR

    return last_sunday(3), last_sunday(10)


@lru_cache(maxsize=100_000)
def day_of(moment):
    """The Dutch calendar day of a moment."""
    begins, ends = summer(date.fromordinal(EPOCH + moment // DAY).year)
    offset = 2 * HOUR if begins <= moment < ends else HOUR
    return date.fromordinal(EPOCH + (moment + offset) // DAY)


@lru_cache(maxsize=100_000)
def start_of(day):
    """The first moment of a Dutch calendar day; the clock changes at night, but never at midnight."""
    utc = (day.toordinal() - EPOCH) * DAY
    begins, ends = summer(day.year)
    return utc - (2 * HOUR if begins <= utc - 2 * HOUR < ends else HOUR)


def end_of(day):
    """The first moment after a Dutch calendar day."""
    return start_of(date.fromordinal(day.toordinal() + 1))


def months_later(day, months):
    """The same day so many months later, or the last day of that month (Regulation 1182/71, art. 3)."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def age(born, moment):
    """Whole years. Who was born on 29 February has a birthday on 1 March in other years."""
    day = day_of(moment)
    try:
        birthday = born.replace(year=day.year)
    except ValueError:
        birthday = date(day.year, 3, 1)
    return max(0, day.year - born.year - (0 if birthday <= day else 1))


def holds(period, moment):
    """Start inclusive, end exclusive."""
    return period["from"] <= moment < period["until"]
