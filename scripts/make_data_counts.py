"""Write the table of counts in training_data/README.md from the files themselves."""

import json
import re
from collections import Counter
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "training_data"


def rows(name: str) -> list[dict[str, object]]:
    """The rows of a JSONL file."""
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


FILES = ("requests.jsonl", "holdout.jsonl", "holdout_read_twice.jsonl")


def table() -> str:
    """Rows by department, disposition and flag, training beside both holdouts."""
    parts = [rows(name) for name in FILES]
    lines = ["| | training | holdout | holdout read twice |", "|---|---|---|---|"]
    lines.append("| **rows** | " + " | ".join(str(len(part)) for part in parts) + " |")
    for field in ("department", "disposition", "flags"):
        counts = [Counter(value for row in part for value in _values(row, field)) for part in parts]
        name = field.removesuffix("s")
        lines += [
            f"| {name} `{key}` | " + " | ".join(str(each[key]) for each in counts) + " |" for key in sorted(counts[0])
        ]
    return "\n".join(lines)


def _values(row: dict[str, object], field: str) -> list[str]:
    value = row.get(field, [])
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def main() -> None:
    """Replace the section."""
    page = FOLDER / "README.md"
    text = re.sub(r"(?s)(## Counts\n\n).*?(\n\n## )", lambda m: m[1] + table() + m[2], page.read_text("utf-8"))
    page.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
