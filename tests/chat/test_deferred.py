"""The bot starts without aiogram's 400 types built; what it uses is built when it is used (every other test here)."""

import subprocess
import sys

BUILT = """
import bot
from aiogram import types
built = [name for name in types.__all__ if getattr(getattr(types, name), "__pydantic_complete__", False)]
assert len(built) < 60, built
message = types.Update(update_id=1, message={"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}).message
assert isinstance(message, types.Message), message
"""


def test_an_import_builds_next_to_none_of_the_types() -> None:
    subprocess.run([sys.executable, "-c", BUILT], check=True)
