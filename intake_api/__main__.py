"""The entry point: `python -m intake_api` is the same as `gongkai`."""

import sys

from intake_api.kit.ending import ENDING, VERBS


def main() -> None:
    """Run the command line; what runs for long can be ended before the rest is imported."""
    if set(VERBS) & set(sys.argv[1:]):
        ENDING.watch()
    from intake_api.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
