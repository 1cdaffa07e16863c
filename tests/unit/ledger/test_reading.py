"""What an office's table may look like, and what is said where it cannot be read."""

import io
import resource
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from intake_api.kit.errors import Failure
from intake_api.ledger import files
from intake_api.ledger.columns import COLUMNS, OUTCOME_WORDS
from intake_api.ledger.days import UnreadableDay, day_written
from intake_api.ledger.files import LedgerSheet
from intake_api.ledger.mapping import Mapping, read_mapping
from intake_api.ledger.problems import ERRORS, WARNINGS
from intake_api.ledger.reading import Reading, read_ledger
from tests.db.ledgers import as_xlsx, bare_xlsx, saved, workbook
from tests.fakes.directory import DIRECTORY

TODAY = date(2026, 11, 22)


def reading(rows: list[list[Any]], mapping: Mapping | None = None, **more: Any) -> Reading:
    return read_ledger([LedgerSheet(rows, **more)], mapping or Mapping(), DIRECTORY, TODAY)


def rows_of(name: str, raw: bytes) -> list[list[Any]]:
    """The rows of a file's only sheet."""
    return [row for sheet in files.read(name, raw) for row in sheet.rows]


def read_file(raw: bytes, name: str = "台账.xlsx") -> Reading:
    return read_ledger(files.read(name, raw), Mapping(), DIRECTORY, TODAY)


def told(found: Reading) -> list[tuple[str, str]]:
    """Place and code of everything that is said."""
    return [(problem.place, problem.code) for problem in found.problems]


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
        datetime(2024, 3, 5, 16, 30),  # noqa: DTZ001 - as table programs keep it
        datetime(2024, 3, 4, 16, 30, tzinfo=UTC),  # 00:30 in Shanghai
        "二〇二四年三月五日",
        "二零二四年三月五号",
        "2024年3月5号",
        "2024年3月5日 星期二",
        "2024-03-05（周二）",
        "2024年3月5日下午2:30",
        "2024年3月5日14时30分",
        "2024/3/5 2:30 PM",
        "2024-03-05 16:30:00.000",
        "2024-03-05 星期二 16:30",
        "2024-03-05T16:30:00+08:00",
        "2024-03-04T16:00:00.000Z",
        "2024-03-04T16:00:00+00:00",
        "2024-03-05T15:59:59Z",
        "2024-03-05 00:30 GMT+8",
        "2024-03-04 下午4:00 UTC",
        "2024-03-05T09:00:00+13:00",
        "2024-03-04T23:00:00-05:00",
    ],
)
def test_a_day_in_any_common_form(written: Any) -> None:
    assert day_written(written) == date(2024, 3, 5)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("3/5/2024", "bad_date"),
        ("三月五日", "date_no_year"),
        ("3月5号", "date_no_year"),
        ("3月5日下午2:30", "date_no_year"),
        ("二〇二四年十三月五日", "date_not_real"),
        ("二〇二四年二月三十日", "date_not_real"),
        ("2024-03-05 16:30 PST", "bad_date"),
        ("2024-03-05T16:30:00+99:00", "bad_date"),
        ("2024-03-05，逾期", "bad_date"),
        ("2024-03-05" + " " * 100_000 + "x", "bad_date"),
        ("2024-03-05" + "0" * 100_000, "bad_date"),
        ("2024-3", "bad_date"),
        ("2024-13-05", "date_not_real"),
        ("20230229", "date_not_real"),
        ("24.3.5", "date_year"),
        ("24年3月5日", "date_year"),
    ],
)
def test_a_day_that_cannot_be_read_is_not_guessed(written: str, code: str) -> None:
    with pytest.raises(UnreadableDay, match=code):
        day_written(written)


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
    (entry,) = read_file(as_xlsx(cells, ("A1:C1", "A2:A3", "B2:C2"))).entries
    assert entry.values == {"number": "7", "received_on": "2024-03-05", "applicant_type": "natural"}


def test_a_workbook_reads_the_same_with_an_error_of_a_formula_in_it_which_is_told() -> None:
    table = [
        [None, None, None],
        ["编号", "收到日期", "申请人类别"],
        [7.0, date(2024, 3, 5), "自然人"],
        [8, 45356, None],
    ]
    plain, spoilt = (rows_of("台账.xlsx", as_xlsx([*table, last])) for last in ([9], ["#REF!"]))
    shown = [[",".join(map(files.text_of, row)).rstrip(",") for row in rows[:4]] for rows in (plain, spoilt)]
    assert shown[0] == shown[1]
    found = reading(spoilt)
    assert [(p.row, p.column, p.code) for p in found.errors][:2] == [
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
    found = reading([["编号", "收到日期", "申请人类别", "天气"], ["1", "2026-03-05", "自然人", "李四"]])
    assert [(p.code, p.column) for p in found.problems] == [("column_ignored", "天气")]


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
        rows_of(name, raw)
    assert refused.value.code == "ledger_unreadable"


def test_a_text_table_is_read_in_both_encodings_and_with_tabs() -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert rows_of("a.csv", "编号,日期\n1,2".encode(encoding)) == [["编号", "日期"], ["1", "2"]]
    with pytest.raises(Failure, match="file_encoding"):
        rows_of("a.csv", b"\xff\xff,1")


@pytest.mark.parametrize("sign", [",", "\t", ";", "；", "，"])
@pytest.mark.parametrize("title", ["", "示例市，2024年台账，依申请公开，登记\n", "sep=;\n"])
def test_what_sets_the_cells_of_a_text_table_apart_is_found(sign: str, title: str) -> None:
    lines = [["编号", "收到日期", "申请人类别", "申请内容"], ["1", "2024-03-05", "自然人", '"一,二;三，四；五\t六"']]
    found = read_file((title + "\n".join(map(sign.join, lines))).encode(), "a.csv")
    assert found.errors == []
    assert found.entries[0].values["description"].startswith("一,二;三，四；五")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ('编号,备注\n1,甲\n2,"乙\n3,丙\n4,丁\n', "第 3 行起引号不成对"),
        (f"编号,备注\n1,{'字' * 200_000}\n", "第 2 行起有一格超过 131,072 个字"),
    ],
)
def test_rows_are_never_swallowed_by_a_quote_left_open_or_a_cell_without_end(raw: str, told: str) -> None:
    with pytest.raises(Failure, match="ledger_unreadable") as refused:
        rows_of("a.csv", raw.encode())
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


# --- what an import does not take is said

HEAD = ["编号", "收到日期", "申请人类别", "申请人"]


def line(number: str, name: str = "张三") -> list[Any]:
    return [number, "2026-03-05", "自然人", name]


def test_a_workbook_with_a_sheet_for_each_month_is_read_whole() -> None:
    book = workbook({f"{month}月": [["台账"], HEAD, line(f"A-{month}")] for month in range(1, 13)})
    found = read_file(book)
    assert found.problems == []
    assert [(entry.sheet, entry.row, entry.values["number"]) for entry in found.entries] == [
        (f"{month}月", 3, f"A-{month}") for month in range(1, 13)
    ]
    assert found.sheets == {f"{month}月": 1 for month in range(1, 13)}


def test_a_sheet_that_is_not_read_is_named_and_an_empty_one_has_nothing_to_read() -> None:
    sheets = {
        "填表说明": [["本表由各单位填写"], ["一行一件"]],
        "1月": [HEAD, line("A-1")],
        "选项": [HEAD, line("A-2")],
        "按类别统计": [["申请人类别", "办理结果", "件数"], ["自然人", "予以公开", 3]],
        "Sheet5": [],
    }
    found = read_file(workbook(sheets, hidden=("选项",)))
    assert told(found) == [
        ("工作表“填表说明”", "sheet_ignored"),
        ("工作表“选项”", "sheet_hidden"),
        ("工作表“按类别统计”", "sheet_ignored"),
    ]
    assert [entry.values["number"] for entry in found.entries] == ["A-1"]


def test_a_workbook_without_a_header_names_its_sheets() -> None:
    found = read_file(workbook({"甲": [["一"]], "乙": [["二"]]}))
    assert told(found) == [
        ("工作表“甲”", "sheet_ignored"),
        ("工作表“乙”", "sheet_ignored"),
        ("整个文件", "header_missing"),
    ]


def test_faults_of_several_sheets_are_told_with_the_sheet_and_numbers_are_one_over_all_of_them() -> None:
    found = read_file(workbook({"1月": [HEAD, line("A-1")], "2月": [HEAD, ["A-2", "昨天", "自然人"], line("a-1")]}))
    assert told(found) == [("工作表“2月” 第2行 收到日期", "bad_date"), ("工作表“2月” 第3行 编号", "number_twice")]
    assert found.errors[1].message == "编号“A-1”与工作表“1月” 第2行重复。"


def test_a_month_whose_sheet_lacks_a_column_is_a_fault() -> None:
    found = read_file(workbook({"1月": [HEAD, line("A-1")], "2月": [["编号", "收到日期", "姓名"], line("A-2")]}))
    assert told(found) == [("工作表“2月” 申请人类别", "column_missing")]


@pytest.mark.parametrize(
    "aside",
    [
        ["合计", 12, None, None],
        ["2月小计", None, None, 3],
        ["注：本表不含撤回的申请。"],
        ["填表人：李四", None, "审核人：王五", "联系电话：0000-0000000"],
        ["单位负责人：赵六"],
        [None, None, None, "填报日期：2025年1月3日"],
        ["第一季度"],
        ["3月"],
        HEAD,
    ],
)
def test_a_row_that_is_no_application_is_left_out_and_said(aside: list[Any]) -> None:
    found = reading([HEAD, line("A-1"), aside, line("A-2")])
    assert told(found) == [("第3行", "row_ignored")]
    assert [entry.values["number"] for entry in found.entries] == ["A-1", "A-2"]
    assert found.rows == 2


def test_an_application_is_never_taken_for_a_note() -> None:
    found = reading([HEAD, ["合计-1", "2026-03-05", "自然人", "合计公司"], ["注：2", "2026-03-05", "自然人", ""]])
    assert [entry.values["number"] for entry in found.entries] == ["合计-1", "注：2"]
    (fault, *_) = reading([HEAD, ["A-1", "", "自然人", "张三"]]).errors
    assert fault.code == "required", "a row that only lacks something is a fault, as ever"


def test_a_title_over_several_columns_between_the_rows_is_left_out() -> None:
    book = as_xlsx([HEAD, line("A-1"), ["其他机关转来的"], line("A-2")], ("A3:D3",))
    assert told(read_file(book)) == [("第3行", "row_ignored")]


def test_running_numbers_of_empty_lines_are_passed_over() -> None:
    rows = [["序号", *HEAD], [1, *line("A-1")], [2], [3], ["注：到此为止"]]
    assert told(reading(rows)) == [("序号", "column_ignored"), ("第5行", "row_ignored")]


def test_what_stands_under_no_header_is_said() -> None:
    found = reading([["编号", "收到日期", None, "申请人类别"], ["1", "2026-03-05", "加急", "自然人"]])
    assert [p.message for p in found.problems] == ["第 3 列没有表头，其中的内容没有读取（例如第 2 行）。"]


def test_cells_merged_over_rows_are_read_in_each_of_them() -> None:
    cells = [HEAD, line("A-1"), ["A-2"], ["A-3", None, "公民", "李四"], line("A-4")]
    found = read_file(as_xlsx(cells, ("B2:B4", "C2:C3", "D2:D3", "A5:A7", "B5:B7", "C5:C7", "D5:D7")))
    assert found.errors == []
    assert [tuple(entry.values.values()) for entry in found.entries] == [
        ("A-1", "2026-03-05", "natural", "张三"),
        ("A-2", "2026-03-05", "natural", "张三"),
        ("A-3", "2026-03-05", "natural", "李四"),
        ("A-4", "2026-03-05", "natural", "张三"),
    ]
    assert [(p.code, p.message) for p in found.problems] == [
        ("merged_filled", "纵向合并的单元格，每一行都按合并的内容读取（第2至4行第2列、第2至3行第3列、第2至3行第4列）。")
    ]


def test_comments_and_formulas_that_nobody_has_counted_are_said() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*HEAD, "备注"])
    sheet.append([*line("A-1"), '="复制自"&A2'])
    sheet["A2"].comment = Comment("见附件", "示例")
    found = read_file(saved(book))
    assert told(found) == [("整个文件", "left_out"), ("整个文件", "uncounted")]
    assert "批注" in found.problems[0].message
    assert "E2" in found.problems[1].message


def test_days_of_a_workbook_that_counts_from_1904_are_read_so_with_and_without_a_format() -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD)
    sheet.append(["A-1", 43894, "自然人"])
    sheet.append(["A-2", "43894", "自然人"])
    sheet.append(["A-3", date(2024, 3, 5), "自然人"])
    assert [e.values["received_on"] for e in read_file(saved(book)).entries] == ["2024-03-05"] * 3
    book.epoch = CALENDAR_WINDOWS_1900
    assert [e.values["received_on"] for e in read_file(saved(book)).entries][:2] == ["2020-03-04"] * 2


# --- files that would take the process down


def test_one_cell_in_the_last_row_and_column_is_named_and_the_table_is_read() -> None:
    cells = [HEAD, line("A-1"), line("A-2")]
    book = load_workbook(io.BytesIO(as_xlsx(cells)))
    sheet = book.active
    assert sheet is not None
    sheet["XFD1048576"] = "忘在这里的"
    sheet["DA3"] = "也忘了"
    found = read_file(saved(book))
    assert [entry.values["number"] for entry in found.entries] == ["A-1", "A-2"]
    assert [(p.code, p.message) for p in found.problems] == [
        ("far_cells", "离表格太远的地方还有内容，没有读取（DA3、XFD1048576）。")
    ]


def test_rows_far_below_the_table_are_named() -> None:
    cells = [HEAD, line("A-1"), *([[]] * 1_500), line("A-2")]
    found = read_file(as_xlsx(cells))
    assert [entry.values["number"] for entry in found.entries] == ["A-1"]
    assert [p.code for p in found.problems] == ["far_cells"]
    assert "A1503、B1503、C1503、D1503" in found.problems[0].message


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "没有找到表头"),
        ("".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 5001)), "没有找到表头"),
        ("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 250_000)), "超过 200,000 行"),
        ("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 1_048_576, 900)), "超过 200,000 行"),
        # the same in XML that a look at it does not see through: the limits of the child hold
        ("<row r='1048576'><c r='A1'><v>1</v></c><c r='XFD1048576'><v>1</v></c></row>", "内存或者时间超过了限度"),
    ],
    ids=["far", "wide", "many", "gaps", "disguised"],
)
def test_a_small_file_that_asks_for_more_than_there_is_takes_nothing_from_this_process(rows: str, told: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        said = read_file(bare_xlsx(rows)).problems[-1].message
    except Failure as failure:
        said = failure.message
    assert told in said
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "kilobytes"


def test_a_zip_of_zeros_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(Failure, match="ledger_unreadable") as refused:
        read_file(bare_xlsx(" " * (401 * 1024 * 1024)))
    assert "表格太大" in refused.value.message


def test_a_text_table_without_end_to_the_right_is_cut_and_said() -> None:
    wide = ",".join([*HEAD, *("x" for _ in range(200_000))])
    found = read_file(f"{wide}\n{','.join(line('A-1'))}\n".encode(), "a.csv")
    assert ("整个文件", "far_cells") in told(found)
    assert [entry.values["number"] for entry in found.entries] == ["A-1"]


def test_a_table_of_nothing_but_faults_is_given_up_with_a_word() -> None:
    found = reading([HEAD, *([["x"]] * 60_000)])
    assert (found.problems[-1].code, found.problems[-1].error) == ("too_many_problems", True)
    assert len(found.problems) < 50_010
