"""`gongkai backup FILE`, `gongkai restore FILE` (docs/deployment.md)."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intake_api.kit.terminal import print_json, progress, stop, written
from intake_api.wiring.offices import load_settings, with_office

if TYPE_CHECKING:
    from intake_api.office import Office


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, help="备份文件，例如 2026-11-30.gongkai")],
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="连同 keys/ 中的密钥：这样的文件须像密钥一样保管")
    ] = False,
) -> None:
    """Write the whole state to one file while everything runs: database, models, templates, conversations."""
    from intake_api.backups import service
    from intake_api.private import keep_private

    settings = load_settings()
    keep_private(settings)
    with progress("备份") as bar, written(file) as stream:
        count = service.write(settings, stream, with_keys=with_keys, tell=lambda _, done: bar(done, done))
    size = file.stat().st_size
    service.note(settings, count, size, with_keys=with_keys)
    print_json({"rows": count, "bytes": size, "with_keys": with_keys})


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)],
) -> None:
    """Restore a backup into an empty data directory and database, then verify every chain; SQLite or PostgreSQL."""
    from intake_api.backups import service

    settings = load_settings()
    with progress("恢复") as bar:
        restored = service.restore(settings, file, tell=lambda _, done: bar(done, done))

    async def finish(office: "Office") -> tuple[int, str | None]:
        await office.published.reindex()
        return await office.verified()

    cases, fault = with_office(finish)
    print_json(restored._asdict() | {"cases": cases})
    if fault:
        stop("chain_broken", fault, 1)
