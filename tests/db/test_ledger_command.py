"""`gongkai ledger import|export` and `gongkai calendar import` as processes of the command line see them."""

import json
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from typer.testing import CliRunner, Result

from intake_api.cli import app
from tests.db.ledgers import as_csv, huaian, row, workbook
from tests.unit.statute import published_report as published


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]  # a function of a test
    monkeypatch.setenv("GONGKAI_DATA", str(tmp_path / "data"))
    return lambda *args: CliRunner().invoke(app, [str(arg) for arg in args], catch_exceptions=False)


def counts(result: Result) -> dict[str, int]:
    shown: dict[str, int] = json.loads(result.stdout.splitlines()[-1])
    return shown


def test_a_dry_run_says_everything_and_writes_nothing(run, tmp_path: Path) -> None:
    file = tmp_path / "台账.csv"
    file.write_bytes(as_csv([row(department=""), row(number="2", department="", answered_on="2024-09-01")]))
    result = run("ledger", "import", file, "--dry-run")
    assert result.exit_code == 0
    assert "提醒 第3行 答复日期（answered_late）" in result.stderr
    assert counts(result) == {"rows": 2, "new": 2, "unchanged": 0, "errors": 0, "warnings": 1, "imported": 0}
    assert counts(run("ledger", "import", file))["imported"] == 2
    assert counts(run("ledger", "import", file)) | {"warnings": 0} == {
        "rows": 2,
        "new": 0,
        "unchanged": 2,
        "errors": 0,
        "warnings": 0,
        "imported": 0,
    }


def test_a_sheet_for_each_month_is_imported_and_the_sheets_are_told(run, tmp_path: Path) -> None:
    file = tmp_path / "台账.xlsx"
    head = ["编号", "收到日期", "申请人类别"]
    months = {f"{month}月": [head, [f"甲{month}", f"2026-{month:02}-05", "自然人"]] for month in range(1, 12)}
    file.write_bytes(workbook(months | {"说明": [["一行一件"]]}))
    result = run("ledger", "import", file)
    assert (counts(result)["rows"], counts(result)["imported"], counts(result)["warnings"]) == (11, 11, 1)
    assert "读取了 11 个工作表：1月（1 行）、2月（1 行）" in result.stderr
    assert "提醒 工作表“说明”（sheet_ignored）：前 10 行里没有台账的表头，这个工作表没有读取。" in result.stderr
    assert counts(run("ledger", "import", file))["unchanged"] == 11
    months["5月"][1] = ["甲5", "2026-05-06", "自然人"]
    file.write_bytes(workbook(months))
    assert "错误 工作表“5月” 第2行 编号（number_conflict）" in run("ledger", "import", file).stderr


def test_a_bad_ledger_ends_with_two_and_names_the_cell(run, tmp_path: Path) -> None:
    file = tmp_path / "台账.csv"
    file.write_bytes(as_csv([row(received_on="2024-02-30")]))
    result = run("ledger", "import", file)
    assert result.exit_code == 2
    assert "错误 第2行 收到日期（date_not_real）：“2024-02-30”不是真实的日期。" in result.stderr
    assert "error ledger_invalid:" in result.stderr
    assert counts(result)["imported"] == 0


def test_the_published_year_of_huaian_from_the_file_to_the_report(run, tmp_path: Path) -> None:
    names = ("number", "received_on", "applicant_type", "outcome", "answered_on", "review", "litigation")
    lines = [",".join(names), *(",".join(one.get(name, "") for name in names) for one in huaian())]
    file = tmp_path / "huaian.csv"
    file.write_text("\n".join(lines), "utf-8")
    assert counts(run("ledger", "import", file))["imported"] == 3153
    report = json.loads(run("report", "annual", "--year", "2024", "--format", "json").stdout)
    assert {line["code"]: line["cells"] for line in report["table3"]["rows"]} == published.TABLE_THREE
    assert report["table4"] == published.TABLE_FOUR


def test_export_needs_an_installation_and_a_known_kind_of_file(run, tmp_path: Path) -> None:
    assert "error" in str(run_failing(run, "ledger", "export", tmp_path / "out.csv"))


def run_failing(run, *args: object) -> str:
    from intake_api.kit.errors import Failure

    with pytest.raises(Failure) as refused:
        run(*args)
    return f"error {refused.value.code}"


def test_an_export_is_what_an_import_reads(run, tmp_path: Path) -> None:
    file, out = tmp_path / "台账.csv", tmp_path / "out.xlsx"
    file.write_bytes(as_csv([row(department="")]))
    run("ledger", "import", file)
    assert run("ledger", "export", out, "--from", "2024-03-05", "--to", "2024-03-05", "--chinese").stdout == "1 cases\n"
    assert counts(run("ledger", "import", out))["unchanged"] == 1


def test_a_calendar_import_prints_what_moved_and_the_clock_knows_it(run, tmp_path: Path) -> None:
    ledger, notice = tmp_path / "台账.csv", tmp_path / "2027.csv"
    ledger.write_text("编号,收到日期,申请人类别\n甲1,2026-10-30,自然人\n", "utf-8")
    run("ledger", "import", ledger)
    notice.write_text("date,is_workday,name\n2026-11-20,0,示例纪念日\n", "utf-8")
    result = run("calendar", "import", notice)
    assert result.stdout == "甲1\t2026-11-27\t2026-11-30\n"
    assert "已导入 1 天；1 件申请的届满日有变动。" in result.stderr
    assert "2026-11-20,0,示例纪念日" in run("calendar", "show", "2026").stdout


def test_an_incomplete_notice_is_told_with_what_is_missing(run, tmp_path: Path) -> None:
    notice = tmp_path / "2027.csv"
    notice.write_text('"date","is_workday","name"\n2027/1/1,0,元旦\n2027/10/1,0,国庆节\n', "utf-8")
    result = run("calendar", "import", notice)
    assert "完整" not in result.stderr
    assert "2027年的放假安排没有写全，据此计算的日期仍是暂定的" in result.stderr
    assert "还缺：2月5日（春节）、2月6日（春节）、2月7日（春节）、2月8日（春节）、4月5日（清明节）" in result.stderr
    assert "还缺：2月5日（春节）" in run("calendar", "show", "2027").stderr


def test_the_dossier_of_an_imported_case_is_written_and_on_record(run, tmp_path: Path) -> None:
    file, out = tmp_path / "台账.csv", tmp_path / "卷宗.pdf"
    file.write_bytes(as_csv([row(number="示〔2024〕7号")]))
    run("ledger", "import", file)
    made = run("dossier", "示〔2024〕7号", "--out", out)
    assert made.exit_code == 0, made.stderr
    document = pdfium.PdfDocument(out)
    assert counts(made) == {"number": "示〔2024〕7号", "pages": len(document), "file": str(out)}
    assert "卷内目录" in document[1].get_textpage().get_text_range()
    assert run("audit", "verify").exit_code == 0
    assert run_failing(run, "dossier", "没有这一件", "--out", out) == "error staff_case_not_found"
