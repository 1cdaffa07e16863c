"""What an office's table may look like, and what is said where it cannot be read."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from intake_api.errors import Failure
from intake_api.ledger import files
from intake_api.ledger.columns import COLUMNS, OUTCOME_WORDS
from intake_api.ledger.days import UnreadableDay, parse_day
from intake_api.ledger.mapping import Mapping, read_mapping
from intake_api.ledger.problems import ERRORS, WARNINGS
from intake_api.ledger.reading import Reading, read_ledger
from tests.db.ledgers import as_xlsx
from tests.fakes.directory import DIRECTORY

TODAY = date(2026, 11, 22)


def reading(rows: list[list[Any]], mapping: Mapping | None = None) -> Reading:
    return read_ledger(rows, mapping or Mapping(), DIRECTORY, TODAY)


@pytest.mark.parametrize(
    "written",
    [
        "2024-3-5",
        "2024/03/05",
        "2024.3.5",
        "2024年3月5日",
        "2024 年 3 月 5 日",
        "20240305",
        "２０２４－０３－０５",
        "２０２４年３月５日",
        "2024-03-05 16:30",
        "2024-03-05T16:30:00",
        45356,
        45356.0,
        "45356",
        20240305,
        date(2024, 3, 5),
        datetime(2024, 3, 5, 16, 30, tzinfo=UTC),
    ],
)
def test_a_day_in_any_common_form(written: Any) -> None:
    assert parse_day(written) == date(2024, 3, 5)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("3/5/2024", "bad_date"),
        ("三月五日", "bad_date"),
        ("2024-3", "bad_date"),
        ("2024-13-05", "date_not_real"),
        ("20230229", "date_not_real"),
        ("24.3.5", "date_year"),
        ("24年3月5日", "date_year"),
    ],
)
def test_a_day_that_cannot_be_read_is_not_guessed(written: str, code: str) -> None:
    with pytest.raises(UnreadableDay, match=code):
        parse_day(written)


@pytest.mark.parametrize(
    "head",
    [
        [["编号", "收到日期", "申请人类别"]],
        [["number", "received_on", "applicant_type"]],
        [["  编 号*", "收到日期(必填)", "申请人类别"]],
        [["示例市2024年台账"], [], ["填表单位：示例办"], ["编号", "收到日期", "申请人类别"]],
        [["编号", "申请情况", None], [None, "收到日期", "申请人类别"]],
        [["台账"], ["编号", "收到", "申请人"], [None, None, None], [None, "收到日期", "申请人类别"]],
        [["编号", "收到", "申请人"], [None, "日期", "类别"]],
    ],
)
def test_the_header_is_found_where_it_stands(head: list[list[Any]]) -> None:
    found = reading([*head, ["1", "2024-03-05", "自然人"], [None, "", "  "], ["2", "2024-03-06", "公民"]])
    assert found.errors == []
    assert [entry.values["number"] for entry in found.entries] == ["1", "2"]
    assert [entry.row for entry in found.entries] == [len(head) + 1, len(head) + 3]
    assert found.entries[1].values["applicant_type"] == "natural"


def test_merged_cells_of_a_workbook_are_a_header_too() -> None:
    cells = [["台账", None, None], ["编号", "申请", None], [None, "收到日期", "申请人类别"], [7, 45356, "自然人"]]
    rows = files.read("台账.xlsx", as_xlsx(cells, ("A1:C1", "A2:A3", "B2:C2")))
    (entry,) = read_ledger(rows, Mapping(), DIRECTORY, TODAY).entries
    assert entry.values == {"number": "7", "received_on": "2024-03-05", "applicant_type": "natural"}


def test_a_workbook_reads_the_same_with_an_error_of_a_formula_in_it_which_is_told() -> None:
    table = [
        [None, None, None],
        ["编号", "收到日期", "申请人类别"],
        [7.0, date(2024, 3, 5), "自然人"],
        [8, 45356, None],
    ]
    plain, spoilt = (list(files.read("台账.xlsx", as_xlsx([*table, last]))) for last in ([9], ["#REF!"]))
    shown = [[",".join(map(files.text_of, row)).rstrip(",") for row in rows[:4]] for rows in (plain, spoilt)]
    assert shown[0] == shown[1]
    told = reading(spoilt)
    assert [(p.row, p.column, p.code) for p in told.errors][:2] == [
        (4, "applicant_type", "required"),
        (5, "number", "cell_error"),
    ]


def test_a_name_that_says_too_little_is_read_with_the_one_of_its_group() -> None:
    head = [["编号", "收到日期", "申请人", None, "办理", None], [None, None, "姓名", "类别", "结果", "日期"]]
    (entry,) = reading([*head, ["1", "2024-03-05", "张三", "自然人", "3.1", "2024-03-20"]]).entries
    assert (entry.values["applicant_name"], entry.values["applicant_type"]) == ("张三", "natural")
    assert (entry.values["outcome"], entry.values["answered_on"]) == ("3.1", "2024-03-20")


@pytest.mark.parametrize(
    ("rows", "code", "column"),
    [
        ([], "header_missing", None),
        ([["甲", "乙"], ["1", "2"]], "header_missing", None),
        ([["编号", "收到日期"], ["1", "2024-03-05"]], "column_missing", "applicant_type"),
        ([["编号", "收到日期", "申请人类别", "登记编号"]], "column_twice", "number"),
        ([["编号", "收到日期", "申请人类别"]], "empty", None),
    ],
)
def test_a_table_that_is_no_ledger_is_told_so(rows: list[list[Any]], code: str, column: str | None) -> None:
    assert [(p.code, p.column) for p in reading(rows).errors] == [(code, column)]


def test_a_column_that_is_not_known_is_left_out_and_said() -> None:
    found = reading([["编号", "收到日期", "申请人类别", "经办人"], ["1", "2026-03-05", "自然人", "李四"]])
    assert [(p.code, p.column) for p in found.problems] == [("column_ignored", "经办人")]


@pytest.mark.parametrize("code", OUTCOME_WORDS)
def test_an_outcome_is_read_as_code_as_label_and_as_the_form_numbers_it(code: str) -> None:
    label = OUTCOME_WORDS[code][0]
    for written in (code, label, f"1.{label}", f"（一）{label}", f"(一){label}"):
        rows = [["编号", "收到日期", "申请人类别", "办理结果", "答复日期"]]
        found = reading([*rows, ["1", "2024-03-05", "自然人", written, "2024-03-08"]])
        assert found.errors == []
        assert found.entries[0].values["outcome"] == code


def test_every_word_of_a_vocabulary_means_one_code() -> None:
    for column in COLUMNS.values():
        words = [word for words in column.words.values() for word in words]
        assert len(words) == len(set(words)), column.name


@pytest.mark.parametrize(
    ("name", "raw"),
    [("台账.xls", b""), ("台账.xlsx", b"PK\x03\x04"), ("台账.xlsx", b""), ("台账.txt", b"1"), ("台账", b"1")],
)
def test_a_file_that_is_no_table_is_refused(name: str, raw: bytes) -> None:
    with pytest.raises(Failure) as refused:
        list(files.read(name, raw))
    assert refused.value.code == "ledger_unreadable"


def test_a_text_table_is_read_in_both_encodings_and_with_tabs() -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert list(files.read("a.csv", "编号,日期\n1,2".encode(encoding))) == [["编号", "日期"], ["1", "2"]]
    assert list(files.read("a.csv", "编号\t日期\n1\t2".encode())) == [["编号", "日期"], ["1", "2"]]
    with pytest.raises(Failure, match="file_encoding"):
        list(files.read("a.csv", b"\xff\xff,1"))


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ('编号,备注\n1,甲\n2,"乙\n3,丙\n4,丁\n', "第 3 行起引号不成对"),
        (f"编号,备注\n1,{'字' * 200_000}\n", "第 2 行起有一格超过 131,072 个字"),
    ],
)
def test_rows_are_never_swallowed_by_a_quote_left_open_or_a_cell_without_end(raw: str, told: str) -> None:
    with pytest.raises(Failure, match="ledger_unreadable") as refused:
        list(files.read("a.csv", raw.encode()))
    assert told in refused.value.message


@pytest.mark.parametrize(
    "text",
    [
        "columns",
        '[columns]\n"甲" = "nothing"',
        '[values.nothing]\n"甲" = "1"',
        '[values.outcome]\n"甲" = "9"',
        "[values]\noutcome = 1",
        "other = 1",
    ],
)
def test_a_mapping_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(Failure, match="ledger_mapping"):
        read_mapping(text.encode())


def test_no_code_is_both_a_fault_and_a_doubt() -> None:
    assert not ERRORS.keys() & WARNINGS.keys()
