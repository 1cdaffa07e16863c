"""The bot as its own process for tests: `python -m tests.chat.bot_process CONFIG.json`."""

import asyncio
import json
import logging
import sys
from pathlib import Path

from bot.app import BotConfig, run
from bot.site import Sites


def main() -> None:
    """Run with the configuration of a JSON file; the log goes to stderr."""
    logging.basicConfig(level=logging.INFO)
    fields = json.loads(Path(sys.argv[1]).read_text())
    if socket := fields.get("chat_socket"):
        fields["chat_socket"] = Path(socket)
    fields["sites"] = Sites.known(fields.pop("public_url", None))
    asyncio.run(run(BotConfig(**fields)))


if __name__ == "__main__":
    main()
