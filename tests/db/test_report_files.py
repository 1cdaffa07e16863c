"""The reports as files and over HTTP, read back with the libraries an office's programs stand for."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook
from typer.testing import CliRunner

from intake_api.cli import main
from intake_api.commands.reports import report as command
from intake_api.office import Office
from intake_api.reports import papers, sheets
from intake_api.reports.layout import assessment_grid, bulletin_grid, check_grid, table_four, table_three, table_two
from intake_api.reports.report import AnnualReport, TableThree, TableThreeRow
from intake_api.statute.annual import CHAPTERS, COLUMNS, RELATION, RESULTS_HEADING, ROWS
from tests.fakes.cases import case_row, put_cases
from tests.unit.statute import published_report as published


@pytest.fixture
async def report(office: Office) -> AnnualReport:
    """The published report of 2024, as the product would make it."""
    made = await office.reports.annual(2025)
    rows = [TableThreeRow(code=c, label=ROWS[c].label, cells=cells) for c, cells in published.TABLE_THREE.items()]
    two = [replace(row, cells=list(published.TABLE_TWO[row.code])) for row in made.table2]
    return replace(made, table3=TableThree(rows=rows), table4=published.TABLE_FOUR, table2=two, agency_name="=示例市")


async def test_the_sheets_hold_the_form_with_its_merged_heads(report: AnnualReport) -> None:
    book = load_workbook(BytesIO(sheets.annual(report)))
    assert book.sheetnames == ["表二", "表三", "表四", "核对"]
    three = book["表三"]
    assert {"A2:C4", "D2:J2", "D3:D4", "E3:I3", "J3:J4", "A7:A28", "B9:B16", "A5:C5", "B7:C7"} <= {
        str(merged) for merged in three.merged_cells.ranges
    }
    assert three["A2"].value == RELATION
    assert [three.cell(4, column).value for column in range(5, 10)] == list(COLUMNS.values())[1:6]
    assert three["A7"].value == RESULTS_HEADING
    read = [[three.cell(row, column).value for column in range(4, 11)] for row in range(5, 30)]
    assert read == list(published.TABLE_THREE.values())
    assert [book["表四"].cell(5, column).value for column in range(1, 16)] == published.TABLE_FOUR
    two = [cell.value for line in book["表二"].iter_rows() for cell in line if isinstance(cell.value, int | float)]
    assert two == [value for cells in published.TABLE_TWO.values() for value in cells]


async def test_a_name_that_begins_with_an_equals_sign_is_no_formula(report: AnnualReport) -> None:
    book = load_workbook(BytesIO(sheets.annual(report)))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert str(book["表三"]["A1"].value).startswith("=示例市2025年")


async def test_the_paper_has_the_six_chapters_and_tables_on_a4_in_chinese_fonts(report: AnnualReport) -> None:
    paper = Document(BytesIO(papers.annual(report)))
    page = paper.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    texts = [paragraph.text for paragraph in paper.paragraphs]
    assert texts[0] == "=示例市2025年政府信息公开工作年度报告"
    assert tuple(text for text in texts if text in CHAPTERS) == CHAPTERS
    two, three, four = paper.tables
    read = [[int(cell.text) for cell in row.cells[3:]] for row in three.rows[3:]]
    assert read == list(published.TABLE_THREE.values())
    assert [int(cell.text) for cell in four.rows[3].cells] == published.TABLE_FOUR
    assert two.rows[2].cells[0].text == "规章"
    assert [row.cells[0].text for row in three.rows[5:8]] == [RESULTS_HEADING] * 3
    runs = [
        run for part in (paper, *(c for r in three.rows for c in r.cells)) for p in part.paragraphs for run in p.runs
    ]
    assert all(run._element.rPr.rFonts.get(qn("w:eastAsia")) for run in runs)
    heads = [row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None for row in three.rows]
    assert heads == [True] * 3 + [False] * 25


async def test_grids_cover_every_cell_exactly_once(office: Office, report: AnnualReport) -> None:
    bulletin = await office.reports.bulletin("2026-10")
    for grid in (
        table_two(report),
        table_three(report),
        table_four(report),
        check_grid(report),
        bulletin_grid(bulletin),
        assessment_grid(bulletin),
    ):
        covered = [
            (span.row + down, span.column + right)
            for span in grid.spans
            for down in range(span.rows)
            for right in range(span.columns)
        ]
        every = [(row, column) for row in range(grid.height) for column in range(len(grid.widths))]
        assert sorted(covered) == every


async def test_a_draft_says_that_it_is_one_and_marks_what_is_not_given(office: Office) -> None:
    paper = Document(BytesIO(papers.annual(await office.reports.annual(2025))))
    texts = [paragraph.text for paragraph in paper.paragraphs]
    assert "草稿" in texts[1]
    assert any("请补写" in text for text in texts)
    assert paper.tables[0].rows[2].cells[1].text == "待填报"


async def test_a_bulletin_is_read_back_from_both_files(office: Office) -> None:
    await put_cases(office.db, [case_row(1, received_on=date(2026, 10, 9), ended_on=date(2026, 10, 12), rating=4)])
    made = await office.reports.bulletin("2026-10")
    sheet = load_workbook(BytesIO(sheets.bulletin(made))).active
    assert [cell.value for cell in sheet[3]] == ["住房和城乡建设局", 1, 1, 0, 0, 0, 0, 0, 2, 4]
    scores = load_workbook(BytesIO(sheets.bulletin(made)))["考核得分"]
    assert [cell.value for cell in scores[4]] == [
        *("住房和城乡建设局", 91.67), *("—", 0), *(100, 1), *("—", 0), *(75, 1),
    ], "(20 × 1 + 10 × 3/4) / 30 = 0.91667"  # fmt: skip
    assert "按期答复 40、未退回重新分办 20、未被纠正 30、满意度 10" in scores[5][0].value
    paper = Document(BytesIO(papers.bulletin(made)))
    assert any("考核得分满分 100" in paragraph.text for paragraph in paper.paragraphs)
    assert [cell.text for cell in paper.tables[1].rows[2].cells][:2] == ["住房和城乡建设局", "91.67"]
    table = paper.tables[0]
    assert [cell.text for cell in table.rows[-1].cells][:3] == ["合计", "1", "1"]


# --- HTTP


@pytest.fixture
async def department(office: Office, client: httpx2.AsyncClient) -> AsyncIterator[httpx2.AsyncClient]:
    """An officer of the education department."""
    password = await office.people.add("jiaoyu", "officer", "education", "a long password")
    answer = await client.post("/api/v1/staff/tokens", json={"username": "jiaoyu", "password": password})
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    async with httpx2.AsyncClient(transport=client._transport, base_url="http://test", headers=headers) as http:
        yield http


async def test_the_office_gets_the_report_and_a_department_its_own_line(
    office: Office, client: httpx2.AsyncClient, staff: httpx2.AsyncClient, department: httpx2.AsyncClient
) -> None:
    due = date(2026, 11, 23)
    await put_cases(
        office.db,
        [
            case_row(1, received_on=date(2026, 10, 9), due_on=due),
            case_row(2, received_on=date(2026, 10, 9), due_on=due, department="education"),
        ],
    )
    annual, bulletin, waiting = (f"/api/v1/staff/{p}" for p in ("reports/annual", "reports/bulletin", "supervision"))
    assert (await client.get(annual, params={"year": 2026})).status_code == 401
    assert (await department.get(annual, params={"year": 2026})).json()["error"]["code"] == "not_allowed"
    made = (await staff.get(annual, params={"year": 2026, "agency": "all"})).json()
    assert (made["year"], made["agency"], made["provisional"]) == (2026, "all", True)
    assert made["table3"]["rows"][0]["cells"] == [2, 0, 0, 0, 0, 0, 2]
    assert (await staff.get(annual, params={"year": 2030})).json()["error"]["code"] == "report_period_invalid"
    for asked, names in ((staff, ["housing", "education"]), (department, ["education"])):
        lines = (await asked.get(bulletin, params={"month": "2026-10"})).json()["departments"]
        assert [line["code"] for line in lines] == names
        assert [one["code"] for one in (await asked.get(waiting)).json()] == names
    assert (await staff.get(bulletin, params={"month": "2026-99"})).status_code == 422


# --- command line


def run(*arguments: str) -> Any:
    return CliRunner().invoke(command, list(arguments))


@pytest.fixture
async def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GONGKAI_DATA", str(tmp_path / "data"))
    from intake_api.wiring.offices import load_settings, make_office

    office = make_office(load_settings())
    await put_cases(office.db, [case_row(1, ended_on=date(2025, 6, 30), outcome="3.1")])
    await office.db.dispose()
    return tmp_path


def test_the_commands_print_json_and_write_files(installation: Path) -> None:
    made = json.loads(run("annual", "--year", "2025", "--agency", "all", "--format", "json").stdout)
    assert next(row["cells"] for row in made["table3"]["rows"] if row["code"] == "3.1") == [1, 0, 0, 0, 0, 0, 1]
    for kind in ("xlsx", "docx"):
        for verb in (("annual", "--year", "2025"), ("bulletin", "--month", "2025-06")):
            out = installation / f"{verb[0]}.{kind}"
            done = run(*verb, "--format", kind, "--out", str(out))
            assert (done.exit_code, done.stdout) == (0, "")
            assert out.read_bytes().startswith(b"PK")
            assert run(*verb, "--format", kind).exit_code == 2
    assert json.loads(run("bulletin", "--month", "2025-06", "--format", "json").stdout)["total"]["answered"] == 1


def test_figures_are_imported_and_a_bad_file_is_refused_line_by_line(
    installation: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = installation / "figures.csv"
    file.write_text("agency,year,table,code,cell,value\ncity,2025,fees,total,yuan,3940\n", "utf-8")
    assert run("figures", "import", str(file)).stdout == "1 figures\n"
    assert json.loads(run("annual", "--year", "2025", "--format", "json").stdout)["fees"] == 3940
    file.write_text("agency,year,table,code,cell,value\ncity,1999,fees,total,yuan,x\n", "utf-8")
    monkeypatch.setattr("sys.argv", ["gongkai", "report", "figures", "import", str(file)])
    with pytest.raises(SystemExit):
        main()
    lines = capsys.readouterr().err.splitlines()
    assert "第 2 行，数值：“x”应为不超过四位小数的非负数；没有的填 0。" in lines
    assert lines[-1].startswith("error figures_file_invalid: 数据没有保存：第 2 行，年度：")


def test_a_year_to_come_is_refused(installation: Path) -> None:
    refused = run("annual", "--year", "2999", "--format", "json")
    assert str(refused.exception) == "report_period_invalid: “2999”不是可以统计的年度。"
    assert refused.stdout == ""
