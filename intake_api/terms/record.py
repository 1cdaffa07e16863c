"""Who acts where it is no member of staff, which particulars can be searched for, what stands for what is not there."""

CITIZEN, SYSTEM = "citizen", "system"
STAFF = "account:"  # before the id of a member of staff
ERASED = "（内容已按规定删除）"
DAMAGED = "（内容已损坏，无法读取）"
SEARCHABLE = ("name", "id_number", "phone", "email")  # fields that have a blind index
