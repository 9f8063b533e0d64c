"""Dreams (dream-diary seed, "dreams")."""

from chatsrv.schemas.attached import Attached
from chatsrv.schemas.base import Shape, Text
from chatsrv.schemas.moments import Seconds


class DreamEditShape(Shape):
    """Dream-diary seed, "[PUT] /dreams/": what is absent stays."""

    name = Text(shortest=1)
    additional_data = Text(longest=100_000, lines=True)
    attachments = Attached()


class NewDreamShape(DreamEditShape):
    """Dream-diary seed, "[POST] /dreams/"."""

    name = Text(required=True, shortest=1)
    additional_data = Text(longest=100_000, lines=True, load_default="")
    attachments = Attached(load_default=list)


class DreamShape(Shape):
    """Dream-diary seed, "[Get] /dreams/{id}"."""

    id = Text()
    name = Text()
    additional_data = Text()
    attachments = Attached()
    created = Seconds(data_key="created_date")
