"""Papers in Markdown as part of a page: our headings and tables, nothing that could act."""

import re
from typing import Any

import pytest

from classifier.store import card
from intake_api.web.papers import as_html

NAMES = {"education": "教育局"}


def shown(paper: str) -> str:
    return str(as_html(paper, lambda code: NAMES.get(code, code)))


def test_headings_go_one_down_and_lines_of_chinese_are_joined_without_a_blank() -> None:
    assert shown("# 模型说明\n\n分词，\n加权。\n\n## 效果") == "<h2>模型说明</h2>\n<p>分词，加权。</p>\n<h3>效果</h3>\n"


def test_a_table_scrolls_and_is_named_by_its_heads_and_cells_by_the_directory() -> None:
    html = shown("| 部门 | 条数 |\n|---|---|\n| education | 12 |\n")
    assert '<div class="scroll" tabindex="0" role="region" aria-label="部门、条数">\n<table>' in html
    assert '<th scope="col">部门</th>' in html
    assert "<td>教育局</td>\n<td>12</td>" in html
    assert html.count("<div") == html.count("</div>") == 1


@pytest.mark.parametrize(
    "text",
    ["<script>x</script>", "<b>x</b>", "![x](https://x.invalid/x.png)", "[x](javascript:x)", "<https://x.invalid>"],
)
def test_what_could_act_stays_text(text: str) -> None:
    for paper in (text, f"# {text}", f"| {text} |\n|---|\n| {text} |\n"):
        html = shown(paper)
        assert not re.search("<(script|b|img|a)[ >]", html)


@pytest.mark.parametrize("contact", ["甲|乙", "一\n二", "a\\|b", "*x* _y_ `z`", "<i>x</i>"])
def test_what_an_office_writes_in_a_sheet_stands_in_its_cell_as_written(contact: str) -> None:
    manifest: dict[str, Any] = {
        "version": "2026.11.18-abcdef",
        "metrics": {"accuracy": 0.8, "top3": 0.9, "ece": 0.02},
        "rows": 10,
        "rows_sha256": "0" * 64,
        "profile": None,
    }
    html = shown(card.register(manifest, "示范市政府", contact))
    told = " ".join(contact.split()).replace("<", "&lt;").replace(">", "&gt;")
    assert f"<td>申诉渠道</td>\n<td>{told}</td>\n</tr>" in html
