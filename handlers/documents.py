"""The documents for those who write clients, and the page that shows them: made or read when first asked for."""

from collections.abc import Callable, Mapping
from importlib.metadata import distribution
from pathlib import Path

from handlers.assets import Asset, asset

_KINDS = {"json": "application/json", "js": "text/javascript", "css": "text/css"}
_SWAGGER_UI = "swagger_ui/static"


class Documents:
    """Files by their names; what makes one is asked once."""

    def __init__(self, makers: Mapping[str, Callable[[], bytes]]) -> None:
        self._makers = makers
        self._made: dict[str, Asset] = {}

    def get(self, name: str) -> Asset | None:
        """Return the file, None when there is none of that name. It may take a while: call it in a thread."""
        if name not in self._made and name in self._makers:
            self._made[name] = asset(self._makers[name](), _KINDS[name.rpartition(".")[2]])
        return self._made.get(name)


def swagger_ui(name: str) -> Callable[[], bytes]:
    """Return how to read a file of Swagger UI, as swagger-ui-py ships it; its code, which needs Jinja2, is not run."""

    def read() -> bytes:
        return Path(str(distribution("swagger-ui-py").locate_file(f"{_SWAGGER_UI}/{name}"))).read_bytes()

    return read
