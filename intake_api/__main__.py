"""`python -m intake_api` is the same as `gongkai`."""

from intake_api.cli import main

main()
