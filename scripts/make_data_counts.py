"""Write the table of counts in training_data/README.md from the files themselves."""

import json
import re
from collections import Counter
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "training_data"


def rows(name: str) -> list[dict[str, object]]:
    """The rows of a JSONL file."""
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


def table() -> str:
    """Rows by department, disposition and flag, training beside holdout."""
    train, held = rows("requests.jsonl"), rows("holdout.jsonl")
    lines = ["| | training | holdout |", "|---|---|---|", f"| **rows** | {len(train)} | {len(held)} |"]
    for field in ("department", "disposition"):
        counts = [Counter(row[field] for row in part) for part in (train, held)]
        lines += [f"| {field} `{key}` | {n} | {counts[1][key]} |" for key, n in sorted(counts[0].items())]
    flags = [Counter(flag for row in part for flag in row.get("flags", [])) for part in (train, held)]  # type: ignore[attr-defined]
    lines += [f"| flag `{key}` | {n} | {flags[1][key]} |" for key, n in sorted(flags[0].items())]
    return "\n".join(lines)


def main() -> None:
    """Replace the section."""
    page = FOLDER / "README.md"
    text = re.sub(r"(?s)(## Counts\n\n).*?(\n\n## )", lambda m: m[1] + table() + m[2], page.read_text("utf-8"))
    page.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
