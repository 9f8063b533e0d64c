"""``python -m chatsrv``."""

import sys

from chatsrv.cli import main

sys.exit(main())
