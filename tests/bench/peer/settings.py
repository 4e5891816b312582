"""Settings of the peer stack, from its environment."""

from __future__ import annotations

import json
import os

BROKER_URL = os.environ["PEER_BROKER_URL"]
QUEUE = os.environ["PEER_QUEUE"]
API_KEY = os.environ["PEER_API_KEY"]
#: Where the documents of each agency go.
ROUTES: dict[str, str] = json.loads(os.environ["PEER_ROUTES"])
