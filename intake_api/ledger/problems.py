"""What can be wrong in a ledger: a stable code, and a sentence for whoever has to mend the file."""

from dataclasses import dataclass

ERRORS: dict[str, str] = {
    # the table
    "header_missing": (
        "前 10 行里没有找到表头。表头至少要有：编号、收到日期、申请人类别；.csv 文件的各列用逗号、分号或者制表符分开。"
    ),
    "column_missing": "缺少“{label}”一列。",
    "column_twice": "“{label}”一列出现了两次（第 {first} 列和第 {second} 列）。",
    "empty": "表里没有数据。",
    "too_many_rows": "表格超过 {most:,} 行，后面的没有再看；请按年份分成几个文件。",
    "too_many_problems": "问题已经超过 {most:,} 处，后面的行没有再看。",
    # a cell
    "required": "“{label}”没有填写。",
    "cell_error": "单元格是表格公式的错误值 {given}。",
    "row_too_long": "这一行比表头多出内容（第 {place} 列起），可能少了引号或者错位。",
    "too_long": "“{label}”超过 {longest} 个字。",
    "number_characters": "编号里不能有 / \\ ? # % & < > 这些符号，可以改成横线。",
    "number_twice": "编号“{given}”与{first}重复。",
    "number_conflict": "编号“{given}”已有登记，内容不一样：{labels}。",
    "bad_date": "“{given}”不是能看懂的日期，请写成 2024-03-05 的样子。",
    "date_not_real": "“{given}”不是真实的日期。",
    "date_year": "“{given}”的年份请写满四位。",
    "date_no_year": "“{given}”没有写年份，请写成 2024-03-05 的样子。",
    "date_in_future": "“{label}”是将来的日期（{given}）。",
    "before_first_statute": "收到日期 {given} 早于 2008年5月1日，那时还没有政府信息公开条例。",
    "unknown_value": "“{given}”不是“{label}”可以填的内容；可以填：{choices}。",
    "outcome_section": "“{given}”说得不够细，请填写年度报告表三中的具体一行，例如“属于国家秘密”。",
    "unknown_department": "部门目录里没有“{given}”；改了名的部门可以写进对照文件。",
    "unknown_addressee": "本系统没有“{given}”这个受理机关。",
    "litigation_route": "“{given}”没有写明是“未经复议直接起诉”还是“复议后起诉”。",
    # cells together
    "outcome_missing": "有答复日期，没有办理结果。",
    "answered_on_missing": "有办理结果，没有答复日期。",
    "answered_before_received": "答复日期 {given} 早于收到日期 {received}。",
    "remedy_missing": "有“{label}”的日期，没有结果。",
    "remedy_before_received": "“{label}” {given} 早于收到日期 {received}。",
    "impossible": "{reason}",
}
WARNINGS: dict[str, str] = {
    "column_ignored": "“{given}”一列本系统没有，没有读取。",
    "column_nameless": "第 {place} 列没有表头，其中的内容没有读取（例如第 {line} 行）。",
    "sheet_hidden": "这个工作表是隐藏的，没有读取；要导入请先取消隐藏。",
    "sheet_ignored": "前 10 行里没有台账的表头，这个工作表没有读取。",
    "row_ignored": "这一行不是申请（合计、说明、签名、小标题之类），没有读取：“{given}”。",
    "merged_filled": "纵向合并的单元格，每一行都按合并的内容读取（{places}）。",
    "far_cells": "离表格太远的地方还有内容，没有读取（{places}）。",
    "uncounted": "公式还没有算出结果，按空白读取（{places}）；请用表格软件打开、保存之后再试。",
    "left_out": "文件里的{kinds}没有读取。",
    "answered_late": "答复日期 {given} 晚于届满日 {due}（没有延期、补正、征求意见的记录，可能并未超期）。",
    "before_statute": "收到日期早于 2019年5月15日（现行条例施行），不计算答复期限。",
    "basis_channel": "收到日依据与申请渠道通常不这样搭配。",
    "id_number_implausible": "证件号码不像是真的，照原样保存。",
    "phone_implausible": "电话号码不像是真的，照原样保存。",
    "email_implausible": "电子邮箱不像是真的，照原样保存。",
    "remedy_day_missing": "还没有答复，又没有“{label}”，按收到日期统计。",
    "remedy_before_answer": "“{label}” {given} 早于答复日期。",
    "long_open": "收到已经超过一年，仍没有办理结果。",
}


@dataclass(frozen=True)
class RowProblem:
    """A fault (`error`: nothing is imported) or a doubt; `row` as the table program numbers it, None for all of it."""

    row: int | None
    column: str | None
    code: str
    message: str
    error: bool
    sheet: str = ""  # where the file has several

    @property
    def place(self) -> str:
        """Where it is, for people: 第5行 收到日期, in a file of several sheets 工作表“1月” 第5行 收到日期."""
        from intake_api.ledger.columns import COLUMNS

        label = COLUMNS[self.column].label if self.column in COLUMNS else self.column or ""
        return " ".join(filter(None, (place_of(self.sheet, self.row), label))) or "整个文件"


def place_of(sheet: str, row: int | None) -> str:
    """A row of a sheet, for people."""
    return " ".join(filter(None, (sheet and f"工作表“{sheet}”", f"第{row}行" if row else "")))


def problem(row: int | None, column: str | None, code: str, *, sheet: str = "", **facts: object) -> RowProblem:
    """Build the problem with this code, its sentence filled with `facts`."""
    error = code in ERRORS
    return RowProblem(row, column, code, (ERRORS if error else WARNINGS)[code].format(**facts), error, sheet)
