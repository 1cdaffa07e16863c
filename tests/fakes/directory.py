"""A small directory of an invented city."""

from dataclasses import replace

from intake_api.directory import Agency, Contact, Department, Directory, Line

DIRECTORY = Directory(
    agencies=(
        Agency(
            "city",
            "示例市人民政府",
            "示例市政务公开办公室",
            "SF",
            phone="0000-1234567",
            kind="prefecture_government",
            sign="示政公开",
            review_body="示例省人民政府",
            review_url="https://fuyi.example.invalid",
            court="示例市中级人民法院",
        ),
        Agency("sample-district", "示例区人民政府", "示例区政务公开办公室", "SQ"),
    ),
    departments=(
        Department("housing", "住房和城乡建设局"),
        Department(
            "natural-resources",
            "自然资源和规划局",
            confused_with=(Line("education", "学校用地的审批归自然资源和规划局，学校的设置归教育局"),),
        ),
        Department("education", "教育局"),
        Department("tax", "税务局", external=True, contact=Contact("示例路2号", "0000-7654321", "http://tax.invalid")),
    ),
)

BUREAUX = Directory(
    agencies=(
        *DIRECTORY.agencies,
        Agency(
            "housing",
            "示例市住房和城乡建设局",
            "示例市住房和城乡建设局办公室",
            "ZJ",
            phone="0000-2345678",
            kind="department",
            sign="示建公开",
            seal="示例市住房和城乡建设局",
            review_body="示例市人民政府",
            review_url="https://fuyi.example.invalid",
            court="示例市示例区人民法院",
        ),
    ),
    departments=tuple(replace(one, agency=True) if one.code == "housing" else one for one in DIRECTORY.departments),
)
"""The same city where the housing bureau is an agency of its own."""
