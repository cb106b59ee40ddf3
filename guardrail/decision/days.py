"""Days at which terms end."""

from __future__ import annotations

from datetime import date


def months_after(day: date, months: int) -> date:
    """The last day of a term of `months` that starts on `day`.

    It is the day of the same number, or the last of the month where there is none.

    Source: Code de procédure civile, art. 641,
    https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000006410834
    """
    import calendar  # only here: it costs start-up time

    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > date.max.year:
        return date.max
    length = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, length))
