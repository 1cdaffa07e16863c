"""What a page shows of an applicant, and what a model never sees: a field is hidden unless it is declared harmless."""

from intake_api.cases.answered import to_mask
from intake_api.form.application import AgentIn, ApplicantIn
from intake_api.form.masking import masked

PERSON = {
    "type": "natural",
    "name": "张三",
    "id_type": "resident_id",
    "id_number": "11010519491231002X",
    "phone": "13800000000",
    "email": "zhangsan@example.com",
    "address": "示例市示例区幸福路1号",
    "agent": {"name": "李四", "id_type": "passport", "id_number": "E12345678", "phone": "13900000000"},
}


def test_what_tells_two_people_apart_is_shown_and_no_more() -> None:
    assert masked(PERSON) == {
        "type": "natural",
        "name": "张三",
        "id_type": "resident_id",
        "id_number": "1101************2X",
        "phone": "138******00",
        "email": "zh************",
        "address": "示例市示例******",
        "agent": {"name": "李四", "id_type": "passport", "id_number": "E12*****8", "phone": "139******00"},
    }


def test_of_a_short_number_most_is_hidden() -> None:
    for number in ("1", "1234", "A12345"):
        assert number not in masked({"id_number": number})["id_number"]
        assert masked({"id_number": number})["id_number"].count("*") * 2 >= len(number)


def test_every_field_that_is_not_declared_harmless_is_hidden() -> None:
    """Those of today, and one that is added tomorrow, also with its representative or in a group of its own."""
    open_to_sight = {"type", "name", "id_type", "contact_name", "legal_representative"}
    for field in {*ApplicantIn.model_fields, *AgentIn.model_fields, "wechat"} - open_to_sight - {"agent"}:
        for holder in ({field: "secret-77"}, {"agent": {field: "secret-77"}}, {"more": {field: "secret-77"}}):
            assert "secret-77" not in str(masked(holder)), field
    assert "77" not in str(masked({"wechat": "secret-77", "household": ["secret-77"]}))


def test_a_field_that_is_added_is_kept_out_of_what_is_learned() -> None:
    names, particulars = to_mask(PERSON | {"wechat": "zhang_77", "agent": {**PERSON["agent"], "qq": "77"}})  # type: ignore[dict-item]
    assert {"张三", "李四", "zhang_77", "77"} == set(names)
    assert {"zhang_77", "77", "13900000000", "E12345678", "示例市示例区幸福路1号"} <= set(particulars)
    assert not {"natural", "resident_id", "passport"} & {*names, *particulars}
