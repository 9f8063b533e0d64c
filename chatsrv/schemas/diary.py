"""Diary entries: what one writes of a day."""

from chatsrv.schemas.base import Many, Number, Shape, Text
from chatsrv.schemas.moments import Day, Seconds


class DiaryEditEntryShape(Shape):
    """What is absent stays."""

    day = Day()
    text = Text(longest=100_000, lines=True)
    mood = Number(least=1, most=5, allow_none=True)
    achieved = Many(Text(longest=500, shortest=1), longest=50)


class NewDiaryEntryShape(DiaryEditEntryShape):
    """An entry needs a day and a text; ``mood`` goes from 1 to 5."""

    day = Day(required=True)
    text = Text(required=True, longest=100_000, lines=True)
    mood = Number(least=1, most=5, allow_none=True, load_default=None)
    achieved = Many(Text(longest=500, shortest=1), longest=50, load_default=list)


class DiaryPeriodShape(Shape):
    """From which day to which, both included."""

    first = Day(data_key="from", load_default="2000-01-01", metadata={"description": "the first day"})
    last = Day(data_key="to", load_default="2099-12-31", metadata={"description": "the last day"})


class DiaryEntryShape(DiaryEditEntryShape):
    """An entry as its owner sees it."""

    id = Text()
    created = Seconds(data_key="created_date")
