"""What the fields of any form may be refused with, and any request that carries an ``Idempotency-Key``."""

from typing import Final

from chatsrv.errors import Code

FORM: Final = (Code.REQUIRED_FIELD, Code.WRONG_TYPE, Code.TOO_LONG, Code.BAD_CHARACTERS)
BOUNDED_FORM: Final = (*FORM, Code.OUT_OF_RANGE)
KEYED: Final = (Code.NONCE_IN_FLIGHT, Code.NONCE_REUSED, Code.TOO_MANY_REQUESTS)
