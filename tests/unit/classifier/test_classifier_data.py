"""Rows, directory and masking: what is wrong is named by line and field, and personal data does not get through."""

import io
from pathlib import Path

import pytest

from classifier.data import Fault, Message, load, messages
from classifier.errors import DataError, ProfileError
from classifier.profile import Profile
from classifier.text.redact import MASK, mask


def test_messages_are_read_one_at_a_time() -> None:
    def lines() -> object:
        yield b'\xef\xbb\xbf{"id": 1, "text": "a"}\n'
        raise AssertionError("read ahead")

    assert next(messages(lines())) == Message(1, "a", "")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"not json\n", "not_json"),
        (b"\xff\xfe\n", "not_utf8"),
        (b"[1]\n", "not_object"),
        (b'{"id": "x"}\n', "bad_text"),
        (b'{"id": "x", "text": 5}\n', "bad_text"),
        (b'{"id": "x", "text": "a", "subject": []}\n', "bad_subject"),
        (b'{"id": NaN, "text": "a"}\n', "not_json"),
        (b'{"id": {}, "text": "a"}\n', "bad_id"),
        (b"[" * 100_000 + b"\n", "not_json"),
        (b'{"id": "x", "text": "' + b"a" * 100_001 + b'"}\n', "text_too_long"),
    ],
)
def test_a_bad_line_is_a_fault_and_the_next_one_is_read(line: bytes, code: str) -> None:
    fault, message = messages(io.BytesIO(line + b'\n{"id": "y", "text": "b"}'))
    assert isinstance(fault, Fault)
    assert fault.error.code == code
    assert fault.id == ("x" if b'"x"' in line else None)
    assert message == Message("y", "b", "")


def test_faults_of_training_rows_are_all_told_at_once_by_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(
        '{"text": "a", "department": " "}\n{"text": "a", "department": "x", "disposition": "refused"}\n'
        '{"text": "a", "department": "x", "received_on": "2026-02-30"}\n{"text": "a", "department": "x", "flags": 1}\n'
    )
    with pytest.raises(DataError) as caught:
        load([path])
    assert caught.value.code == "bad_rows"
    for line in (1, 2, 3, 4):
        assert f"rows.jsonl 第 {line} 行" in caught.value.message


def test_no_rows_and_no_file_are_errors(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n \n")
    for name, code in (("empty.jsonl", "no_rows"), ("absent.jsonl", "file_unreadable")):
        with pytest.raises(DataError) as caught:
            load([tmp_path / name])
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[", "profile_unreadable"),
        ("x = 1", "profile_incomplete"),
        ("[profile]\n[[departments]]\nname = 'a'", "profile_department"),
        ("[profile]\n[[departments]]\ncode = 'a'\nname = 'a'\nduties = 'b'", "profile_department"),
        ("[profile]\n[[departments]]\ncode = 'a'\nname = 'a'\nexternal = 1", "profile_department"),
        ("[profile]\n" + "[[departments]]\ncode = 'a'\nname = 'a'\n" * 2, "profile_code_twice"),
    ],
)
def test_a_directory_that_contradicts_itself_is_refused(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "departments.toml"
    path.write_text(text)
    with pytest.raises(ProfileError) as caught:
        Profile.load(path)
    assert caught.value.code == code


PLANTED = [
    ("我叫张三，身份证号11010519491231002X。", ("张三", "11010519491231002")),
    ("申请人：李四，电话：138 0000 0000", ("李四", "0000")),
    ("联系人王小五 13800000000", ("王小五", "13800000000")),
    ("卡号6222 0000 0000 0000 000，开户名欧阳示例", ("6222",)),
    ("邮箱 zhang.san@example.invalid 微信号：zhangsan_88", ("example", "zhangsan_88")),
    ("座机0000-1234567，ＱＱ：12345678", ("1234567", "12345678")),
    ("我家住幸福小区3栋2单元1201室", ("3栋", "1201")),
    ("车牌示A不算，京A12345算", ("12345",)),
    ("姓名:赵示例,村民孙示例反映", ("赵示例", "孙示例")),
    ("统一社会信用代码91110000MA00000000", ("ma00000000",)),
    ("法定代表人：钱示例（示例公司）", ("钱示例",)),
]


@pytest.mark.parametrize(("text", "secrets"), PLANTED)
def test_planted_personal_data_does_not_get_through(text: str, secrets: tuple[str, ...]) -> None:
    masked = mask(text)
    assert MASK in masked
    for secret in secrets:
        assert secret not in masked


@pytest.mark.parametrize(
    "text",
    [
        "申请人要求公开征地批文",
        "请公开2024年老旧小区改造的资金安排",
        "联系人社局处理",
        "示政发[2024]三号文件",
        "村民高度关注",
    ],
)
def test_what_is_no_personal_data_stays(text: str) -> None:
    assert MASK not in mask(text)
